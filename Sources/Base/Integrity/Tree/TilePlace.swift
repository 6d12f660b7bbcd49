/// Where a tile stands: 256 hashes of one level of the tree, or fewer at its right edge.
///
/// - Shape: level 0 has the hashes of leaves, level 1 the roots of full tiles of level 0, and so on.
/// - Source: C2SP tlog-tiles.
public struct TilePlace: Sendable, Hashable {
    /// Hashes of a full tile.
    public static let fullWidth = 256
    /// Levels of the tree that one level of tiles spans.
    static let height = 8

    /// - Range: 0 to 7: eight levels of tiles hold every tree of less than 2^64 leaves.
    public let level: Int
    public let index: UInt64
    /// - Unit: hashes. - Range: 1 to 256.
    public let width: Int

    public init(level: Int, index: UInt64, width: Int = fullWidth) {
        precondition((0...7).contains(level) && (1...Self.fullWidth).contains(width), "no such tile")
        self.level = level
        self.index = index
        self.width = width
    }

    public var isFull: Bool { width == Self.fullWidth }

    /// Where it is served and stored: `tile/0/x001/x234/067`, with `.p/5` for the first five hashes of it.
    public var path: String { "tile/\(level)/\(Self.path(index: index, width: width))" }

    /// Where the entries under a tile of level 0 are served and stored.
    public static func entriesPath(index: UInt64, width: Int = fullWidth) -> String {
        "tile/entries/\(path(index: index, width: width))"
    }

    private static func path(index: UInt64, width: Int) -> String {
        var rest = index
        var text = digits(rest % 1_000)
        while rest >= 1_000 {
            rest /= 1_000
            text = "x\(digits(rest % 1_000))/\(text)"
        }
        return width == fullWidth ? text : "\(text).p/\(width)"
    }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: "0", count: 3 - text.utf8.count) + text
    }

    /// A path that somebody asked for.
    ///
    /// - Returns: `nil` for what ``path`` does not write.
    public init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "tile", parts[1].utf8.count == 1, let level = Int(parts[1]),
            (0...7).contains(level), let (index, width) = Self.place(of: parts[2...])
        else { return nil }
        self.init(level: level, index: index, width: width)
        guard self.path == path else { return nil }
    }

    /// The index and the width of a path of entries that somebody asked for.
    public static func entries(path: String) -> (index: UInt64, width: Int)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "tile", parts[1] == "entries", let place = place(of: parts[2...]),
            entriesPath(index: place.index, width: place.width) == path
        else { return nil }
        return place
    }

    private static func place(of parts: ArraySlice<Substring>) -> (index: UInt64, width: Int)? {
        var parts = parts
        var width = fullWidth
        if parts.count >= 2, let tail = parts.last, let name = parts.dropLast().last, name.hasSuffix(".p") {
            guard let number = Int(tail), (1..<fullWidth).contains(number) else { return nil }
            width = number
            parts = parts.dropLast(2) + [name.dropLast(2)]
        }
        var index: UInt64 = 0
        for (place, part) in parts.enumerated() {
            let isLast = place == parts.count - 1
            let digits = isLast ? part : part.dropFirst()
            guard isLast || part.first == "x", digits.utf8.count == 3, let number = UInt64(digits) else { return nil }
            let (shifted, overflow) = index.multipliedReportingOverflow(by: 1_000)
            let (sum, overflowToo) = shifted.addingReportingOverflow(number)
            guard !overflow, !overflowToo else { return nil }
            index = sum
        }
        return (index, width)
    }

    /// All tiles of a tree, level by level.
    public static func all(of size: UInt64) -> some Sequence<TilePlace> {
        (0...7).lazy.flatMap { level in
            let hashes = size >> UInt64(level * height)
            let full = (0..<hashes / UInt64(fullWidth)).lazy.map { TilePlace(level: level, index: $0) }
            return [AnySequence(full), AnySequence(partial(of: size).filter { $0.level == level })].joined()
        }
    }

    /// The tiles of the right edge of a tree that are not full.
    public static func partial(of size: UInt64) -> [TilePlace] {
        (0...7).compactMap { level in
            let hashes = size >> UInt64(level * height)
            let width = Int(hashes % UInt64(fullWidth))
            return width == 0 ? nil : TilePlace(level: level, index: hashes / UInt64(fullWidth), width: width)
        }
    }

    /// The tile that has the hashes from which a subtree's root is made, as wide as a tree of `size` leaves has it.
    static func holding(_ subtree: Subtree, size: UInt64) -> TilePlace {
        let level = subtree.level / height
        let index = subtree.index >> UInt64(height - subtree.level % height)
        let hashes = size >> UInt64(level * height)
        let before = index * UInt64(fullWidth)
        precondition(before < hashes, "the subtree is not in the tree")
        return TilePlace(level: level, index: index, width: Int(min(hashes - before, UInt64(fullWidth))))
    }
}
