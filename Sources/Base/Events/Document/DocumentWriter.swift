public import Codecs
import Platform

/// Writes documents as nested JSON, one object each, members in the order of their names.
///
/// - Threads: one at a time for each value; its memory is kept between documents.
public struct DocumentWriter: ~Copyable {
    private let catalog: FieldCatalog
    /// Names of all known fields, one after another.
    private let names: [UInt8]
    private let nameRanges: [ByteRange]
    private var order: [Int] = []
    /// The name under which the last value was written.
    private var last = ByteBuffer()

    public init(catalog: FieldCatalog = .standard) {
        self.catalog = catalog
        var names: [UInt8] = []
        nameRanges = catalog.fields.map { field in
            defer { names += field.name.utf8 }
            return ByteRange(start: names.count, count: field.name.utf8.count)
        }
        self.names = names
    }

    /// Appends one object, without a line end.
    public mutating func write(_ document: borrowing Document, to out: inout ByteBuffer) {
        sort(document)
        out.append(UInt8(ascii: "{"))
        var depth = 0
        var isFirst = true
        var place = 0
        last.removeAll()
        // A second reference, so that the names can be read while `last` is written.
        let knownNames = self.names
        let names = unsafe knownNames.span.bytes
        while place < order.count {
            let entry = document.entries[order[place]]
            let name = Self.name(of: entry, known: names, nameRanges, unknown: document.bytes)
            var next = place + 1
            while next < order.count {
                let other = document.entries[order[next]]
                guard
                    entry.field != nil && other.field != nil
                        ? entry.field == other.field
                        : Self.name(of: other, known: names, nameRanges, unknown: document.bytes).isEqual(to: name)
                else { break }
                next += 1
            }

            // Close what the last name was in and this one is not, then open what is missing.
            var rest = 0
            let shared = Self.sharedObjects(last.bytes, name, &rest)
            while depth > shared {
                out.append(UInt8(ascii: "}"))
                depth -= 1
                isFirst = false
            }
            // A value cannot also be an object. Where one name goes on behind the end of another, the rest of
            // the longer one stays dotted beside the shorter one.
            let collides = place > 0 && Self.extends(name, last.bytes)
            while !collides, let dot = Self.nextDot(in: name, from: rest) {
                if !isFirst { out.append(UInt8(ascii: ",")) }
                out.append(jsonString: name.extracting(rest..<dot))
                out.append(":{" as StaticString)
                isFirst = true
                depth += 1
                rest = dot + 1
            }
            if !isFirst { out.append(UInt8(ascii: ",")) }
            out.append(jsonString: name.extracting(rest..<name.byteCount))
            out.append(UInt8(ascii: ":"))
            let isList = next - place > 1 || entry.field.map { catalog[$0].isMany && entry.kind != .json } ?? false
            if isList { out.append(UInt8(ascii: "[")) }
            for index in place..<next {
                if index > place { out.append(UInt8(ascii: ",")) }
                let value = document.entries[order[index]]
                Self.write(value, document.bytes, of: value.field.map { catalog[$0].type }, to: &out)
            }
            if isList { out.append(UInt8(ascii: "]")) }
            isFirst = false
            if !collides {
                last.removeAll()
                last.append(name)
            }
            place = next
        }
        for _ in 0...depth { out.append(UInt8(ascii: "}")) }
    }

    /// One value, without its name.
    ///
    /// - Parameter type: of its field. Every number of a double field is written in the one way in which it is
    ///   stored; a whole number too large for that stays as it is.
    public static func write(
        _ entry: Document.Entry, _ bytes: RawSpan, of type: FieldType?, to out: inout ByteBuffer
    ) {
        switch entry.kind {
        case .long where type == .double && entry.isExactDouble: out.append(jsonNumber: Double(entry.long))
        case .text: out.append(jsonString: bytes[entry.value])
        case .long: out.append(decimal: entry.long)
        case .double: out.append(jsonNumber: entry.double)
        case .boolean: entry.boolean ? out.append("true" as StaticString) : out.append("false" as StaticString)
        case .date:
            var text: [UInt8] = []
            RFC3339.append(Timestamp(nanoseconds: entry.long), digits: 3, to: &text)
            out.append(UInt8(ascii: "\""))
            out.append(text)
            out.append(UInt8(ascii: "\""))
        case .json:
            let json = bytes[entry.value]
            UTF8Text.needsRepair(json) ? UTF8Text.appendRepaired(json, to: &out) : out.append(json)
        }
    }

