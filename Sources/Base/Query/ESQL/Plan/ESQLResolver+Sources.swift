import Events
import Platform

/// Where rows come from.
extension ESQLResolver {
    mutating func from(
        _ sources: [ESQLSource], _ metadata: [ESQLName], _ span: SourceSpan
    ) throws(QueryError) {
        var patterns: [ESQLIndexPattern] = []
        var queries: [([ESQLCommand], SourceSpan)] = []
        for source in sources {
            switch source.form {
            case .pattern(let text, let isExcluded):
                patterns += text.split(separator: ",").map {
                    ESQLIndexPattern(text: String($0), isExcluded: isExcluded)
                }
            case .query(let commands): queries.append((commands, source.span))
            }
        }
        if queries.isEmpty { return try from(patterns, metadata, sources[0].span) }
        var parts: [ESQLPlan] = []
        if !patterns.isEmpty {
            var table = ESQLResolver(context, catalog, ESQLNumbers())
            table.unmapped = unmapped
            try table.from(patterns, metadata, sources[0].span)
            parts.append(table.plan())
        }
        for (commands, _) in queries {
            var inner = ESQLResolver(context, catalog, ESQLNumbers())
            inner.unmapped = unmapped
            try inner.add(commands)
            parts.append(inner.plan())
        }
        try union(parts, span)
    }

    private mutating func from(
        _ patterns: [ESQLIndexPattern], _ metadata: [ESQLName], _ span: SourceSpan
    ) throws(QueryError) {
        let relation: ESQLRelation
        do throws(ESQLUnknownIndex) {
            relation = try catalog.relation(of: patterns)
        } catch {
            throw self.error(
                "Unknown index [\(error.pattern)]" + (error.suggestion.map { ", did you mean [\($0)]?" } ?? ""),
                at: span)
        }
        var table = ESQLTable(relation: relation, columns: [:], filter: .everything)
        var columns: [ESQLColumn] = []
        var aliases: [String: String] = [:]
        for (place, known) in relation.columns.enumerated() {
            let column = column(known.name, known.type, mayBeMany: known.mayBeMany)
            table.columns[column.number] = .field(place)
            columns.append(column)
            for alias in known.aliases where aliases[alias] == nil { aliases[alias] = known.name }
        }
        for name in metadata {
            guard let field = ESQLMetadata(rawValue: name.text) else {
                throw error("unsupported metadata field [\(name.text)]", at: name.span)
            }
            let column = column(name.text, field.type, mayBeMany: field == .ignored)
            table.columns[column.number] = .metadata(field)
            columns.append(column)
        }
        source = .table(table)
        scope = ESQLScope(columns, aliases: aliases)
        seesTable = true
    }

    mutating func events(
        _ sources: [ESQLSource], _ query: ESQLText, _ metadata: [ESQLName], _ given: [ESQLOption], _ span: SourceSpan
    ) throws(QueryError) {
        var patterns: [ESQLIndexPattern] = []
        for source in sources {
            guard case .pattern(let text, let isExcluded) = source.form else {
                throw error("EQL reads indices", at: source.span)
            }
            patterns.append(ESQLIndexPattern(text: text, isExcluded: isExcluded))
        }
        try from(patterns, metadata, sources[0].span)
        guard case .table(let table) = source else { return }
        var options = EQLOptions()
        var limit = 1_000
        for option in given {
            switch (option.name, option.value) {
            case ("event_category_field", .string(let name)): options.categoryField = name
            case ("size", .integer(let count)) where count > 0: limit = Int(count)
            // Events have their time and their order here.
            case ("timestamp_field", .string("@timestamp")), ("tiebreaker_field", .string("event.sequence")): continue
            case ("timestamp_field", .string(let name)): options.timestampField = name
            case ("tiebreaker_field", .string(let name)): options.tiebreakerField = name
            default:
                throw error(
                    "option [\(option.name)] of EQL is not known with this value", at: span,
                    hint: "there are `event_category_field`, `timestamp_field`, `tiebreaker_field` and `size`")
            }
        }
        do throws(QueryError) {
            let resolved = try EQL.parse(query.text).resolved(
                schema: table.relation.schema, now: Timestamp(milliseconds: context.now), options)
            for warning in resolved.warnings { warn("EQL: \(warning.message)", at: query.span, hint: warning.hint) }
        } catch {
            throw self.error("EQL \(error.line):\(error.column): \(error.message)", at: query.span, hint: error.hint)
        }
        let sequence = column("_sequence", .long, mayBeMany: false)
        let stage = column("_sequence_stage", .integer, mayBeMany: false)
        let keys = column("join_keys", .keyword, mayBeMany: true)
        scope.append([sequence, stage, keys])
        source = .events(
            ESQLEvents(
                relation: table.relation, query: query.text, options: options, limit: limit, columns: table.columns,
                sequence: sequence.number, stage: stage.number, keys: keys.number))
        hideTable("EQL")
    }

    private mutating func union(_ plans: [ESQLPlan], _ span: SourceSpan) throws(QueryError) {
        var columns: [ESQLColumn] = []
        for plan in plans {
            numbers.warnings += plan.warnings.filter { !numbers.warnings.contains($0) }
            for column in plan.output {
                guard let place = columns.firstIndex(where: { $0.name == column.name }) else {
                    columns.append(self.column(column.name, column.type, mayBeMany: column.mayBeMany))
                    continue
                }
                let known = columns[place]
                guard let type = known.type == column.type ? known.type : known.type.joined(with: column.type),
                    known.type == type || known.type == .null || known.type.isText
                else {
                    throw error(
                        "Column [\(column.name)] has conflicting data types in subqueries: [\(known.type.messageName), "
                            + "\(column.type.messageName)]", at: span)
                }
                columns[place] = ESQLColumn(
                    number: known.number, name: known.name, type: type, mayBeMany: known.mayBeMany || column.mayBeMany)
            }
        }
        source = .union(
            plans.map { plan in
                var numbers: [Int: Int] = [:]
                for column in plan.output {
                    if let own = columns.first(where: { $0.name == column.name }) {
                        numbers[column.number] = own.number
                    }
                }
                return ESQLPlanPart(plan: plan, numbers: numbers)
            })
        scope = ESQLScope(columns)
    }

    mutating func row(_ assignments: [ESQLAssignment]) throws(QueryError) {
        // One row, before it has a column.
        source = .rows([numbers.next(): [.null]])
        try eval(assignments)
    }

    mutating func showInfo() {
        var values: [Int: [ESQLValue]] = [:]
        for (name, value) in [("version", "9.2.0"), ("date", ""), ("hash", "")] {
            let column = column(name, .keyword, mayBeMany: false)
            values[column.number] = [.text(value)]
            scope.append(column)
        }
        source = .rows(values)
    }
}

extension ESQLMetadata {
    var type: ESQLType {
        switch self {
        case .id, .index, .ignored, .source: .keyword
        case .version: .long
        case .score: .double
        }
    }
}
