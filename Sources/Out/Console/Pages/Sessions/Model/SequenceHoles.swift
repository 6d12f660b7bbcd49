import Platform

/// Numbers that a client gave to events which are not here.
///
/// A client counts its events from the start of the process. A session that is resumed is of several processes, each
/// with a count of its own, and nothing in an event names its process. So events are handed to processes by their
/// numbers: to the one that they continue, else to one that misses them, else to the one that spoke last and is behind
/// them; and where all are ahead, a new process has begun.
struct SequenceHoles: Sendable, Equatable {
    struct Hole: Sendable, Equatable {
        /// Counted from zero.
        let process: Int
        var numbers: ClosedRange<Int>
        /// The events around it; `nil` at the beginning of a process.
        let after: Timestamp?
        let before: Timestamp

        var count: Int { numbers.count }
        var text: String {
            numbers.count == 1 ? "\(numbers.lowerBound)" : "\(numbers.lowerBound)–\(numbers.upperBound)"
        }
    }

    private struct Process: Equatable {
        var last: Int
        var time: Timestamp
        /// When it spoke last, in events.
        var turn: Int
    }

    private(set) var holes: [Hole] = []
    private var processes: [Process] = []

    /// Clients count from zero or from one, so that the first number is one is no hole.
    private static let first = 1

    /// - Parameter events: in the order of their time.
    init(_ events: [SessionEvent]) {
        for (turn, event) in events.enumerated() {
            if let number = event.sequence, number >= 0 { add(number, event.time, turn) }
        }
        holes.sort { ($0.before, $0.process, $0.numbers.lowerBound) < ($1.before, $1.process, $1.numbers.lowerBound) }
    }

    var processCount: Int { processes.count }
    var missing: Int { holes.reduce(0) { $0.capped(adding: $1.count) } }

    private mutating func add(_ number: Int, _ time: Timestamp, _ turn: Int) {
        if let process = latest(where: { $0.last == number - 1 }) {
            processes[process] = Process(last: number, time: time, turn: turn)
        } else if let hole = holes.lastIndex(where: { $0.numbers.contains(number) }) {
            fill(hole, number)
        } else if let process = latest(where: { $0.last < number }) {
            holes.append(
                Hole(
                    process: process, numbers: processes[process].last + 1...number - 1,
                    after: processes[process].time, before: time))
            processes[process] = Process(last: number, time: time, turn: turn)
        } else {
            if number > Self.first {
                holes.append(Hole(process: processes.count, numbers: 0...number - 1, after: nil, before: time))
            }
            processes.append(Process(last: number, time: time, turn: turn))
        }
    }

    private func latest(where fits: (Process) -> Bool) -> Int? {
        processes.indices.filter { fits(processes[$0]) }.max { processes[$0].turn < processes[$1].turn }
    }

    /// A number came late: the hole gets smaller, or becomes two.
    private mutating func fill(_ place: Int, _ number: Int) {
        let hole = holes.remove(at: place)
        for numbers in [(hole.numbers.lowerBound, number - 1), (number + 1, hole.numbers.upperBound)]
        where numbers.0 <= numbers.1 {
            var part = hole
            part.numbers = numbers.0...numbers.1
            holes.append(part)
        }
    }
}
