/// What stands at the front of a match: a run of letters and digits, what comes behind it, and the next run.
struct ShapeHead {
    /// Lengths of a run; the last place stands for all that are longer.
    typealias Lengths = [Bool]

    private(set) var lengths: Lengths
    /// Bytes that may come behind the run.
    private(set) var next = ByteSet()
    /// Whether the match may end behind the run.
    private(set) var mayEnd = false
    /// Bytes with which a match may begin.
    private(set) var first = ByteSet()
    /// Lengths of the run behind one byte that is no letter and no digit.
    private(set) var second: Lengths

    /// - Parameter isOpen: whether a letter or a digit may follow the match.
    init(_ sequence: Shape.Sequence, limit: Int, isOpen: Bool) {
        for step in sequence.steps {
            first = first.union(step.set)
            if step.least > 0 { break }
        }
        second = Lengths(repeating: false, count: limit + 1)
        var run = Run(sequence.steps[...], limit, skipsSigns: true)
        if isOpen, run.mayEnd { run.open() }
        lengths = run.lengths
        mayEnd = run.mayEnd
        next = mayEnd ? run.next.union(ByteSet.words.inverted) : run.next
        for rest in run.rests {
            var follower = Run(rest, limit, skipsSigns: false)
            if isOpen, follower.mayEnd { follower.open() }
            for length in 0...limit where follower.lengths[length] { second[length] = true }
        }
        if run.isVague || mayEnd { second = Lengths(repeating: true, count: limit + 1) }
    }

    /// Heads that are alike have neighbouring orders.
    var order: Int {
        let length = lengths.firstIndex(of: true) ?? 0
        return (first.contains(UInt8(ascii: "1")) ? 0 : 1_000) + length
    }

    /// The first run of letters and digits in what some steps match.
    private struct Run {
        var lengths: Lengths
        var next = ByteSet()
        var mayEnd = false
        /// The steps behind each sign that may end it.
        var rests: [ArraySlice<Shape.Step>] = []
        /// Whether more than one sign may end it, or a step that also takes letters and digits.
        var isVague = false

        /// - Parameter skipsSigns: whether signs in front of the run belong to it.
        init(_ steps: ArraySlice<Shape.Step>, _ limit: Int, skipsSigns: Bool) {
            lengths = Lengths(repeating: false, count: limit + 1)
            let shortest = skipsSigns ? 1 : 0
            var reached = Lengths(repeating: false, count: limit + 1)
            reached[0] = true
            for (index, step) in zip(steps.indices, steps) {
                let others = step.set.intersection(ByteSet.words.inverted)
                let hasWords = !step.set.intersection(.words).isEmpty
                let before = reached
                if hasWords { reached = Self.moved(before, step, least: others.isEmpty ? step.least : 0) }
                guard !others.isEmpty else { continue }
                next = next.union(others)
                for length in shortest...limit where reached[length] || before[length] { lengths[length] = true }
                if hasWords || step.least != 1 || step.most != 1 {
                    isVague = true
                } else {
                    rests.append(steps[(index + 1)...])
                }
                guard !hasWords, step.least > 0 else { continue }
                let isFront = before[0] && skipsSigns
                reached = Lengths(repeating: false, count: limit + 1)
                guard isFront else { return }
                reached[0] = true
            }
            for length in shortest...limit where reached[length] {
                lengths[length] = true
                mayEnd = true
            }
        }

        private static func moved(_ reached: Lengths, _ step: Shape.Step, least: Int) -> Lengths {
            let limit = reached.count - 1
            var moved = Lengths(repeating: false, count: limit + 1)
            for length in 0...limit where reached[length] {
                for more in least...max(step.least, min(step.most, limit)) { moved[min(length + more, limit)] = true }
            }
            return moved
        }

        /// Longer ones count, too.
        mutating func open() {
            guard let least = lengths.firstIndex(of: true) else { return }
            for length in least..<lengths.count { lengths[length] = true }
        }
    }
}
