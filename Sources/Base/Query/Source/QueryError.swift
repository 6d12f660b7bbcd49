/// What is wrong with a query, where, and what to write instead. In a list of warnings: what is doubtful.
///
/// The message quotes the query, so it is for the person who wrote it and not for a log of the server.
public struct QueryError: Error, Sendable, Hashable, CustomStringConvertible {
    public let message: String
    public let span: SourceSpan
    /// - Range: from 1.
    public let line: Int
    /// - Unit: characters.   - Range: from 1.
    public let column: Int
    public let hint: String?

    init(_ message: String, at span: SourceSpan, in source: SourceText, hint: String? = nil) {
        self.message = message
        self.span = span
        self.hint = hint
        (line, column) = source.place(of: span.lower)
    }

    /// What somebody else found in the same text.
    ///
    /// - Parameters:
    ///   - line: from 1, like `column`. A place that the text does not have is its end.
    public init(_ message: String, line: Int, column: Int, in source: SourceText, hint: String? = nil) {
        let place = source.offset(line: line, column: column)
        self.init(message, at: SourceSpan(place, place), in: source, hint: hint)
    }

    public var description: String { "\(line):\(column): \(message)" + (hint.map { "; \($0)" } ?? "") }

    /// The message above the line it is about, with carets under the place.
    ///
    /// - Parameter source: the text that was parsed. For another one that does not have the place it is the message alone.
    public func rendered(in source: SourceText) -> String {
        guard span.upper <= source.bytes.count else { return description }
        let window = 60
        let whole = source.line(around: span.lower)
        var before = Array(source.text(SourceSpan(whole.lower, span.lower)))
        var marked = Array(source.text(SourceSpan(span.lower, min(span.upper, whole.upper))))
        var after = Array(source.text(SourceSpan(span.lower + marked.utf8Count, whole.upper)))
        if before.count > window { before = ["…"] + before.suffix(window) }
        if marked.count > window { marked = marked.prefix(window) + ["…"] }
        if after.count > window { after = after.prefix(window) + ["…"] }
        let shown = String((before + marked + after).map { $0.isWhitespace ? " " : $0 })
        let carets = String(repeating: " ", count: before.count) + String(repeating: "^", count: max(marked.count, 1))
        return "\(line):\(column): \(message)\n  \(shown)\n  \(carets)" + (hint.map { "\n  hint: \($0)" } ?? "")
    }
}

extension [Character] {
    fileprivate var utf8Count: Int { reduce(0) { $0 + $1.utf8.count } }
}
