import Codecs

/// An event id as a fixed number of bytes, for remembering millions of them.
///
/// Two words of two independent mixes over the text. Ids are chosen by hashing or by the source, so that
/// nobody gains by two that mix to the same: a repeat of an id is what is dropped.
struct EventID: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// - Parameter seed: sets ids of different owners apart.
    init(_ text: RawSpan, seed: UInt64 = 0) {
        let count = text.byteCount
        var high: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(count) ^ seed
        var low: UInt64 = 0xC2B2_AE3D_27D4_EB4F &+ UInt64(count) &+ seed
        var place = 0
        while count &- place >= 8 {
            let word = unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
            high = Self.mix(high ^ word, 0xA076_1D64_78BD_642F)
            low = Self.mix(low &+ word, 0xE703_7ED1_A0B4_28DB)
            place &+= 8
        }
        var word: UInt64 = 0
        for offset in 0..<count &- place { word |= UInt64(text[place &+ offset]) << UInt64(8 &* offset) }
        high = Self.mix(high ^ word, 0xA076_1D64_78BD_642F)
        low = Self.mix(low &+ word, 0xE703_7ED1_A0B4_28DB)
        self.high = Self.mix(high, 0x8EBC_6AF0_9C88_C6E3)
        self.low = Self.mix(low, 0x5899_65CC_7537_4CC3)
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// What sets the ids of a tenant apart from those of others.
    static func seed(_ owner: String) -> UInt64 {
        var owner = owner
        return owner.withUTF8 { unsafe EventID(UnsafeRawBufferPointer($0).bytes).high }
    }

    /// Folds a 128-bit product, as wyhash does.
    @inline(__always) private static func mix(_ value: UInt64, _ factor: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        return product.high ^ product.low ^ value
    }
}
