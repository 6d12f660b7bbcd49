/// How a query is answered, as far as the engine can tell: what it leaves to its tables, what it does itself, and what it
/// reads.
public struct QueryExplanation: Sendable, Equatable {
    public struct Step: Sendable, Equatable {
        /// Who does it.
        public enum Place: String, Sendable {
            /// The tables, by SQL.
            case tables
            /// The server itself, row by row.
            case server
        }

        public let place: Place
        public let what: String
        /// As it is said exactly: conditions as an outline, or SQL without the values that are bound in it.
        public let detail: String?

        public init(_ place: Place, _ what: String, detail: String? = nil) {
            self.place = place
            self.what = what
            self.detail = detail
        }
    }

    /// The rows of one stream that are all in memory, or all in files.
    public struct Source: Sendable, Equatable {
        public let stream: String
        public let isInMemory: Bool
        /// Files that may hold rows of the time that is asked for.
        public var files = 0
        /// Files that are passed over, for all of their rows are before it or behind it.
        public var filesPassedOver = 0
        /// Rows in memory, or in the files that are not passed over. How many of them a table looks at is its own affair.
        public var rows = 0
        /// - Unit: bytes
        public var bytes = 0
        /// The condition on this table; `nil` where it cannot hold an answer and is not asked.
        public var sql: String?
        /// Rows that fit; `nil` where they were not counted.
        public var found: Int?
        public var milliseconds: Int?

        public init(stream: String, isInMemory: Bool) {
            self.stream = stream
            self.isInMemory = isInMemory
        }
    }

    public var steps: [Step]
    public var sources: [Source]

    public init(steps: [Step] = [], sources: [Source] = []) {
        self.steps = steps
        self.sources = sources
    }
}

/// Who can say how it answers a query.
///
/// - Threads: any, several at a time; every call may block for as long as a query takes.
public protocol ExplainingEngine: Sendable {
    /// - Returns: `nil` where the engine does not tell.
    func explain(_ request: SearchRequest) throws(SearchError) -> QueryExplanation?

    func explain(_ request: TableRequest) throws(SearchError) -> QueryExplanation?
}

extension ExplainingEngine {
    public func explain(_ request: SearchRequest) throws(SearchError) -> QueryExplanation? { nil }
    public func explain(_ request: TableRequest) throws(SearchError) -> QueryExplanation? { nil }
}
