public import Codecs
public import Platform

/// What the bytes of a record are.
public enum RecordKind: UInt8, Sendable, CaseIterable {
    /// One OpenTelemetry LogRecord.
    case otlpLog = 1
    /// One OpenTelemetry Span.
    case otlpSpan = 2
    /// One OpenTelemetry Metric with its data points.
    case otlpMetric = 3
    /// One activity of the Compliance API.
    case activity = 4
    /// One document that is in Elastic Common Schema already.
    case ecs = 5
    /// One row of an exported audit log; the context has the header of its file.
    case auditLogRow = 6
    /// One row of a report of the Analytics, Usage and Cost APIs; the context says of which report and time it is.
    case reportRow = 7
    /// One event of another system, such as an identity provider, as that sent it; the context has the name of the
    /// index it was sent to.
    case event = 10

    /// One change of the directory of an organization, as Docket saw it between two looks.
    case directory = 11
    /// One chat or session as the Compliance API lists it, without what was said in it.
    case listing = 13

    // What Docket says of itself, as documents in Elastic Common Schema. Nobody can send these.

    /// Docket was there, and had no more records than those before: bounds what could be cut off the end.
    case heartbeat = 32
    /// How far a source was read.
    case bookmark = 33
    /// Content was erased.
    case erasure = 34
    /// From here on another key signs.
    case keyRotation = 35
    /// Something is wrong with what is kept.
    case finding = 36
    /// What came of reading some of an archive back.
    case drill = 37
    /// Documents were deleted for their age, or are held.
    case retention = 38
    /// What became of an order to hold content of people for a legal dispute.
    case hold = 39
    /// Somebody looked at something here, or changed who may. What they asked for is looked through as all content.
    case access = 40

    public var isOwn: Bool { rawValue >= Self.heartbeat.rawValue }
    /// The stream of what Docket says of itself.
    public var ownStream: StreamName { self == .access ? .access : .record }
}

/// How the bytes of a record are written.
public enum RecordEncoding: UInt8, Sendable, CaseIterable {
    /// The record was erased: it had bytes, and has none any more.
    case erased = 0
    case protobuf = 1
    case json = 2
    case csv = 3
}

/// Records of one tenant on their way into the journal, all with their bytes as they were received.
///
/// The records are stretches of one piece of storage, usually the body of the request they came in, so a
/// batch of five hundred costs no more allocations than a batch of one.
public struct RecordBatch: Sendable {
    /// What several records of one request share.
    public struct Context: Sendable {
        /// The OpenTelemetry resource, in the encoding of the records. Of rows of a file its header, of rows of a report
        /// what they share (``ReportFacts``), of events the name of the index that they were sent to, if any. Empty for
        /// other kinds.
        public var resource: ByteRange
        /// The OpenTelemetry scope, likewise. Of rows how often the same row stands before them in their file, as
        /// decimal digits; empty for the first.
        public var scope: ByteRange
        /// Which credential was shown: its public id, never the secret.
        public var credential: String
        /// The network address of the sender; empty when there was no network.
        public var peer: String

        public init(
            resource: ByteRange = .empty, scope: ByteRange = .empty, credential: String = "", peer: String = ""
        ) {
            self.resource = resource
            self.scope = scope
            self.credential = credential
            self.peer = peer
        }
    }

    public struct Entry: Sendable {
        public var kind: RecordKind
        public var encoding: RecordEncoding
        /// Index into ``RecordBatch/contexts``.
        public var context: UInt32
        public var range: ByteRange
        /// Counts from 1 in the entries of ``RecordBatch/redaction``; 0 when nothing was done with the record.
        public var redaction: UInt32 = 0

        public init(kind: RecordKind, encoding: RecordEncoding, context: UInt32, range: ByteRange) {
            self.kind = kind
            self.encoding = encoding
            self.context = context
            self.range = range
        }

        /// Whether documents are made of it. How Docket itself gets along is for the proof, and not for searches.
        public var hasDocuments: Bool { encoding != .erased && kind != .heartbeat && kind != .bookmark }
    }

    public let tenant: TenantName
    public let source: SourceName
    public var storage: [UInt8]
    public var contexts: [Context]
    public var entries: [Entry]
    /// Where the source goes on once these records are durable. Kept in the same append, so there is no
    /// moment at which the records are safe and the place is not.
    public var bookmark: [UInt8]?
    /// `nil` when no redaction was there: in a journal from before it.
    public var redaction: RedactionFacts?

    public init(
        tenant: TenantName, source: SourceName, storage: [UInt8] = [], contexts: [Context] = [],
        entries: [Entry] = [], bookmark: [UInt8]? = nil, redaction: RedactionFacts? = nil
    ) {
        self.tenant = tenant
        self.source = source
        self.storage = storage
        self.contexts = contexts
        self.entries = entries
        self.bookmark = bookmark
        self.redaction = redaction
    }

    /// Bytes that the records and their contexts take.
    public var byteCount: Int {
        entries.reduce(0) { $0 + $1.range.count } + contexts.reduce(0) { $0 + $1.resource.count + $1.scope.count }
    }
}

/// Where a frame of the journal stands.
///
/// - Order: as the journal was written.
public struct JournalPosition: Sendable, Hashable, Comparable {
    /// Number of the segment; counts from 1.
    public let segment: UInt64
    /// Bytes from the start of the segment.
    public let offset: UInt64

    public init(segment: UInt64, offset: UInt64) {
        self.segment = segment
        self.offset = offset
    }

    public static let start = JournalPosition(segment: 0, offset: 0)

    public static func < (left: JournalPosition, right: JournalPosition) -> Bool {
        (left.segment, left.offset) < (right.segment, right.offset)
    }

    /// As files of those who follow the journal have it: `journal 3 88211`.
    public var line: String { "journal \(segment) \(offset)" }

    /// - Returns: `nil` for what ``line`` does not write.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "journal", let segment = UInt64(words[1]), let offset = UInt64(words[2])
        else { return nil }
        self.init(segment: segment, offset: offset)
    }
}

/// A batch that is in the journal.
public struct JournaledBatch: Sendable {
    public let batch: RecordBatch
    /// Place of the first record in the log of its tenant; the others follow without gaps.
    public let firstSequence: UInt64
    /// When Docket accepted it.
    public let accepted: Timestamp
    public let position: JournalPosition
    /// Where the next frame starts: what a consumer that has done this one writes down.
    public let end: JournalPosition

    public init(
        batch: RecordBatch, firstSequence: UInt64, accepted: Timestamp, position: JournalPosition, end: JournalPosition
    ) {
        self.batch = batch
        self.firstSequence = firstSequence
        self.accepted = accepted
        self.position = position
        self.end = end
    }
}
