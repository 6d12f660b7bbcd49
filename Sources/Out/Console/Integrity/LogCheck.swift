public import Platform

/// One comparison of records with what was signed: how far it is, or what came of it.
public struct LogCheck: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case running
        /// Everything was as it was signed.
        case passed
        /// Something was not.
        case failed
        /// Somebody ended it, or the server ended.
        case stopped
        /// It could not be told; ``LogCheck/problem`` says why.
        case unclear
    }

    public struct Finding: Sendable, Equatable {
        /// The number of the record; `nil` where it is about the log as a whole.
        public let sequence: UInt64?
        public let what: String
        /// The hash that the log has of the record.
        public let expected: String?
        /// The hash that the record makes today; `nil` when it is not there to make one.
        public let found: String?

        public init(sequence: UInt64?, what: String, expected: String? = nil, found: String? = nil) {
            self.sequence = sequence
            self.what = what
            self.expected = expected
            self.found = found
        }
    }

    public let number: Int
    /// What was asked for.
    public let wish: String
    public let person: String
    /// Whether nobody asked for it: the server goes through the record by itself.
    public let isStanding: Bool
    public let began: Timestamp
    public var ended: Timestamp?
    public var state = State.running
    /// Which records these are; `nil` before it is known.
    public var records: Range<UInt64>?
    /// The checkpoint that they were compared with.
    public var checkpoint: CheckpointFacts?
    /// Leaves that were hashed, and records that were compared, so far.
    public var leaves: UInt64 = 0
    public var compared: UInt64 = 0
    /// Records that were erased, as the record says, and those that were lost before they came into the log.
    public var erased: UInt64 = 0
    public var lost: UInt64 = 0
    /// The first of them.
    public var findings: [Finding] = []
    public var findingCount = 0
    public var problem: String?

    public init(number: Int, wish: String, person: String, isStanding: Bool = false, began: Timestamp) {
        self.number = number
        self.wish = wish
        self.person = person
        self.isStanding = isStanding
        self.began = began
    }

    /// How much of it is done: a leaf and a record are a step each.
    var progress: (done: Int, of: Int)? {
        guard let records else { return nil }
        let all = 2 * records.count
        return (min(Int(clamping: leaves &+ compared &+ erased &+ lost), all), all)
    }
}
