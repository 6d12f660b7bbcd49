/// A pattern as a tree, whatever notation it was written in.
indirect enum RegexNode: Sendable, Hashable {
    /// The text of no characters.
    case empty
    /// No text at all.
    case nothing
    case set(CodePoints)
    case sequence([RegexNode])
    /// The first one that fits is preferred.
    case choice([RegexNode])
    case repetition(RegexNode, RegexRepeat)
    /// What is in it is told to whoever asked; groups count from 1.
    case group(RegexNode, number: Int)
    /// Takes no room, and asks for the character in front or behind.
    case look(RegexLook)
    /// Any text that the node does not match.
    case complement(RegexNode, offset: Int)
    /// What all of them match.
    case intersection([RegexNode], offset: Int)

    static var anything: RegexNode { .repetition(.set(.all), RegexRepeat(least: 0, most: nil)) }

    static func text(_ text: String) -> RegexNode {
        .sequence(text.unicodeScalars.map { .set(CodePoints($0)) })
    }

    /// Whether it matches the empty text, the looks being taken for true.
    var mayBeEmpty: Bool {
        switch self {
        case .empty, .look, .complement: true
        case .nothing, .set: false
        case .sequence(let parts), .intersection(let parts, _): parts.allSatisfy(\.mayBeEmpty)
        case .choice(let parts): parts.contains(where: \.mayBeEmpty)
        case .repetition(let node, let times): times.least == 0 || node.mayBeEmpty
        case .group(let node, _): node.mayBeEmpty
        }
    }
}

/// How often.
struct RegexRepeat: Sendable, Hashable {
    let least: Int
    /// `nil`: as often as it fits.
    let most: Int?
    /// Rather less often than more.
    var isLazy = false
    /// Where it was written.
    var offset = 0
}

/// What must stand in front of a place or behind it: one of these characters, or the edge of the text.
struct RegexLook: Sendable, Hashable {
    let set: CodePoints
    let isAhead: Bool
}
