public import Platform

/// What is known of how complete a day is.
public enum CoverageAnswer: Sendable, Equatable {
    /// It is being counted.
    case counting
    case known([CoverageHour], at: Timestamp)
    case failed(String)
}

/// One hour of one source: what should have come, and what did.
public struct CoverageHour: Sendable, Equatable {
    public let source: String
    /// Which report, or the public id of who sent.
    public let part: String
    public let hour: Timestamp
    /// `whole`, `open`, `gap`, `received` or `silent`.
    public let state: String
    /// How many the source has listed; `nil` when nobody can tell.
    public let expected: Int?
    public let received: Int
    public let leftOut: Int
    public let late: Int
    public let duplicate: Int
    public let missing: Int
    public let cause: String?

    public init(
        source: String, part: String, hour: Timestamp, state: String, expected: Int?, received: Int, leftOut: Int,
        late: Int, duplicate: Int, missing: Int, cause: String?
    ) {
        self.source = source
        self.part = part
        self.hour = hour
        self.state = state
        self.expected = expected
        self.received = received
        self.leftOut = leftOut
        self.late = late
        self.duplicate = duplicate
        self.missing = missing
        self.cause = cause
    }

    var isGap: Bool { state == "gap" }
}

/// All hours of one source together.
struct CoverageTotal: Equatable {
    let source: String
    let part: String
    private(set) var hours = 0
    private(set) var expected: Int?
    private(set) var received = 0
    private(set) var late = 0
    private(set) var duplicate = 0
    private(set) var missing = 0
    private(set) var gaps = 0
    private(set) var unexplained = 0

    /// In the order in which sources come first.
    static func of(_ hours: [CoverageHour]) -> [CoverageTotal] {
        var totals: [CoverageTotal] = []
        for hour in hours {
            if totals.last?.source != hour.source || totals.last?.part != hour.part {
                totals.append(CoverageTotal(source: hour.source, part: hour.part))
            }
            totals[totals.count - 1].add(hour)
        }
        return totals
    }

    private mutating func add(_ hour: CoverageHour) {
        hours += 1
        if let more = hour.expected { expected = (expected ?? 0) + more }
        received += hour.received
        late += hour.late
        duplicate += hour.duplicate
        missing += hour.missing
        guard hour.isGap else { return }
        gaps += 1
        if hour.cause == nil { unexplained += 1 }
    }
}
