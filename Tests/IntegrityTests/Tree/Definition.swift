import Integrity
import TestKit
import Testing

/// The tree as RFC 6962 section 2.1 defines it, word for word and without any cleverness.
enum Definition {
    static func root(_ entries: ArraySlice<[UInt8]>) -> Digest {
        if entries.isEmpty { return Digest([]) }
        if entries.count == 1 { return Digest([0x00] + entries.first!) }
        let cut = entries.startIndex + half(entries.count)
        return Digest([0x01] + root(entries[..<cut]).array + root(entries[cut...]).array)
    }

    static func path(_ index: Int, _ entries: ArraySlice<[UInt8]>) -> [Digest] {
        if entries.count == 1 { return [] }
        let size = half(entries.count)
        let cut = entries.startIndex + size
        return index < size
            ? path(index, entries[..<cut]) + [root(entries[cut...])]
            : path(index - size, entries[cut...]) + [root(entries[..<cut])]
    }

    static func proof(_ old: Int, _ entries: ArraySlice<[UInt8]>) -> [Digest] { subproof(old, entries, true) }

    private static func subproof(_ old: Int, _ entries: ArraySlice<[UInt8]>, _ isWhole: Bool) -> [Digest] {
        if old == entries.count { return isWhole ? [] : [root(entries)] }
        let size = half(entries.count)
        let cut = entries.startIndex + size
        return old <= size
            ? subproof(old, entries[..<cut], isWhole) + [root(entries[cut...])]
            : subproof(old - size, entries[cut...], false) + [root(entries[..<cut])]
    }

    /// The largest power of two less than `count`.
    private static func half(_ count: Int) -> Int {
        var half = 1
        while half * 2 < count { half *= 2 }
        return half
    }
}

extension MemoryTree {
    /// A tree over entries.
    init(of entries: [[UInt8]]) {
        self.init()
        append(entries.map { Digest([0x00] + $0) })
    }

    func inclusion(of index: UInt64, in size: UInt64) throws -> InclusionProof {
        var tree = self
        let proof = tree.inclusionProof(of: index, in: size)
        return try #require(proof)
    }

    func consistency(from old: UInt64, to new: UInt64) throws -> ConsistencyProof {
        var tree = self
        let proof = tree.consistencyProof(from: old, to: new)
        return try #require(proof)
    }
}

func randomEntries(_ count: Int, _ dice: inout Dice) -> [[UInt8]] {
    (0..<count).map { _ in randomBytes(dice.roll(20), &dice) }
}

extension Digest {
    func flipping(bit: Int) -> Digest {
        var bytes = array
        bytes[bit / 8] ^= 1 << (bit % 8)
        return Digest(bytes: bytes.rawBytes)!
    }
}

extension [Digest] {
    func flipping(bit: Int) -> [Digest] {
        var changed = self
        changed[bit / 256] = changed[bit / 256].flipping(bit: bit % 256)
        return changed
    }
}
