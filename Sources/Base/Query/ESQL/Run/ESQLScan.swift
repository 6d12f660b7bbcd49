/// Who has the rows of relations.
///
/// - Threads: any, several at a time.
public protocol ESQLEngine: Sendable {
    /// Gives the rows of a scan, some at a time, until `body` says that it has enough.
    ///
    /// An engine may leave out what ``ESQLScan/filters``, ``ESQLScan/order`` and ``ESQLScan/limit`` say is not wanted;
    /// what it gives is filtered and sorted again.
    func read(_ scan: ESQLScan, _ body: (ESQLBatch) throws(SearchError) -> Bool) throws(SearchError)

    /// The groups and aggregates of the rows of a scan, under their numbers.
    ///
    /// - Returns: `nil` if the engine cannot say exactly this; then the rows are read.
    func aggregate(_ scan: ESQLScan, _ stats: ESQLStats) throws(SearchError) -> ESQLBatch?

    /// Events and sequences that a query of EQL finds.
    func events(_ events: ESQLEvents) throws(SearchError) -> EQLAnswer
}

extension ESQLEngine {
    public func aggregate(_ scan: ESQLScan, _ stats: ESQLStats) throws(SearchError) -> ESQLBatch? { nil }
}

/// The rows that are wanted of a table.
public struct ESQLScan: Sendable {
    public let table: ESQLTable
    /// The columns that must be there; the others may be left empty.
    public let columns: [(number: Int, column: ESQLTableColumn)]
    /// How many columns a batch has.
    public let width: Int
    /// Rows for which one of these is not true are not wanted.
    public let filters: [ESQLTerm]
    /// What columns are that a step computes before anything else happens to the rows.
    public let definitions: [Int: ESQLTerm]
    /// Of the rows that pass the filters only the first in this order are wanted.
    public let order: [ESQLSortKey]
    public let limit: Int?
}

extension ESQLPlan {
    /// The steps that an engine may carry out: tests and computed columns right behind the table.
    private var leading: Int {
        for (place, step) in steps.enumerated() {
            switch step {
            case .filter, .eval: continue
            default: return place
            }
        }
        return steps.count
    }

    /// What is asked of the engine, and the steps that are left if it does all of `STATS` itself.
    func scan(_ table: ESQLTable, outputLimit: Int?) -> (scan: ESQLScan, stats: ESQLStats?, behind: Int) {
        var filters: [ESQLTerm] = []
        var definitions: [Int: ESQLTerm] = [:]
        let leading = leading
        for step in steps[..<leading] {
            switch step {
            case .filter(let term):
                if case .all(let parts) = term.form { filters += parts } else { filters.append(term) }
            case .eval(let assigned): for part in assigned { definitions[part.number] = part.term }
            default: break
            }
        }
        var order: [ESQLSortKey] = []
        var limit = leading == steps.count ? outputLimit : nil
        var stats: ESQLStats?
        if leading < steps.count {
            switch steps[leading] {
            case .stats(let found) where !found.keepsRows: stats = found
            case .sort(let keys):
                limit = Self.rowsWanted(behind: leading, of: steps, outputLimit)
                if limit != nil { order = keys }
            case .limit(let count, let groups) where groups.isEmpty: limit = count
            default: break
            }
        }
        let scan = ESQLScan(
            table: table,
            columns: table.columns.filter { needed.contains($0.key) }.sorted { $0.key < $1.key }
                .map { (number: $0.key, column: $0.value) },
            width: width, filters: filters, definitions: definitions, order: order, limit: limit)
        return (scan, stats, leading + 1)
    }
}
