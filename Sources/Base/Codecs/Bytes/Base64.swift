/// Base 64 of RFC 4648, section 4; the URL alphabet of section 5 is read too, padding or not.
public enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    public static func append(_ bytes: RawSpan, to out: inout ByteBuffer) {
        var place = 0
        while place < bytes.byteCount {
            let left = bytes.byteCount - place
            let word =
                UInt32(bytes[place]) << 16 | (left > 1 ? UInt32(bytes[place + 1]) << 8 : 0)
                | (left > 2 ? UInt32(bytes[place + 2]) : 0)
            out.append(letter(word >> 18))
            out.append(letter(word >> 12))
            out.append(left > 1 ? letter(word >> 6) : UInt8(ascii: "="))
            out.append(left > 2 ? letter(word) : UInt8(ascii: "="))
            place += 3
        }
    }

    /// - Returns: `nil` when there is a letter of no alphabet, or one too many.
    public static func bytes(of text: RawSpan) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.byteCount / 4 * 3 + 3)
        var reader = Reader()
        for place in 0..<text.byteCount where text[place] != UInt8(ascii: "=") {
            guard let bits = value(text[place]) else { return nil }
            if let byte = reader.take(bits) { out.append(byte) }
        }
        return reader.isCutOff ? nil : out
    }

    /// Replaces the text at the end of a buffer with the bytes that it stands for; what is no letter of the
    /// alphabet is passed over.
    ///
    /// - Returns: the number of bytes.
    static func decodeInPlace(_ buffer: inout ByteBuffer, from start: Int) -> Int {
        let end = buffer.count
        var target = start
        var reader = Reader()
        for place in start..<end {
            guard let bits = value(buffer.bytes[place]), let byte = reader.take(bits) else { continue }
            buffer.replace(at: target, littleEndian: byte)
            target += 1
        }
        buffer.truncate(to: target)
        return target - start
    }

    /// Bytes out of letters, as they come.
    @frozen public struct Reader: Sendable {
        @usableFromInline var bits: UInt32 = 0
        @usableFromInline var held = 0

        @inlinable public init() {}

        /// Whether the last letter says six bits of a byte and no more.
        @inlinable public var isCutOff: Bool { held == 6 }

        /// - Parameter value: of a letter.
        /// - Returns: a byte when it is whole.
        @inlinable public mutating func take(_ value: UInt8) -> UInt8? {
            bits = bits << 6 | UInt32(value)
            held += 6
            guard held >= 8 else { return nil }
            held -= 8
            return UInt8(truncatingIfNeeded: bits >> UInt32(held))
        }
    }

    private static func letter(_ value: UInt32) -> UInt8 { unsafe alphabet.utf8Start[Int(value & 63)] }

    /// The six bits that a letter stands for, in either alphabet.
    @inlinable public static func value(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
