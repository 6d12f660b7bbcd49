import Codecs

/// The letters and digits of an id, its separators left out and its letters made capitals.
struct Symbols {
    static let limit = 96

    private var bytes = InlineArray<96, UInt8>(repeating: 0)
    private(set) var count = 0
    /// Whether there was anything between them.
    private(set) var isFormatted = false
    /// Whether there were more than fit.
    private(set) var isCut = false

    init(_ text: RawSpan) {
        for place in 0..<text.byteCount {
            let byte = text[place]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): append(byte)
            case UInt8(ascii: "a")...UInt8(ascii: "z"): append(byte & 0xDF)
            default: isFormatted = true
            }
        }
    }

    private mutating func append(_ byte: UInt8) {
        guard count < Self.limit else { return isCut = true }
        bytes[count] = byte
        count += 1
    }

    /// 0 behind the end, so that a check of a text that is too short fails and does not trap.
    subscript(place: Int) -> UInt8 { place >= 0 && place < count ? bytes[place] : 0 }

    /// 0 to 9, and 10 to 35 for letters.
    func value(_ place: Int) -> Int {
        let byte = Int(self[place])
        return byte >= 65 ? byte - 55 : max(byte - 48, 0)
    }

    func isDigit(_ place: Int) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self[place]) }

    func isLetter(_ place: Int) -> Bool { self[place] >= UInt8(ascii: "A") }

    var areDigits: Bool { (0..<count).allSatisfy(isDigit) }

    /// The number that digits from one place up to another stand for.
    func number(_ range: Range<Int>) -> Int {
        range.reduce(0) { ($0 % 1_000_000_000_000_000) * 10 + (isDigit($1) ? value($1) : 0) }
    }

    var number: Int { number(0..<count) }

    /// Whether all of them are the same.
    var isUniform: Bool { (1..<max(count, 1)).allSatisfy { self[$0] == self[0] } }

    /// The sum of digits times weights, from the front.
    func sum(_ weights: [Int], from start: Int = 0) -> Int {
        var sum = 0
        for (place, weight) in weights.enumerated() { sum += weight * value(start + place) }
        return sum
    }

    func isEqual(_ place: Int, _ text: StaticString) -> Bool {
        (0..<text.utf8CodeUnitCount).allSatisfy { offset in
            let wanted = unsafe text.utf8Start[offset]
            return self[place + offset] == wanted
        }
    }

    /// What is left of the digits, read as one long number, when it is divided; letters are two digits, as in ISO 7064.
    func remainder(_ modulus: Int, rotatedBy front: Int = 0) -> Int {
        var rest = 0
        for index in 0..<count {
            let value = value((index + front) % count)
            rest = (rest * (value > 9 ? 100 : 10) + value) % modulus
        }
        return rest
    }
}
