/// A pattern in the notation of Lucene's `RegExp`, which a whole text matches or not: `RLIKE` of ES|QL, `regex` of EQL.
///
/// - Cost: linear in the text, whatever pattern and text are.
/// - Threads: any.
public struct LuceneRegex: Sendable {
    private let program: RegexProgram
    private let idle = Idle<LazyAutomaton>()

    /// - Parameter ignoringCase: letters match their small and their capital form.
    public init(_ pattern: String, ignoringCase: Bool = false) throws(RegexError) {
        var parser = try LuceneParser(pattern, ignoringCase: ignoringCase)
        program = try RegexCompiler.program(of: try parser.pattern())
    }

    /// - Parameter text: UTF-8. What is none matches nothing.
    public func matches(_ text: borrowing Span<UInt8>) -> Bool {
        var automaton = idle.take() ?? LazyAutomaton(program, .whole)
        let isMatch = automaton.matches(text)
        idle.give(automaton)
        return isMatch
    }

    public func matches(_ text: String) -> Bool { matches(text.utf8.span) }

    /// Steps that each character of a text may cost.
    public var size: Int { program.steps.count }

    /// What an automaton that knows nothing yet spends on a text; for tests.
    func effort(on text: String) -> Int {
        var automaton = LazyAutomaton(program, .whole)
        _ = automaton.matches(text.utf8.span)
        return automaton.effort
    }
}
