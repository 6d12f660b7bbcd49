/// From the bytes of a JSON string to text.
///
/// Half of a surrogate pair, as clients leave it when they cut text in UTF-16, becomes U+FFFD and is no
/// reason to refuse the record (`JSON.parse` of the client itself lets it through).
public enum JSONText {
    /// Appends the text of a string as well-formed UTF-8.
    ///
    /// - Parameter bytes: what stands between the quotes, checked by ``JSONCursor/string(in:)``.
    public static func appendUnescaped(_ bytes: RawSpan, to out: inout ByteBuffer) {
        var clean = 0
        var place = 0
        let count = bytes.byteCount
        while place < count {
            guard bytes[place] == UInt8(ascii: "\\") else {
                place += 1
                continue
            }
            out.append(bytes.extracting(clean..<place))
            place = unescape(bytes, at: place, to: &out)
            clean = place
        }
        out.append(bytes.extracting(clean..<count))
    }

    /// Appends what stands between the quotes, still escaped, as well-formed JSON: half of a surrogate pair,
    /// escaped or not, becomes U+FFFD.
    public static func appendRepaired(_ text: JSONCursor.Text, in bytes: RawSpan, to out: inout ByteBuffer) {
        let raw = bytes[text.range]
        guard text.isEscaped else {
            return UTF8Text.needsRepair(raw) ? UTF8Text.appendRepaired(raw, to: &out) : out.append(raw)
        }
        guard !UTF8Text.needsRepair(raw) else {
            var plain = ByteBuffer(capacity: raw.byteCount)
            appendUnescaped(raw, to: &plain)
            return out.append(jsonCharacters: plain.bytes)
        }
        var clean = 0
        var place = 0
        while place < raw.byteCount {
            guard raw[place] == UInt8(ascii: "\\") else {
                place += 1
                continue
            }
            guard raw[place + 1] == UInt8(ascii: "u") else {
                place += 2
                continue
            }
            let unit = self.unit(raw, at: place + 2)
            guard (0xD800..<0xE000).contains(unit) else {
                place += 6
                continue
            }
            if unit < 0xDC00, place + 12 <= raw.byteCount, raw[place + 6] == UInt8(ascii: "\\"),
                raw[place + 7] == UInt8(ascii: "u"), (0xDC00..<0xE000).contains(self.unit(raw, at: place + 8))
            {
                place += 12
                continue
            }
            out.append(raw.extracting(clean..<place))
            out.append("\u{FFFD}" as StaticString)
            place += 6
            clean = place
        }
        out.append(raw.extracting(clean..<raw.byteCount))
    }

    /// The text of a string.
    public static func string(_ text: JSONCursor.Text, in bytes: RawSpan) -> String {
        guard text.isEscaped else { return bytes[text.range].text }
        var out = ByteBuffer(capacity: text.range.count)
        appendUnescaped(bytes[text.range], to: &out)
        return out.text
    }

    /// Writes the one escape at `place`; returns the place behind it.
    private static func unescape(_ bytes: RawSpan, at place: Int, to out: inout ByteBuffer) -> Int {
        switch bytes[place + 1] {
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"): return unescapeUnit(bytes, at: place, to: &out)
        case let plain: out.append(plain)
        }
        return place + 2
    }

    private static func unescapeUnit(_ bytes: RawSpan, at place: Int, to out: inout ByteBuffer) -> Int {
        let unit = self.unit(bytes, at: place + 2)
        var scalar = unit
        var next = place + 6
        if (0xD800..<0xDC00).contains(unit) {
            scalar = 0xFFFD
            if next + 6 <= bytes.byteCount, bytes[next] == UInt8(ascii: "\\"), bytes[next + 1] == UInt8(ascii: "u") {
                let low = self.unit(bytes, at: next + 2)
                if (0xDC00..<0xE000).contains(low) {
                    scalar = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                    next += 6
                }
            }
        } else if (0xDC00..<0xE000).contains(unit) {
            scalar = 0xFFFD
        }
        // Surrogates are gone, so this is always a scalar.
        UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}")!.forEach { out.append($0) }
        return next
    }

    private static func unit(_ bytes: RawSpan, at place: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in 0..<4 { value = value << 4 | UInt32(hexValue(bytes[place + offset]) ?? 0) }
        return value
    }

    @inlinable public static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- 55
        default: nil
        }
    }
}
