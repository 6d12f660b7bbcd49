import Codecs

/// A text as a person or a program would read it: escapes of JSON, URLs and HTML undone once, look-alikes of ASCII
/// replaced, and what cannot be seen left out; with the way back to the bytes as they stand.
struct DecodedText {
    private(set) var bytes: [UInt8] = []
    /// Where stretches begin that were copied as they are, here and in the text.
    private var turns: [(here: Int, there: Int)] = []

    /// - Returns: whether anything is other than in the text.
    mutating func decode(_ text: RawSpan) -> Bool {
        bytes.removeAll(keepingCapacity: true)
        turns.removeAll(keepingCapacity: true)
        turns.append((0, 0))
        let count = text.byteCount
        bytes.reserveCapacity(count)
        var clean = 0
        var place = 0
        while place < count {
            if count - place >= 8,
                Self.isPlain(unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self))
            {
                place += 8
                continue
            }
            let byte = unsafe text.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            guard byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&") || byte >= 0xC2,
                let (length, sign) = Self.sign(text, at: place)
            else {
                place += 1
                continue
            }
            copy(text, clean..<place)
            turns.append((bytes.count, place))
            if let sign { bytes.append(sign) }
            place += length
            clean = place
            turns.append((bytes.count, place))
        }
        guard clean > 0 else { return false }
        copy(text, clean..<count)
        return true
    }

    /// Whether none of eight bytes may begin another spelling.
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        func zeros(_ byte: UInt64) -> UInt64 {
            let rest = word ^ (ones &* byte)
            return (rest &- ones) & ~rest
        }
        return (word | zeros(0x5C) | zeros(0x25) | zeros(0x26)) & 0x8080_8080_8080_8080 == 0
    }

    private mutating func copy(_ text: RawSpan, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let part = text.extracting(range)
        unsafe part.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Where a stretch of the decoded text is in the text itself.
    func original(_ range: Range<Int>) -> Range<Int> {
        let start = original(range.lowerBound)
        return start..<max(original(range.upperBound), start)
    }

    private func original(_ place: Int) -> Int {
        var low = 0
        var high = turns.count
        // The last turn that is not behind the place.
        while high - low > 1 {
            let middle = (low + high) / 2
            if turns[middle].here <= place { low = middle } else { high = middle }
        }
        return turns[low].there + place - turns[low].here
    }

    // MARK: One sign

    /// What stands at a place in another spelling.
    ///
    /// - Returns: its bytes and what it means; no meaning for what is left out.
    private static func sign(_ text: RawSpan, at place: Int) -> (length: Int, sign: UInt8?)? {
        func byte(_ offset: Int) -> UInt8 {
            place + offset < text.byteCount
                ? unsafe text.unsafeLoad(fromUncheckedByteOffset: place + offset, as: UInt8.self) : 0
        }
        switch byte(0) {
        case UInt8(ascii: "\\"): return escape(text, at: place)
        case UInt8(ascii: "%"):
            guard let high = JSONText.hexValue(byte(1)), let low = JSONText.hexValue(byte(2)) else { return nil }
            let value = high << 4 | low
            return value >= 0x20 && value < 0x7F || value == 0x0A ? (3, value) : nil
        case UInt8(ascii: "&"): return entity(text, at: place)
        case 0xC2:
            if byte(1) == 0xAD { return (2, nil) }
            return byte(1) == 0xA0 ? (2, 0x20) : nil
        case 0xD9: return (0xA0...0xA9).contains(byte(1)) ? (2, 48 + byte(1) - 0xA0) : nil
        case 0xDB: return (0xB0...0xB9).contains(byte(1)) ? (2, 48 + byte(1) - 0xB0) : nil
        case 0xE2:
            switch (byte(1), byte(2)) {
            case (0x80, 0x8B...0x8F), (0x80, 0xAA...0xAE), (0x81, 0xA0): return (3, nil)
            case (0x80, 0x90...0x95): return (3, UInt8(ascii: "-"))
            case (0x80, 0xAF): return (3, 0x20)
            default: return nil
            }
        case 0xEF:
            switch (byte(1), byte(2)) {
            case (0xBB, 0xBF): return (3, nil)
            // Full width: U+FF01 to U+FF5E are ! to ~.
            case (0xBC, 0x81...0xBF): return (3, byte(2) - 0x81 + 0x21)
            case (0xBD, 0x80...0x9E): return (3, byte(2) - 0x80 + 0x60)
            default: return nil
            }
        default: return nil
        }
    }

    /// Any number of backslashes, as JSON within JSON has them, and what they escape.
    private static func escape(_ text: RawSpan, at place: Int) -> (length: Int, sign: UInt8?)? {
        var behind = place
        while behind < text.byteCount, behind - place < 16, text[behind] == UInt8(ascii: "\\") { behind += 1 }
        guard behind < text.byteCount else { return nil }
        let slashes = behind - place
        switch text[behind] {
        case UInt8(ascii: "n"), UInt8(ascii: "r"): return (slashes + 1, 0x0A)
        case UInt8(ascii: "t"): return (slashes + 1, 0x09)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"): return (slashes + 1, text[behind])
        case UInt8(ascii: "u"): return hex(text, behind + 1, digits: 4).map { (slashes + 5, $0) }
        case UInt8(ascii: "x"): return hex(text, behind + 1, digits: 2).map { (slashes + 3, $0) }
        default: return nil
        }
    }

    /// A sign of ASCII in hexadecimal digits, or one of full width.
    private static func hex(_ text: RawSpan, _ place: Int, digits: Int) -> UInt8? {
        guard place + digits <= text.byteCount else { return nil }
        var value = 0
        for offset in 0..<digits {
            guard let digit = JSONText.hexValue(text[place + offset]) else { return nil }
            value = value << 4 | Int(digit)
        }
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E: return UInt8(value)
        case 0xFF01...0xFF5E: return UInt8(value - 0xFF01 + 0x21)
        case 0xA0: return 0x20
        default: return nil
        }
    }

    private static func entity(_ text: RawSpan, at place: Int) -> (length: Int, sign: UInt8?)? {
        let names: [(StaticString, UInt8)] = [
            ("&amp;", 0x26), ("&lt;", 0x3C), ("&gt;", 0x3E), ("&quot;", 0x22), ("&commat;", 0x40), ("&period;", 0x2E),
        ]
        let rest = text.extracting(place..<min(text.byteCount, place + 8))
        for (name, sign) in names where rest.starts(with: name) { return (name.utf8CodeUnitCount, sign) }
        guard rest.byteCount > 3, rest[1] == UInt8(ascii: "#") else { return nil }
        let isHex = rest[2] | 0x20 == UInt8(ascii: "x")
        var value = 0
        var offset = isHex ? 3 : 2
        while offset < rest.byteCount, let digit = JSONText.hexValue(rest[offset]), isHex || digit < 10 {
            value = value * (isHex ? 16 : 10) + Int(digit)
            offset += 1
        }
        guard offset < rest.byteCount, rest[offset] == UInt8(ascii: ";"), (0x20...0x7E).contains(value) else {
            return nil
        }
        return (offset + 1, UInt8(value))
    }
}
