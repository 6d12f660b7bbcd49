import Codecs
import Integrity

/// Why a list is none. The place is said as a person finds it in the file.
public struct ListError: Error, Sendable, CustomStringConvertible {
    public let line: Int
    public let message: String

    public var description: String { "line \(line): \(message)" }
}

extension ESQLLookup {
    /// Rows of one list. More make a join slow and take memory.
    public static let rowLimit = 100_000

    /// Reads a list: in the first row the names of its columns, each with its type behind a colon unless it is `keyword`
    /// (`mcp_server,approved:boolean`), and a row of values for each line. An empty cell is null.
    public init(named name: String, csv bytes: [UInt8]) throws(ListError) {
        var cursor = CSVCursor(bytes.rawBytes)
        var cells: [CSVCursor.Cell] = []
        var columns: [ESQLRelation.Column] = []
        var rows: [[ESQLValue]] = []
        while let row = cursor.next(in: bytes.rawBytes, cells: &cells) {
            let line = bytes[..<row.range.start].count { $0 == 10 } + 1
            if let flaw = row.flaw { throw ListError(line: line, message: flaw.rawValue) }
            let texts = cells.map { Self.text($0, bytes) }
            if columns.isEmpty {
                columns = try Self.columns(texts, line)
                continue
            }
            guard texts.count == columns.count else {
                throw ListError(line: line, message: "there are \(texts.count) cells, and \(columns.count) columns")
            }
            guard rows.count < Self.rowLimit else {
                throw ListError(line: line, message: "a list has at most \(Self.rowLimit) rows")
            }
            rows.append(try Self.values(texts, columns, line))
        }
        guard !columns.isEmpty else { throw ListError(line: 1, message: "a list begins with the names of its columns") }
        self.init(name: name, columns: columns, rows: rows)
    }

    private static func columns(_ texts: [String], _ line: Int) throws(ListError) -> [ESQLRelation.Column] {
        var columns: [ESQLRelation.Column] = []
        for text in texts {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let name = parts.first, !name.isEmpty, !columns.contains(where: { $0.name == name }) else {
                throw ListError(line: line, message: "`\(text)` is no name of a column, or is there twice")
            }
            guard let type = parts.count == 1 ? .keyword : ESQLType(cast: parts[1]), !type.isSpan else {
                throw ListError(
                    line: line,
                    message: "`\(text)` has no type; write keyword, boolean, long, double, date, ip or version")
            }
            columns.append(ESQLRelation.Column(name, type, mayBeMany: false))
        }
        return columns
    }

    private static func values(
        _ texts: [String], _ columns: [ESQLRelation.Column], _ line: Int
    ) throws(ListError) -> [ESQLValue] {
        var values: [ESQLValue] = []
        for (text, column) in zip(texts, columns) {
            if text.isEmpty {
                values.append(.null)
                continue
            }
            let isFlag = column.type != .boolean || text.lowercased() == "true" || text.lowercased() == "false"
            guard isFlag, let value = ESQLValue(text: text, column.type) else {
                throw ListError(
                    line: line, message: "`\(text)` is no \(column.type.rawValue), as `\(column.name)` holds")
            }
            values.append(value)
        }
        return values
    }

    private static func text(_ cell: CSVCursor.Cell, _ bytes: [UInt8]) -> String {
        let range = cell.range.start..<(cell.range.start + cell.range.count)
        let text = String(decoding: bytes[range], as: UTF8.self)
        return cell.isEscaped ? text.replacing("\"\"", with: "\"") : text
    }
}
