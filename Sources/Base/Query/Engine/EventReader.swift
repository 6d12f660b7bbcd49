public import Platform

/// Who lends events one after another: the store, and in tests a list in memory.
///
/// - Threads: any, several at a time; every call may block for as long as a query takes.
public protocol EventReader: Sendable {
    /// Lends the events that a filter holds for.
    ///
    /// - Order: by time, then by `event.sequence` and by the order in which they came, then by id.
    /// - Parameter body: returns whether it wants the next one.
    func read(_ request: EventReadRequest, _ body: (SearchHit) -> Bool) throws(SearchError)

    /// The events at these places, as far as they are still there, in any order.
    func events(at places: [SearchPlace], tenant: String, cancellation: Cancellation?) throws(SearchError)
        -> [SearchHit]
}

/// Which events are lent.
public struct EventReadRequest: Sendable {
    public var tenant: String
    public var filter: Filter
    /// Which streams they are of; `nil` for all.
    public var streams: StreamPatterns?
    /// What of an event is looked at: its document may leave out the rest. `nil` for all of it.
    public var fields: Set<FieldReference>?
    /// Events at this moment and later.
    public var from: Timestamp?
    /// Events before this moment.
    public var to: Timestamp?
    /// Made when nobody waits for the answer any more. The engine may then end with `.cancelled`.
    public var cancellation: Cancellation?

    public init(
        tenant: String, filter: Filter = .everything, streams: StreamPatterns? = nil,
        fields: Set<FieldReference>? = nil, from: Timestamp? = nil, to: Timestamp? = nil,
        cancellation: Cancellation? = nil
    ) {
        self.tenant = tenant
        self.filter = filter
        self.streams = streams
        self.fields = fields
        self.from = from
        self.to = to
        self.cancellation = cancellation
    }
}
