import Codecs
import Events

/// The attributes of one document that have their value, and the lists of objects among them while they are written.
struct FilledAttributes: ~Copyable {
    private var isSet: [Bool]
    private var targets: [Int] = []
    /// The one object of a list, and the list.
    private var object = ByteBuffer(capacity: 256)
    private var list: FieldID?
    private let observableField: FieldID?
    private var observables = ByteBuffer(capacity: 256)

    init(_ translation: borrowing Translation) {
        isSet = Array(repeating: false, count: translation.catalog.fields.count)
        observableField = translation.observables
    }

    mutating func removeAll() {
        for target in targets { isSet[target] = false }
        targets.removeAll(keepingCapacity: true)
        object.removeAll()
        list = nil
        observables.removeAll()
    }

    /// Whether there is nothing left to do for an attribute: it takes one value, and has it.
    func has(_ step: borrowing Translation.Step) -> Bool {
        step.member == nil && !step.isStrings && isSet[Int(step.target.index)]
    }

    mutating func put(
        text: RawSpan, to step: borrowing Translation.Step, labels: borrowing Labels, into out: inout Document
    ) {
        if open(step, labels, into: &out) {
            object.append(jsonString: text)
        } else {
            out.set(step.target, text: text)
        }
        guard let observable = step.observable else { return }
        observables.append(observables.count == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
        observables.append("{\"name\":" as StaticString)
        observables.append(jsonString: labels[observable.name])
        observables.append(",\"type_id\":" as StaticString)
        observables.append(decimal: observable.kind)
        observables.append(",\"value\":" as StaticString)
        observables.append(jsonString: text)
        observables.append(UInt8(ascii: "}"))
    }

    /// - Parameter isNumber: whether the text is one.
    mutating func put(
        label: Labels.Label, isNumber: Bool, to step: borrowing Translation.Step, labels: borrowing Labels,
        into out: inout Document
    ) {
        if isNumber, let number = JSONNumber.int64(labels[label]) {
            put(long: number, to: step, labels: labels, into: &out)
        } else {
            put(text: labels[label], to: step, labels: labels, into: &out)
        }
    }

    mutating func put(
        long: Int64, to step: borrowing Translation.Step, labels: borrowing Labels, into out: inout Document
    ) {
        if open(step, labels, into: &out) {
            object.append(decimal: long)
        } else {
            out.set(step.target, long: long)
        }
    }

    /// Writes what is still open.
    mutating func end(into out: inout Document) {
        closeList(into: &out)
        guard let observableField, observables.count > 0 else { return }
        observables.append(UInt8(ascii: "]"))
        out.set(observableField, json: observables.bytes)
    }

    /// Notes that the attribute has a value; of a member of a list writes the name.
    ///
    /// - Returns: whether it is such a member.
    private mutating func open(
        _ step: borrowing Translation.Step, _ labels: borrowing Labels, into out: inout Document
    ) -> Bool {
        let target = Int(step.target.index)
        if let member = step.member {
            if list != step.target { closeList(into: &out) }
            list = step.target
            if object.count == 0 {
                object.append("[{" as StaticString)
            } else {
                object.append(UInt8(ascii: ","))
            }
            object.append(jsonString: labels[member])
            object.append(UInt8(ascii: ":"))
        }
        if !isSet[target] {
            isSet[target] = true
            targets.append(target)
        }
        return step.member != nil
    }

    private mutating func closeList(into out: inout Document) {
        guard let list, object.count > 0 else { return }
        object.append("}]" as StaticString)
        out.set(list, json: object.bytes)
        object.removeAll()
    }
}
