/// A pattern of `LIKE` for a whole text: `*` stands for any run of characters, also for none, `?` for one character.
///
/// A backslash in front of `*`, `?` or `\` makes it mean itself.
///
/// - Cost: linear in the text.
/// - Threads: any.
public struct LikePattern: Sendable {
    public enum Piece: Sendable, Hashable {
        case text(String)
        /// `?`
        case one
        /// `*`; two never stand side by side.
        case run
    }

    private enum Way: Sendable {
        /// The texts between the stars. Nothing has to be tried twice: the first place of a text leaves the most room.
        case texts([ByteSearch])
        case automaton(RegexProgram, Idle<LazyAutomaton>)
    }

    /// The pattern in order, so that a dialect can write it in its own notation.
    public let pieces: [Piece]
    private let way: Way

    /// - Parameter ignoringCase: letters match their small and their capital form.
    public init(_ pattern: String, ignoringCase: Bool = false) throws(RegexError) {
        pieces = try Self.read(pattern)
        if !ignoringCase, !pieces.contains(.one) {
            var texts: [[UInt8]] = [[]]
            for piece in pieces {
                switch piece {
                case .text(let text): texts[texts.count - 1] += Array(text.utf8)
                default: texts.append([])
                }
            }
            way = .texts(texts.map { ByteSearch($0) })
        } else {
            let parts = pieces.map { piece -> RegexNode in
                switch piece {
                case .text(let text):
                    .sequence(
                        text.unicodeScalars.map {
                            .set(ignoringCase ? CodePoints($0).ignoringCase : CodePoints($0))
                        })
                case .one: .set(.all)
                case .run: .anything
                }
            }
            way = .automaton(try RegexCompiler.program(of: .sequence(parts)), Idle())
        }
    }

    private static func read(_ pattern: String) throws(RegexError) -> [Piece] {
        var reader = try RegexReader(pattern)
        var pieces: [Piece] = []
        var text = String.UnicodeScalarView()
        func finish() {
            if !text.isEmpty { pieces.append(.text(String(text))) }
            text = .init()
        }
        while true {
            let offset = reader.offset
            guard let sign = reader.next() else { break }
            switch sign {
            case "*":
                finish()
                if pieces.last != .run { pieces.append(.run) }
            case "?":
                finish()
                pieces.append(.one)
            case "\\":
                guard let escaped = reader.next(), ["*", "?", "\\"].contains(escaped) else {
                    throw RegexError(
                        "a `\\` stands in front of `*`, `?` or `\\`; write `\\\\` for the sign", at: offset)
                }
                text.append(escaped)
            default: text.append(sign)
            }
        }
        finish()
        return pieces
    }

    /// - Parameter text: UTF-8.
    public func matches(_ text: borrowing Span<UInt8>) -> Bool {
        switch way {
        case .texts(let texts): return Self.matches(text, texts)
        case .automaton(let program, let idle):
            var automaton = idle.take() ?? LazyAutomaton(program, .whole)
            let isMatch = automaton.matches(text)
            idle.give(automaton)
            return isMatch
        }
    }

    public func matches(_ text: String) -> Bool { matches(text.utf8.span) }

    private static func matches(_ text: borrowing Span<UInt8>, _ texts: [ByteSearch]) -> Bool {
        guard let first = texts.first, let last = texts.last, first.stands(at: 0, in: text) else { return false }
        guard texts.count > 1 else { return text.count == first.count }
        guard text.count >= first.count + last.count, last.stands(at: text.count - last.count, in: text) else {
            return false
        }
        var rest = first.count..<(text.count - last.count)
        for middle in texts[1..<(texts.count - 1)] {
            guard let place = middle.place(in: text, rest) else { return false }
            rest = (place + middle.count)..<rest.upperBound
        }
        return true
    }
}
