/// Rows of text with their columns below one another, for a terminal.
struct TextTable {
    /// Of one column. What is longer is cut.
    private static let widest = 48

    private let rows: [[String]]

    /// - Parameter rows: all of one length; the first is the head.
    init(_ rows: [[String]]) { self.rows = rows.map { $0.map(Self.visible) } }

    var lines: [String] {
        let columns = rows.first?.indices ?? 0..<0
        let widths = columns.map { column in min(Self.widest, rows.map { $0[column].count }.max() ?? 0) }
        return rows.map { row in
            zip(row, widths).map { cell, width in
                cell.count > width
                    ? String(cell.prefix(width - 1)) + "…" : cell.padding(to: width + 1).dropLast().description
            }.joined(separator: "  ")
        }
    }

    /// Control characters would move a terminal's cursor, or worse.
    private static func visible(_ text: String) -> String {
        String(text.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "�" : $0 })
    }
}
