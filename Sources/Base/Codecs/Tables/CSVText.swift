/// One line of CSV, without its end.
///
/// A cell that a spreadsheet would take for a formula gets an apostrophe before it, unless the line is for a machine.
///
/// - Source: RFC 4180; OWASP, *CSV Injection*.
public enum CSVText {
    /// What ends a line.
    public static let lineEnd = "\r\n"

    /// - Parameter isRaw: every cell as it is.
    public static func line(_ cells: [String], isRaw: Bool = false) -> String {
        cells.map { cell($0, isRaw) }.joined(separator: ",")
    }

    // By bytes: to a string, a quote with an accent behind it, or both ends of a line, are one character of their own.
    private static func cell(_ text: String, _ isRaw: Bool) -> String {
        // The one name that begins like a formula: whoever reads columns by name looks for it.
        if text == "@timestamp" { return text }
        let isFormula = !isRaw && text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } == true && Double(text) == nil
        let safe = isFormula ? "'" + text : text
        guard safe.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return safe }
        let quote = UInt8(ascii: "\"")
        let bytes = safe.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
        return "\"" + String(decoding: bytes, as: UTF8.self) + "\""
    }
}
