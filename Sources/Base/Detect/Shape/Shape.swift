import Codecs

/// A pattern that reads its text once and forwards.
///
/// Its notation is that of regular expressions, cut down to what never has to go back: a repetition must end at a byte
/// that it cannot hold itself. A pattern for which that is not so is refused when it is read, so no text, however it was
/// made, costs more than the bytes that the pattern may hold.
///
/// - Source: `docs/formats/detectors.md`.
struct Shape: Sendable {
    /// Bytes of one set, one behind the other.
    struct Step: Sendable {
        let set: ByteSet
        let least: Int
        let most: Int
    }

    /// One of the alternatives: steps, and the stretch of them that is in parentheses.
    struct Sequence: Sendable {
        var steps: [Step] = []
        /// Steps before and behind the opening and the closing parenthesis.
        var opening: Int?
        var closing: Int?
    }

    /// What matched: where it ends, and the part in parentheses, if there are any.
    struct Match {
        let end: Int
        let value: Range<Int>?
    }

    let sequences: [Sequence]

    /// Tries one of the alternatives.
    ///
    /// - Parameter counted: bytes that were looked at are added.
    func match(_ text: RawSpan, at start: Int, _ index: Int, steps counted: inout Int) -> Match? {
        let count = text.byteCount
        var place = start
        var opening = -1
        var closing = -1
        let stepCount = sequences[index].steps.count
        for number in 0..<stepCount {
            if sequences[index].opening == number { opening = place }
            if sequences[index].closing == number { closing = place }
            let step = sequences[index].steps[number]
            let end = step.most < count &- place ? place &+ step.most : count
            let begin = place
            while place < end, step.set.contains(unsafe text.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)) {
                place &+= 1
            }
            counted &+= place &- begin &+ 1
            guard place &- begin >= step.least else { return nil }
        }
        guard opening >= 0 else { return Match(end: place, value: nil) }
        return Match(end: place, value: opening..<(closing < 0 ? place : closing))
    }

    /// Bytes with which a match may begin.
    var first: ByteSet {
        sequences.reduce(into: ByteSet()) { set, sequence in
            for step in sequence.steps {
                set = set.union(step.set)
                if step.least > 0 { break }
            }
        }
    }

    /// How many letters and digits may stand together at the start of a match, as far as they are fewer than `limit`;
    /// the last place stands for all that are more.
    func headLengths(limit: Int, isOpenEnded: Bool) -> [Bool] {
        var heads = [Bool](repeating: false, count: limit + 1)
        for sequence in sequences { addHeads(sequence, isOpenEnded, &heads) }
        return heads
    }

    private func addHeads(_ sequence: Sequence, _ isOpenEnded: Bool, _ heads: inout [Bool]) {
        let limit = heads.count - 1
        var reached = [Bool](repeating: false, count: limit + 1)
        reached[0] = true
        for step in sequence.steps {
            let hasWords = !step.set.intersection(.words).isEmpty
            let hasOthers = !step.set.intersection(ByteSet.words.inverted).isEmpty
            let before = reached
            if hasWords {
                reached = [Bool](repeating: false, count: limit + 1)
                for length in 0...limit where before[length] {
                    for more in (hasOthers ? 0 : step.least)...max(step.least, min(step.most, limit)) {
                        reached[min(length + more, limit)] = true
                    }
                }
            }
            if hasOthers {
                // Here the letters and digits may end.
                for length in 1...limit where reached[length] || before[length] { heads[length] = true }
                if !hasWords, step.least > 0 {
                    let isFront = before[0]
                    reached = [Bool](repeating: false, count: limit + 1)
                    guard isFront else { return }
                    reached[0] = true
                }
            }
        }
        for length in 1...limit where reached[length] { heads[length] = true }
        if isOpenEnded, let least = heads.indices.first(where: { $0 > 0 && heads[$0] }) {
            for length in least...limit { heads[length] = true }
        }
    }
}
