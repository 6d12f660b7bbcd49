/// A pattern in which `*` stands for any run of characters, also for none.
///
/// - Shape: the texts around the stars, at least two; `a*b` is `["a", "b"]` and `*` is `["", ""]`. So a
///   star that is meant as a star needs no escape.
public struct Wildcard: Sendable, Hashable {
    public let pieces: [String]

    public init(_ pieces: [String]) {
        precondition(pieces.count > 1, "a wildcard has a star")
        // Stars side by side say no more than one.
        self.pieces = [pieces[0]] + pieces[1..<(pieces.count - 1)].filter { !$0.isEmpty } + [pieces[pieces.count - 1]]
    }

    /// Everything that begins with this text.
    public static func prefix(_ text: String) -> Wildcard { Wildcard([text, ""]) }

    /// Fits everything, so it only asks whether there is a value.
    public var isEverything: Bool { pieces == ["", ""] }

    public var startsWithStar: Bool { pieces[0].isEmpty }

    /// The same pattern anywhere inside a text.
    var anywhere: Wildcard { Wildcard([""] + pieces + [""]) }

    var lowercased: Wildcard { Wildcard(pieces.map(Words.lowercased)) }

    /// Whether the whole text fits. Case counts.
    ///
    /// - Cost: no backtracking. Each piece is looked for once, from where the one before it ended, because
    ///   its first place leaves the most room for the rest.
    public func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        let first = Array(pieces[0].utf8)
        let last = Array(pieces[pieces.count - 1].utf8)
        guard text.count >= first.count + last.count, text.starts(with: first), text.suffix(last.count) == last[...]
        else { return false }
        var rest = text[first.count..<(text.count - last.count)]
        for piece in pieces[1..<(pieces.count - 1)] {
            guard let end = Self.end(of: Array(piece.utf8), in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    private static func end(of piece: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= piece.count else { return nil }
        for start in text.startIndex...(text.endIndex - piece.count)
        where text[start..<(start + piece.count)].elementsEqual(piece) {
            return start + piece.count
        }
        return nil
    }
}

extension Wildcard: CustomStringConvertible {
    /// The pattern, with `\*` for a star that is meant as a star.
    public var description: String {
        pieces.map { $0.replacing("\\", with: "\\\\").replacing("*", with: "\\*") }.joined(separator: "*")
    }
}
