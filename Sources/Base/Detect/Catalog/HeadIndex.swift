/// Which patterns without an anchor may begin at a run of letters and digits.
///
/// One bit for each alternative of each of them, in three tables whose rows are laid over one another.
struct HeadIndex: Sendable {
    struct Entry: Sendable {
        let detector: Int32
        let steps: StepTable.Place
    }

    let entries: [Entry]
    /// Words of a row.
    let wordCount: Int
    private var byLength: [UInt64]
    private var byFirst: [UInt64]
    /// The last row is for the end of the text.
    private var byNext: [UInt64]

    /// Letters and digits that are told apart by their number; there are hardly ids that begin with more.
    static let lengthLimit = 40

    init(_ detectors: [Detector], _ alternatives: [[StepTable.Place]]) {
        var entries: [Entry] = []
        var heads: [ShapeHead] = []
        for (number, detector) in detectors.enumerated() where detector.anchors.isEmpty {
            for (sequence, steps) in zip(detector.shape.sequences, alternatives[number]) {
                entries.append(Entry(detector: Int32(number), steps: steps))
                heads.append(ShapeHead(sequence, limit: Self.lengthLimit, isOpen: detector.boundary != .both))
            }
        }
        self.entries = entries
        let words = (entries.count + 63) / 64
        wordCount = words
        byLength = [UInt64](repeating: 0, count: (Self.lengthLimit + 1) * words)
        byFirst = [UInt64](repeating: 0, count: 256 * words)
        byNext = [UInt64](repeating: 0, count: 257 * words)
        for (number, head) in heads.enumerated() {
            let (word, bit) = (number / 64, UInt64(1) << UInt64(number % 64))
            for length in head.lengths.indices where head.lengths[length] { byLength[length * words + word] |= bit }
            for byte in 0...255 {
                if head.first.contains(UInt8(byte)) { byFirst[byte * words + word] |= bit }
                if head.next.contains(UInt8(byte)) { byNext[byte * words + word] |= bit }
            }
            if head.mayEnd { byNext[256 * words + word] |= bit }
        }
    }

    /// Bits of the entries that may match.
    ///
    /// - Parameter next: the byte behind the run; 256 at the end of the text.
    @inline(__always) func candidates(_ word: Int, length: Int, first: Int, next: Int) -> UInt64 {
        byLength[length &* wordCount &+ word] & byFirst[first &* wordCount &+ word] & byNext[next &* wordCount &+ word]
    }
}
