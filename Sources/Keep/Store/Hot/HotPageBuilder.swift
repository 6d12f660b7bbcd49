import Codecs
import Events
import Platform

/// Takes documents in and makes pages of them.
///
/// The usual document is copied whole: its memory in one piece, and a cell for each value. Only one with a
/// misfit, with a name twice or with broken text is looked at value by value.
///
/// - Threads: one at a time.
/// - Cost: one pass over the entries to check them, one to write their cells.
struct HotPageBuilder: ~Copyable {
    private let columns: StoreColumns
    private var rows: [HotPage.Row] = []
    /// In the order they came, tagged with their column.
    private var cells: [HotPage.Cell] = []
    private var counts: [Int]
    private var misfits: Set<Int> = []
    private var memory = ByteBuffer(capacity: 1 << 20)
    /// For each column the number of the last document that had it.
    private var seen: [UInt32]
    private var number: UInt32 = 0
    /// For each entry of a plain document its column.
    private var targets: [Int] = []

    /// Bytes of texts from which on a page is full. A document more is below what 32 bits can point at.
    private static let fullMemory = 64 << 20

    init(columns: StoreColumns) {
        self.columns = columns
        counts = Array(repeating: 0, count: columns.columns.count)
        seen = Array(repeating: 0, count: columns.columns.count)
    }

    var count: Int { rows.count }
    var isFull: Bool { rows.count >= ScanChunk.capacity || memory.count > Self.fullMemory }
    /// Bytes so far.
    var size: Int { memory.count + cells.count * MemoryLayout<HotPage.Cell>.stride }

    /// The time of a document, or `fallback` for one whose time does not suit the column.
    static func time(of document: borrowing Document, _ columns: StoreColumns, fallback: Timestamp) -> Timestamp {
        single(document, columns.time, .date).map { Timestamp(nanoseconds: $0.long) } ?? fallback
    }

    /// The value of a field that has one, of this kind.
    static func single(_ document: borrowing Document, _ field: FieldID, _ kind: Document.Kind) -> Document.Entry? {
        var found: Document.Entry?
        let entries = document.entries
        for index in entries.indices where entries[index].field == field {
            guard found == nil, entries[index].kind == kind else { return nil }
            found = entries[index]
        }
        return found
    }

    /// - Parameter name: stands in for the event id of a document that has none that suits its column, as the
    ///   time and the sequence do. So each row has all three.
    mutating func append(_ document: borrowing Document, name: String, time: Timestamp, sequence: UInt64) {
        number &+= 1
        if isPlain(document) { appendWhole(document) } else { appendByValue(document) }
        if seen[Int(columns.eventID.index)] != number {
            let start = memory.count
            memory.append(text: name)
            add(Int(columns.eventID.index), start, memory.count - start)
        }
        if seen[Int(columns.time.index)] != number {
            add(Int(columns.time.index), bits: UInt64(bitPattern: time.nanoseconds))
        }
        if seen[Int(columns.sequence.index)] != number { add(Int(columns.sequence.index), bits: sequence) }
        rows.append(HotPage.Row(time: time, sequence: sequence))
    }

    /// Makes a page of all rows so far, and begins anew.
    mutating func finish() -> HotPage {
        var stripes: [HotPage.Stripe] = []
        var next = Array(repeating: 0, count: counts.count)
        var place = 0
        for column in counts.indices where counts[column] > 0 {
            stripes.append(HotPage.Stripe(column: column, cells: place..<place + counts[column]))
            next[column] = place
            place += counts[column]
            counts[column] = 0
        }
        let sorted = unsafe [HotPage.Cell](unsafeUninitializedCapacity: cells.count) { out, count in
            for cell in cells {
                let column = Int(cell.tag)
                unsafe out.initializeElement(
                    at: next[column], to: HotPage.Cell(row: cell.row, tag: 0, low: cell.low, high: cell.high))
                next[column] &+= 1
            }
            count = cells.count
        }
        defer {
            rows.removeAll(keepingCapacity: true)
            cells.removeAll(keepingCapacity: true)
            misfits = []
            memory.removeAll()
        }
        return HotPage(rows: rows, cells: sorted, stripes: stripes, misfits: misfits, memory: memory.bytes)
    }

