public import Platform

/// Who answers searches: the store, and in tests a list in memory.
///
/// Every call may block for as long as a query takes, so it is made on a worker thread of the caller.
///
/// - Threads: any, several at a time.
public protocol SearchEngine: Sendable {
    /// One page of the events that a query finds.
    func search(_ request: SearchRequest) throws(SearchError) -> SearchAnswer

    /// How many events a query finds, over time. `limit`, `newestFirst` and `behind` mean nothing here.
    ///
    /// - Parameter buckets: how many are wanted; ``Histogram/width(from:to:buckets:)`` makes a round width.
    func histogram(_ request: SearchRequest, buckets: Int) throws(SearchError) -> Histogram

    /// - Returns: `nil` when the tenant has no such event.
    func event(id: String, tenant: String) throws(SearchError) -> SearchHit?
}

/// What is searched for.
public struct SearchRequest: Sendable {
    public var tenant: String
    /// KQL; empty for all.
    public var text: String
    /// Events at this moment and later.
    public var from: Timestamp?
    /// Events before this moment.
    public var to: Timestamp?
    /// The largest count of hits.
    public var limit: Int
    /// By time, and at the same time by id, both in the same direction.
    public var newestFirst: Bool
    /// The last hit of the page before this one: only what stands behind it in the order is given.
    public var behind: SearchPlace?
    /// Made when nobody waits for the answer any more. The engine may then end with `.cancelled`.
    public var cancellation: Cancellation?

    public init(
        tenant: String, text: String = "", from: Timestamp? = nil, to: Timestamp? = nil, limit: Int = 100,
        newestFirst: Bool = true, behind: SearchPlace? = nil, cancellation: Cancellation? = nil
    ) {
        self.tenant = tenant
        self.text = text
        self.from = from
        self.to = to
        self.limit = limit
        self.newestFirst = newestFirst
        self.behind = behind
        self.cancellation = cancellation
    }
}

/// A place in the order of hits. Unlike a page number it stays right while events arrive.
public struct SearchPlace: Sendable, Hashable {
    public var time: Timestamp
    public var id: String

    public init(time: Timestamp, id: String) {
        self.time = time
        self.id = id
    }

    /// As ``text`` wrote it.
    public init?(_ text: String) {
        guard let mark = text.firstIndex(of: "~"), let nanoseconds = Int64(text[..<mark]) else { return nil }
        self.init(time: Timestamp(nanoseconds: nanoseconds), id: String(text[text.index(after: mark)...]))
    }

    /// For addresses and answers.
    public var text: String { "\(time.nanoseconds)~\(id)" }
}

/// One event that was found.
public struct SearchHit: Sendable, Equatable {
    /// `event.id`, which names it for ever.
    public var id: String
    public var time: Timestamp
    public var stream: String
    /// One JSON object on one line, as stored.
    public var document: [UInt8]

    public init(id: String, time: Timestamp, stream: String, document: [UInt8]) {
        self.id = id
        self.time = time
        self.stream = stream
        self.document = document
    }

    public var place: SearchPlace { SearchPlace(time: time, id: id) }
}

/// A page of hits.
public struct SearchAnswer: Sendable {
    public var hits: [SearchHit]
    /// Exactly how many events the query finds in its time, on all pages together.
    public var total: Int
    /// Whether something could not be looked at, so that `total` is too small; a warning says what.
    public var isPartial: Bool
    /// What is doubtful about the query, for the person who wrote it.
    public var warnings: [QueryError]
    /// What concerns no place in the query.
    public var remarks: [String]
    public var tookMilliseconds: Int

    public init(
        hits: [SearchHit], total: Int, isPartial: Bool = false, warnings: [QueryError] = [], remarks: [String] = [],
        tookMilliseconds: Int = 0
    ) {
        self.hits = hits
        self.total = total
        self.isPartial = isPartial
        self.warnings = warnings
        self.remarks = remarks
        self.tookMilliseconds = tookMilliseconds
    }
}

/// Why there is no answer.
public enum SearchError: Error, Sendable, Equatable {
    /// The query cannot be read, or asks for what a field cannot hold.
    case query(QueryError)
    /// Too many searches run already.
    case busy
    case cancelled
    case timeLimit
    /// The engine's own fault. One sentence for the operator, without content.
    case failed(String)
}
