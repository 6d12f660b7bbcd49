/// Some of the 256 bytes.
struct ByteSet: Sendable, Hashable {
    private var parts: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init() {}

    init(_ bytes: some Sequence<UInt8>) { for byte in bytes { insert(byte) } }

    init(_ text: StaticString) {
        for place in 0..<text.utf8CodeUnitCount { insert(unsafe text.utf8Start[place]) }
    }

    static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let letters = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
    static let words = ByteSet(
        (0...UInt8.max).filter {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        })

    @inline(__always) func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: parts.0
            case 1: parts.1
            case 2: parts.2
            default: parts.3
            }
        return word >> UInt64(byte & 63) & 1 == 1
    }

    mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: parts.0 |= bit
        case 1: parts.1 |= bit
        case 2: parts.2 |= bit
        default: parts.3 |= bit
        }
    }

    var inverted: ByteSet {
        var set = ByteSet()
        set.parts = (~parts.0, ~parts.1, ~parts.2, ~parts.3)
        return set
    }

    func union(_ other: ByteSet) -> ByteSet {
        var set = ByteSet()
        set.parts = (
            parts.0 | other.parts.0, parts.1 | other.parts.1, parts.2 | other.parts.2, parts.3 | other.parts.3
        )
        return set
    }

    func intersection(_ other: ByteSet) -> ByteSet {
        var set = ByteSet()
        set.parts = (
            parts.0 & other.parts.0, parts.1 & other.parts.1, parts.2 & other.parts.2, parts.3 & other.parts.3
        )
        return set
    }

    /// As four words; the lowest bit of the first is byte 0.
    var words: [UInt64] { [parts.0, parts.1, parts.2, parts.3] }

    var isEmpty: Bool { parts.0 | parts.1 | parts.2 | parts.3 == 0 }

    /// With the other case of each of its letters.
    var ignoringCase: ByteSet {
        var set = self
        for letter in UInt8(ascii: "A")...UInt8(ascii: "Z") {
            if contains(letter) { set.insert(letter | 0x20) }
            if contains(letter | 0x20) { set.insert(letter) }
        }
        return set
    }

    static func == (left: ByteSet, right: ByteSet) -> Bool { left.parts == right.parts }

    func hash(into hasher: inout Hasher) {
        hasher.combine(parts.0)
        hasher.combine(parts.1)
        hasher.combine(parts.2)
        hasher.combine(parts.3)
    }
}
