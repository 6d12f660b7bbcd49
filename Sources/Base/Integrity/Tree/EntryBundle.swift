/// The entries under one tile of level 0, each with its length before it.
///
/// - Shape: a length of two bytes, the high one first, then the entry; up to 256 of them.
/// - Source: C2SP tlog-tiles, "Log entries".
public enum EntryBundle {
    /// - Unit: bytes of one entry.
    public static let largestEntry = Int(UInt16.max)

    /// Adds an entry to a bundle.
    ///
    /// - Returns: false, with nothing added, when the entry is too large.
    public static func append(_ entry: RawSpan, to bundle: inout [UInt8]) -> Bool {
        guard entry.byteCount <= largestEntry else { return false }
        bundle.append(UInt8(entry.byteCount >> 8))
        bundle.append(UInt8(entry.byteCount & 0xff))
        unsafe entry.withUnsafeBytes { unsafe bundle.append(contentsOf: $0) }
        return true
    }

    /// Where the entries of a bundle lie in it.
    ///
    /// - Returns: `nil` for a bundle that breaks off, or has more than 256 entries.
    public static func ranges(in bundle: RawSpan) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        var place = 0
        while place < bundle.byteCount {
            guard bundle.byteCount - place >= 2, ranges.count < TilePlace.fullWidth else { return nil }
            let high = unsafe bundle.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            let low = unsafe bundle.unsafeLoad(fromUncheckedByteOffset: place + 1, as: UInt8.self)
            let count = Int(high) << 8 | Int(low)
            place += 2
            guard bundle.byteCount - place >= count else { return nil }
            ranges.append(place..<place + count)
            place += count
        }
        return ranges
    }
}
