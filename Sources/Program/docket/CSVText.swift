/// RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
enum CSVText {
    static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") }

    private static func cell(_ text: String) -> String {
        let first = text.first ?? " "
        let safe = ["=", "+", "-", "@", "\t", "\r"].contains(first) && Double(text) == nil ? "'" + text : text
        return safe.contains(where: { [",", "\"", "\n", "\r"].contains($0) })
            ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }
}
