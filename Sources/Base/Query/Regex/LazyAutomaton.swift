/// Says whether a text matches, in one pass over it. States are made when a text first needs them.
///
/// - Cost: for each character at most the number of steps of the program, and mostly one look into a table.
/// - Threads: one at a time.
struct LazyAutomaton: Sendable {
    /// How much of a text must match.
    enum Extent: Sendable {
        case whole
        /// Any stretch of it; what looks ahead or behind is taken for true.
        case somewhere
    }

    /// Numbers that the states may take, four bytes each: about a megabyte. Then all are made anew.
    static let memoryLimit = 200_000

    private static let unknown: Int32 = -1
    /// The number of the state from which nothing matches.
    private static let dead = 0
    /// The number of the state in which a match has been found, whatever comes.
    private static let found = 1

    private let program: RegexProgram
    private let extent: Extent
    private let width: Int
    /// For each state a row, and in it for each class where the row of the next state begins.
    private var ways: [Int32] = []
    /// For each state the steps that it stands at.
    private var stands: [[Int32]] = []
    private var isAccepting: [Bool] = []
    private var numbers: [[Int32]: Int] = [:]
    private var memory = 0
    private var start = 0
    private var visits: StepVisits
    /// Steps and characters that were looked at.
    private(set) var effort = 0

    init(_ program: RegexProgram, _ extent: Extent) {
        self.program = program
        self.extent = extent
        width = program.alphabet.count
        visits = StepVisits(program)
        begin()
    }

    mutating func matches(_ text: borrowing Span<UInt8>) -> Bool {
        effort += text.count
        var row = start * width
        var place = 0
        while let part = run(&row, &place, text) { row = made(from: row / width, part) * width }
        return isAccepting[row / width]
    }

    /// Goes on as long as the next states are known.
    ///
    /// - Returns: the class behind which none is known yet; `nil` at the end.
    private func run(_ row: inout Int, _ place: inout Int, _ text: borrowing Span<UInt8>) -> Int? {
        let ways = ways.span
        let decided = Self.found * width
        while place < text.count, row > decided {
            let (part, length) = program.alphabet.part(in: text, at: place)
            place += length
            let next = ways[row + part]
            if next == Self.unknown { return part }
            row = Int(next)
        }
        return nil
    }

    /// The state behind a character that no text has had here.
    private mutating func made(from state: Int, _ part: Int) -> Int {
        visits.begin()
        visits.move(stands[state], part, program)
        if extent == .somewhere { visits.add(program.start, of: program) }
        effort += stands[state].count + visits.count
        let stand = visits.stand()
        if memory > Self.memoryLimit {
            begin()
            return number(of: stand)
        }
        let next = number(of: stand)
        ways[state * width + part] = Int32(next * width)
        return next
    }

    private mutating func begin() {
        ways.removeAll(keepingCapacity: true)
        stands.removeAll(keepingCapacity: true)
        isAccepting.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        memory = 0
        add([], isAccepting: false)
        add([], isAccepting: true)
        visits.begin()
        visits.add(program.start, of: program)
        start = number(of: visits.stand())
    }

    private mutating func number(of stand: [Int32]) -> Int {
        if stand.isEmpty { return Self.dead }
        if let number = numbers[stand] { return number }
        let isAccepting = stand.contains { if case .match = program.steps[Int($0)] { true } else { false } }
        if isAccepting, extent == .somewhere { return Self.found }
        numbers[stand] = stands.count
        add(stand, isAccepting: isAccepting)
        return stands.count - 1
    }

    private mutating func add(_ stand: [Int32], isAccepting: Bool) {
        stands.append(stand)
        self.isAccepting.append(isAccepting)
        ways.append(contentsOf: repeatElement(Self.unknown, count: width))
        memory += stand.count + width
    }
}
