import Events
public import Platform

extension ESQLQuery {
    /// The plan of the query.
    ///
    /// - Parameter now: what `NOW()` gives, the same for all rows.
    /// - Throws: the first name that is not known or type that does not suit, with its place.
    public func plan(_ catalog: any ESQLCatalog, now: Timestamp) throws(QueryError) -> ESQLPlan {
        let context = ESQLContext(source: source, now: now.nanoseconds.flooredDivision(by: 1_000_000))
        let numbers = ESQLNumbers()
        var resolver = ESQLResolver(context, catalog, numbers)
        try resolver.set(settings)
        try resolver.add(commands)
        return resolver.plan()
    }
}

/// Numbers of columns that no other column of the query has, and what else all branches of it share: what is remarked on
/// the way, and the queries within conditions.
final class ESQLNumbers {
    private(set) var count = 0
    var warnings: [QueryError] = []
    var queries: [ESQLPlan] = []

    func next() -> Int {
        defer { count += 1 }
        return count
    }
}

/// Turns commands into a plan, one after another.
struct ESQLResolver {
    var context: ESQLContext
    let catalog: any ESQLCatalog
    let numbers: ESQLNumbers
    var scope = ESQLScope()
    var source = ESQLPlanSource.rows([:])
    var steps: [ESQLStep] = []
    /// Whether rows are still those of the table, so that KQL can be asked of them.
    var seesTable = false
    /// The command behind which they are not any more.
    var hiddenBy: String?
    var unmapped = Unmapped.fail
    /// Whether an expression behind `BY` is read.
    var readsGroups = false
    /// Whether the condition of a `WHERE` is read.
    var readsFilter = false
    /// The `SORT` that a `LOOKUP JOIN` would make pointless, and those that one has, unless another comes behind it.
    var lastSort: SourceSpan?
    var lostSorts: [SourceSpan] = []
    /// Collects aggregates while an expression of `STATS` is read.
    var aggregation: ESQLAggregating?

    /// What a name is that no field has.
    enum Unmapped: String {
        case fail, nullify, load
    }

    init(_ context: ESQLContext, _ catalog: any ESQLCatalog, _ numbers: ESQLNumbers) {
        self.context = context
        self.catalog = catalog
        self.numbers = numbers
    }

    func error(_ message: String, at span: SourceSpan, hint: String? = nil) -> QueryError {
        QueryError(message, at: span, in: context.source, hint: hint)
    }

    func warn(_ message: String, at span: SourceSpan, hint: String? = nil) {
        let warning = error(message, at: span, hint: hint)
        if !numbers.warnings.contains(warning) { numbers.warnings.append(warning) }
    }

    mutating func set(_ settings: [ESQLSetting]) throws(QueryError) {
        for setting in settings {
            switch setting.name.text {
            case "unmapped_fields":
                guard case .string(let text) = setting.value, let value = Unmapped(rawValue: text.lowercased()) else {
                    throw error(
                        "unmapped_fields is \"fail\", \"nullify\" or \"load\"", at: setting.name.span)
                }
                unmapped = value
            case "time_zone":
                guard case .string(let text) = setting.value, let zone = TimeZone(text) else {
                    throw error(
                        "this time zone is not known", at: setting.name.span,
                        hint: "write a name such as \"Europe/London\", or \"+02:00\"")
                }
                context.zone = zone
            case "project_routing", "approximation", "column_metadata": continue
            default:
                throw error(
                    "Unknown setting [\(setting.name.text)]", at: setting.name.span,
                    hint: "settings are `unmapped_fields` and `time_zone`")
            }
        }
    }

    /// Rows are others from here on.
    mutating func hideTable(_ command: String) {
        seesTable = false
        hiddenBy = command
    }

    mutating func add(_ commands: [ESQLCommand]) throws(QueryError) {
        for command in commands { try add(command) }
    }

