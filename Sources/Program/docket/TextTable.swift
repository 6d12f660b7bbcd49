/// Rows of text with their columns below one another, for a terminal.
struct TextTable {
    /// Of one column. What is longer is cut.
    private static let widest = 48

    private let rows: [[String]]
    private let right: Set<Int>

    /// - Parameters:
    ///   - rows: all of one length; the first is the head.
    ///   - right: columns that stand at the right, as numbers do.
    init(_ rows: [[String]], right: Set<Int> = []) {
        self.rows = rows.map { $0.map(Self.visible) }
        self.right = right
    }

    var lines: [String] { lines(hasColors: false) }

    /// - Parameter hasColors: the head is bold, and words of an outcome have a color besides.
    func lines(hasColors: Bool) -> [String] {
        let columns = rows.first?.indices ?? 0..<0
        let widths = columns.map { column in min(Self.widest, rows.map { $0[column].count }.max() ?? 0) }
        return rows.enumerated().map { place, row in
            let line = columns.map { column in
                let (cell, width) = (row[column], widths[column])
                if cell.count > width { return String(cell.prefix(width - 1)) + "…" }
                let space = String(repeating: " ", count: width - cell.count)
                let colored = hasColors && place > 0 ? Self.colored(cell) : cell
                return right.contains(column) ? space + colored : colored + space
            }.joined(separator: "  ")
            return hasColors && place == 0 ? "\u{1B}[1m\(line)\u{1B}[0m" : line
        }
    }

    private static func colored(_ cell: String) -> String {
        switch cell {
        case "success", "accept": "\u{1B}[32m\(cell)\u{1B}[0m"
        case "failure", "reject": "\u{1B}[31m\(cell)\u{1B}[0m"
        default: cell
        }
    }

    /// Control characters would move a terminal's cursor, or worse.
    private static func visible(_ text: String) -> String {
        String(text.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "�" : $0 })
    }
}
