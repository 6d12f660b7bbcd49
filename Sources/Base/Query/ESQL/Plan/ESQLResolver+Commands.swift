import Events

extension ESQLResolver {
    mutating func add(_ command: ESQLCommand) throws(QueryError) {
        switch command.form {
        case .from(let sources, let metadata): try from(sources, metadata, command.span)
        case .row(let assignments): try row(assignments)
        case .showInfo: showInfo()
        case .eql(let sources, let query, let metadata, let options):
            try events(sources, query, metadata, options, command.span)
        case .filter(let expression):
            readsFilter = true
            defer { readsFilter = false }
            steps.append(.filter(try condition(expression)))
        case .eval(let assignments): try eval(assignments)
        case .stats(let aggregates, let groups, let keepsRows):
            if context.source.text(command.span).lowercased().hasPrefix("inlinestats") {
                warn("INLINESTATS is deprecated, use INLINE STATS instead", at: command.span)
            }
            try stats(aggregates, by: groups, keepsRows: keepsRows, at: command.span)
        case .sort(let orders):
            var keys: [ESQLSortKey] = []
            for order in orders {
                let term = try term(order.value)
                guard term.type != .geoPoint, !term.type.isSpan else {
                    throw error("cannot sort on \(term.type.messageName)", at: term.span)
                }
                keys.append(
                    ESQLSortKey(term: term, isDescending: order.isDescending, putsNullsFirst: order.putsNullsFirst))
            }
            steps.append(.sort(keys))
            lastSort = command.span
            lostSorts = []
        case .limit(let count, let groups):
            steps.append(.limit(count, by: try terms(groups)))
            hideTable("LIMIT")
        case .keep(let patterns): try keep(patterns)
        case .drop(let patterns): try drop(patterns)
        case .rename(let renamings): try rename(renamings)
        case .dissect(let expression, let pattern, let separator):
            let term = try text(expression, of: command)
            do throws(RegexError) {
                let dissect = try Dissect(pattern: pattern.text, appendSeparator: separator ?? "")
                extract(term, .dissect(dissect), dissect.names.map { ($0, ESQLType.keyword) })
            } catch {
                throw self.error("Invalid pattern for dissect: \(error.message)", at: pattern.span)
            }
        case .grok(let expression, let patterns): try grok(try text(expression, of: command), patterns)
        case .expand(let name):
            let column = try resolved(column: name.text, at: name.span)
            let single = self.column(column.name, column.type, mayBeMany: false)
            steps.append(.expand(column.number, into: single.number))
            scope.replace(single)
        case .enrich(let policy, let field, let columns): try enrich(policy, on: field, with: columns, command.span)
        case .lookupJoin(let index, let conditions): try lookupJoin(index, conditions, command.span)
        case .fork(let branches): try fork(branches, command.span)
        case .sample(let share): steps.append(.sample(share))
        case .parts(let name, let prefix, let expression, let options):
            try parts(name, prefix, expression, options)
        case .changePoint:
            throw error(
                "CHANGE_POINT is not there", at: command.span,
                hint: "compare with `STATS AVG(x), STD_DEV(x)` over the time before")
        }
    }

    // MARK: Columns

    mutating func eval(_ assignments: [ESQLAssignment]) throws(QueryError) {
        var assigned: [ESQLAssigned] = []
        for assignment in assignments {
            let term = try term(assignment.value)
            guard !term.type.isSpan else {
                throw error(
                    "EVAL does not support type [\(term.type.messageName)] as the return data type of expression "
                        + "[\(context.source.text(term.span))]", at: term.span)
            }
            // A name for a column that is there needs no computing.
            if case .column(let number) = term.form {
                scope.append(
                    ESQLColumn(number: number, name: assignment.name.text, type: term.type, mayBeMany: term.mayBeMany))
                continue
            }
            let column = column(assignment.name.text, term.type, mayBeMany: term.mayBeMany)
            if let constant = context.settled(term).constant { context.constants[column.number] = constant }
            assigned.append(ESQLAssigned(number: column.number, term: term))
            scope.append(column)
        }
        if !assigned.isEmpty { steps.append(.eval(assigned)) }
    }

    /// An exact name counts more than a pattern, and a pattern more than `*`; of two that count the same, the later one
    /// says where a column stands.
    private mutating func keep(_ patterns: [ESQLNamePattern]) throws(QueryError) {
        var order: [(column: ESQLColumn, weight: Int)] = []
        for pattern in patterns {
            let weight = pattern.name != nil ? 2 : pattern.pieces == ["", ""] ? 0 : 1
            for column in try matching(pattern) {
                if let place = order.firstIndex(where: { $0.column.name == column.name }) {
                    if order[place].weight > weight { continue }
                    order.remove(at: place)
                }
                order.append((column, weight))
            }
        }
        scope.set(order.map(\.column))
    }

    private mutating func drop(_ patterns: [ESQLNamePattern]) throws(QueryError) {
        var gone: Set<String> = []
        for pattern in patterns {
            guard pattern.pieces != ["", ""] else {
                throw error("Removing all fields is not allowed [*]", at: pattern.span)
            }
            gone.formUnion(try matching(pattern).map(\.name))
        }
        scope.set(scope.columns.filter { !gone.contains($0.name) })
    }

    private mutating func matching(_ pattern: ESQLNamePattern) throws(QueryError) -> [ESQLColumn] {
        if let name = pattern.name { return [try resolved(column: name, at: pattern.span)] }
        let found = scope.matching(pattern)
        guard !found.isEmpty || pattern.pieces == ["", ""] else {
            throw error("No matches found for pattern [\(pattern.pieces.joined(separator: "*"))]", at: pattern.span)
        }
        return found
    }

