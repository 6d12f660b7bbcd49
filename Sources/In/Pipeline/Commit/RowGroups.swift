import Codecs
import Integrity

/// The groups of a row's cells, by the names in the header of its file. The order of columns is not promised.
struct RowGroups {
    private let table: DisclosureTable
    /// The header that was read last.
    private var header: [UInt8] = []
    /// The groups of the columns.
    private(set) var groups: [DisclosureGroup] = []
    /// The column that says when it happened.
    private var timeColumn: Int?
    /// Those of the row that was cut last.
    private var cells: [CSVCursor.Cell] = []

    private static let prefix = "row."

    init(_ table: DisclosureTable) { self.table = table }

    /// When the row says that it happened.
    var time: ByteRange? { timeColumn.map { cells[$0].range } }

    /// - Returns: false when it is not a row, and nothing else, with as many cells as the header has columns.
    mutating func cut(_ row: RawSpan, header: RawSpan) -> Bool {
        read(header)
        var cursor = CSVCursor(ByteRange(start: 0, count: row.byteCount))
        guard let found = cursor.next(in: row, cells: &cells), found.flaw == nil, found.range.count == row.byteCount
        else { return false }
        return cells.count == groups.count
    }

    /// Where a cell of the row ends: at the comma behind it.
    func end(of cell: Int, in row: RawSpan) -> Int {
        guard cell + 1 < cells.count else { return row.byteCount }
        let next = cells[cell + 1].range.start
        // Before a plain cell stands its comma; before one in quotes the quote.
        return row[next - 1] == UInt8(ascii: "\"") ? next - 2 : next - 1
    }

    private mutating func read(_ bytes: RawSpan) {
        let isSame = unsafe header.span.bytes.isEqual(to: bytes)
        if isSame, !groups.isEmpty { return }
        header = bytes.array
        var cursor = CSVCursor(ByteRange(start: 0, count: bytes.byteCount))
        _ = cursor.next(in: bytes, cells: &cells)
        let names: [[UInt8]] = cells.map { cell in
            var name = ByteBuffer(capacity: 32)
            name.append(Array(Self.prefix.utf8))
            name.append(cell, of: bytes)
            return name.array
        }
        groups = names.map { name in unsafe table.group(of: name.span.bytes) }
        timeColumn = names.firstIndex(of: Array("\(Self.prefix)created_at".utf8))
    }
}
