import Codecs

/// The rows of an exported audit log, each where it stands.
struct AuditLogFile {
    struct Row {
        var range: ByteRange
        /// How often the same row stands before it: an export names no ids, and what happened twice is two events.
        var repeats = 0
        /// Whether it is part of a row that is too long, and so can be read as none.
        var isPiece = false
    }

    /// The row of column names; `nil` when the file is no audit log.
    private(set) var header: ByteRange?
    private(set) var rows: [Row] = []

    /// Bytes of a row that is read as one. Real rows have about 600; a longer one is kept in pieces.
    static let rowLimit = 1 << 20

    /// Columns without which there is nothing to say.
    private static let needed: [StaticString] = ["created_at", "event"]

    init(_ bytes: [UInt8]) {
        let span = unsafe bytes.span.bytes
        var cursor = CSVCursor(span)
        var cells: [CSVCursor.Cell] = []
        guard let first = cursor.next(in: span, cells: &cells), Self.areColumns(cells, span) else { return }
        header = first.range
        var counts: [ArraySlice<UInt8>: Int] = [:]
        while let row = cursor.next(in: span, cells: &cells) {
            guard row.range.count <= Self.rowLimit else {
                addPieces(of: row.range)
                continue
            }
            let count = counts[bytes[row.range.range], default: 0]
            counts[bytes[row.range.range]] = count + 1
            rows.append(Row(range: row.range, repeats: count))
        }
    }

    private mutating func addPieces(of range: ByteRange) {
        for start in stride(from: range.start, to: range.end, by: Self.rowLimit) {
            rows.append(Row(range: ByteRange(start..<min(start + Self.rowLimit, range.end)), isPiece: true))
        }
    }

    private static func areColumns(_ cells: [CSVCursor.Cell], _ bytes: RawSpan) -> Bool {
        needed.allSatisfy { name in cells.contains { bytes[$0.range].isEqual(to: name) } }
    }
}