    func plan() -> ESQLPlan {
        for sort in lostSorts {
            warn(
                "SORT is followed by a LOOKUP JOIN which does not preserve order", at: sort,
                hint: "add another SORT after the LOOKUP JOIN if order is required")
        }
        var needed = Set(scope.columns.map(\.number))
        needed.formUnion(steps.columns)
        return ESQLPlan(
            text: context.source, source: source, steps: steps, output: scope.columns, width: numbers.count,
            warnings: numbers.warnings, queries: numbers.queries, now: context.now, needed: needed)
    }

    // MARK: Columns

    /// A new column for a value, behind the others.
    mutating func column(_ name: String, _ type: ESQLType, mayBeMany: Bool) -> ESQLColumn {
        ESQLColumn(number: numbers.next(), name: name, type: type, mayBeMany: mayBeMany)
    }

    mutating func resolved(column name: String, at span: SourceSpan) throws(QueryError) -> ESQLColumn {
        if let column = scope[name] { return column }
        if let column = openColumn(name) { return column }
        let near = scope.nearest(to: name)
        throw error(
            "Unknown column [\(name)]" + (near.map { ", did you mean [\($0)]?" } ?? ""), at: span,
            hint: near == nil && seesTable
                ? "`SET unmapped_fields = \"load\";` in front reads fields nobody knows" : nil)
    }

    /// A value inside a field that holds objects, or a field that nobody knows.
    private mutating func openColumn(_ name: String) -> ESQLColumn? {
        if seesTable, case .table(let table) = source, let holder = table.relation.schema.flattenedField(holding: name)
        {
            return column(name, in: table, .member(holder.field, holder.field.name + holder.rest))
        }
        switch unmapped {
        case .fail: return nil
        case .load:
            guard seesTable, case .table(let table) = source else { return nil }
            return column(name, in: table, .attribute(name))
        case .nullify:
            // Nothing is the same everywhere, as long as columns are those that came.
            guard hiddenBy == nil || hiddenBy == "LIMIT" || hiddenBy == "EQL" else { return nil }
            return nullColumn(name)
        }
    }

    private mutating func column(_ name: String, in table: ESQLTable, _ reference: FieldReference) -> ESQLColumn {
        var table = table
        let column = column(name, .keyword, mayBeMany: true)
        table.columns[column.number] = .member(reference)
        source = .table(table)
        scope.append(column)
        return column
    }

    private mutating func nullColumn(_ name: String) -> ESQLColumn {
        let column = column(name, .null, mayBeMany: false)
        steps.append(
            .eval([
                ESQLAssigned(number: column.number, term: ESQLTerm(.constant(.null), .null, at: SourceSpan(0, 0)))
            ]))
        scope.append(column)
        return column
    }

    /// A column that says of each row of the table whether a filter holds.
    mutating func column(holds filter: Filter, at span: SourceSpan) throws(QueryError) -> ESQLTerm {
        guard seesTable, case .table(var table) = source else {
            throw error(
                "full text is searched in the rows of an index", at: span,
                hint: "put it in front of `STATS`, `LIMIT` and their like")
        }
        let number = numbers.next()
        table.columns[number] = .holds(filter)
        source = .table(table)
        return ESQLTerm(.column(number), .boolean, at: span)
    }
}

extension [ESQLStep] {
    /// The columns that steps read.
    var columns: Set<Int> { reduce(into: []) { $0.formUnion($1.columns) } }
}

extension ESQLStep {
    /// The columns that a step reads.
    var columns: Set<Int> {
        switch self {
        case .filter(let term): term.columns
        case .eval(let assigned): assigned.map(\.term).columns
        case .stats(let stats):
            (stats.groups.map(\.term) + stats.aggregates.flatMap { $0.arguments + ($0.filter.map { [$0] } ?? []) }
                + stats.results.map(\.term)).columns
        case .sort(let keys): keys.map(\.term).columns
        case .limit(_, let groups): groups.columns
        case .expand(let number, _): [number]
        case .extract(let term, _, _): term.columns
        case .join(let join): (join.keys.map(\.term) + (join.condition.map { [$0] } ?? [])).columns
        case .fork(let branches): branches.reduce(into: []) { $0.formUnion($1.columns) }
        case .sample: []
        }
    }
}
