import Codecs

/// Something that is looked for in content: what it looks like, what must hold, and what is done with it.
public struct Detector: Sendable {
    /// What kind of thing it is; the file that it stands in says so.
    public enum Group: String, Sendable, CaseIterable {
        case contact, finance, person, secret
    }

    /// How much a match is worth.
    public enum Strength: String, Sendable, CaseIterable {
        /// Found wherever it is looked for; no policy switches it off.
        case always
        /// A prefix or a check that nothing else has.
        case strong = "A"
        /// Where it is written with its separators, or a word near it says what it is.
        case formatted = "B"
        /// Only where a word near it says what it is.
        case context = "C"
    }

    /// What is done with what was found.
    public enum Action: String, Sendable, CaseIterable {
        /// A label stands in its place: `[EMAIL]`.
        case mask
        /// A label and a keyed code, the same for the same value: `[EMAIL:k3f9…]`.
        case token
        /// A label and the part that tells least: the domain of an address, the last four digits of a card.
        case partial
        /// The whole field goes.
        case drop
        /// It stays.
        case keep
    }

    /// What may stand next to a match.
    enum Boundary: String, Sendable, CaseIterable {
        /// No letter and no digit on either side.
        case both
        /// None in front.
        case left
        case none
    }

    public let id: String
    public let group: Group
    public let strength: Strength
    public let action: Action
    /// What stands in its place: the id in capitals.
    public let label: String
    /// What it is, in a few words.
    public let name: String
    /// Where its rules come from.
    public let source: String
    /// Texts in which it is found, and texts in which it is not.
    public let positive: [String]
    public let negative: [String]

    let anchors: [LiteralSet.Literal]
    /// Bytes in front of an anchor that belong to the match.
    let before: Shape.Step?
    /// Whether the shape begins behind the anchor and not with it.
    let isBehindAnchor: Bool
    let shape: Shape
    let boundary: Boundary
    let check: Check?
    /// In small letters.
    let context: [[UInt8]]

    /// Whether no policy switches it off. A secret that needs a word near it is one all the same.
    public var isAlways: Bool { strength == .always || group == .secret }
}