    private mutating func rename(_ renamings: [ESQLRenaming]) throws(QueryError) {
        var gone: [String: String] = [:]
        for renaming in renamings {
            if let new = gone[renaming.old.text], scope[renaming.old.text] == nil {
                let text = context.source.text(renaming.old.span.joined(with: renaming.new.span))
                throw error(
                    "Column [\(renaming.old.text)] renamed to [\(new)] and is no longer available [\(text)]",
                    at: renaming.old.span)
            }
            let column = try resolved(column: renaming.old.text, at: renaming.old.span)
            guard column.name != renaming.new.text else { continue }
            gone[column.name] = renaming.new.text
            scope.set(
                scope.columns.compactMap { other in
                    other.name == column.name
                        ? column.named(renaming.new.text) : other.name == renaming.new.text ? nil : other
                })
        }
    }

    // MARK: Columns out of texts

    private mutating func text(_ expression: ESQLExpression, of command: ESQLCommand) throws(QueryError) -> ESQLTerm {
        let term = try term(expression)
        guard ESQLTypes.string.holds(term.type) else {
            let name = if case .grok = command.form { "Grok" } else { "Dissect" }
            throw error(
                "\(name) only supports KEYWORD or TEXT values, found expression [\(context.source.text(term.span))] "
                    + "type [\(term.type.rawValue.uppercased())]", at: term.span)
        }
        return term
    }

    private mutating func extract(
        _ term: ESQLTerm, _ extraction: ESQLExtraction, _ fields: [(name: String, type: ESQLType)]
    ) {
        let columns = fields.map { column($0.name, $0.type, mayBeMany: true) }
        steps.append(.extract(term, extraction, into: columns.map(\.number)))
        scope.append(columns)
    }

    private mutating func grok(_ term: ESQLTerm, _ patterns: [ESQLText]) throws(QueryError) {
        var groks: [Grok] = []
        var fields: [(name: String, type: ESQLType)] = []
        for pattern in patterns {
            do throws(RegexError) {
                let grok = try Grok(pattern: pattern.text)
                for field in grok.fields {
                    let type = field.type.type
                    if let known = fields.first(where: { $0.name == field.name }) {
                        guard known.type == type else {
                            throw RegexError("`\(field.name)` has two types", at: 0)
                        }
                    } else {
                        fields.append((field.name, type))
                    }
                }
                groks.append(grok)
            } catch {
                throw self.error(
                    "Invalid GROK pattern [\(pattern.text)]: [\(error.message)]", at: pattern.span)
            }
        }
        extract(term, .grok(groks), fields.sorted { ByteText.order($0.name, $1.name) < 0 })
    }

    private mutating func parts(
        _ command: ESQLName, _ prefix: ESQLName, _ expression: ESQLExpression, _ options: [ESQLOption]
    ) throws(QueryError) {
        let term = try term(expression)
        guard let parts = ESQLParts(command.text, options: options, catalog: catalog) else {
            throw error(
                "[\(command.text.uppercased())] is not known", at: command.span,
                hint: "there are `IP_LOCATION` and `URI_PARTS`")
        }
        guard parts.takes.holds(term.type) else {
            throw error(
                "\(command.text.uppercased()) takes [\(parts.takes.names)], found [\(term.type.messageName)]",
                at: term.span, hint: context.castHint(term.type, parts.takes))
        }
        extract(term, .parts(parts.read), parts.fields.map { ("\(prefix.text).\($0.name)", $0.type) })
    }

    // MARK: Branches

    private mutating func fork(_ branches: [[ESQLCommand]], _ span: SourceSpan) throws(QueryError) {
        guard (2...8).contains(branches.count) else { throw error("FORK has 2 to 8 branches", at: span) }
        let before = steps
        var resolved: [ESQLResolver] = []
        for (place, commands) in branches.enumerated() {
            var branch = self
            branch.steps = []
            try branch.add(commands)
            let name = branch.column("_fork", .keyword, mayBeMany: false)
            branch.steps.append(
                .eval([
                    ESQLAssigned(
                        number: name.number,
                        term: ESQLTerm(.constant(.text("fork\(place + 1)")), .keyword, at: span))
                ]))
            branch.scope.append(name)
            // What a branch found in the table is there for all of them.
            source = branch.source
            resolved.append(branch)
        }
        lostSorts = resolved.flatMap(\.lostSorts).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        var columns: [ESQLColumn] = []
        for branch in resolved {
            for column in branch.scope.columns {
                guard let place = columns.firstIndex(where: { $0.name == column.name }) else {
                    columns.append(self.column(column.name, column.type, mayBeMany: column.mayBeMany))
                    continue
                }
                guard columns[place].type == column.type || columns[place].type == .null || column.type == .null else {
                    throw error(
                        "Column [\(column.name)] has conflicting data types in FORK branches: "
                            + "[\(columns[place].type.messageName)] and [\(column.type.messageName)]", at: span)
                }
                columns[place] = ESQLColumn(
                    number: columns[place].number, name: column.name,
                    type: columns[place].type == .null ? column.type : columns[place].type,
                    mayBeMany: columns[place].mayBeMany || column.mayBeMany)
            }
        }
        // `_fork` stands at the end.
        columns = columns.filter { $0.name != "_fork" } + columns.filter { $0.name == "_fork" }
        let joined = resolved.map { branch in
            branch.steps + [
                .eval(
                    branch.scope.columns.compactMap { column in
                        columns.first { $0.name == column.name }.map {
                            ESQLAssigned(
                                number: $0.number,
                                term: ESQLTerm(
                                    .column(column.number), column.type, mayBeMany: column.mayBeMany, at: span))
                        }
                    })
            ]
        }
        steps = before + [.fork(joined)]
        scope = ESQLScope(columns)
        hideTable("FORK")
    }
}
