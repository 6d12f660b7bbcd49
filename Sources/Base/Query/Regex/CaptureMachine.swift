/// Finds where in a text a pattern matches, and its groups, in one pass over the text.
///
/// All ways through the steps go forward together, in the order in which the pattern prefers them, and two that meet at
/// one step are one from there on: so none is gone twice.
///
/// - Cost: for each character at most the number of steps of the program.
/// - Source: R. Pike's `sam`, as R. Cox tells it in *Regular Expression Matching: the Virtual Machine Approach*, 2009.
/// - Threads: one at a time.
struct CaptureMachine: Sendable {
    /// Ways, the one in front preferred, each with the places that it remembers.
    private struct Ways {
        var steps: [Int32] = []
        var marks: [Int32] = []

        mutating func clear() {
            steps.removeAll(keepingCapacity: true)
            marks.removeAll(keepingCapacity: true)
        }
    }

    private enum Errand {
        case go(Int32)
        /// A mark gets back what it was, for another way.
        case restore(Int32, Int32)
    }

    /// A place of the text, and the classes of the characters around it.
    private struct Place {
        var offset: Int
        var behind: Int
        var ahead: Int
        var length: Int
    }

    private let program: RegexProgram
    private let beginnings: RegexBeginnings
    private var rounds: [UInt32]
    private var round: UInt32 = 0
    private var errands: [Errand] = []
    private var marks: [Int32]
    private var here = Ways()
    private var next = Ways()
    /// Steps that were looked at.
    private(set) var effort = 0

    init(_ program: RegexProgram) {
        self.program = program
        rounds = [UInt32](repeating: 0, count: program.steps.count)
        marks = [Int32](repeating: -1, count: program.marks)
        beginnings = RegexBeginnings(program)
    }

    /// The places that the first match remembers, two for each group, -1 for a group that took no part.
    ///
    /// - Parameter start: where to begin; what is in front of it is seen by what looks behind.
    mutating func search(_ text: borrowing Span<UInt8>, from start: Int) -> [Int32]? {
        var place = self.place(start, in: text)
        var found: [Int32]?
        here.clear()
        beginRound()
        while true {
            if found == nil {
                if here.steps.isEmpty { skip(&place, in: text) }
                for mark in marks.indices { marks[mark] = -1 }
                follow(program.start, at: place, isNext: false)
            }
            if here.steps.isEmpty, found != nil || place.length == 0 { return found }
            var after = place
            if place.length > 0 { advance(&after, in: text) }
            beginRound()
            for way in here.steps.indices {
                effort += 1
                let step = program.steps[Int(here.steps[way])]
                if case .take(let set, let target) = step {
                    guard program.alphabet.has(set, place.ahead) else { continue }
                    remember(way)
                    follow(target, at: after, isNext: true)
                } else {
                    // It matches. What the pattern likes less need not be gone any further.
                    remember(way)
                    found = marks
                    break
                }
            }
            swap(&here, &next)
            next.clear()
            if place.length == 0 { return found }
            place = after
        }
    }

    // MARK: Places

    private func place(_ start: Int, in text: borrowing Span<UInt8>) -> Place {
        var behind = program.alphabet.edge
        if start > 0 {
            var front = start - 1
            while front > 0, start - front < 4, text[front] & 0xC0 == 0x80 { front -= 1 }
            let (part, length) = program.alphabet.part(in: text, at: front)
            behind = front + length == start ? part : program.alphabet.part(of: CodePoints.flaw)
        }
        var place = Place(offset: start, behind: behind, ahead: program.alphabet.edge, length: 0)
        lookAhead(&place, in: text)
        return place
    }

    @inline(__always) private func lookAhead(_ place: inout Place, in text: borrowing Span<UInt8>) {
        (place.ahead, place.length) =
            place.offset < text.count
            ? program.alphabet.part(in: text, at: place.offset) : (program.alphabet.edge, 0)
    }

    @inline(__always) private func advance(_ place: inout Place, in text: borrowing Span<UInt8>) {
        place.offset += place.length
        place.behind = place.ahead
        lookAhead(&place, in: text)
    }

    /// To the next place where a match may begin.
    private mutating func skip(_ place: inout Place, in text: borrowing Span<UInt8>) {
        while place.length > 0, !beginnings.allow(place.ahead) {
            advance(&place, in: text)
            effort += 1
        }
        beginRound()
    }

    // MARK: Ways

    private mutating func beginRound() {
        if round == .max {
            for step in rounds.indices { rounds[step] = 0 }
            round = 0
        }
        round += 1
    }

    private mutating func remember(_ way: Int) {
        for mark in marks.indices { marks[mark] = here.marks[way * marks.count + mark] }
    }

    /// Goes on from a step until each way takes a character or matches.
    private mutating func follow(_ step: Int32, at place: Place, isNext: Bool) {
        errands.append(.go(step))
        while let errand = errands.popLast() {
            guard case .go(let step) = errand else {
                if case .restore(let mark, let offset) = errand { marks[Int(mark)] = offset }
                continue
            }
            guard rounds[Int(step)] != round else { continue }
            rounds[Int(step)] = round
            effort += 1
            switch program.steps[Int(step)] {
            case .take, .match:
                if isNext {
                    next.steps.append(step)
                    next.marks.append(contentsOf: marks)
                } else {
                    here.steps.append(step)
                    here.marks.append(contentsOf: marks)
                }
            case .fork(let first, let second):
                errands.append(.go(second))
                errands.append(.go(first))
            case .mark(let mark, let target):
                errands.append(.restore(mark, marks[Int(mark)]))
                marks[Int(mark)] = Int32(place.offset)
                errands.append(.go(target))
            case .look(let set, let isAhead, let target):
                if program.alphabet.has(set, isAhead ? place.ahead : place.behind) { errands.append(.go(target)) }
            case .fail: break
            }
        }
    }
}
