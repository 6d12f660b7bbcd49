import Codecs

/// The words around a match, in small letters, and the name of its field.
struct ContextWindow: ~Copyable {
    /// Bytes in front of a match, and half as many behind it.
    static let size = 64

    private var name: [UInt8] = []
    /// As it was given, until somebody asks for it: most texts have nothing that needs a word.
    private var givenName = ByteBuffer(capacity: 128)
    private var isNameRead = true
    private var words: [UInt8] = []
    private var place = -1

    mutating func name(_ text: RawSpan) {
        givenName.removeAll()
        givenName.append(text.extracting(0..<min(text.byteCount, 128)))
        isNameRead = false
        place = -1
    }

    /// The next match is in another text.
    mutating func forget() { place = -1 }

    /// Whether one of the words is near.
    mutating func holds(_ wanted: [[UInt8]], around range: Range<Int>, in text: RawSpan) -> Bool {
        if !isNameRead {
            var read: [UInt8] = []
            Self.add(givenName.bytes, to: &read)
            name = read
            isNameRead = true
        }
        if place != range.lowerBound {
            place = range.lowerBound
            words.removeAll(keepingCapacity: true)
            Self.add(text.extracting(max(0, range.lowerBound - Self.size)..<range.lowerBound), to: &words)
            // What is behind must not be read together with what is in front.
            words.append(0)
            Self.add(
                text.extracting(range.upperBound..<min(text.byteCount, range.upperBound + Self.size / 2)), to: &words)
        }
        return wanted.contains { Self.contains(name, $0) || Self.contains(words, $0) }
    }

    /// A word as it is compared.
    static func normalized(_ word: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        unsafe add(word.span.bytes, to: &bytes)
        return bytes
    }

    private static func add(_ text: RawSpan, to bytes: inout [UInt8]) {
        for place in 0..<text.byteCount {
            let byte = text[place]
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            // Names are written with all of these between their words.
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
    }

    /// Words of up to four letters must stand alone; longer ones may be part of another, as in German.
    private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first, text.count >= word.count else { return false }
        for place in 0...text.count - word.count where text[place] == first {
            guard text[place...].starts(with: word) else { continue }
            if word.count > 4 { return true }
            let end = place + word.count
            let isBegun = place > 0 && isLetter(text[place - 1])
            let goesOn = end < text.count && isLetter(text[end])
            if !isBegun, !goesOn { return true }
        }
        return false
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
