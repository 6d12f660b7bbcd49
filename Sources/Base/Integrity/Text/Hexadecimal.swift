/// Bytes as pairs of the digits 0 to 9 and a to f.
///
/// - Shape: written in lowercase; read in either case.
public enum Hexadecimal {
    public static func text(of bytes: RawSpan) -> String {
        unsafe String(unsafeUninitializedCapacity: bytes.byteCount * 2) { out in
            for place in 0..<bytes.byteCount {
                let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
                unsafe out[place * 2] = digit(byte >> 4)
                unsafe out[place * 2 + 1] = digit(byte & 15)
            }
            return bytes.byteCount * 2
        }
    }

    /// - Returns: `nil` for what is not an even number of hexadecimal digits.
    public static func bytes(of text: String) -> [UInt8]? {
        let digits = text.utf8
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
