/// Writes JSON through a pointer, without asking for room at every byte.
///
/// Whoever uses it reserves room first: ``JSONPen/room(forText:)`` says how much a text can take. One check
/// for each value instead of one for each byte is most of what a document costs.
@frozen @unsafe public struct JSONPen {
    public var place: UnsafeMutablePointer<UInt8>

    @inlinable public init(_ place: UnsafeMutablePointer<UInt8>) { unsafe self.place = place }

    /// The most that a quoted text of so many bytes takes.
    @inlinable public static func room(forText count: Int) -> Int { count &* 6 &+ 16 }
    /// The most that a number or a word takes.
    public static let roomForNumber = 32

    @inlinable @inline(__always) public mutating func put(_ byte: UInt8) {
        unsafe place.pointee = byte
        unsafe place += 1
    }

    /// Copies sixteen bytes at a time and may write fifteen more than asked.
    ///
    /// - Parameter source: fifteen bytes behind its end may be read.
    @inlinable @inline(__always) public mutating func putPadded(_ source: UnsafePointer<UInt8>, _ count: Int) {
        var done = 0
        repeat {
            let block = unsafe UnsafeRawPointer(source + done).loadUnaligned(as: SIMD2<UInt64>.self)
            unsafe UnsafeMutableRawPointer(place + done).storeBytes(of: block, as: SIMD2<UInt64>.self)
            done &+= 16
        } while done < count
        unsafe place += count
    }

    @inlinable public mutating func put(_ bytes: RawSpan) {
        let count = bytes.byteCount
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(place).copyMemory(from: start, byteCount: count)
        }
        unsafe place += count
    }

    /// A quoted string; ill-formed bytes become U+FFFD.
    @inlinable @inline(__always) public mutating func put(string text: RawSpan) {
        unsafe put(UInt8(ascii: "\""))
        let count = text.byteCount
        var done = 0
        while count &- done >= 8 {
            let word = unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: done, as: UInt64.self)
            // The eight bytes are written in any case; they count only when there is nothing to change.
            unsafe UnsafeMutableRawPointer(place).storeBytes(of: word, as: UInt64.self)
            guard JSONCursor.stops(in: UInt64(littleEndian: word)) | (word & 0x8080_8080_8080_8080) == 0 else { break }
            unsafe place += 8
            done &+= 8
        }
        if count &- done < 8 {
            while done < count {
                let byte = unsafe text.unsafeLoad(fromUncheckedByteOffset: done, as: UInt8.self)
                guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
                unsafe put(byte)
                done &+= 1
            }
        }
        if done < count { unsafe putRest(text, from: done) }
        unsafe put(UInt8(ascii: "\""))
    }

    /// The rest of a text, from the first byte that is not simply copied.
    @inline(never) @usableFromInline mutating func putRest(_ text: RawSpan, from start: Int) {
        let count = text.byteCount
        var done = start
        while done < count {
            let byte = unsafe text.unsafeLoad(fromUncheckedByteOffset: done, as: UInt8.self)
            if byte >= 0x80 {
                let length = UTF8Text.sequenceLength(text, at: done, end: count)
                if length > 0, !(byte == 0xED && text[done + 1] >= 0xA0) {
                    for offset in 0..<length { unsafe put(text[done + offset]) }
                    done += length
                } else {
                    for part in "\u{FFFD}".utf8 { unsafe put(part) }
                    done += max(length, 1)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                unsafe put(UInt8(ascii: "\\"))
                unsafe put(byte)
            case 0x0A: unsafe putEscape(UInt8(ascii: "n"))
            case 0x0D: unsafe putEscape(UInt8(ascii: "r"))
            case 0x09: unsafe putEscape(UInt8(ascii: "t"))
            case 0x08: unsafe putEscape(UInt8(ascii: "b"))
            case 0x0C: unsafe putEscape(UInt8(ascii: "f"))
            case 0..<0x20:
                unsafe putEscape(UInt8(ascii: "u"))
                unsafe put(48)
                unsafe put(48)
                unsafe put(ByteBuffer.hexDigit(byte >> 4))
                unsafe put(ByteBuffer.hexDigit(byte & 15))
            default: unsafe put(byte)
            }
            done += 1
        }
    }

    private mutating func putEscape(_ letter: UInt8) {
        unsafe put(UInt8(ascii: "\\"))
        unsafe put(letter)
    }

    @inlinable @inline(__always) public mutating func put(decimal number: Int64) {
        if number < 0 { unsafe put(UInt8(ascii: "-")) }
        var rest = number.magnitude
        if rest < 10 { return unsafe put(48 &+ UInt8(truncatingIfNeeded: rest)) }
        var digits = 1
        var bound: UInt64 = 10
        while digits < 19, rest >= bound {
            digits &+= 1
            bound &*= 10
        }
        if digits == 19, rest >= 10_000_000_000_000_000_000 { digits = 20 }
        var index = digits
        while index > 0 {
            index &-= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            unsafe place[index] = 48 &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        unsafe place += digits
    }

    /// Two digits.
    @inlinable @inline(__always) public mutating func put(two number: Int) {
        unsafe put(48 &+ UInt8(truncatingIfNeeded: number / 10))
        unsafe put(48 &+ UInt8(truncatingIfNeeded: number % 10))
    }
}