    // MARK: Cells

    @inline(__always) private mutating func add(_ column: Int, bits: UInt64) {
        add(column, low: UInt32(truncatingIfNeeded: bits), high: UInt32(truncatingIfNeeded: bits >> 32))
    }

    @inline(__always) private mutating func add(_ column: Int, _ start: Int, _ count: Int) {
        add(column, low: UInt32(start), high: UInt32(count))
    }

    @inline(__always) private mutating func add(_ column: Int, low: UInt32, high: UInt32) {
        cells.append(
            HotPage.Cell(row: UInt16(truncatingIfNeeded: rows.count), tag: UInt16(column), low: low, high: high))
        counts[column] &+= 1
        seen[column] = number
    }

    @inline(__always) private mutating func addNumber(_ entry: Document.Entry, _ column: Int) {
        let isWhole = entry.kind == .long && columns.traits[column].isDouble
        add(column, bits: isWhole ? Double(entry.long).bitPattern : entry.bits)
    }

    // MARK: The usual document

    /// Whether each value suits its column, each name of the rest is there once, and all text is UTF-8.
    private mutating func isPlain(_ document: borrowing Document) -> Bool {
        let bytes = document.bytes
        let isASCII = Self.isASCII(bytes)
        let entries = document.entries
        var unknown = 0
        targets.removeAll(keepingCapacity: true)
        for index in entries.indices {
            let entry = entries[index]
            var column = columns.restIndex
            if let field = entry.field {
                column = Int(field.index)
            } else {
                let name = bytes[entry.name]
                if let field = columns.field(named: name) {
                    column = Int(field.index)
                } else {
                    unknown += 1
                    if unknown > 1, hasName(document, name, before: index) { return false }
                    if !isASCII, UTF8Text.needsRepair(name) { return false }
                    targets.append(column)
                    continue
                }
            }
            targets.append(column)
            let traits = columns.traits[column]
            guard traits.takes(entry.kind), traits.isMany || seen[column] != number else { return false }
            seen[column] = number
            if traits.isText {
                if !isASCII, UTF8Text.needsRepair(bytes[entry.value]) { return false }
                if traits.isAddress, !StoreColumns.isAddress(bytes[entry.value]) { return false }
            } else if traits.isDouble, !Self.isDouble(entry) {
                return false
            }
        }
        return true
    }

    /// Whether an earlier entry has this name; "yes" also when there are too many to be compared one by one.
    private func hasName(_ document: borrowing Document, _ name: RawSpan, before index: Int) -> Bool {
        guard index < 512 else { return true }
        let entries = document.entries
        for other in 0..<index where entries[other].field == nil {
            if document.bytes[entries[other].name].isEqual(to: name) { return true }
        }
        return false
    }

    /// Whether a number can stand in a column of doubles. Infinity and what is not a number compare otherwise in
    /// SQL than anywhere else.
    private static func isDouble(_ entry: Document.Entry) -> Bool {
        entry.kind == .long ? entry.isExactDouble : entry.double.isFinite
    }

    private static func isASCII(_ bytes: RawSpan) -> Bool {
        var place = 0
        var all: UInt64 = 0
        while bytes.byteCount &- place >= 8 {
            all |= unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
            place &+= 8
        }
        while place < bytes.byteCount {
            all |= UInt64(bytes[place])
            place &+= 1
        }
        return all & 0x8080_8080_8080_8080 == 0
    }

    private mutating func appendWhole(_ document: borrowing Document) {
        // What `isPlain` marked was not added yet.
        number &+= 1
        let base = memory.count
        memory.append(document.bytes)
        let entries = document.entries
        for index in entries.indices {
            let entry = entries[index]
            let column = targets[index]
            if column == columns.restIndex {
                appendUnknown(document.bytes[entry.name]) { DocumentWriter.write(entry, document.bytes, to: &$0) }
            } else if columns.traits[column].isText {
                add(column, base &+ entry.value.start, entry.value.count)
            } else {
                addNumber(entry, column)
            }
        }
    }

