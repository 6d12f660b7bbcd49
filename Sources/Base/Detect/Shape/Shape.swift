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

    let sequences: [Sequence]
}

/// What stands at the front of a match: how many letters and digits, and what comes behind them.
struct ShapeHead {
    /// By their number; the last place stands for all that are more.
    private(set) var lengths: [Bool]
    /// Bytes that may come behind them.
    private(set) var next = ByteSet()
    /// Whether the text may end behind them.
    private(set) var mayEnd = false
    /// Bytes with which a match may begin.
    private(set) var first = ByteSet()

    /// - Parameter isOpen: whether a letter or a digit may follow the match.
    init(_ sequence: Shape.Sequence, limit: Int, isOpen: Bool) {
        lengths = [Bool](repeating: false, count: limit + 1)
        for step in sequence.steps {
            first = first.union(step.set)
            if step.least > 0 { break }
        }
        read(sequence, limit)
        guard isOpen, mayEnd, let least = lengths.indices.first(where: { $0 > 0 && lengths[$0] }) else { return }
        for length in least...limit { lengths[length] = true }
    }

    /// Heads that are alike have neighbouring orders.
    var order: Int {
        let length = lengths.firstIndex(of: true) ?? 0
        return (first.contains(UInt8(ascii: "1")) ? 0 : 1_000) + length
    }

    private mutating func read(_ sequence: Shape.Sequence, _ limit: Int) {
        var reached = [Bool](repeating: false, count: limit + 1)
        reached[0] = true
        for step in sequence.steps {
            let others = step.set.intersection(ByteSet.words.inverted)
            let before = reached
            if !step.set.intersection(.words).isEmpty {
                reached = [Bool](repeating: false, count: limit + 1)
                for length in 0...limit where before[length] {
                    for more in (others.isEmpty ? step.least : 0)...max(step.least, min(step.most, limit)) {
                        reached[min(length + more, limit)] = true
                    }
                }
            }
            guard !others.isEmpty else { continue }
            // Here the letters and digits may end.
            next = next.union(others)
            for length in 1...limit where reached[length] || before[length] { lengths[length] = true }
            if step.set.intersection(.words).isEmpty, step.least > 0 {
                let isFront = before[0]
                reached = [Bool](repeating: false, count: limit + 1)
                guard isFront else { return }
                reached[0] = true
            }
        }
        for length in 1...limit where reached[length] {
            lengths[length] = true
            mayEnd = true
        }
        if mayEnd { next = next.union(ByteSet.words.inverted) }
    }
}
