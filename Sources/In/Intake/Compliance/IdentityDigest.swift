/// A short digest that is the same in every process, for telling ids apart.
///
/// FNV-1a, then a mix so that all bits depend on all bytes. Sixty-four bits: among 20,000 remembered ids a
/// new one is mistaken for a known one once in 10^15. The ids are Anthropic's; nobody who wants to collide
/// them can choose them, so no keyed function is needed.
struct IdentityDigest {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    var value: UInt64 {
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var digest = IdentityDigest()
        digest.add(bytes)
        return digest.value
    }
}
