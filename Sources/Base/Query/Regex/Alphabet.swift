/// The classes of characters that the sets of one pattern tell apart.
///
/// An automaton has a column for each class, and not for each of a million characters.
struct Alphabet: Sendable {
    /// How many classes there are.
    let count: Int
    /// The class of what is in front of a text and behind it.
    let edge: Int
    /// Where a stretch of code points of one class begins, and which class that is.
    private let starts: [UInt32]
    private let classes: [Int32]
    private let ascii: [Int32]
    /// For each set a bit for each class.
    private let members: [UInt64]
    private let words: Int

    init(_ sets: [CodePoints]) {
        var bounds: Set<UInt32> = [0, CodePoints.edge, CodePoints.flaw]
        for range in sets.lazy.flatMap(\.ranges) {
            bounds.insert(range.lowerBound)
            bounds.insert(range.upperBound + 1)
        }
        let starts = bounds.sorted()
        var classes: [UInt32] = starts.map { $0 < CodePoints.edge ? 0 : $0 - CodePoints.edge + 1 }
        var last: UInt32 = 2
        for set in sets {
            // The part of each class that is in the set becomes a class of its own.
            var parts: [UInt32: UInt32] = [:]
            // So does the part that is not, which may be quicker to tell.
            let others = set.inverted
            let isMost = Self.count(of: others, in: starts) < Self.count(of: set, in: starts)
            Self.stretches(of: isMost ? others : set, in: starts) { place in
                if let part = parts[classes[place]] { return classes[place] = part }
                last += 1
                parts[classes[place]] = last
                classes[place] = last
            }
        }
        var numbers: [UInt32: Int32] = [:]
        let numbered = classes.map { part in
            let number = numbers[part] ?? Int32(numbers.count)
            numbers[part] = number
            return number
        }
        self.starts = starts
        self.classes = numbered
        count = numbers.count
        ascii = (0..<0x80).map { numbered[Self.stretch(of: $0, in: starts)] }
        edge = Int(numbered[Self.stretch(of: CodePoints.edge, in: starts)])
        let words = (numbers.count + 63) / 64
        var members = [UInt64](repeating: 0, count: sets.count * words)
        for (number, set) in sets.enumerated() {
            Self.stretches(of: set, in: starts) { place in
                let part = Int(numbered[place])
                members[number * words + part >> 6] |= 1 << UInt64(part & 63)
            }
        }
        self.members = members
        self.words = words
    }

    /// - Parameter byte: a character of ASCII.
    @inline(__always) func part(ofASCII byte: UInt8) -> Int { Int(ascii[Int(byte)]) }

    func part(of point: UInt32) -> Int { Int(classes[Self.stretch(of: point, in: starts)]) }

    /// Whether a set has the characters of a class.
    @inline(__always) func has(_ set: Int32, _ part: Int) -> Bool {
        members[Int(set) * words + part >> 6] >> UInt64(part & 63) & 1 == 1
    }

    /// The class of the character at a place of a text, and its length in bytes.
    @inline(__always) func part(in text: borrowing Span<UInt8>, at place: Int) -> (part: Int, length: Int) {
        let byte = text[place]
        if byte < 0x80 { return (part(ofASCII: byte), 1) }
        let (point, length) = CodePoints.point(in: text, at: place)
        return (part(of: point), length)
    }

    /// The characters of each class; none for the edge.
    var sets: [CodePoints] {
        var ranges = [[ClosedRange<UInt32>]](repeating: [], count: count)
        for (place, start) in starts.enumerated() where start < CodePoints.edge {
            ranges[Int(classes[place])].append(start...(starts[place + 1] - 1))
        }
        return ranges.map { CodePoints($0) }
    }

    private static func stretch(of point: UInt32, in starts: [UInt32]) -> Int {
        starts.partitioned { $0 <= point } - 1
    }

    private static func count(of set: CodePoints, in starts: [UInt32]) -> Int {
        set.ranges.reduce(0) {
            $0 + stretch(of: $1.upperBound, in: starts) - stretch(of: $1.lowerBound, in: starts) + 1
        }
    }

    private static func stretches(of set: CodePoints, in starts: [UInt32], _ body: (Int) -> Void) {
        for range in set.ranges {
            var place = stretch(of: range.lowerBound, in: starts)
            while place < starts.count, starts[place] <= range.upperBound {
                body(place)
                place += 1
            }
        }
    }
}

extension CodePoints {
    /// The character at a place of a text, and its length in bytes; a byte that belongs to none is ``flaw``.
    ///
    /// - Source: The Unicode Standard, table 3-7, *Well-Formed UTF-8 Byte Sequences*.
    static func point(in text: borrowing Span<UInt8>, at place: Int) -> (point: UInt32, length: Int) {
        let lead = text[place]
        let (length, least): (Int, UInt32) =
            switch lead {
            case 0..<0x80: (1, 0)
            case 0xC2...0xDF: (2, 0x80)
            case 0xE0...0xEF: (3, 0x800)
            case 0xF0...0xF4: (4, 0x1_0000)
            default: (0, 0)
            }
        if length == 1 { return (UInt32(lead), 1) }
        guard length > 0, text.count - place >= length else { return (flaw, 1) }
        var point = UInt32(lead) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = text[place + offset]
            guard byte & 0xC0 == 0x80 else { return (flaw, 1) }
            point = point << 6 | UInt32(byte & 0x3F)
        }
        guard point >= least, point <= last, !(0xD800...0xDFFF).contains(point) else { return (flaw, 1) }
        return (point, length)
    }
}
