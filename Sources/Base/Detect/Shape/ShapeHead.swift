/// What stands at the front of a match: a run of letters and digits, what comes behind it, and the next run.
struct ShapeHead {
    /// Lengths of a run; the last place stands for all that are longer.
    typealias Lengths = [Bool]

    private(set) var lengths: Lengths
    /// Bytes that may come behind the run.
    private(set) var next: ByteSet
    /// Whether the match may end behind the run.
    let mayEnd: Bool
    /// Bytes with which a match may begin.
    let first: ByteSet
    /// Lengths of the run behind one byte that is no letter and no digit.
    private(set) var second: Lengths
    /// Bytes that may come behind that byte; `nil` when any may, or none.
    private(set) var third: ByteSet?

    /// The heads of matches that end with the run, and of those that go on behind it.
    ///
    /// - Parameter isOpen: whether a letter or a digit may follow the match.
    static func all(_ sequence: Shape.Sequence, limit: Int, isOpen: Bool) -> [ShapeHead] {
        let first = Self.first(sequence.steps[...]) ?? ByteSet().inverted
        let run = Run(sequence.steps[...], limit, skipsSigns: true)
        var heads: [ShapeHead] = []
        if run.mayEnd {
            heads.append(
                ShapeHead(
                    lengths: isOpen ? run.opened : run.ending, next: ByteSet.words.inverted, mayEnd: true, first: first,
                    second: Lengths(repeating: true, count: limit + 1)))
        }
        if run.goesOn {
            var head = ShapeHead(
                lengths: run.goingOn, next: run.next, mayEnd: false, first: first,
                second: Lengths(repeating: run.isVague, count: limit + 1))
            if !run.isVague {
                head.third = Self.first(run.rests)
                for rest in run.rests {
                    let follower = Run(rest, limit, skipsSigns: false)
                    // Behind a sign with which the match ends anything may come.
                    let ending = isOpen || follower.ending[0] ? follower.opened : follower.ending
                    for length in 0...limit where ending[length] || follower.goingOn[length] {
                        head.second[length] = true
                    }
                }
            }
            heads.append(head)
        }
        return heads
    }

    /// Heads that are alike have neighbouring orders.
    var order: Int {
        let length = lengths.firstIndex(of: true) ?? 0
        return (first.contains(UInt8(ascii: "1")) ? 0 : 1_000) + length
    }

    /// Bytes with which any of some steps begin; `nil` when some of them need none.
    private static func first(_ all: [ArraySlice<Shape.Step>]) -> ByteSet? {
        var bytes = ByteSet()
        for steps in all {
            guard let some = first(steps) else { return nil }
            bytes = bytes.union(some)
        }
        return bytes
    }

    private static func first(_ steps: ArraySlice<Shape.Step>) -> ByteSet? {
        guard let needed = steps.firstIndex(where: { $0.least > 0 }) else { return nil }
        return steps[...needed].reduce(ByteSet()) { $0.union($1.set) }
    }

    /// The first run of letters and digits in what some steps match.
    private struct Run {
        /// Lengths with which the match ends.
        private(set) var ending: Lengths
        /// Lengths behind which a sign comes.
        private(set) var goingOn: Lengths
        private(set) var next = ByteSet()
        /// The steps behind each sign that may end it.
        private(set) var rests: [ArraySlice<Shape.Step>] = []
        /// Whether several signs may end it, or a step that also takes letters and digits.
        private(set) var isVague = false

        var mayEnd: Bool { ending.contains(true) }
        var goesOn: Bool { goingOn.contains(true) }

        /// - Parameter skipsSigns: whether signs in front of the run belong to it.
        init(_ steps: ArraySlice<Shape.Step>, _ limit: Int, skipsSigns: Bool) {
            ending = Lengths(repeating: false, count: limit + 1)
            goingOn = ending
            let shortest = skipsSigns ? 1 : 0
            var reached = ending
            reached[0] = true
            for (index, step) in zip(steps.indices, steps) {
                let others = step.set.intersection(ByteSet.words.inverted)
                let hasWords = !step.set.intersection(.words).isEmpty
                let before = reached
                if hasWords { reached = Self.moved(before, step, least: others.isEmpty ? step.least : 0) }
                guard !others.isEmpty else { continue }
                next = next.union(others)
                for length in shortest...limit where reached[length] || before[length] { goingOn[length] = true }
                if hasWords || step.most != 1 {
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
            for length in shortest...limit where reached[length] { ending[length] = true }
        }

        private static func moved(_ reached: Lengths, _ step: Shape.Step, least: Int) -> Lengths {
            let limit = reached.count - 1
            var moved = Lengths(repeating: false, count: limit + 1)
            for length in 0...limit where reached[length] {
                for more in least...max(step.least, min(step.most, limit)) { moved[min(length + more, limit)] = true }
            }
            return moved
        }

        /// The lengths with which the match ends when letters and digits may follow it.
        var opened: Lengths {
            guard let least = ending.firstIndex(of: true) else { return ending }
            return ending.indices.map { $0 >= least }
        }
    }
}
