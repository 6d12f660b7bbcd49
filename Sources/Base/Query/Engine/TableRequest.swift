public import Platform

/// A query in ES|QL.
public struct TableRequest: Sendable {
    public var tenant: String
    public var text: String
    /// What its `?` stand for.
    public var parameters: ESQLParameters
    /// KQL that holds for all events that are looked at; empty for all.
    public var filter: String
    /// Events at this moment and later.
    public var from: Timestamp?
    /// Events before this moment.
    public var to: Timestamp?
    /// Whether columns without any value are left out.
    public var dropsEmptyColumns: Bool
    public var limits: ESQLLimits
    /// Made when nobody waits for the answer any more.
    public var cancellation: Cancellation?

    public init(
        tenant: String, text: String, parameters: ESQLParameters = .none, filter: String = "", from: Timestamp? = nil,
        to: Timestamp? = nil,
        dropsEmptyColumns: Bool = false, limits: ESQLLimits = ESQLLimits(), cancellation: Cancellation? = nil
    ) {
        self.tenant = tenant
        self.text = text
        self.parameters = parameters
        self.filter = filter
        self.from = from
        self.to = to
        self.dropsEmptyColumns = dropsEmptyColumns
        self.limits = limits
        self.cancellation = cancellation
    }
}

/// Who answers queries that give a table.
///
/// Every call may block for as long as a query takes, so it is made on a worker thread of the caller.
///
/// - Threads: any, several at a time.
public protocol TableEngine: Sendable {
    func table(_ request: TableRequest) throws(SearchError) -> ESQLAnswer
}
