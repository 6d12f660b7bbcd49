import Codecs
import Events
import Platform

/// Turns a document into one of another schema, by ``Translation``.
///
/// First the row of the table of events says which class it is, then each attribute of the class takes the first
/// value that there is for it, then everything that was not used goes where the rest goes.
///
/// - Threads: one at a time for each value.
/// - Cost: nothing is allocated for a field, but for numbers and dates that become text.
struct Translator: ~Copyable {
    private let translation: Translation
    private var places: FieldPlaces
    private var choice = RuleChoice()
    private var filled: FilledAttributes

    init(_ translation: Translation) {
        self.translation = translation
        places = FieldPlaces(fieldCount: translation.fieldCount)
        filled = FilledAttributes(translation)
    }

    /// What is known about an event before its attributes are filled.
    private struct Case {
        var plan: Int
        var activity, activityName, typeNumber, typeName, objectType: Translation.Constant
        var objectID: FieldID?
        var objectName: FieldID?

        init(_ rule: Translation.EventRule, _ object: Translation.ObjectRule) {
            plan = rule.plan
            activity = rule.activity
            activityName = rule.activityName
            typeNumber = rule.typeNumber
            typeName = rule.typeName
            objectType = object.type
        }
    }

    mutating func translate(_ document: borrowing Document, into out: inout Document) {
        filled.removeAll()
        places.read(document)
        let found = find(document)
        let plan = translation.plans[found.plan]
        let steps = plan.span
        for place in steps.indices { run(steps[place], found, document, into: &out) }
        filled.end(into: &out)
        addRest(document, into: &out)
    }

    // MARK: Which event it is

    private mutating func find(_ document: borrowing Document) -> Case {
        let first = places.first(translation.action)
        let bytes = document.bytes
        var action = RawSpan()
        if first >= 0, document.entries[first].kind == .text { action = bytes[document.entries[first].value] }
        let place = choice.place(of: action, translation)
        let rows = choice.kept[place]
        // The last row takes every event.
        let rule =
            rows.events.first { holds(translation.events[$0].conditions, document) } ?? translation.events.count - 1
        var found = Case(translation.events[rule], translation.objects[translation.objects.count - 1])
        for index in rows.objects {
            let object = translation.objects[index]
            guard holds(object.conditions, document) else { continue }
            let id = object.id.first { places.first($0) >= 0 }
            let name = object.name.first { places.first($0) >= 0 }
            // A row without fields is for events that do not say which one it was.
            guard id != nil || name != nil || object.id.isEmpty && object.name.isEmpty else { continue }
            found.objectType = object.type
            found.objectID = id
            found.objectName = name
            break
        }
        return found
    }

    private func holds(_ conditions: [Condition], _ document: borrowing Document) -> Bool {
        let conditions = conditions.span
        for place in conditions.indices where !conditions[place].holds(document, places) { return false }
        return true
    }

    // MARK: Attributes

    private mutating func run(
        _ step: Translation.Step, _ found: Case, _ document: borrowing Document, into out: inout Document
    ) {
        if filled.has(step) { return }
        guard holds(step.conditions, document) else { return }
        let sources = step.sources.span
        for place in sources.indices {
            let isDone =
                switch sources[place] {
                case .field(let field): copy(field, to: step, document, into: &out)
                case .objectID: copy(found.objectID, to: step, document, into: &out)
                case .objectName: copy(found.objectName, to: step, document, into: &out)
                case .constant(let constant): write(constant, to: step, into: &out)
                case .activity: write(found.activity, to: step, into: &out)
                case .activityName: write(found.activityName, to: step, into: &out)
                case .typeNumber: write(found.typeNumber, to: step, into: &out)
                case .typeName: write(found.typeName, to: step, into: &out)
                case .objectType: write(found.objectType, to: step, into: &out)
                case .objectUnnamed:
                    found.objectID == nil && found.objectName == nil
                        && write(found.objectType, to: step, into: &out)
                }
            if isDone { return }
        }
    }

    /// - Returns: whether the attribute has its value now.
    private mutating func copy(
        _ field: FieldID?, to step: Translation.Step, _ document: borrowing Document, into out: inout Document
    ) -> Bool {
        guard let field else { return false }
        let first = places.first(field)
        guard first >= 0 else { return false }
        guard places.isSeveral(field) else { return copy(first, to: step, document, into: &out) }
        guard step.isStrings else { return false }
        var isDone = false
        for index in first..<document.entries.count where document.entries[index].field == field {
            if copy(index, to: step, document, into: &out) { isDone = true }
        }
        return isDone
    }

    private mutating func copy(
        _ index: Int, to step: Translation.Step, _ document: borrowing Document, into out: inout Document
    ) -> Bool {
        let entry = document.entries[index]
        let bytes = document.bytes
        guard let value = step.form.value(of: entry, bytes) else { return false }
        switch value {
        case .same: filled.put(text: bytes[entry.value], to: step, labels: translation.labels, into: &out)
        case .written:
            var written = ByteBuffer(capacity: 32)
            DocumentWriter.write(entry, bytes, to: &written)
            // A date comes with its quotes.
            let quotes = entry.kind == .date ? 1 : 0
            let text = written.bytes.extracting(quotes..<written.count - quotes)
            filled.put(text: text, to: step, labels: translation.labels, into: &out)
        case .long(let number): filled.put(long: number, to: step, labels: translation.labels, into: &out)
        case .rounded(let number):
            filled.put(long: number, to: step, labels: translation.labels, into: &out)
            return true
        case .label(let label, let isNumber, let isAll):
            filled.put(label: label, isNumber: isNumber, to: step, labels: translation.labels, into: &out)
            // What the attribute does not say in full stays among the rest.
            guard isAll else { return true }
        }
        places.use(index)
        return true
    }

    private mutating func write(
        _ constant: Translation.Constant, to step: Translation.Step, into out: inout Document
    ) -> Bool {
        switch constant {
        case .long(let number): filled.put(long: number, to: step, labels: translation.labels, into: &out)
        case .text(let label):
            guard translation.labels[label].byteCount > 0 else { return false }
            filled.put(label: label, isNumber: false, to: step, labels: translation.labels, into: &out)
        }
        return true
    }

    // MARK: The rest

    private func addRest(_ document: borrowing Document, into out: inout Document) {
        let bytes = document.bytes
        for index in document.entries.indices where !places.isUsed(index) {
            let entry = document.entries[index]
            guard let field = entry.field else {
                let prefix = unsafe translation.restPrefix.span.bytes
                out.set(
                    prefix: prefix, name: bytes[entry.name], entry.kind, bits: entry.bits, bytes: bytes[entry.value])
                continue
            }
            let target = translation.rest[Int(field.index)]
            switch entry.kind {
            case .text: out.set(target, text: bytes[entry.value])
            case .json: out.set(target, json: bytes[entry.value])
            case .long: out.set(target, long: entry.long)
            case .double: out.set(target, double: entry.double)
            case .boolean: out.set(target, boolean: entry.boolean)
            case .date: out.set(target, date: Timestamp(nanoseconds: entry.long))
            }
        }
    }
}
