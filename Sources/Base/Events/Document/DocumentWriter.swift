public import Codecs
import Platform

/// Writes documents as JSON, one object each, members in the order of their names.
///
/// Known fields are put in order by a bit for each, not by comparing names, and their part of the text is
/// written before the first document comes. Names below a flattened field keep their dots.
///
/// - Threads: one at a time for each value; its memory is kept between documents.
public struct DocumentWriter: ~Copyable {
    private let layout: FieldLayout
    private var fields: FieldOrder
    /// Entries without a known field, in order, with the number of known names before them.
    private var unknown: [Unknown] = []
    private var dates = DateText()

    private struct Unknown {
        var entry: Int
        var rank: Int
    }

    /// Where the last value was written.
    private struct Place {
        /// The known field, or -1.
        var field = -1
        /// The name of the unknown one.
        var name = ByteRange.empty
        /// Where its nested part ends.
        var nested = 0
        var isThere = false
        /// Objects that are open.
        var depth = 0
        var isFirst = true
    }

    public enum Shape: Sendable {
        /// Segments of names become objects.
        case nested
        /// Every name stands at the root, with its dots.
        case flat
    }

    public init(catalog: FieldCatalog = .standard, shape: Shape = .nested) {
        layout = FieldLayout(catalog, isFlat: shape == .flat)
        fields = FieldOrder(fieldCount: catalog.fields.count)
    }

    /// Appends one object, without a line end.
    public mutating func write(_ document: borrowing Document, to out: inout ByteBuffer) {
        order(document)
        out.append(UInt8(ascii: "{"))
        var place = Place()
        var nextUnknown = 0
        while let field = fields.takeFirst() {
            while nextUnknown < unknown.count, unknown[nextUnknown].rank <= field {
                writeUnknown(&nextUnknown, document, &place, to: &out)
            }
            writeKnown(field, document, &place, to: &out)
        }
        while nextUnknown < unknown.count { writeUnknown(&nextUnknown, document, &place, to: &out) }
        for _ in 0...place.depth { out.append(UInt8(ascii: "}")) }
    }

    /// One value, without its name.
    ///
    /// - Parameter isDouble: whether its field holds doubles. Every number of such a field is written in the one
    ///   way in which it is stored; a whole number too large for that stays as it is.
    public static func write(
        _ entry: Document.Entry, _ bytes: RawSpan, isDouble: Bool = false, to out: inout ByteBuffer
    ) {
        var dates = DateText()
        write(entry, bytes, isDouble: isDouble, &dates, to: &out)
    }

    private static func write(
        _ entry: borrowing Document.Entry, _ bytes: RawSpan, isDouble: Bool, _ dates: inout DateText,
        to out: inout ByteBuffer
    ) {
        var pen = unsafe JSONPen(out.reserve(room(for: entry)))
        unsafe put(entry, bytes, isDouble, &dates, &pen)
        unsafe out.commit(pen.place)
    }

    /// The most that a value takes.
    @inline(__always) private static func room(for entry: borrowing Document.Entry) -> Int {
        // What is broken in JSON text becomes three bytes for one.
        unsafe entry.kind == .text
            ? JSONPen.room(forText: entry.value.count) : entry.value.count &* 3 &+ JSONPen.roomForNumber
    }

    @inline(__always) private static func put(
        _ entry: borrowing Document.Entry, _ bytes: RawSpan, _ isDouble: Bool, _ dates: inout DateText,
        _ pen: inout JSONPen
    ) {
        switch entry.kind {
        case .text: unsafe pen.put(string: bytes[entry.value])
        case .long:
            if isDouble, entry.isExactDouble { return unsafe put(Double(entry.long), &pen) }
            unsafe pen.put(decimal: entry.long)
        case .double: unsafe put(entry.double, &pen)
        case .boolean: unsafe put(entry.boolean ? "true" : "false", &pen)
        case .date:
            unsafe pen.put(UInt8(ascii: "\""))
            unsafe dates.put(Timestamp(nanoseconds: entry.long), &pen)
            unsafe pen.put(UInt8(ascii: "\""))
        case .json: unsafe put(json: bytes[entry.value], &pen)
        }
    }

