public import Events
public import Platform

/// One hour of one source: what should have come, and what did.
public struct CoverageRow: Sendable, Equatable {
    public enum State: String, Sendable {
        /// All that was created in this hour is here, as far as the source has listed it.
        case whole
        /// The hour, or the time that the source takes to list it, is not over.
        case open
        /// Something is missing; ``CoverageRow/cause`` says why.
        case gap
        /// A source that sends by itself has sent.
        case received
        /// A source that sends by itself has sent nothing, and the server was there to take it.
        case silent
    }

    public let tenant: TenantName
    public let source: SourceName
    /// Who of a source that sends by itself, by the name of the credential; which report of a source that has several.
    public let part: String
    /// The beginning of the hour in which the events were created or, where the source sends by itself, arrived.
    public let hour: Timestamp
    public var state: State
    /// How many the source has listed; `nil` when nobody can tell yet.
    public var expected: Int?
    /// How many of them are in the journal, each counted once.
    public var received = 0
    /// How many were not kept, as the configuration wishes.
    public var leftOut = 0
    /// How many were listed behind others that were created after them.
    public var late = 0
    /// How often one is in the journal that was there already.
    public var duplicate = 0
    /// How many were kept and are not in the journal any more.
    public var missing = 0
    /// Why there is a gap, or why it took long until there was none.
    public var cause: String?

    init(_ key: CoverageLedger.Key, hour: Timestamp, state: State) {
        (tenant, source, part) = (key.tenant, key.source, key.part)
        self.hour = hour
        self.state = state
    }

    // MARK: CSV and JSON

    public static let columns = [
        "tenant", "source", "part", "hour", "state", "expected", "received", "left_out", "late", "duplicate", "missing",
        "cause",
    ]

    public var cells: [String] {
        [
            tenant.text, source.text, part, RFC3339.text(hour).prefix(19) + "Z", state.rawValue,
            expected.map(String.init) ?? "",
            String(received), String(leftOut), String(late), String(duplicate), String(missing), cause ?? "",
        ]
    }
}
