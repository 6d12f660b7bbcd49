/// Which patterns without an anchor may begin at a run of letters and digits.
///
/// One bit for each alternative of each of them, in tables whose rows are laid over one another.
struct HeadIndex: Sendable {
    struct Entry: Sendable {
        let detector: Int32
        let steps: StepTable.Place
    }

    let entries: [Entry]
    /// Words of a row.
    private let wordCount: Int
    private var byLength: [UInt64]
    private var byFirst: [UInt64]
    /// The last row is for the end of the text.
    private var byNext: [UInt64]
    private var bySecond: [UInt64]
    /// The last row is for the end of the text.
    private var byThird: [UInt64]
    private let lengthWords: [UInt64]
    private let firstWords: [UInt64]
    private let nextWords: [UInt64]
    private let thirdWords: [UInt64]

    /// Letters and digits that are told apart by their number; there are hardly ids that begin with more.
    static let lengthLimit = 40

    init(_ detectors: [Detector], _ alternatives: [[StepTable.Place]]) {
        var found: [(entry: Entry, head: ShapeHead)] = []
        for (number, detector) in detectors.enumerated() where detector.anchors.isEmpty {
            for (sequence, steps) in zip(detector.shape.sequences, alternatives[number]) {
                let heads = ShapeHead.all(sequence, limit: Self.lengthLimit, isOpen: detector.boundary != .both)
                for head in heads { found.append((Entry(detector: Int32(number), steps: steps), head)) }
            }
        }
        // Those that begin alike lie in the same words, so that most words of a row are zero.
        found.sort { ($0.head.order, $0.entry.detector) < ($1.head.order, $1.entry.detector) }
        entries = found.map(\.entry)
        let words = (entries.count + 63) / 64
        wordCount = words
        byLength = [UInt64](repeating: 0, count: (Self.lengthLimit + 1) * words)
        bySecond = byLength
        byFirst = [UInt64](repeating: 0, count: 256 * words)
        byNext = [UInt64](repeating: 0, count: 257 * words)
        byThird = byNext
        for (number, head) in found.map(\.head).enumerated() {
            let (word, bit) = (number / 64, UInt64(1) << UInt64(number % 64))
            for length in 0...Self.lengthLimit {
                if head.lengths[length] { byLength[length * words + word] |= bit }
                if head.second[length] { bySecond[length * words + word] |= bit }
            }
            for byte in 0...255 {
                if head.first.contains(UInt8(byte)) { byFirst[byte * words + word] |= bit }
                if head.next.contains(UInt8(byte)) { byNext[byte * words + word] |= bit }
                if head.third?.contains(UInt8(byte)) ?? true { byThird[byte * words + word] |= bit }
            }
            if head.mayEnd { byNext[256 * words + word] |= bit }
            if head.third == nil { byThird[256 * words + word] |= bit }
        }
        precondition(words <= 64, "4,096 alternatives fit into the index")
        lengthWords = Self.used(byLength, words)
        firstWords = Self.used(byFirst, words)
        nextWords = Self.used(byNext, words)
        thirdWords = Self.used(byThird, words)
    }

    /// Of each row, one bit for each word that is not zero.
    private static func used(_ rows: [UInt64], _ words: Int) -> [UInt64] {
        guard words > 0 else { return [UInt64](repeating: 0, count: 257) }
        return stride(from: 0, to: rows.count, by: words).map { row in
            (0..<words).reduce(0) { rows[row + $1] == 0 ? $0 : $0 | 1 << UInt64($1) }
        }
    }

    /// What stands at a place of a text.
    struct Key {
        /// Letters and digits from there on.
        let length: Int
        let first: Int
        /// The byte behind them; 256 at the end of the text.
        let next: Int
        /// Letters and digits behind that byte.
        var second: Int
        /// The first of what is behind it; 256 at the end of the text.
        let third: Int
    }

    /// Bits of the words of ``candidates(_:_:)`` that may not be zero; ``Key/second`` is not looked at.
    @inline(__always) func words(_ key: Key) -> UInt64 {
        lengthWords[key.length] & firstWords[key.first] & nextWords[key.next] & thirdWords[key.third]
    }

    /// Bits of the entries that may match.
    @inline(__always) func candidates(_ word: Int, _ key: Key) -> UInt64 {
        byLength[key.length &* wordCount &+ word] & byFirst[key.first &* wordCount &+ word]
            & byNext[key.next &* wordCount &+ word] & bySecond[key.second &* wordCount &+ word]
            & byThird[key.third &* wordCount &+ word]
    }
}
