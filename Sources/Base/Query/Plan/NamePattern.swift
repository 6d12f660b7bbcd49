import Codecs

/// A dotted name, or a wildcard over names, as bytes: what ``LeafReader`` compares paths with.
public struct NamePattern: Sendable, Equatable {
    /// - Shape: one piece for a name, the texts around the stars for a wildcard.
    private let pieces: [[UInt8]]

    public init(name: String) { pieces = [Array(name.utf8)] }

    public init(_ pattern: Wildcard) { pieces = pattern.pieces.map { Array($0.utf8) } }

    /// Reads ``text`` again.
    public init(_ text: RawSpan) {
        var pieces: [[UInt8]] = [[]]
        var place = 0
        while place < text.byteCount {
            if text[place] == UInt8(ascii: "*") {
                pieces.append([])
            } else {
                if text[place] == UInt8(ascii: "\\"), place + 1 < text.byteCount { place += 1 }
                pieces[pieces.count - 1].append(text[place])
            }
            place += 1
        }
        self.pieces = pieces
    }

    /// With `\` before each star and backslash that is meant as one, as it is bound in SQL.
    public var text: String {
        pieces.map { piece in
            String(decoding: piece, as: UTF8.self).replacing("\\", with: "\\\\").replacing("*", with: "\\*")
        }.joined(separator: "*")
    }

    /// Whether the whole name fits. No backtracking, as ``Wildcard/matches(_:)``.
    public func matches(_ name: RawSpan) -> Bool {
        let first = pieces[0]
        guard Self.isAt(0, first, in: name) else { return false }
        if pieces.count == 1 { return name.byteCount == first.count }
        let last = pieces[pieces.count - 1]
        let end = name.byteCount - last.count
        guard end >= first.count, Self.isAt(end, last, in: name) else { return false }
        var place = first.count
        for piece in pieces[1..<(pieces.count - 1)] {
            while place + piece.count <= end, !Self.isAt(place, piece, in: name) { place += 1 }
            guard place + piece.count <= end else { return false }
            place += piece.count
        }
        return true
    }

    /// Whether a name that goes on behind this start may fit.
    func mayFit(below start: RawSpan) -> Bool {
        let first = pieces[0]
        for place in 0..<min(first.count, start.byteCount) where first[place] != start[place] { return false }
        if pieces.count > 1 || start.byteCount == 0 { return true }
        return first.count > start.byteCount && first[start.byteCount] == UInt8(ascii: ".")
    }

    private static func isAt(_ place: Int, _ piece: [UInt8], in name: RawSpan) -> Bool {
        guard place + piece.count <= name.byteCount else { return false }
        for offset in piece.indices where name[place + offset] != piece[offset] { return false }
        return true
    }
}
