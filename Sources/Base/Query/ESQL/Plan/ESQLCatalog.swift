/// What a query may name: indices, lookup tables and policies.
public protocol ESQLCatalog: Sendable {
    /// The rows of all indices that fit.
    ///
    /// - Throws: which pattern names no index.
    func relation(of patterns: [ESQLIndexPattern]) throws(ESQLUnknownIndex) -> ESQLRelation

    func lookup(named name: String) -> ESQLLookup?
    var lookupNames: [String] { get }
    func policy(named name: String) -> ESQLPolicy?
    var policyNames: [String] { get }
    /// What is known about the place of an address: by name (`country_iso_code`, `city_name`, …).
    func place(of address: IPAddress) -> [String: ESQLValue]
}

public struct ESQLIndexPattern: Sendable, Hashable {
    public let text: String
    public let isExcluded: Bool
}

public struct ESQLUnknownIndex: Error, Sendable {
    public let pattern: String
    public let suggestion: String?

    public init(pattern: String, suggestion: String? = nil) {
        self.pattern = pattern
        self.suggestion = suggestion
    }
}

/// Indices that are read together, as one table.
public struct ESQLRelation: Sendable {
    public struct Column: Sendable, Hashable {
        public let name: String
        public let type: ESQLType
        public let mayBeMany: Bool
        public let aliases: [String]

        public init(_ name: String, _ type: ESQLType, mayBeMany: Bool = true, aliases: [String] = []) {
            self.name = name
            self.type = type
            self.mayBeMany = mayBeMany
            self.aliases = aliases
        }
    }

    /// What the engine knows them by.
    public let indices: [String]
    /// In the order of their names.
    public let columns: [Column]
    /// The same fields for KQL and `MATCH`.
    public let schema: FieldSchema

    public init(indices: [String], columns: [Column], schema: FieldSchema) {
        self.indices = indices
        self.columns = columns
        self.schema = schema
    }
}

/// A table that rows are joined with. All of it is in memory.
public struct ESQLLookup: Sendable {
    public let name: String
    public let columns: [ESQLRelation.Column]
    public let rows: [[ESQLValue]]

    public init(name: String, columns: [ESQLRelation.Column], rows: [[ESQLValue]]) {
        self.name = name
        self.columns = columns
        self.rows = rows
    }
}

/// What `ENRICH` knows by name.
public struct ESQLPolicy: Sendable {
    public let name: String
    public let table: ESQLLookup
    public let matchField: String
    public let enrichFields: [String]
    /// Whether the match field holds networks that addresses are looked for in.
    public let isRange: Bool

    public init(
        name: String, table: ESQLLookup, matchField: String, enrichFields: [String], isRange: Bool = false
    ) {
        self.name = name
        self.table = table
        self.matchField = matchField
        self.enrichFields = enrichFields
        self.isRange = isRange
    }
}
