/// The text of a query, as bytes with lines and columns.
public struct SourceText: Sendable, Hashable {
    public let bytes: [UInt8]

    public init(_ text: String) { bytes = Array(text.utf8) }

    func text(_ span: SourceSpan) -> String { String(decoding: bytes[span.lower..<span.upper], as: UTF8.self) }

    /// Line and column of a byte, both counted from one, columns in characters.
    func place(of offset: Int) -> (line: Int, column: Int) {
        let start = lineStart(before: offset)
        let line = bytes[..<start].count { $0 == 10 } + 1
        return (line, text(SourceSpan(start, offset)).count + 1)
    }

    /// The byte at a line and column, as ``place(of:)`` counts them.
    func offset(line: Int, column: Int) -> Int {
        var start = 0
        for _ in 1..<max(line, 1) {
            guard let end = bytes[start...].firstIndex(of: 10) else { return bytes.count }
            start = end + 1
        }
        let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
        return min(start + text(SourceSpan(start, end)).prefix(max(column, 1) - 1).utf8.count, end)
    }

    /// The whole line that holds a byte.
    func line(around offset: Int) -> SourceSpan {
        let end = bytes[offset...].firstIndex(of: 10) ?? bytes.count
        return SourceSpan(lineStart(before: offset), end)
    }

    private func lineStart(before offset: Int) -> Int {
        bytes[..<offset].lastIndex(of: 10).map { $0 + 1 } ?? 0
    }
}
