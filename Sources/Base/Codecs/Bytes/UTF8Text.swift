/// Which bytes are text.
///
/// Claude's clients cut strings in UTF-16, and some encoders then write half of a surrogate pair as
/// three bytes (ED A0 80 … ED BF BF). That is the one flaw that is let through, because dropping the
/// record would lose evidence over a cosmetic fault; readers turn it into U+FFFD. All other ill-formed
/// bytes are refused.
public enum UTF8Text {
    /// Whether the bytes are UTF-8, lone surrogates let through.
    ///
    /// - Returns: the place of the first bad byte, or `nil`.
    @inlinable public static func firstFlaw(in bytes: RawSpan, _ range: ByteRange) -> Int? {
        precondition(range.start >= 0 && range.end <= bytes.byteCount)
        var place = range.start
        let end = range.end
        while place < end {
            if end &- place >= 8 {
                let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
                if word & 0x8080_8080_8080_8080 == 0 {
                    place &+= 8
                    continue
                }
            }
            let lead = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            if lead < 0x80 {
                place &+= 1
                continue
            }
            let length = sequenceLength(bytes, at: place, end: end)
            if length == 0 { return place }
            place &+= length
        }
        return nil
    }

    /// The length of the well-formed sequence (or lone surrogate) at `place`, or 0.
    @usableFromInline static func sequenceLength(_ bytes: RawSpan, at place: Int, end: Int) -> Int {
        func byte(_ offset: Int) -> UInt8 {
            place + offset < end ? unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place + offset, as: UInt8.self) : 0
        }
        func isTail(_ value: UInt8) -> Bool { value & 0xC0 == 0x80 }
        let lead = byte(0)
        switch lead {
        case 0xC2...0xDF:
            return isTail(byte(1)) ? 2 : 0
        case 0xE0...0xEF:
            guard isTail(byte(1)), isTail(byte(2)), lead != 0xE0 || byte(1) >= 0xA0 else { return 0 }
            return 3
        case 0xF0...0xF4:
            guard isTail(byte(1)), isTail(byte(2)), isTail(byte(3)), lead != 0xF0 || byte(1) >= 0x90,
                lead != 0xF4 || byte(1) < 0x90
            else { return 0 }
            return 4
        default:
            return 0
        }
    }

    /// Appends text as well-formed UTF-8: a lone surrogate becomes U+FFFD.
    public static func appendRepaired(_ bytes: RawSpan, to out: inout ByteBuffer) {
        var clean = 0
        var place = 0
        while place < bytes.byteCount {
            let lead = bytes[place]
            if lead < 0x80 {
                place += 1
                continue
            }
            let length = sequenceLength(bytes, at: place, end: bytes.byteCount)
            if length > 0, !(lead == 0xED && bytes[place + 1] >= 0xA0) {
                place += length
                continue
            }
            out.append(bytes.extracting(clean..<place))
            out.append("\u{FFFD}" as StaticString)
            place += max(length, 1)
            clean = place
        }
        out.append(bytes.extracting(clean..<bytes.byteCount))
    }

    /// Whether ``appendRepaired(_:to:)`` would change anything: a quick test for the usual case.
    @inlinable public static func needsRepair(_ bytes: RawSpan) -> Bool {
        let count = bytes.byteCount
        var place = 0
        while count &- place >= 8 {
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
            guard word & 0x8080_8080_8080_8080 == 0 else { return hasFlaw(bytes, from: place) }
            place &+= 8
        }
        while place < count {
            guard unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self) < 0x80 else {
                return hasFlaw(bytes, from: place)
            }
            place &+= 1
        }
        return false
    }

    @usableFromInline static func hasFlaw(_ bytes: RawSpan, from start: Int) -> Bool {
        var place = start
        while place < bytes.byteCount {
            let lead = bytes[place]
            if lead < 0x80 {
                place += 1
                continue
            }
            let length = sequenceLength(bytes, at: place, end: bytes.byteCount)
            if length == 0 || (lead == 0xED && bytes[place + 1] >= 0xA0) { return true }
            place += length
        }
        return false
    }
}
