/// Makes all states of the automaton that goes through the steps of a program at once.
///
/// A complement needs them all: a text is in it when no way through the steps matches.
///
/// - Source: M. Rabin and D. Scott, *Finite automata and their decision problems*, 1959.
struct AutomatonBuilder {
    struct State {
        let isWanted: Bool
        /// Characters, and the state they lead to.
        var ways: [(set: CodePoints, target: Int)] = []
    }

    private let program: RegexProgram
    private let offset: Int
    private var visits: StepVisits
    private(set) var effort: Int

    /// - Parameter effort: steps that may be looked at.
    init(_ program: RegexProgram, effort: Int, offset: Int) {
        self.program = program
        self.effort = effort
        self.offset = offset
        visits = StepVisits(program)
    }

    /// The states from which a wanted end can be reached, the first one in front; none if it cannot.
    ///
    /// - Parameter isWanted: whether a text that ends here is, by the numbers of the matches that it is one of.
    mutating func states(where isWanted: (Set<Int32>) -> Bool) throws(RegexError) -> [State] {
        let parts = program.alphabet.sets
        var stands: [[Int32]] = []
        var numbers: [[Int32]: Int] = [:]
        var states: [State] = []
        func number(of stand: [Int32]) -> Int {
            if let number = numbers[stand] { return number }
            numbers[stand] = stands.count
            stands.append(stand)
            return stands.count - 1
        }
        visits.begin()
        visits.add(program.start, of: program)
        _ = number(of: visits.stand())
        while states.count < stands.count {
            guard states.count < RegexLimits.states, effort > 0 else {
                throw RegexError(
                    "this needs too many states; `~` and `&` are costly around long patterns with repetitions",
                    at: offset)
            }
            let stand = stands[states.count]
            let matches = stand.compactMap { step -> Int32? in
                if case .match(let number) = program.steps[Int(step)] { number } else { nil }
            }
            var targets: [Int: [ClosedRange<UInt32>]] = [:]
            for (part, set) in parts.enumerated() where !set.ranges.isEmpty {
                visits.begin()
                visits.move(stand, part, program)
                effort -= 1 + stand.count + visits.count
                targets[number(of: visits.stand()), default: []] += set.ranges
            }
            states.append(
                State(
                    isWanted: isWanted(Set(matches)),
                    ways: targets.sorted { $0.key < $1.key }.map { (CodePoints($0.value), $0.key) }))
        }
        return Self.pruned(states)
    }

    private static func pruned(_ states: [State]) -> [State] {
        var sources = [[Int]](repeating: [], count: states.count)
        for (number, state) in states.enumerated() {
            for way in state.ways { sources[way.target].append(number) }
        }
        var isUseful = states.map(\.isWanted)
        var open = states.indices.filter { isUseful[$0] }
        while let number = open.popLast() {
            for source in sources[number] where !isUseful[source] {
                isUseful[source] = true
                open.append(source)
            }
        }
        guard isUseful[0] else { return [] }
        let kept = states.indices.filter { isUseful[$0] }
        let places = Dictionary(uniqueKeysWithValues: zip(kept, kept.indices))
        return kept.map { number in
            State(
                isWanted: states[number].isWanted,
                ways: states[number].ways.compactMap { way in places[way.target].map { (way.set, $0) } })
        }
    }
}

/// Steps that are reached without taking a character, each once.
struct StepVisits: Sendable {
    /// The round in which each step was reached last.
    private var rounds: [UInt32]
    private var round: UInt32 = 0
    private var open: [Int32] = []
    private var reached: [Int32] = []
    /// Steps that were reached in this round.
    private(set) var count = 0

    init(_ program: RegexProgram) { rounds = [UInt32](repeating: 0, count: program.steps.count) }

    mutating func begin() {
        if round == .max {
            for step in rounds.indices { rounds[step] = 0 }
            round = 0
        }
        round += 1
        count = 0
        reached.removeAll(keepingCapacity: true)
    }

    /// Goes on from each of some steps that takes a character of a class.
    mutating func move(_ stand: [Int32], _ part: Int, _ program: RegexProgram) {
        for step in stand {
            if case .take(let set, let next) = program.steps[Int(step)], program.alphabet.has(set, part) {
                add(next, of: program)
            }
        }
    }

    /// What looks ahead or behind is taken for true.
    mutating func add(_ step: Int32, of program: RegexProgram) {
        open.append(step)
        while let step = open.popLast() {
            guard rounds[Int(step)] != round else { continue }
            rounds[Int(step)] = round
            count += 1
            switch program.steps[Int(step)] {
            case .take, .match: reached.append(step)
            case .fork(let first, let second):
                open.append(second)
                open.append(first)
            case .mark(_, let next), .look(_, _, let next): open.append(next)
            case .fail: break
            }
        }
    }

    /// The steps of this round that take a character or match, in order.
    func stand() -> [Int32] { reached.sorted() }
}
