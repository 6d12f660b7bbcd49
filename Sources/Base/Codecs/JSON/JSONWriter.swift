/// Writes JSON into a ``ByteBuffer``. Commas and braces are the caller's: it knows the shape.
extension ByteBuffer {
    /// A quoted string from UTF-8 bytes; ill-formed bytes become U+FFFD.
    public mutating func append(jsonString text: RawSpan) {
        let count = text.byteCount
        if capacity &- length < count &+ 2 { grow(by: count &+ 2) }
        // Copy and look at eight bytes at a time, as long as nothing needs more than copying.
        unsafe start[length] = UInt8(ascii: "\"")
        let target = unsafe UnsafeMutableRawPointer(start + length + 1)
        var place = 0
        while count &- place >= 8 {
            let word = unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
            let special = JSONCursor.stops(in: UInt64(littleEndian: word)) | (word & 0x8080_8080_8080_8080)
            guard special == 0 else { break }
            unsafe target.storeBytes(of: word, toByteOffset: place, as: UInt64.self)
            place &+= 8
        }
        if count &- place < 8 {
            while place < count {
                let byte = unsafe text.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
                guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
                unsafe target.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
                place &+= 1
            }
        }
        length &+= place &+ 1
        if place < count { append(jsonCharacters: text.extracting(place..<count)) }
        append(UInt8(ascii: "\""))
    }

    public mutating func append(jsonString text: String) {
        var text = text
        text.withUTF8 { unsafe append(jsonString: UnsafeRawBufferPointer($0).bytes) }
    }

    /// The inside of a quoted string.
    @inlinable public mutating func append(jsonCharacters text: RawSpan) {
        var clean = 0
        var place = 0
        let count = text.byteCount
        while place < count {
            if count &- place >= 8 {
                let word = UInt64(
                    littleEndian: unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self))
                // Plain ASCII in all eight: nothing to do.
                if JSONCursor.stops(in: word) | (word & 0x8080_8080_8080_8080) == 0 {
                    place &+= 8
                    continue
                }
            }
            let byte = unsafe text.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            if byte >= 0x80 {
                let length = UTF8Text.sequenceLength(text, at: place, end: count)
                if length > 0, !(byte == 0xED && text[place &+ 1] >= 0xA0) {
                    place &+= length
                    continue
                }
                append(text.extracting(clean..<place))
                append("\u{FFFD}" as StaticString)
                place &+= max(length, 1)
                clean = place
            } else if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                append(text.extracting(clean..<place))
                append(jsonEscape: byte)
                place &+= 1
                clean = place
            } else {
                place &+= 1
            }
        }
        append(text.extracting(clean..<count))
    }

    @usableFromInline mutating func append(jsonEscape byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"" as StaticString)
        case UInt8(ascii: "\\"): append("\\\\" as StaticString)
        case 0x0A: append("\\n" as StaticString)
        case 0x0D: append("\\r" as StaticString)
        case 0x09: append("\\t" as StaticString)
        case 0x08: append("\\b" as StaticString)
        case 0x0C: append("\\f" as StaticString)
        default:
            append("\\u00" as StaticString)
            append(Self.hexDigit(byte >> 4))
            append(Self.hexDigit(byte & 15))
        }
    }

    @usableFromInline static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 &+ value : 87 &+ value }

    /// Lowercase hexadecimal digits.
    public mutating func append(hex bytes: RawSpan) {
        for place in 0..<bytes.byteCount {
            append(Self.hexDigit(bytes[place] >> 4))
            append(Self.hexDigit(bytes[place] & 15))
        }
    }

    /// The shortest digits that read back as the same number; a whole number keeps `.0`. What JSON cannot
    /// say (infinity, not a number) becomes `null`.
    public mutating func append(jsonNumber number: Double) {
        if number.isFinite { append(text: number.description) } else { append("null" as StaticString) }
    }
}
