/// A pattern that is looked for in a text, and tells where its groups matched: what GROK is made of.
///
/// Of several matches it is the one that begins first, and of those the one that the pattern prefers.
///
/// - Cost: linear in the text, whatever pattern and text are.
/// - Threads: any.
public struct CaptureRegex: Sendable {
    private struct Memory: Sendable {
        var filter: LazyAutomaton
        var backtracker: BoundedBacktracker
        /// For texts that are too long for the backtracker.
        var machine: CaptureMachine

        init(_ program: RegexProgram) {
            filter = LazyAutomaton(program, .somewhere)
            backtracker = BoundedBacktracker(program)
            machine = CaptureMachine(program)
        }

        mutating func search(_ text: borrowing Span<UInt8>, from start: Int) -> [Int32]? {
            backtracker.takes(text.count)
                ? backtracker.search(text, from: start) : machine.search(text, from: start)
        }
    }

    /// The names of the groups; the first one is the whole match and has none.
    public let names: [String?]
    private let program: RegexProgram
    private let idle = Idle<Memory>()

    public init(
        _ pattern: String, dialect: RegexDialect = .oniguruma, ignoringCase: Bool = false
    ) throws(RegexError) {
        var parser = try CaptureParser(pattern, dialect, ignoringCase: ignoringCase)
        let node = try parser.pattern()
        try self.init(node, names: parser.groups.map(\.name))
    }

    init(_ node: RegexNode, names: [String?]) throws(RegexError) {
        self.names = names
        program = try RegexCompiler.program(of: .group(node, number: 0), groups: names.count)
    }

    /// Steps that each character of a text may cost.
    public var size: Int { program.steps.count }

    /// Where the groups matched, the whole in front; `nil` for a group that took no part.
    ///
    /// - Parameter start: where to begin; what is in front of it is seen by what looks behind.
    /// - Unit: bytes.
    /// - Returns: `nil` when nothing matches.
    public func captures(in text: borrowing Span<UInt8>, from start: Int = 0) -> [Range<Int>?]? {
        var memory = idle.take() ?? Memory(program)
        defer { idle.give(memory) }
        guard text.count <= Int(Int32.max) else { return nil }
        // Most texts do not match, and the filter is many times quicker to say so.
        let rest = text.extracting(droppingFirst: start)
        guard memory.filter.matches(rest), let marks = memory.search(text, from: start) else { return nil }
        return ranges(marks)
    }

    /// Every match, one behind the other. Behind an empty one the search goes on after the next character.
    ///
    /// - Parameter body: what ``captures(in:from:)`` gives.
    /// - Returns: whether it came to the end. A long text may cost too much, if each match has to look far ahead.
    public func forEach<Failure: Error>(
        in text: borrowing Span<UInt8>, _ body: ([Range<Int>?]) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        guard text.count <= Int(Int32.max) else { return false }
        var memory = idle.take() ?? Memory(program)
        defer { idle.give(memory) }
        guard memory.filter.matches(text) else { return true }
        let isShort = memory.backtracker.takes(text.count)
        if isShort { memory.backtracker.begin(text) }
        let limit = memory.machine.effort + 4 * size * (text.count + 1)
        var start = 0
        while start <= text.count {
            let found = isShort ? memory.backtracker.next(from: start) : memory.machine.search(text, from: start)
            guard let found else { return true }
            let ranges = ranges(found)
            try body(ranges)
            guard let whole = ranges[0] else { return true }
            start = whole.upperBound
            if whole.isEmpty { start += start < text.count ? CodePoints.point(in: text, at: start).length : 1 }
            guard isShort || memory.machine.effort <= limit else { return false }
        }
        return true
    }

    private func ranges(_ marks: [Int32]) -> [Range<Int>?] {
        names.indices.map { group in
            let (from, to) = (Int(marks[2 * group]), Int(marks[2 * group + 1]))
            return from < 0 || to < from ? nil : from..<to
        }
    }

    public func captures(in text: String) -> [Range<Int>?]? { captures(in: text.utf8.span) }

    /// What the filter and each of the two searches find and spend when nothing is known yet; for tests.
    func trial(on text: String, from start: Int = 0) -> (found: [[Int32]?], effort: [Int]) {
        let bytes = text.utf8.span
        var memory = Memory(program)
        let mayMatch = memory.filter.matches(bytes.extracting(droppingFirst: start))
        let found = [memory.backtracker.search(bytes, from: start), memory.machine.search(bytes, from: start)]
        return (
            mayMatch ? found : [nil] + found,
            [memory.filter.effort, memory.backtracker.effort, memory.machine.effort]
        )
    }
}
