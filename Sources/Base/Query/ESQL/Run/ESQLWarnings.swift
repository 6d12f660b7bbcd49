/// What went wrong in single rows of a run, each expression with its first problems.
final class ESQLWarnings {
    private struct Entry {
        let span: SourceSpan
        let result: String
        var messages: [String]
        var count: Int
    }

    /// Different messages that are kept of one expression.
    private static let limit = 20

    private let source: SourceText
    private var entries: [SourceSpan: Entry] = [:]
    private(set) var general: [String] = []

    init(_ source: SourceText) { self.source = source }

    var isEmpty: Bool { entries.isEmpty && general.isEmpty }

    /// - Parameter result: what is taken instead of a value.
    func add(_ problem: ESQLProblem, at span: SourceSpan, result: String = "null") {
        var entry = entries[span] ?? Entry(span: span, result: result, messages: [], count: 0)
        entry.count += 1
        if entry.messages.count < Self.limit, !entry.messages.contains(problem.message) {
            entry.messages.append(problem.message)
        }
        entries[span] = entry
    }

    func add(_ message: String) { if !general.contains(message) { general.append(message) } }

    /// In the order of their places in the query.
    var list: [QueryError] {
        entries.values.sorted { ($0.span.lower, $0.span.upper) < ($1.span.lower, $1.span.upper) }.flatMap { entry in
            entry.messages.map { message in
                QueryError(
                    "evaluation of [\(source.text(entry.span))] failed, treating result as \(entry.result): \(message)",
                    at: entry.span, in: source)
            }
        }
    }
}