    /// A value without a column. What is below a flattened field is looked for where that field's misfits are.
    private mutating func appendUnknown(_ name: RawSpan, _ value: (inout ByteBuffer) -> Void) {
        if let field = columns.flattenedField(holding: name) { misfits.insert(Int(field.index)) }
        appendRest(name, value)
    }

    /// A cell of the rest: name, length of the name, value.
    private mutating func appendRest(_ name: RawSpan, _ value: (inout ByteBuffer) -> Void) {
        let start = memory.count
        append(text: name)
        memory.append(littleEndian: UInt32(memory.count - start))
        let middle = memory.count
        value(&memory)
        add(columns.restIndex, middle, memory.count - middle)
    }

    // MARK: Any document

    /// The values of one field, known or not.
    private struct Group {
        var field: FieldID?
        var entries: [Document.Entry] = []
    }

    private mutating func appendByValue(_ document: borrowing Document) {
        number &+= 1
        for group in groups(document) {
            if let field = group.field, suits(document, group, Int(field.index)) {
                for entry in group.entries { appendValue(document, entry, Int(field.index)) }
            } else {
                appendGroup(document, group)
            }
        }
    }

    /// One group for each name, so that no key of the rest is there twice.
    private func groups(_ document: borrowing Document) -> [Group] {
        var groups: [Group] = []
        var known: [FieldID: Int] = [:]
        var unknown: [[UInt8]: Int] = [:]
        for index in document.entries.indices {
            let entry = document.entries[index]
            var place: Int
            if let field = entry.field ?? columns.field(named: document.bytes[entry.name]) {
                place = known[field] ?? groups.count
                known[field] = place
                if place == groups.count { groups.append(Group(field: field)) }
            } else {
                var name = ByteBuffer(capacity: entry.name.count)
                UTF8Text.appendRepaired(document.bytes[entry.name], to: &name)
                place = unknown[name.array] ?? groups.count
                unknown[name.array] = place
                if place == groups.count { groups.append(Group()) }
            }
            groups[place].entries.append(entry)
        }
        return groups
    }

    private func suits(_ document: borrowing Document, _ group: Group, _ column: Int) -> Bool {
        let traits = columns.traits[column]
        if group.entries.count > 1, !traits.isMany { return false }
        for entry in group.entries {
            guard traits.takes(entry.kind) else { return false }
            if traits.isAddress, !StoreColumns.isAddress(document.bytes[entry.value]) { return false }
            if traits.isDouble, !Self.isDouble(entry) { return false }
        }
        return true
    }

    private mutating func appendValue(_ document: borrowing Document, _ entry: Document.Entry, _ column: Int) {
        guard columns.traits[column].isText else { return addNumber(entry, column) }
        let start = memory.count
        append(text: document.bytes[entry.value])
        add(column, start, memory.count - start)
    }

    /// The values of a group as JSON among the rest, written as in the document.
    private mutating func appendGroup(_ document: borrowing Document, _ group: Group) {
        var isList = group.entries.count > 1
        var isDouble = false
        if let field = group.field {
            misfits.insert(Int(field.index))
            isList = isList || (columns.catalog[field].isMany && group.entries[0].kind != .json)
            isDouble = columns.catalog[field].type == .double
        }
        func write(_ out: inout ByteBuffer) {
            if isList { out.append(UInt8(ascii: "[")) }
            for (place, entry) in group.entries.enumerated() {
                if place > 0 { out.append(UInt8(ascii: ",")) }
                DocumentWriter.write(entry, document.bytes, isDouble: isDouble, to: &out)
            }
            if isList { out.append(UInt8(ascii: "]")) }
        }
        if let field = group.field {
            var name = columns.catalog[field].name
            name.withUTF8 { unsafe appendRest(UnsafeRawBufferPointer($0).bytes, write) }
        } else {
            appendUnknown(document.bytes[group.entries[0].name], write)
        }
    }

    /// The engine takes UTF-8 and nothing else.
    private mutating func append(text: RawSpan) {
        if UTF8Text.needsRepair(text) { UTF8Text.appendRepaired(text, to: &memory) } else { memory.append(text) }
    }
}
