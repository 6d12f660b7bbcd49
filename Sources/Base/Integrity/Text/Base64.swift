/// Bytes as 64 characters, six bits each.
///
/// - Shape: `+` and `/`, padded with `=`; bits left over are zero.
/// - Source: RFC 4648 section 4.
public enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let padding = UInt8(ascii: "=")

    public static func text(of bytes: RawSpan) -> String { text(of: bytes, padded: true) }

    /// Without the `=` at the end, as in the texts of password hashes.
    static func unpaddedText(of bytes: RawSpan) -> String { text(of: bytes, padded: false) }

    private static func text(of bytes: RawSpan, padded: Bool) -> String {
        let count = bytes.byteCount
        let length = padded ? (count + 2) / 3 * 4 : (count * 8 + 5) / 6
        return unsafe String(unsafeUninitializedCapacity: (count + 2) / 3 * 4) { out in
            for (group, start) in stride(from: 0, to: count, by: 3).enumerated() {
                var bits: UInt32 = 0
                for place in start..<start + 3 {
                    let byte =
                        place < count ? unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self) : 0
                    bits = bits << 8 | UInt32(byte)
                }
                let characters = min(count - start, 3) + 1
                for place in 0..<4 {
                    let letter = unsafe alphabet.utf8Start[Int(bits >> (18 - 6 * place) & 63)]
                    unsafe out[group * 4 + place] = place < characters ? letter : padding
                }
            }
            return length
        }
    }

    /// - Returns: `nil` for what ``text(of:)`` does not write, so that no two texts stand for the same bytes.
    public static func bytes(of text: String) -> [UInt8]? {
        let characters = text.utf8
        guard characters.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        var bits: UInt32 = 0
        var place = 0
        var padded = 0
        for character in characters {
            if character == padding {
                padded += 1
                bits <<= 6
            } else {
                guard padded == 0, let value = value(of: character) else { return nil }
                bits = bits << 6 | UInt32(value)
            }
            place += 1
            guard place % 4 == 0 else { continue }
            guard padded <= 2, bits & (1 << (8 * UInt32(padded)) - 1) == 0 else { return nil }
            for byte in 0..<(3 - padded) { bytes.append(UInt8(truncatingIfNeeded: bits >> (16 - 8 * byte))) }
            // Nothing comes after padding.
            guard padded == 0 || place == characters.count else { return nil }
            bits = 0
        }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
