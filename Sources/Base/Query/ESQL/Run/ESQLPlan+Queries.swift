import Platform

extension ESQLPlan {
    /// Different values that a query within a condition gives at the most. Without some of them the answer would be
    /// another one, so more are refused.
    static let mostListed = 10_000

    /// The plan with what its queries give in their place.
    func listing(_ engine: some ESQLEngine, _ run: ESQLRun) throws(SearchError) -> ESQLPlan {
        var lists: [[ESQLTerm]] = []
        for query in queries {
            let found = Listed(query.output[0].number, run)
            try query.feed(found, outputLimit: nil, engine, run)
            lists.append(found.values.map { query.output[0].term($0, at: SourceSpan(0, 0)) })
        }
        let context = ESQLContext(source: text, now: now)
        do throws(QueryError) {
            let steps = try steps.listing { (term, place, span) throws(QueryError) in
                guard lists[place].count <= Self.mostListed else {
                    throw QueryError(
                        "the query within IN gives more than \(Self.mostListed) different values", at: span, in: text,
                        hint: "narrow it, or use `LOOKUP JOIN`")
                }
                guard !lists[place].isEmpty else { return ESQLTerm(.constant(.boolean(false)), .boolean, at: span) }
                return try context.isIn(term, lists[place], at: span)
            }
            return ESQLPlan(
                text: text, source: source, steps: steps, output: output, width: width, warnings: warnings, queries: [],
                now: now, needed: needed)
        } catch {
            throw .query(error)
        }
    }
}

/// Takes the different values of one column, several of a row one by one.
private final class Listed: ESQLStage {
    private let number: Int
    private var known: Set<ESQLValue> = []
    private(set) var values: [ESQLValue] = []

    init(_ number: Int, _ run: ESQLRun) {
        self.number = number
        super.init(run, nil)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        let column = batch.columns[number]
        for row in 0..<batch.count {
            let value = column.isEmpty ? ESQLValue.null : column[row]
            for element in value.isNull ? [value] : value.elements where known.insert(element).inserted {
                values.append(element)
                guard values.count <= ESQLPlan.mostListed, run.hold(element.size) else { return false }
            }
        }
        return true
    }

    override func end() {}
}
