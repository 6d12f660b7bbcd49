public import Platform

/// One record, as the log has it and as it is found.
public struct RecordFacts: Sendable, Equatable {
    public enum State: String, Sendable {
        case unchanged, changed, missing, erased, lost
        /// Its leaf itself is not what the tree was made of.
        case leafChanged = "leaf-changed"
    }

    public let sequence: UInt64
    public var state: State
    /// The hash in the tree.
    public var expected: String
    /// The hash that the record of the journal makes; `nil` when there is none.
    public var found: String?
    public var accepted: Timestamp
    /// What of the leaf is not what the record makes of it today.
    public var differences: [String]
    /// Records beside it, and how they are.
    public var neighbors: [Neighbor]

    public struct Neighbor: Sendable, Equatable {
        public let sequence: UInt64
        public let state: State

        public init(sequence: UInt64, state: State) {
            self.sequence = sequence
            self.state = state
        }
    }

    public init(
        sequence: UInt64, state: State, expected: String, found: String?, accepted: Timestamp,
        differences: [String] = [], neighbors: [Neighbor] = []
    ) {
        self.sequence = sequence
        self.state = state
        self.expected = expected
        self.found = found
        self.accepted = accepted
        self.differences = differences
        self.neighbors = neighbors
    }
}

/// What proves a record, and what came of checking it just now.
public struct EventProof: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        /// It is in the log, and no checkpoint covers it yet.
        case waiting
        /// The journal, the leaf, the path and the signature agree.
        case proven
        /// The content was erased; that there was a record is proven.
        case erased
        /// Something does not agree; the sentence says what.
        case refuted(String)
        case unclear(String)
    }

    /// Its place in the log, which is the index of its leaf.
    public let sequence: UInt64
    public var state: State
    /// The hash of the record as the log has it.
    public var leafHash: String
    /// The root over the commitments to what the record says.
    public var contentRoot: String
    public var accepted: Timestamp
    public var checkpoint: CheckpointFacts?
    public var origin: String
    /// The lines of signatures under the checkpoint.
    public var signatures: [String] = []
    /// From the neighbor of the leaf to the child of the root.
    public var path: [String] = []
    /// Whether enough witnesses have seen it; `nil` where none are asked.
    public var isSeen: Bool?
    /// The whole proof, as a file; `nil` where there is none.
    public var file: String?

    public init(
        sequence: UInt64, state: State, leafHash: String, contentRoot: String, accepted: Timestamp, origin: String
    ) {
        self.sequence = sequence
        self.state = state
        self.leafHash = leafHash
        self.contentRoot = contentRoot
        self.accepted = accepted
        self.origin = origin
    }
}

/// What came of checking files that somebody brought.
public struct ExportVerdict: Sendable, Equatable {
    public enum State: String, Sendable {
        case proven, changed
        case unclear = "cannot-tell"
    }

    public let state: State
    /// What was brought, as people say it.
    public let what: String
    /// What is proven, or why it is not.
    public let sentence: String
    /// What else is known: facts that are proven, or single records that are wrong.
    public var details: [String]

    public init(_ state: State, what: String, _ sentence: String, details: [String] = []) {
        self.state = state
        self.what = what
        self.sentence = sentence
        self.details = details
    }
}
