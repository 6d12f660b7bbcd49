/// A place in comma-separated text that moves row by row.
///
/// Like ``JSONCursor`` it holds no bytes and builds nothing, so that a row is kept as it was received.
///
/// - Source: RFC 4180. Looser than that: a line may end in a line feed alone, a quote inside of a plain cell is a
///   quote, and a byte order mark in front is passed over.
/// - Guarantee: the rows are the whole text; only line ends, empty lines and the byte order mark lie between them.
/// - Cost: one pass, whatever the text is; nothing is read twice to find where a broken row ends.
public struct CSVCursor: Sendable {
    /// Cells of a row.
    public static let cellLimit = 256

    /// One cell of a row.
    public struct Cell: Sendable, Equatable {
        /// Between the quotes, when there are any.
        public let range: ByteRange
        /// Whether quotes are doubled in it, so that its text differs from its bytes.
        public let isEscaped: Bool
    }

    /// Why a row is none. Its cells are what was understood all the same.
    public enum Flaw: String, Sendable {
        case openQuote = "a quote is not closed"
        case textBehindQuote = "text stands behind a closing quote"
        case tooManyCells = "the row has too many cells"
    }

    public struct Row: Sendable {
        /// Without the line end.
        public let range: ByteRange
        public let flaw: Flaw?
    }

    private var place: Int
    private let end: Int

    public init(_ range: ByteRange) {
        place = range.start
        end = range.end
    }

    public init(_ bytes: RawSpan) {
        self.init(ByteRange(start: 0, count: bytes.byteCount))
        if bytes.starts(with: "\u{FEFF}") { place = 3 }
    }

    /// The next row, or `nil` behind the last one.
    ///
    /// - Parameter cells: emptied, then filled.
    public mutating func next(in bytes: RawSpan, cells: inout [Cell]) -> Row? {
        cells.removeAll(keepingCapacity: true)
        while place < end, isLineEnd(bytes[place]) { place += 1 }
        guard place < end else { return nil }
        let start = place
        var flaw: Flaw?
        while true {
            let cell = nextCell(in: bytes, &flaw)
            if cells.count < Self.cellLimit { cells.append(cell) } else { flaw = flaw ?? .tooManyCells }
            guard place < end, bytes[place] == UInt8(ascii: ",") else { break }
            place += 1
        }
        return Row(range: ByteRange(start..<place), flaw: flaw)
    }

    /// Stops at the comma or the line end behind the cell.
    private mutating func nextCell(in bytes: RawSpan, _ flaw: inout Flaw?) -> Cell {
        guard place < end, bytes[place] == UInt8(ascii: "\"") else {
            let start = place
            skipPlain(in: bytes)
            return Cell(range: ByteRange(start..<place), isEscaped: false)
        }
        place += 1
        let start = place
        var isEscaped = false
        while place < end {
            guard bytes[place] == UInt8(ascii: "\"") else {
                place += 1
                continue
            }
            if place + 1 < end, bytes[place + 1] == UInt8(ascii: "\"") {
                isEscaped = true
                place += 2
                continue
            }
            let cell = Cell(range: ByteRange(start..<place), isEscaped: isEscaped)
            place += 1
            let behind = place
            skipPlain(in: bytes)
            if place > behind { flaw = flaw ?? .textBehindQuote }
            return cell
        }
        flaw = flaw ?? .openQuote
        return Cell(range: ByteRange(start..<end), isEscaped: isEscaped)
    }

    private mutating func skipPlain(in bytes: RawSpan) {
        while place < end, bytes[place] != UInt8(ascii: ","), !isEnd(of: bytes) { place += 1 }
    }

    /// A carriage return alone is part of its cell.
    private func isEnd(of bytes: RawSpan) -> Bool {
        bytes[place] == 0x0A || (bytes[place] == 0x0D && (place + 1 == end || bytes[place + 1] == 0x0A))
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}

extension ByteBuffer {
    /// The text of a cell.
    public mutating func append(_ cell: CSVCursor.Cell, of bytes: RawSpan) {
        let raw = bytes[cell.range]
        guard cell.isEscaped else { return append(raw) }
        var clean = 0
        var place = 0
        while place < raw.byteCount {
            if raw[place] == UInt8(ascii: "\"") {
                append(raw.extracting(clean...place))
                place += 2
                clean = place
            } else {
                place += 1
            }
        }
        append(raw.extracting(clean..<raw.byteCount))
    }

    /// A cell with this text, in quotes where it needs them.
    public mutating func append(csvCell text: RawSpan) {
        var needsQuotes = false
        for place in 0..<text.byteCount where [0x22, 0x2C, 0x0A, 0x0D].contains(text[place]) { needsQuotes = true }
        guard needsQuotes else { return append(text) }
        append(UInt8(ascii: "\""))
        for place in 0..<text.byteCount {
            if text[place] == UInt8(ascii: "\"") { append(UInt8(ascii: "\"")) }
            append(text[place])
        }
        append(UInt8(ascii: "\""))
    }
}
