import Events

/// Queries within conditions.
extension ESQLResolver {
    /// `IN (FROM …)`
    mutating func isIn(
        _ term: ESQLTerm, query commands: [ESQLCommand], at span: SourceSpan
    ) throws(QueryError) -> ESQLTerm {
        guard readsFilter else { throw error("IN with a query stands in WHERE only", at: span) }
        // It sees no column of this one.
        var context = context
        context.constants = [:]
        var inner = ESQLResolver(context, catalog, ESQLNumbers())
        inner.unmapped = unmapped
        try inner.add(commands)
        let plan = inner.plan()
        guard plan.output.count == 1 else {
            let names = plan.output.map(\.name).prefix(5).joined(separator: ", ")
            throw error(
                "the query within IN must return exactly one column, found [\(names)]", at: span,
                hint: "end it with `| KEEP name`")
        }
        // Whether a value of that column may stand in the list.
        _ = try self.context.isIn(term, [plan.output[0].term(.null, at: span)], at: span)
        numbers.warnings += plan.warnings.filter { !numbers.warnings.contains($0) }
        numbers.queries.append(plan)
        return ESQLTerm(.isInQuery(term, numbers.queries.count - 1), .boolean, at: span)
    }
}

extension ESQLColumn {
    /// A value of the column.
    func term(_ value: ESQLValue, at span: SourceSpan) -> ESQLTerm { ESQLTerm(.constant(value), type, at: span) }
}

extension ESQLTerm {
    /// The same with lists in the place of queries.
    ///
    /// - Parameter list: gives what a query gave.
    func listing(
        _ list: (ESQLTerm, Int, SourceSpan) throws(QueryError) -> ESQLTerm
    ) throws(QueryError) -> ESQLTerm {
        func listed(_ terms: [ESQLTerm]) throws(QueryError) -> [ESQLTerm] {
            var listed: [ESQLTerm] = []
            for term in terms { listed.append(try term.listing(list)) }
            return listed
        }
        let form: Form
        switch self.form {
        case .constant, .column: return self
        case .isInQuery(let part, let place): return try list(try part.listing(list), place, span)
        case .call(let call):
            form = .call(
                ESQLCall(
                    name: call.name, reach: call.reach, kernel: call.kernel, arguments: try listed(call.arguments)))
        case .all(let parts): form = .all(try listed(parts))
        case .any(let parts): form = .any(try listed(parts))
        case .not(let part): form = .not(try part.listing(list))
        case .isNull(let part): form = .isNull(try part.listing(list))
        case .isIn(let part, let parts): form = .isIn(try part.listing(list), try listed(parts))
        case .choose(let branches, let otherwise):
            var chosen: [ESQLBranch] = []
            for branch in branches {
                chosen.append(
                    ESQLBranch(condition: try branch.condition.listing(list), value: try branch.value.listing(list)))
            }
            form = .choose(chosen, otherwise: try otherwise.listing(list))
        case .firstPresent(let parts): form = .firstPresent(try listed(parts))
        }
        return ESQLTerm(form, type, mayBeMany: mayBeMany, at: span)
    }
}

extension [ESQLStep] {
    /// The same with lists in the place of queries, which stand in conditions alone.
    func listing(
        _ list: (ESQLTerm, Int, SourceSpan) throws(QueryError) -> ESQLTerm
    ) throws(QueryError) -> [ESQLStep] {
        var steps: [ESQLStep] = []
        for step in self {
            switch step {
            case .filter(let term): steps.append(.filter(try term.listing(list)))
            case .fork(let branches):
                var listed: [[ESQLStep]] = []
                for branch in branches { listed.append(try branch.listing(list)) }
                steps.append(.fork(listed))
            default: steps.append(step)
            }
        }
        return steps
    }
}
