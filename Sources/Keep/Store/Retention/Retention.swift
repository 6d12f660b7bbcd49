public import Events
public import Platform

/// How long rows are kept.
public struct Retention: Sendable {
    /// Rows of this tenant and stream that are older than it are to go; `nil` keeps all.
    public var cutoff: @Sendable (TenantName, StreamName) -> Timestamp?
    public var held: [HeldRows]

    public init(held: [HeldRows] = [], cutoff: @escaping @Sendable (TenantName, StreamName) -> Timestamp?) {
        self.held = held
        self.cutoff = cutoff
    }

    /// A file across the edge is written anew when half of its rows go, one that is too old and partly held when an eighth
    /// of them do, for nothing else will make it smaller; and both when some rows are long overdue.
    static func isWorthIt(_ going: Int, of rows: Int, isAllOld: Bool) -> Bool {
        going > 0 && going * (isAllOld ? 8 : 2) >= rows
    }

    static let patience = Timestamp.Span.days(31)
}

/// Rows that stay whatever their age is, as somebody ordered it.
public struct HeldRows: Sendable {
    public var tenant: TenantName
    public var streams: @Sendable (StreamName) -> Bool
    /// A name, an address or an id of the person that they are of; `nil` for all.
    public var person: String?
    public var from: Timestamp?
    public var to: Timestamp?

    public init(
        tenant: TenantName, streams: @escaping @Sendable (StreamName) -> Bool, person: String? = nil,
        from: Timestamp? = nil, to: Timestamp? = nil
    ) {
        self.tenant = tenant
        self.streams = streams
        self.person = person
        self.from = from
        self.to = to
    }

    /// Whether rows of some time may be held.
    func touches(_ shelf: Shelf, _ earliest: Timestamp, _ latest: Timestamp) -> Bool {
        shelf.tenant == tenant && streams(shelf.stream) && from.map { latest >= $0 } ?? true
            && to.map { earliest < $0 } ?? true
    }

    private static let personColumns = ["user.name", "user.email", "user.id"]
    private static let personLists = ["related.user", "user.keys"]

    /// SQL that holds for held rows of a file. Where it cannot be known whom a row is of, it is held.
    func condition(_ segment: Segment, _ values: inout [BoundValue]) -> String {
        var parts: [String] = []
        for (moment, sign) in [(from, ">="), (to, "<")] {
            if let moment { parts.append("\"@timestamp\" \(sign) make_timestamp_ns(\(moment.nanoseconds))") }
        }
        if let person {
            values.append(.text(person))
            let bound = "$\(values.count)"
            let columns = Set(segment.columns)
            var places = ["contains(coalesce(CAST(\"\(StoreColumns.rest)\" AS VARCHAR), ''), \(bound))"]
            places += Self.personColumns.filter(columns.contains).map { "coalesce(\"\($0)\" = \(bound), false)" }
            places += Self.personLists.filter(columns.contains).map {
                "coalesce(list_contains(\"\($0)\", \(bound)), false)"
            }
            parts.append("(\(places.joined(separator: " OR ")))")
        }
        return parts.isEmpty ? "true" : "(\(parts.joined(separator: " AND ")))"
    }
}

/// Which rows of a file stay.
struct KeptRows: Sendable {
    let sql: String
    let values: [BoundValue]
    let deletion: Manifest.Deletion
}

/// What was deleted of a stream.
public struct DeletedRows: Sendable, Equatable {
    public let tenant: TenantName
    public let stream: StreamName
    public let before: Timestamp
    public internal(set) var rows: Int
    public internal(set) var files: Int
}
