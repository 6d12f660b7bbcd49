import Codecs

/// Many patterns, of which only those are tried whose words a text has.
///
/// - Threads: any; each search has its own ``Candidates``.
public struct PatternSet: Sendable {
    public let patterns: [Pattern]

    /// Where a stretch of text that patterns demand is in `letters`.
    private struct Literal {
        let range: ByteRange
        let patterns: [Int32]
        /// The next of the same slot, or -1.
        let next: Int32
    }

    private var literals: [Literal] = []
    private var letters: [UInt8] = []
    private var slots = [Int32](repeating: -1, count: 1 << PatternSet.slotBits)
    /// A bit for each pattern that demands nothing.
    private var always: [UInt64]

    private static let slotBits = 14

    /// - Parameter patterns: in the order in which they are tried, each with the text that it was made from.
    public init(_ patterns: [(pattern: Pattern, text: String)]) {
        self.patterns = patterns.map(\.pattern)
        always = [UInt64](repeating: 0, count: (patterns.count + 63) / 64)
        var owners: [[UInt8]: [Int32]] = [:]
        for (number, entry) in patterns.enumerated() {
            guard let demand = RequiredLiterals.of(entry.text) else {
                always[number >> 6] |= 1 << (number & 63)
                continue
            }
            for literal in demand { owners[literal, default: []].append(Int32(truncatingIfNeeded: number)) }
        }
        for (literal, patterns) in owners.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let slot = Self.slot(literal[0], literal[1], literal[2])
            let range = ByteRange(start: letters.count, count: literal.count)
            letters += literal
            literals.append(Literal(range: range, patterns: patterns, next: slots[slot]))
            slots[slot] = Int32(truncatingIfNeeded: literals.count - 1)
        }
    }

    /// Patterns that have to be tried for every text.
    public var unfilteredCount: Int { always.reduce(0) { $0 + $1.nonzeroBitCount } }

    private static func slot(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        let word = UInt32(first) | UInt32(second) << 8 | UInt32(third) << 16
        return Int((word &* 0x9E37_79B1) >> (32 - UInt32(slotBits)))
    }

    /// Finds the patterns that may match a text.
    public func find(in text: RawSpan, _ candidates: inout Candidates) {
        var bits = candidates.begin(text, always)
        demanded(by: candidates.small.bytes, &bits)
        candidates.bits = bits
    }

    private func demanded(by small: RawSpan, _ bits: inout [UInt64]) {
        guard small.byteCount >= RequiredLiterals.shortest else { return }
        let letters = unsafe letters.span.bytes
        for place in 0...small.byteCount - RequiredLiterals.shortest {
            var number = slots[Self.slot(small[place], small[place + 1], small[place + 2])]
            while number >= 0 {
                let literal = literals[Int(number)]
                let end = place + literal.range.count
                if end <= small.byteCount, small.extracting(place..<end).isEqual(to: letters[literal.range]) {
                    for pattern in literal.patterns { bits[Int(pattern) >> 6] |= 1 << UInt64(pattern & 63) }
                }
                number = literal.next
            }
        }
    }

    /// The patterns that may match one text, and the memory for finding them.
    public struct Candidates: ~Copyable {
        fileprivate var bits: [UInt64] = []
        /// The text in small letters.
        fileprivate var small = ByteBuffer(capacity: 256)

        public init() {}

        /// - Returns: the bits to fill, which are the caller's until it gives them back.
        fileprivate mutating func begin(_ text: RawSpan, _ always: [UInt64]) -> [UInt64] {
            small.removeAll()
            for place in 0..<text.byteCount { small.append(RequiredLiterals.lowercased(text[place])) }
            var taken: [UInt64] = []
            swap(&taken, &bits)
            taken.removeAll(keepingCapacity: true)
            taken += always
            return taken
        }

        /// The first candidate of a range of numbers.
        public func first(in range: Range<Int>) -> Int? {
            var place = range.lowerBound
            while place < range.upperBound {
                let word = bits[place >> 6] >> UInt64(place & 63)
                if word != 0 {
                    let found = place + word.trailingZeroBitCount
                    return found < range.upperBound ? found : nil
                }
                place = (place | 63) + 1
            }
            return nil
        }
    }
}