    private static func put(json: RawSpan, _ pen: inout JSONPen) {
        guard UTF8Text.needsRepair(json) else { return unsafe pen.put(json) }
        var repaired = ByteBuffer(capacity: json.byteCount)
        UTF8Text.appendRepaired(json, to: &repaired)
        unsafe pen.put(repaired.bytes)
    }

    /// The shortest digits that read back as the same number. What JSON cannot say becomes `null`.
    private static func put(_ number: Double, _ pen: inout JSONPen) {
        guard number.isFinite else { return unsafe put("null", &pen) }
        var text = number.description
        text.withUTF8 { unsafe pen.put(UnsafeRawBufferPointer($0).bytes) }
    }

    private static func put(_ word: StaticString, _ pen: inout JSONPen) {
        for place in 0..<word.utf8CodeUnitCount { unsafe pen.put(word.utf8Start[place]) }
    }

    // MARK: Order

    private mutating func order(_ document: borrowing Document) {
        unknown.removeAll(keepingCapacity: true)
        fields.begin(entryCount: document.entries.count)
        for index in document.entries.indices {
            if let field = document.entries[index].field {
                fields.add(index, of: Int(field.index))
                continue
            }
            let name = document.bytes[document.entries[index].name]
            let rank = layout.rank(of: name)
            // What came under the name of a known field is that field: no name is written twice.
            if let field = layout.field(named: name, rank: rank) {
                fields.add(index, of: field)
            } else {
                unknown.append(Unknown(entry: index, rank: rank))
            }
        }
        if unknown.count <= Self.insertionLimit { insertionSort(document) } else { mergeSort(document) }
    }

    /// Unknown fields up to which insertion is quickest. Beyond, a sender could make its square hurt.
    private static let insertionLimit = 64

    /// Of one name, as they were set.
    private mutating func insertionSort(_ document: borrowing Document) {
        for index in unknown.indices {
            let item = unknown[index]
            var target = index
            while target > 0, precedes(item, unknown[target - 1], document) {
                unknown[target] = unknown[target - 1]
                target -= 1
            }
            unknown[target] = item
        }
    }

    /// The same, bottom up.
    private mutating func mergeSort(_ document: borrowing Document) {
        var width = 1
        var merged = unknown
        while width < unknown.count {
            var start = 0
            while start < unknown.count {
                let middle = min(start + width, unknown.count)
                let end = min(middle + width, unknown.count)
                var (left, right) = (start, middle)
                for place in start..<end {
                    if left < middle, right == end || !precedes(unknown[right], unknown[left], document) {
                        merged[place] = unknown[left]
                        left += 1
                    } else {
                        merged[place] = unknown[right]
                        right += 1
                    }
                }
                start = end
            }
            swap(&unknown, &merged)
            width *= 2
        }
    }

