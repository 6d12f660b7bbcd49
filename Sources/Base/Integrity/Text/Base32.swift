/// Bytes as the letters a to z and the digits 2 to 7, five bits each.
///
/// Names of files, hosts and events may be made of it: there is one case, and nothing to escape.
///
/// - Shape: lowercase, no padding; bits left over are zero.
/// - Source: RFC 4648 section 6, with the letters in lowercase.
public enum Base32 {
    private static let alphabet: StaticString = "abcdefghijklmnopqrstuvwxyz234567"

    public static func text(of bytes: RawSpan) -> String {
        let length = (bytes.byteCount * 8 + 4) / 5
        return unsafe String(unsafeUninitializedCapacity: length) { out in
            var bits: UInt16 = 0
            var count = 0
            var at = 0
            for place in 0..<bytes.byteCount {
                let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
                bits = bits << 8 | UInt16(byte)
                count += 8
                while count >= 5 {
                    count -= 5
                    unsafe out[at] = alphabet.utf8Start[Int(bits >> count & 31)]
                    at += 1
                }
            }
            if count > 0 { unsafe out[at] = alphabet.utf8Start[Int(bits << (5 - count) & 31)] }
            return length
        }
    }

    /// - Returns: `nil` for what ``text(of:)`` does not write, so that no two texts stand for the same bytes.
    public static func bytes(of text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 5 / 8)
        var bits: UInt16 = 0
        var count = 0
        for letter in text.utf8 {
            let value: UInt8
            switch letter {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = letter - UInt8(ascii: "a")
            case UInt8(ascii: "2")...UInt8(ascii: "7"): value = letter - UInt8(ascii: "2") + 26
            default: return nil
            }
            bits = bits << 5 | UInt16(value)
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
                bits &= 1 << count - 1
            }
        }
        // Five bits or more left over are a letter that stands for nothing.
        return count < 5 && bits == 0 ? bytes : nil
    }
}
