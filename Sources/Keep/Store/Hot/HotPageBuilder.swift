import Codecs
import Events
import Platform

/// Takes documents in and makes pages of them.
///
/// - Threads: one at a time.
struct HotPageBuilder: ~Copyable {
    private let columns: StoreColumns
    private var rows: [HotPage.Row] = []
    private var cells: [HotPage.Cell] = []
    private var memory = ByteBuffer(capacity: 1 << 20)
    /// Indexes of a document's entries, by column.
    private var order: [(column: Int, entry: Int)] = []

    init(columns: StoreColumns) { self.columns = columns }

    var count: Int { rows.count }
    var isFull: Bool { rows.count >= ScanChunk.capacity || memory.count > 64 << 20 }

    /// The time of a document, or `fallback` for one that has none.
    static func time(of document: borrowing Document, _ columns: StoreColumns, fallback: Timestamp) -> Timestamp {
        guard let entry = document.first(columns.time), entry.kind == .date else { return fallback }
        return Timestamp(nanoseconds: entry.long)
    }

    /// - Parameter name: stands in for the event id of a document that has none, so that each row has one.
    mutating func append(
        _ document: borrowing Document, id: EventID, name: String?, time: Timestamp, sequence: UInt64
    ) {
        sort(document)
        var place = 0
        var missing = name
        while place < order.count {
            var end = place + 1
            while end < order.count, order[end].column == order[place].column { end += 1 }
            let column = order[place].column
            if column > Int(columns.eventID.index), let name = missing {
                append(name: name)
                missing = nil
            }
            if column == columns.restIndex {
                appendRest(document, place..<end)
            } else if isWhole(document, place..<end, column) {
                for item in order[place..<end] { appendValue(document, document.entries[item.entry], column) }
            }
            place = end
        }
        if let name = missing { append(name: name) }
        // Behind the rest: values that do not fit the column of their field.
        place = 0
        while place < order.count {
            var end = place + 1
            while end < order.count, order[end].column == order[place].column { end += 1 }
            let column = order[place].column
            if column != columns.restIndex, !isWhole(document, place..<end, column) {
                appendMisfit(document, place..<end, column)
            }
            place = end
        }
        rows.append(HotPage.Row(time: time, sequence: sequence, eventID: id, end: cells.count))
    }

    /// Makes a page of all rows so far, and begins anew.
    mutating func finish() -> HotPage {
        defer {
            rows.removeAll(keepingCapacity: true)
            cells.removeAll(keepingCapacity: true)
            memory.removeAll()
        }
        return HotPage(rows: rows, cells: cells, memory: memory.bytes)
    }

    private mutating func append(name: String) {
        let start = memory.count
        memory.append(text: name)
        cells.append(
            HotPage.Cell(
                column: columns.eventID.index, nameCount: 0, start: UInt32(start), count: UInt32(memory.count - start)))
    }

    private mutating func sort(_ document: borrowing Document) {
        order.removeAll(keepingCapacity: true)
        for index in document.entries.indices {
            let column = document.entries[index].field.map { Int($0.index) } ?? columns.restIndex
            var place = order.count
            while place > 0, order[place - 1].column > column { place -= 1 }
            order.insert((column, index), at: place)
        }
    }

    /// Whether all values of a field go into its column.
    private func isWhole(_ document: borrowing Document, _ items: Range<Int>, _ column: Int) -> Bool {
        let field = FieldID(index: UInt16(column))
        if items.count > 1, !columns.catalog[field].isMany { return false }
        for item in items where !columns.fits(document.entries[order[item].entry], field) { return false }
        return true
    }

    private mutating func appendValue(_ document: borrowing Document, _ entry: Document.Entry, _ column: Int) {
        let start = memory.count
        switch entry.kind {
        case .text: append(text: document.bytes[entry.value])
        case .json: memory.append(document.bytes[entry.value])
        case .long where columns.catalog[FieldID(index: UInt16(column))].type == .double:
            memory.append(littleEndian: Double(entry.long).bitPattern)
        case .long, .double, .boolean, .date: memory.append(littleEndian: entry.bits)
        }
        cells.append(
            HotPage.Cell(
                column: UInt16(column), nameCount: 0, start: UInt32(start), count: UInt32(memory.count - start)))
    }

    private mutating func appendRest(_ document: borrowing Document, _ items: Range<Int>) {
        for item in items {
            let entry = document.entries[order[item].entry]
            let name = document.bytes[entry.name]
            // One key of a map has one value: what comes again under one name becomes a list.
            var same = [entry]
            var isRepeat = false
            for other in items where other != item {
                let entry = document.entries[order[other].entry]
                guard document.bytes[entry.name].isEqual(to: name) else { continue }
                if other < item { isRepeat = true } else { same.append(entry) }
            }
            if isRepeat { continue }
            let start = memory.count
            append(text: name)
            appendJSON(document, same, nameCount: memory.count - start)
        }
    }

    /// The values of a known field, as JSON under its name.
    private mutating func appendMisfit(_ document: borrowing Document, _ items: Range<Int>, _ column: Int) {
        let name = columns.catalog[FieldID(index: UInt16(column))].name
        memory.append(text: name)
        var entries: [Document.Entry] = []
        for item in items { entries.append(document.entries[order[item].entry]) }
        appendJSON(document, entries, nameCount: name.utf8.count)
    }

    /// A cell of the rest whose name was just written.
    private mutating func appendJSON(
        _ document: borrowing Document, _ entries: [Document.Entry], nameCount: Int
    ) {
        let start = memory.count
        if entries.count > 1 { memory.append(UInt8(ascii: "[")) }
        for (place, entry) in entries.enumerated() {
            if place > 0 { memory.append(UInt8(ascii: ",")) }
            DocumentWriter.write(entry, document.bytes, to: &memory)
        }
        if entries.count > 1 { memory.append(UInt8(ascii: "]")) }
        // A name is a path of names: one beyond 64 kB is a sender's joke, and its start is cut off.
        cells.append(
            HotPage.Cell(
                column: UInt16(columns.restIndex), nameCount: UInt16(clamping: nameCount), start: UInt32(start),
                count: UInt32(memory.count - start)))
    }

    /// The engine takes UTF-8 and nothing else.
    private mutating func append(text: RawSpan) {
        if UTF8Text.needsRepair(text) { UTF8Text.appendRepaired(text, to: &memory) } else { memory.append(text) }
    }
}
