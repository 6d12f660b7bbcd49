/// Makes steps of a tree, from its end to its start, so that each part knows where it goes on.
struct RegexCompiler {
    private var steps: [RegexProgram.Step] = []
    private var sets: [CodePoints] = []
    private var numbers: [CodePoints: Int32] = [:]
    private var marks = 0
    /// What may still be spent on complements and intersections.
    private var effort: Int

    private init(effort: Int) { self.effort = effort }

    /// - Parameter groups: how many there are, also such as the tree leaves out.
    static func program(of node: RegexNode, groups: Int = 0) throws(RegexError) -> RegexProgram {
        var compiler = RegexCompiler(effort: RegexLimits.effort)
        compiler.marks = 2 * groups
        return try compiler.program(of: [node], at: 0)
    }

    /// - Parameter offset: where in the pattern they are.
    private mutating func program(of nodes: [RegexNode], at offset: Int) throws(RegexError) -> RegexProgram {
        var starts: [Int32] = []
        for (number, node) in nodes.enumerated() {
            let end = try add(.match(Int32(number)), at: offset)
            starts.append(try emit(node, to: end, at: offset))
        }
        let start = try fork(starts, at: offset)
        return RegexProgram(steps: steps, start: start, alphabet: Alphabet(sets), marks: marks)
    }

    /// - Returns: where the node begins.
    private mutating func emit(_ node: RegexNode, to next: Int32, at offset: Int) throws(RegexError) -> Int32 {
        switch node {
        case .empty: return next
        case .nothing: return try add(.fail, at: offset)
        case .set(let set): return try add(.take(try number(of: set, at: offset), next: next), at: offset)
        case .sequence(let parts):
            var next = next
            for part in parts.reversed() { next = try emit(part, to: next, at: offset) }
            return next
        case .choice(let parts):
            var starts: [Int32] = []
            for part in parts { starts.append(try emit(part, to: next, at: offset)) }
            return try fork(starts, at: offset)
        case .repetition(let node, let times): return try repeated(node, times, to: next)
        case .group(let node, let number):
            let end = try add(.mark(Int32(2 * number + 1), next: next), at: offset)
            return try add(.mark(Int32(2 * number), next: try emit(node, to: end, at: offset)), at: offset)
        case .look(let look):
            let set = try number(of: look.set, at: offset)
            return try add(.look(set, isAhead: look.isAhead, next: next), at: offset)
        case .complement(let node, let offset):
            return try embed([node], to: next, at: offset) { $0.isEmpty }
        case .intersection(let parts, let offset):
            return try embed(parts, to: next, at: offset) { $0.count == parts.count }
        }
    }

    private mutating func repeated(_ node: RegexNode, _ times: RegexRepeat, to next: Int32) throws(RegexError) -> Int32
    {
        let offset = times.offset
        var start = next
        var copies = times.least
        if let most = times.most {
            for _ in times.least..<most {
                let begin = try emit(node, to: start, at: offset)
                // It takes no room, however often it comes.
                guard begin != start else { return start }
                start = try choose(begin, or: next, times, at: offset)
            }
        } else {
            let loop = try add(.fail, at: offset)
            let begin = try emit(node, to: loop, at: offset)
            guard begin != loop else { return next }
            steps[Int(loop)] = times.isLazy ? .fork(next, begin) : .fork(begin, next)
            start = loop
            if copies > 0 {
                start = begin
                copies -= 1
            } else if node.mayBeEmpty {
                // A round that takes nothing ends the loop, and is preferred as it is written: `(|a)*` takes no `a`.
                start = try choose(begin, or: next, times, at: offset)
            }
        }
        for _ in 0..<copies {
            let begin = try emit(node, to: start, at: offset)
            guard begin != start else { break }
            start = begin
        }
        return start
    }

    private mutating func choose(
        _ begin: Int32, or next: Int32, _ times: RegexRepeat, at offset: Int
    ) throws(RegexError) -> Int32 {
        try add(times.isLazy ? .fork(next, begin) : .fork(begin, next), at: offset)
    }

    private mutating func fork(_ starts: [Int32], at offset: Int) throws(RegexError) -> Int32 {
        guard var start = starts.last else { return try add(.fail, at: offset) }
        for other in starts.dropLast().reversed() { start = try add(.fork(other, start), at: offset) }
        return start
    }

    private mutating func number(of set: CodePoints, at offset: Int) throws(RegexError) -> Int32 {
        if let number = numbers[set] { return number }
        guard sets.count < RegexLimits.sets else {
            throw RegexError("a pattern may tell \(RegexLimits.sets) sets of characters apart", at: offset)
        }
        let number = Int32(sets.count)
        numbers[set] = number
        sets.append(set)
        return number
    }

    private mutating func add(_ step: RegexProgram.Step, at offset: Int) throws(RegexError) -> Int32 {
        guard steps.count < RegexLimits.steps else {
            throw RegexError(
                "this becomes more than \(RegexLimits.steps) steps; write smaller numbers of repetitions", at: offset)
        }
        steps.append(step)
        return Int32(steps.count - 1)
    }

    /// The states of an automaton as steps.
    ///
    /// - Parameter isWanted: whether a text is matched, by the numbers of the nodes that match it.
    private mutating func embed(
        _ nodes: [RegexNode], to next: Int32, at offset: Int, where isWanted: (Set<Int32>) -> Bool
    ) throws(RegexError) -> Int32 {
        var inner = RegexCompiler(effort: effort)
        let program = try inner.program(of: nodes, at: offset)
        var builder = AutomatonBuilder(program, effort: inner.effort, offset: offset)
        let states = try builder.states(where: isWanted)
        effort = builder.effort
        // Places first, for states go to one another.
        var places: [Int32] = []
        for _ in states { places.append(try add(.fail, at: offset)) }
        for (place, state) in zip(places, states) {
            var ways: [Int32] = state.isWanted ? [next] : []
            for (set, target) in state.ways {
                ways.append(
                    try add(.take(try number(of: set, at: offset), next: places[target]), at: offset))
            }
            guard let last = ways.popLast() else { continue }
            let rest = try fork(ways + [last], at: offset)
            steps[Int(place)] = .fork(rest, rest)
        }
        return try states.isEmpty ? add(.fail, at: offset) : places[0]
    }
}