    // MARK: Order

    /// Entries up to which insertion is quicker than anything else; beyond, its square hurts.
    private static let insertionLimit = 256

    /// Stable, by name. Documents have some forty fields and come nearly sorted, where insertion is quickest.
    private mutating func sort(_ document: borrowing Document) {
        order.removeAll(keepingCapacity: true)
        guard document.entries.count <= Self.insertionLimit else {
            let entries = document.entries
            let bytes = document.bytes
            order.append(contentsOf: entries.indices)
            mergeSort(entries, bytes)
            return
        }
        for index in document.entries.indices {
            var place = order.count
            while place > 0, precedes(document.entries[index], document.entries[order[place - 1]], document.bytes) {
                place -= 1
            }
            order.insert(index, at: place)
        }
    }

    /// Bottom up, because a closure for the library's sort cannot hold the bytes.
    private mutating func mergeSort(_ entries: [Document.Entry], _ bytes: RawSpan) {
        var width = 1
        var target = order
        while width < order.count {
            var start = 0
            while start < order.count {
                let middle = min(start + width, order.count)
                let end = min(middle + width, order.count)
                var (left, right) = (start, middle)
                for place in start..<end {
                    if left < middle, right == end || !precedes(entries[order[right]], entries[order[left]], bytes) {
                        target[place] = order[left]
                        left += 1
                    } else {
                        target[place] = order[right]
                        right += 1
                    }
                }
                start = end
            }
            swap(&order, &target)
            width *= 2
        }
    }

    private func precedes(_ left: Document.Entry, _ right: Document.Entry, _ bytes: RawSpan) -> Bool {
        if let left = left.field, let right = right.field { return left < right }
        let names = unsafe self.names.span.bytes
        return Self.compare(
            Self.name(of: left, known: names, nameRanges, unknown: bytes),
            Self.name(of: right, known: names, nameRanges, unknown: bytes)) < 0
    }

    @_lifetime(copy known, copy bytes)
    private static func name(
        of entry: Document.Entry, known: RawSpan, _ ranges: [ByteRange], unknown bytes: RawSpan
    ) -> RawSpan {
        guard let field = entry.field else { return bytes[entry.name] }
        return known[ranges[Int(field.index)]]
    }

    /// Segment by segment: a dot sorts before every other character.
    static func compare(_ left: RawSpan, _ right: RawSpan) -> Int {
        let count = min(left.byteCount, right.byteCount)
        for place in 0..<count where left[place] != right[place] {
            let dot = UInt8(ascii: ".")
            // Also before the zero byte, which a name of a sender may hold.
            let leftRank = left[place] == dot ? -1 : Int(left[place])
            let rightRank = right[place] == dot ? -1 : Int(right[place])
            return leftRank < rightRank ? -1 : 1
        }
        return left.byteCount - right.byteCount
    }

    /// How many objects two names are both in, and where in `name` the part behind them starts.
    private static func sharedObjects(_ last: RawSpan, _ name: RawSpan, _ rest: inout Int) -> Int {
        var depth = 0
        var place = 0
        rest = 0
        while place < last.byteCount, place < name.byteCount, last[place] == name[place] {
            if last[place] == UInt8(ascii: ".") {
                depth += 1
                rest = place + 1
            }
            place += 1
        }
        return depth
    }

    private static func extends(_ name: RawSpan, _ last: RawSpan) -> Bool {
        name.byteCount > last.byteCount && name[last.byteCount] == UInt8(ascii: ".")
            && name.extracting(0..<last.byteCount).isEqual(to: last)
    }

    private static func nextDot(in name: RawSpan, from start: Int) -> Int? {
        var place = start
        while place < name.byteCount {
            if name[place] == UInt8(ascii: ".") { return place }
            place += 1
        }
        return nil
    }
}
