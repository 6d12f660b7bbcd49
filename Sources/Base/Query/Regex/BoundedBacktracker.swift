/// Finds where in a short text a pattern matches, by going one way after the other and none of them twice.
///
/// Where two ways meet it remembers at which places of the text it has been there: what failed once fails again. So it
/// costs no more than ``CaptureMachine``, and mostly much less, because it seldom has to try what is preferred less. The
/// price is memory for every place of the text.
///
/// - Cost: at most the number of steps of the program times the characters.
/// - Source: R. Cox, *Regular Expression Matching in the Wild*, 2010.
/// - Threads: one at a time.
struct BoundedBacktracker: Sendable {
    /// - Unit: bits.
    static let memoryLimit = 2_000_000

    private struct Errand {
        /// Where to go on; below zero a mark that gets back what it was.
        let step: Int32
        let place: Int32

        static func restore(_ mark: Int32, _ offset: Int32) -> Errand { Errand(step: -1 - mark, place: offset) }
    }

    private let program: RegexProgram
    private let beginnings: RegexBeginnings
    /// A number for each step to which more than one way leads, -1 for the others.
    private let joints: [Int32]
    private let jointCount: Int
    /// The classes of the characters, with the edge in front and behind, and where each character begins.
    private var parts: [Int32] = []
    private var offsets: [Int32] = []
    private var visited: [UInt64] = []
    private var errands: [Errand] = []
    private var marks: [Int32] = []
    /// Steps that were looked at.
    private(set) var effort = 0

    init(_ program: RegexProgram) {
        self.program = program
        beginnings = RegexBeginnings(program)
        var ways = [Int](repeating: 0, count: program.steps.count)
        ways[Int(program.start)] += 1
        for step in program.steps {
            for next in step.followers { ways[Int(next)] += 1 }
        }
        var count: Int32 = 0
        joints = ways.map { number in
            guard number > 1 else { return -1 }
            count += 1
            return count - 1
        }
        jointCount = Int(count)
    }

    /// Whether so many bytes are few enough: each may be a character with a class and an offset, and a bit for each joint.
    func takes(_ bytes: Int) -> Bool { (jointCount + 64) * (bytes + 1) <= Self.memoryLimit }

    /// As ``CaptureMachine/search(_:from:)``.
    mutating func search(_ text: borrowing Span<UInt8>, from start: Int) -> [Int32]? {
        begin(text)
        return next(from: start)
    }

    /// Takes a text in which ``next(from:)`` searches.
    mutating func begin(_ text: borrowing Span<UInt8>) {
        read(text)
        let words = (jointCount * offsets.count + 63) / 64
        visited.removeAll(keepingCapacity: true)
        visited.append(contentsOf: repeatElement(0, count: words))
    }

    /// The next match.
    ///
    /// What failed before still fails, so all matches of a text together cost as much as one.
    ///
    /// - Parameter start: not in front of the end of the last match.
    mutating func next(from start: Int) -> [Int32]? {
        marks.removeAll(keepingCapacity: true)
        marks.append(contentsOf: repeatElement(-1, count: program.marks))
        let first = offsets.partitioned { $0 < Int32(start) }
        guard first < offsets.count else { return nil }
        // Where the last match ended is where it did not fail.
        for bit in (first * jointCount)..<((first + 1) * jointCount) {
            visited[bit >> 6] &= ~(1 << UInt64(bit & 63))
        }
        for place in first..<offsets.count where beginnings.allow(Int(parts[place + 1])) {
            errands.removeAll(keepingCapacity: true)
            errands.append(Errand(step: program.start, place: Int32(place)))
            while let errand = errands.popLast() {
                guard errand.step >= 0 else {
                    marks[Int(-1 - errand.step)] = errand.place
                    continue
                }
                if goes(from: Int(errand.step), at: Int(errand.place)) { return marks }
            }
        }
        return nil
    }

    private mutating func read(_ text: borrowing Span<UInt8>) {
        parts.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        parts.append(Int32(program.alphabet.edge))
        var place = 0
        while place < text.count {
            let (part, length) = program.alphabet.part(in: text, at: place)
            parts.append(Int32(part))
            offsets.append(Int32(place))
            place += length
        }
        parts.append(Int32(program.alphabet.edge))
        offsets.append(Int32(place))
    }

    /// Goes on until it matches or can go no further. Other ways that it passes become errands.
    private mutating func goes(from start: Int, at first: Int) -> Bool {
        var number = start
        var place = first
        while true {
            effort += 1
            let joint = Int(joints[number])
            if joint >= 0 {
                let bit = place * jointCount + joint
                let mask = UInt64(1) << UInt64(bit & 63)
                if visited[bit >> 6] & mask != 0 { return false }
                visited[bit >> 6] |= mask
            }
            switch program.steps[number] {
            case .take(let set, let next):
                guard program.alphabet.has(set, Int(parts[place + 1])) else { return false }
                place += 1
                number = Int(next)
            case .fork(let next, let other):
                errands.append(Errand(step: other, place: Int32(place)))
                number = Int(next)
            case .mark(let mark, let next):
                errands.append(.restore(mark, marks[Int(mark)]))
                marks[Int(mark)] = offsets[place]
                number = Int(next)
            case .look(let set, let isAhead, let next):
                guard program.alphabet.has(set, Int(parts[isAhead ? place + 1 : place])) else { return false }
                number = Int(next)
            case .match: return true
            case .fail: return false
            }
        }
    }
}

/// The characters with which a match may begin.
struct RegexBeginnings: Sendable {
    /// For each class; empty when a match may take nothing.
    private let parts: [Bool]

    init(_ program: RegexProgram) {
        var visits = StepVisits(program)
        visits.begin()
        visits.add(program.start, of: program)
        var parts = [Bool](repeating: false, count: program.alphabet.count)
        for step in visits.stand() {
            guard case .take(let set, _) = program.steps[Int(step)] else {
                parts = []
                break
            }
            for part in parts.indices where program.alphabet.has(set, part) { parts[part] = true }
        }
        self.parts = parts
    }

    /// Whether a match may begin in front of a character of a class.
    @inline(__always) func allow(_ part: Int) -> Bool { parts.isEmpty || parts[part] }
}

extension RegexProgram.Step {
    /// Where it may go on.
    var followers: [Int32] {
        switch self {
        case .take(_, let next), .mark(_, let next), .look(_, _, let next): [next]
        case .fork(let first, let second): [first, second]
        case .match, .fail: []
        }
    }
}
