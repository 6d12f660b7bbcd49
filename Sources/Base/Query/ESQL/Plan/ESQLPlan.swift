/// What a query does, with every name found and every type known: where rows come from, what happens to them one step
/// after another, and which columns are shown at the end.
///
/// Columns have numbers, which never change: `RENAME`, `KEEP` and `DROP` only change what is shown, so no step is left
/// of them.
public struct ESQLPlan: Sendable {
    public let text: SourceText
    public let source: ESQLPlanSource
    public let steps: [ESQLStep]
    public let output: [ESQLColumn]
    /// One more than the largest number of a column.
    public let width: Int
    /// What is doubtful about the query, before it runs.
    public let warnings: [QueryError]
    /// What the conditions of steps ask for before any row is read: the values of the one column of each.
    let queries: [ESQLPlan]
    let now: Int64

    /// The columns of the source that something reads.
    public let needed: Set<Int>
}

/// A column that a query sees at one of its steps.
public struct ESQLColumn: Sendable, Hashable {
    /// In the plan.
    public let number: Int
    public let name: String
    public let type: ESQLType
    public let mayBeMany: Bool

    public init(number: Int, name: String, type: ESQLType, mayBeMany: Bool) {
        self.number = number
        self.name = name
        self.type = type
        self.mayBeMany = mayBeMany
    }

    func named(_ name: String) -> ESQLColumn {
        ESQLColumn(number: number, name: name, type: type, mayBeMany: mayBeMany)
    }
}

/// Where rows come from.
public indirect enum ESQLPlanSource: Sendable {
    /// `ROW` and `SHOW INFO`.
    case rows([Int: [ESQLValue]])
    case table(ESQLTable)
    case events(ESQLEvents)
    /// The rows of several queries, one after another: for each its plan, and the number here of each of its columns.
    case union([ESQLPlanPart])
}

/// Events that a query of EQL finds; those of a sequence are rows one behind the other.
public struct ESQLEvents: Sendable {
    public let relation: ESQLRelation
    /// EQL, which was read already.
    public let query: String
    public let options: EQLOptions
    public let limit: Int
    public let columns: [Int: ESQLTableColumn]
    /// Columns for the number of the sequence, the place of the event in it, and what joins its events.
    public let sequence: Int
    public let stage: Int
    public let keys: Int
}

public struct ESQLPlanPart: Sendable {
    public let plan: ESQLPlan
    public let numbers: [Int: Int]
}

/// Rows of a relation.
public struct ESQLTable: Sendable {
    public let relation: ESQLRelation
    /// By their number in the plan.
    public var columns: [Int: ESQLTableColumn]
    /// What must hold for a row: KQL in a `WHERE` right behind the source.
    public var filter: Filter
}

/// What a table gives for each row.
public enum ESQLTableColumn: Sendable, Hashable {
    /// A column of the relation, by its place.
    case field(Int)
    /// A value inside a field that holds objects, by its full name.
    case member(FieldReference)
    case metadata(ESQLMetadata)
    /// Whether a filter holds for the row.
    case holds(Filter)
}

public enum ESQLMetadata: String, Sendable, Hashable, CaseIterable {
    case id = "_id"
    case index = "_index"
    case version = "_version"
    case ignored = "_ignored"
    case score = "_score"
    case source = "_source"
}

public enum ESQLStep: Sendable {
    case filter(ESQLTerm)
    case eval([ESQLAssigned])
    case stats(ESQLStats)
    case sort([ESQLSortKey])
    case limit(Int, by: [ESQLTerm])
    /// One row for each value of a column, which stands in the other one then.
    case expand(Int, into: Int)
    case extract(ESQLTerm, ESQLExtraction, into: [Int])
    case join(ESQLJoin)
    case fork([[ESQLStep]])
    case sample(Double)
}

public struct ESQLAssigned: Sendable {
    public let number: Int
    public let term: ESQLTerm
}

public struct ESQLSortKey: Sendable {
    public let term: ESQLTerm
    public let isDescending: Bool
    public let putsNullsFirst: Bool
}

/// `STATS` and `INLINE STATS`.
public struct ESQLStats: Sendable {
    public let groups: [ESQLAssigned]
    public let aggregates: [ESQLAggregation]
    /// Computed from aggregates and groups, for each group.
    public let results: [ESQLAssigned]
    /// Whether each row is kept, and gets what its group has.
    public let keepsRows: Bool
}

public struct ESQLAggregation: Sendable {
    public let number: Int
    public let kind: ESQLAggregateKind
    public let arguments: [ESQLTerm]
    /// The rows that count.
    public let filter: ESQLTerm?
    public let type: ESQLType
    public let span: SourceSpan
}

/// `DISSECT`, `GROK` and their like: columns out of a text.
public enum ESQLExtraction: Sendable {
    case dissect(Dissect)
    case grok([Grok])
    /// Values in the order of the columns.
    case parts(@Sendable (ESQLValue) throws -> [ESQLValue])
}

/// `ENRICH` and `LOOKUP JOIN`.
public struct ESQLJoin: Sendable {
    public enum Kind: Sendable {
        /// Rows are multiplied by what fits.
        case lookup
        /// Rows stay; what fits becomes several values.
        case enrich
    }

    public let kind: Kind
    public let table: ESQLLookup
    /// For each key its term, and its place in the table.
    public let keys: [(term: ESQLTerm, place: Int)]
    public let matchesNetworks: Bool
    /// Which columns of the table become which columns of the plan.
    public let columns: [(place: Int, number: Int)]
    /// What else holds of a row and what fits it, after both have their columns.
    public let condition: ESQLTerm?
    public let span: SourceSpan
}
