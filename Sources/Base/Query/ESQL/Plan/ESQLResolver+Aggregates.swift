import Events

/// The aggregates of one `STATS`, while its expressions are read.
struct ESQLAggregating {
    /// The columns that a row of the result has besides.
    var groups: [String: ESQLGroup] = [:]
    /// Whether the argument of an aggregate is read.
    var isInside = false
    /// The call of that aggregate.
    var call: SourceSpan?
    /// The rows that count for the expression being read.
    var filter: ESQLTerm?
    var aggregates: [ESQLAggregation] = []
}

/// What rows are grouped by, while aggregates are read.
struct ESQLGroup {
    let column: ESQLColumn
    /// What the rows have that are grouped.
    let term: ESQLTerm
    let assignment: ESQLAssignment
}

extension ESQLResolver {
    mutating func aggregate(everyRow name: ESQLName, _ span: SourceSpan) throws(QueryError) -> ESQLTerm {
        guard name.text.uppercased() == "COUNT" else {
            throw error("only COUNT takes `*`", at: span)
        }
        return try added(.rows, [], .long, span)
    }

    mutating func aggregate(
        _ function: ESQLAggregateFunction, _ name: ESQLName, _ expressions: [ESQLExpression], _ options: [ESQLOption],
        _ span: SourceSpan
    ) throws(QueryError) -> ESQLTerm {
        guard aggregation != nil else {
            throw error(
                "aggregate function [\(context.source.text(span))] not allowed outside STATS command", at: span,
                hint: "for the values of one row there are `MV_\(function.name)` and their like")
        }
        guard aggregation?.isInside == false else {
            throw error(
                "nested aggregations [\(context.source.text(span))] not allowed inside other aggregations"
                    + (aggregation?.call.map { " [\(context.source.text($0))]" } ?? ""), at: span)
        }
        aggregation?.isInside = true
        aggregation?.call = span
        let arguments = try terms(expressions)
        aggregation?.isInside = false
        aggregation?.call = nil
        let made = try function.make(
            ESQLArguments(name: name, span: span, terms: arguments, options: options, context: context))
        return try added(made.kind, made.arguments, made.type, span)
    }

    private mutating func added(
        _ kind: ESQLAggregateKind, _ arguments: [ESQLTerm], _ type: ESQLType, _ span: SourceSpan
    ) throws(QueryError) -> ESQLTerm {
        guard aggregation != nil else {
            throw error("aggregate function [\(context.source.text(span))] not allowed outside STATS command", at: span)
        }
        let number = numbers.next()
        let filter = aggregation?.filter
        aggregation?.aggregates.append(
            ESQLAggregation(
                number: number, kind: kind, arguments: arguments, filter: filter, type: type, span: span))
        return ESQLTerm(.column(number), type, mayBeMany: kind.givesMany, at: span)
    }