    private func precedes(_ left: Unknown, _ right: Unknown, _ document: borrowing Document) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        let bytes = document.bytes
        return FieldLayout.compare(
            bytes[document.entries[left.entry].name], bytes[document.entries[right.entry].name]) < 0
    }

    // MARK: Writing

    private mutating func writeKnown(
        _ field: Int, _ document: borrowing Document, _ place: inout Place, to out: inout ByteBuffer
    ) {
        let entries = document.entries.span
        let bytes = document.bytes
        var index = fields.firstEntry(of: field)
        var next = fields.nextEntry(after: index)
        let isList = next >= 0 || (layout.isMany(field) && entries[index].kind != .json)
        let isDouble = layout.isDouble(field)
        let isOpen = place.isThere && (place.field < 0 || layout.canCollide(field))
        if isOpen {
            let name = layout.name(field)
            if openByName(name, layout.nestedPart(ofKnown: name), document, &place, to: &out) { place.field = field }
        }
        // Room for the brackets and commas around the value, too.
        let room = layout.openingRoom(field) &+ place.depth &+ 8 &+ Self.room(for: entries[index])
        var pen = unsafe JSONPen(out.reserve(room))
        if !isOpen {
            let shared = place.isThere ? layout.sharedObjects(place.field, field) : 0
            if place.depth > shared {
                for _ in shared..<place.depth { unsafe pen.put(UInt8(ascii: "}")) }
                place.isFirst = false
            }
            if !place.isFirst { unsafe pen.put(UInt8(ascii: ",")) }
            unsafe layout.putOpening(of: field, from: shared, &pen)
            place.depth = layout.depth(of: field)
            place.field = field
            place.nested = .max
            place.isThere = true
        }
        place.isFirst = false
        if isList { unsafe pen.put(UInt8(ascii: "[")) }
        unsafe Self.put(entries[index], bytes, isDouble, &dates, &pen)
        while next >= 0 {
            unsafe pen.put(UInt8(ascii: ","))
            unsafe out.commit(pen.place)
            index = next
            next = fields.nextEntry(after: index)
            unsafe pen = JSONPen(out.reserve(Self.room(for: entries[index]) &+ 8))
            unsafe Self.put(entries[index], bytes, isDouble, &dates, &pen)
        }
        if isList { unsafe pen.put(UInt8(ascii: "]")) }
        unsafe out.commit(pen.place)
    }

    private mutating func writeUnknown(
        _ position: inout Int, _ document: borrowing Document, _ place: inout Place, to out: inout ByteBuffer
    ) {
        let bytes = document.bytes
        let start = position
        let range = document.entries[unknown[start].entry].name
        let name = bytes[range]
        repeat {
            position += 1
        } while position < unknown.count
            && bytes[document.entries[unknown[position].entry].name].isEqual(to: name)
        if openByName(name, layout.nestedPart(of: name), document, &place, to: &out) {
            place.field = -1
            place.name = range
        }
        place.isFirst = false
        let isList = position - start > 1
        if isList { out.append(UInt8(ascii: "[")) }
        for index in start..<position {
            if index > start { out.append(UInt8(ascii: ",")) }
            Self.write(document.entries[unknown[index].entry], bytes, isDouble: false, &dates, to: &out)
        }
        if isList { out.append(UInt8(ascii: "]")) }
    }

    private func close(to depth: Int, _ place: inout Place, to out: inout ByteBuffer) {
        while place.depth > depth {
            out.append(UInt8(ascii: "}"))
            place.depth -= 1
            place.isFirst = false
        }
    }

    /// Closes what the last name was in and this one is not, opens what is missing, and writes the name.
    ///
    /// - Parameter nested: how much of the name may become objects; the rest keeps its dots.
    /// - Returns: false when the name goes on behind the end of the last one. A value cannot also be an
    ///   object, so the rest of the longer name stays dotted beside the shorter one.
    private func openByName(
        _ name: RawSpan, _ nested: Int, _ document: borrowing Document, _ place: inout Place, to out: inout ByteBuffer
    ) -> Bool {
        let all = document.bytes
        var rest = 0
        var shared = 0
        var collides = false
        if place.isThere {
            let lastName = place.field >= 0 ? layout.name(place.field) : all[place.name]
            var index = 0
            while index < lastName.byteCount, index < name.byteCount, lastName[index] == name[index] {
                if name[index] == UInt8(ascii: "."), index < nested, index < place.nested {
                    shared += 1
                    rest = index + 1
                }
                index += 1
            }
            collides = index == lastName.byteCount && index < name.byteCount && name[index] == UInt8(ascii: ".")
        }
        close(to: shared, &place, to: &out)
        while !collides, let dot = Self.nextDot(in: name, from: rest, to: nested) {
            if !place.isFirst { out.append(UInt8(ascii: ",")) }
            out.append(jsonString: name.extracting(rest..<dot))
            out.append(":{" as StaticString)
            place.isFirst = true
            place.depth += 1
            rest = dot + 1
        }
        if !place.isFirst { out.append(UInt8(ascii: ",")) }
        out.append(jsonString: name.extracting(rest..<name.byteCount))
        out.append(UInt8(ascii: ":"))
        guard !collides else { return false }
        place.nested = nested
        place.isThere = true
        return true
    }

    private static func nextDot(in name: RawSpan, from start: Int, to end: Int) -> Int? {
        var place = start
        while place < end {
            if name[place] == UInt8(ascii: ".") { return place }
            place += 1
        }
        return nil
    }
}
