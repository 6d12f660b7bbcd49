/// Why a text is no pattern.
///
/// The message quotes the pattern, so it is for the person who wrote it and not for a log of the server.
public struct RegexError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and, where there is one, the remedy.
    public let message: String
    /// Where in the pattern.
    ///
    /// - Unit: bytes of UTF-8, from its start.
    public let offset: Int

    init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    public var description: String { "\(message), at byte \(offset) of the pattern" }
}

/// What no pattern may exceed, so that reading and compiling one is cheap whoever wrote it.
enum RegexLimits {
    /// - Unit: bytes.
    static let length = 16 * 1024
    /// Parentheses, complements and definitions within one another.
    static let depth = 64
    /// The greatest number in braces.
    static let repeats = 1_000
    /// Steps of a program. A text costs no more than this for each of its characters.
    static let steps = 10_000
    /// Groups in parentheses, the whole pattern being one.
    static let groups = 256
    /// Different sets of characters.
    static let sets = 1_024
    /// States of an automaton that a complement or an intersection needs.
    static let states = 2_000
    /// Steps that are looked at while such automatons are made.
    static let effort = 1_000_000
}
