public import Events
public import Platform

/// What is known of the log of a tenant without reading it.
public struct LogFacts: Sendable {
    /// The name that its checkpoints have.
    public var origin: String
    /// Records in it.
    public var size: UInt64
    /// Of how many records it is known on which day they came.
    public var counted: UInt64
    public var days: [RecordedDay]
    /// The newest first.
    public var checkpoints: [CheckpointFacts]
    /// How many checkpoints are kept besides the last.
    public var keptCheckpoints: UInt64
    /// Whether witnesses are asked, and how many records lie under what enough of them have seen.
    public var witnesses: WitnessFacts?
    /// Keys that have signed, the oldest first, as text.
    public var keys: [String]
    /// What was compared, the newest first.
    public var checks: [LogCheck]
    /// How often the server compares by itself; `nil` for never.
    public var standingInterval: Timestamp.Span?
    /// Records that were compared, and were what they had been.
    public var verified: SequenceSet
    /// Records that were not.
    public var changed: SequenceSet
    /// What the last comparison found wrong with the log as a whole.
    public var flaw: String?
    public var holds: [RetentionRecord.Hold]
    public var retention: [RetentionFacts]

    public init(origin: String, size: UInt64) {
        (self.origin, self.size) = (origin, size)
        (counted, keptCheckpoints) = (0, 0)
        (days, checkpoints, keys, checks, holds, retention) = ([], [], [], [], [], [])
        (verified, changed) = (SequenceSet(), SequenceSet())
    }

    /// Records under the last checkpoint.
    public var sealed: UInt64 { checkpoints.first?.size ?? 0 }
}

/// The records that were accepted on one day.
public struct RecordedDay: Sendable, Equatable {
    /// Midnight in UTC.
    public let day: Timestamp
    /// From the first to the last of them. A clock that was set back puts others between.
    public var records: Range<UInt64>
    public var count: UInt64

    public init(day: Timestamp, records: Range<UInt64>, count: UInt64) {
        self.day = day
        self.records = records
        self.count = count
    }
}

public struct CheckpointFacts: Sendable, Equatable {
    public var size: UInt64
    public var root: String
    /// When the last record under it was accepted.
    public var time: Timestamp?
    /// The ids of the keys that signed it.
    public var keyIDs: [String]
    /// Whether enough witnesses have seen it; `nil` where none are asked.
    public var isSeen: Bool?

    public init(size: UInt64, root: String, time: Timestamp? = nil, keyIDs: [String] = [], isSeen: Bool? = nil) {
        self.size = size
        self.root = root
        self.time = time
        self.keyIDs = keyIDs
        self.isSeen = isSeen
    }
}

public struct WitnessFacts: Sendable, Equatable {
    /// Who has cosigned what is seen.
    public var names: [String]
    /// When the first of them did.
    public var time: Timestamp?
    /// Records under what they have seen.
    public var records: UInt64

    public init(names: [String], time: Timestamp?, records: UInt64) {
        self.names = names
        self.time = time
        self.records = records
    }
}

/// How long the documents of some streams are kept.
public struct RetentionFacts: Sendable, Equatable {
    public let streams: String
    public let keep: Timestamp.Span

    public init(streams: String, keep: Timestamp.Span) {
        self.streams = streams
        self.keep = keep
    }
}
