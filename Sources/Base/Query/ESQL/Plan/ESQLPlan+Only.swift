extension ESQLPlan {
    /// The same for those events only that a filter holds for.
    ///
    /// - Throws: for EQL, whose sequences would be others if some of the events were not there.
    public func only(_ filter: Filter) throws(QueryError) -> ESQLPlan {
        guard filter != .everything else { return self }
        var queries: [ESQLPlan] = []
        for query in self.queries { queries.append(try query.only(filter)) }
        switch source {
        case .rows:
            return ESQLPlan(
                text: text, source: source, steps: steps, output: output, width: width, warnings: warnings,
                queries: queries, now: now, needed: needed)
        case .table(var table):
            // A column of its own, which nobody sees.
            table.columns[width] = .holds(filter)
            let holds = ESQLTerm(.column(width), .boolean, at: SourceSpan(0, 0))
            return ESQLPlan(
                text: text, source: .table(table), steps: [.filter(holds)] + steps, output: output, width: width + 1,
                warnings: warnings, queries: queries, now: now, needed: needed.union([width]))
        case .events:
            throw QueryError(
                "a filter cannot stand beside EQL", at: SourceSpan(0, 0), in: text,
                hint: "write its conditions into the query")
        case .union(let parts):
            var filtered: [ESQLPlanPart] = []
            for part in parts { filtered.append(ESQLPlanPart(plan: try part.plan.only(filter), numbers: part.numbers)) }
            return ESQLPlan(
                text: text, source: .union(filtered), steps: steps, output: output, width: width, warnings: warnings,
                queries: queries, now: now, needed: needed)
        }
    }
}
