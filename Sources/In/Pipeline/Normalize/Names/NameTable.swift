import Codecs

/// A fixed set of names and the number of each, found by the bytes of a name.
///
/// - Cost: one hash and, nearly always, one comparison; nothing is allocated.
struct NameTable: Sendable {
    private var slots: [Slot] = []
    private var mask = 0
    private var text: [UInt8] = []
    private(set) var ranges: [ByteRange] = []

    /// Eight bytes, so that a table of a thousand names stays in the nearest cache.
    private struct Slot {
        var hash: UInt32 = 0
        /// -1 in an empty slot.
        var index: Int32 = -1
    }

    /// - Parameter names: a name's number is its place; of equal names the first counts.
    init(_ names: [String]) {
        var size = 16
        while size < names.count * 2 { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
        mask = size - 1
        for (index, name) in names.enumerated() {
            let range = ByteRange(start: text.count, count: name.utf8.count)
            text += name.utf8
            ranges.append(range)
            let hash = unsafe Self.hash(text.span.bytes[range])
            var place = Int(truncatingIfNeeded: hash >> 32) & mask
            while slots[place].index >= 0 { place = (place + 1) & mask }
            slots[place] = Slot(hash: UInt32(truncatingIfNeeded: hash), index: Int32(index))
        }
    }

    /// The number of a name, or -1.
    func index(of name: RawSpan) -> Int {
        let hash = Self.hash(name)
        var place = Int(truncatingIfNeeded: hash >> 32) & mask
        while true {
            let slot = slots[place]
            if slot.index < 0 { return -1 }
            if slot.hash == UInt32(truncatingIfNeeded: hash) {
                let known = unsafe text.span.bytes[ranges[Int(slot.index)]]
                if known.isEqual(to: name) { return Int(slot.index) }
            }
            place = (place &+ 1) & mask
        }
    }

    /// Eight bytes at a time; the last ones overlap, so that there is no loop over single bytes.
    @inline(__always) static func hash(_ name: RawSpan) -> UInt64 {
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        let count = name.byteCount
        var hash = UInt64(truncatingIfNeeded: count) &* factor
        func mix(_ word: UInt64) {
            hash = (hash ^ word) &* factor
            hash ^= hash >> 29
        }
        if count >= 8 {
            var place = 0
            while count &- place > 8 {
                mix(unsafe name.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self))
                place &+= 8
            }
            mix(unsafe name.unsafeLoadUnaligned(fromUncheckedByteOffset: count &- 8, as: UInt64.self))
        } else if count >= 4 {
            let low = unsafe name.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self)
            let high = unsafe name.unsafeLoadUnaligned(fromUncheckedByteOffset: count &- 4, as: UInt32.self)
            mix(UInt64(high) << 32 | UInt64(low))
        } else {
            for place in 0..<count {
                mix(UInt64(unsafe name.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)))
            }
        }
        return hash ^ hash >> 32
    }
}
