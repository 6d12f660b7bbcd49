import Codecs

/// The steps of many patterns in one piece of memory.
///
/// - Threads: any; nothing changes after it is filled.
struct StepTable: Sendable {
    /// What matched: where it ends, and the part in parentheses, if there are any.
    struct Match {
        let end: Int
        let value: Range<Int>?
    }

    /// Where the steps of one alternative are.
    struct Place: Sendable {
        let first: Int32
        let count: Int32
        /// Steps in front of the opening and the closing parenthesis; -1 for none.
        let opening: Int32
        let closing: Int32
    }

    private struct Bounds {
        let least: Int32
        let most: Int32
    }

    /// Four words for each step: which bytes it takes.
    private var sets: [UInt64] = []
    private var bounds: [Bounds] = []

    mutating func add(_ sequence: Shape.Sequence) -> Place {
        let first = bounds.count
        for step in sequence.steps {
            sets += step.set.words
            bounds.append(Bounds(least: Int32(step.least), most: Int32(step.most)))
        }
        return Place(
            first: Int32(first), count: Int32(sequence.steps.count), opening: Int32(sequence.opening ?? -1),
            closing: Int32(sequence.closing ?? -1))
    }

    /// - Parameter counted: bytes that were looked at are added.
    @inline(__always) func match(_ text: RawSpan, at start: Int, _ steps: Place, counted: inout Int) -> Match? {
        let count = text.byteCount
        var place = start
        var opening = -1
        var closing = -1
        for number in 0..<steps.count {
            if steps.opening == number { opening = place }
            if steps.closing == number { closing = place }
            let step = Int(steps.first &+ number)
            let begin = place
            let most = Int(bounds[step].most)
            let end = most < count &- place ? place &+ most : count
            while place < end {
                let byte = unsafe text.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
                guard sets[4 &* step &+ Int(byte >> 6)] &>> UInt64(byte & 63) & 1 == 1 else { break }
                place &+= 1
            }
            counted &+= place &- begin &+ 1
            guard place &- begin >= Int(bounds[step].least) else { return nil }
        }
        guard opening >= 0 else { return Match(end: place, value: nil) }
        return Match(end: place, value: opening..<(closing < 0 ? place : closing))
    }
}