    mutating func stats(
        _ aggregates: [ESQLAggregate], by groups: [ESQLAssignment], keepsRows: Bool, at span: SourceSpan
    ) throws(QueryError) {
        var collected = ESQLAggregating()
        var grouped: [ESQLAssigned] = []
        var groupColumns: [ESQLColumn] = []
        for group in groups {
            if case .function(let name, _) = group.value.form, ESQLAggregates.named[name.text.uppercased()] != nil {
                throw error(
                    "cannot use an aggregate [\(context.source.text(group.value.span))] for grouping",
                    at: group.value.span)
            }
            readsGroups = true
            defer { readsGroups = false }
            let term = try term(group.value)
            guard !term.type.isSpan else { throw error("rows are not grouped by a length of time", at: term.span) }
            // A value of a row that is in several groups is one of its values.
            let column = column(group.name.text, term.type.computed, mayBeMany: false)
            if let older = collected.groups[column.name] {
                warn(shadowed: older.assignment.name, by: group.name)
                grouped.removeAll { $0.number == older.column.number }
                groupColumns.removeAll { $0.number == older.column.number }
            }
            grouped.append(ESQLAssigned(number: column.number, term: term))
            groupColumns.append(column)
            collected.groups[column.name] = ESQLGroup(column: column, term: term, assignment: group)
        }
        aggregation = collected
        defer { aggregation = nil }
        var results: [ESQLAssigned] = []
        var columns: [(column: ESQLColumn, name: ESQLName)] = []
        for aggregate in aggregates {
            try refuseGroup(as: aggregate.assignment.value)
            aggregation?.filter = nil
            if let filter = aggregate.filter {
                aggregation?.isInside = true
                let condition = try condition(filter)
                aggregation?.isInside = false
                aggregation?.filter = condition
            }
            let before = aggregation?.aggregates.count ?? 0
            let term = try term(aggregate.assignment.value)
            let hasAggregate = aggregation?.aggregates.count ?? 0 > before
            guard hasAggregate || !term.columns.isEmpty else {
                throw error(
                    "expected an aggregate function but found [\(context.source.text(term.span))]", at: term.span)
            }
            if let filter = aggregate.filter, !hasAggregate {
                let whole = SourceSpan(aggregate.assignment.value.span.lower, filter.span.upper)
                throw error(
                    "WHERE clause allowed only for aggregate functions, none found in [\(context.source.text(whole))]",
                    at: filter.span)
            }
            let column: ESQLColumn
            if case .column(let number) = term.form,
                aggregation?.aggregates.contains(where: { $0.number == number }) == true
            {
                column = ESQLColumn(
                    number: number, name: aggregate.assignment.name.text, type: term.type, mayBeMany: term.mayBeMany)
            } else {
                column = self.column(aggregate.assignment.name.text, term.type.computed, mayBeMany: term.mayBeMany)
                results.append(ESQLAssigned(number: column.number, term: term))
            }
            let name = aggregate.assignment.name
            if let older = columns.firstIndex(where: { $0.column.name == column.name }) {
                warn(shadowed: columns[older].name, by: name)
                columns.remove(at: older)
            }
            if let group = collected.groups[column.name] {
                warn(shadowed: name, by: group.assignment.name)
            } else {
                columns.append((column, name))
            }
        }
        steps.append(
            .stats(
                ESQLStats(
                    groups: grouped, aggregates: aggregation?.aggregates ?? [], results: results, keepsRows: keepsRows))
        )
        if keepsRows {
            // A row that is in several groups has what each of them has, and keeps the values of its keys.
            let many = Set(grouped.filter(\.term.mayBeMany).map(\.number))
            scope.append(
                columns.map { $0.column.holding(many: $0.column.mayBeMany || !many.isEmpty) }
                    + groupColumns.map { $0.holding(many: many.contains($0.number)) })
        } else {
            scope = ESQLScope(columns.map(\.column) + groupColumns)
        }
        hideTable(keepsRows ? "INLINE STATS" : "STATS")
        if !keepsRows {
            lastSort = nil
            lostSorts = []
        }
    }

    private func warn(shadowed name: ESQLName, by later: ESQLName) {
        let (line, column) = context.source.place(of: later.span.lower)
        warn("Field '\(name.text)' shadowed by field at line \(line):\(column)", at: name.span)
    }

    /// A group stands behind the aggregates by itself, and is none of them.
    private func refuseGroup(as expression: ESQLExpression) throws(QueryError) {
        let text = context.source.text(expression.span)
        let name: String
        if case .column(let column) = expression.form { name = column } else { name = text }
        if aggregation?.groups[name] != nil, !ESQLFunctions.isGrouping(expression) {
            throw error("grouping key [\(text)] already specified in the STATS BY clause", at: expression.span)
        }
        guard ESQLFunctions.isGrouping(expression), group(like: expression) != nil else { return }
        throw error(
            "grouping function [\(text)] cannot be used as an aggregate once declared in the STATS BY clause",
            at: expression.span, hint: "it is a column of the result by itself")
    }

    /// The group that is made by the same expression.
    func group(like expression: ESQLExpression) -> ESQLGroup? {
        aggregation?.groups.values.first { $0.assignment.value == expression }
    }

    /// `BUCKET`, which makes groups and nothing else.
    ///
    /// - Returns: the group that it made, where an aggregate names it again.
    mutating func grouped(by expression: ESQLExpression, _ span: SourceSpan) throws(QueryError) -> ESQLTerm? {
        let text = context.source.text(span)
        guard let aggregation else {
            guard readsGroups else {
                throw error(
                    "cannot use grouping function [\(text)] outside of a STATS command", at: span,
                    hint: "`DATE_TRUNC` gives the beginning of the day, hour or month of a date")
            }
            return nil
        }
        guard let group = group(like: expression) else {
            throw error("can only use grouping function [\(text)] as part of the BY clause", at: span)
        }
        if aggregation.isInside { return ESQLTerm(group.term.form, group.term.type, at: span) }
        return ESQLTerm(.column(group.column.number), group.column.type, at: span)
    }
}

extension ESQLColumn {
    /// The same column, which may hold several values in a row or not.
    fileprivate func holding(many: Bool) -> ESQLColumn {
        ESQLColumn(number: number, name: name, type: type, mayBeMany: many)
    }
}
