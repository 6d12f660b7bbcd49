import Events
import Platform

extension ESQLResolver {
    mutating func term(_ expression: ESQLExpression) throws(QueryError) -> ESQLTerm {
        let span = expression.span
        switch expression.form {
        case .literal(let literal): return try literal.term(at: span, context)
        case .column(let name): return try term(column: name, at: span)
        case .function(let name, let arguments):
            if ESQLFunctions.isGrouping(expression) {
                if let term = try grouped(by: expression, span) { return term }
                for argument in arguments where ESQLFunctions.isGrouping(argument) {
                    throw error(
                        "cannot nest grouping functions; found [\(context.source.text(argument.span))] inside "
                            + "[\(context.source.text(span))]", at: argument.span)
                }
            }
            return try call(name, arguments, span)
        case .everyRow(let name): return try aggregate(everyRow: name, span)
        case .options: throw error("options stand at the end of a call", at: span)
        case .negative(let part): return try context.negative(try term(part), at: span)
        case .arithmetic(let sign, let left, let right):
            return try context.arithmetic(sign, try term(left), try term(right), at: span)
        case .comparison(let sign, let left, let right):
            let (left, right) = (try term(left), try term(right))
            remark(on: left, sign, span)
            return try context.comparison(sign, left, right, at: span)
        case .all(let parts):
            return context.folded(ESQLTerm(.all(try context.operands(try terms(parts), at: span)), .boolean, at: span))
        case .any(let parts):
            return context.folded(ESQLTerm(.any(try context.operands(try terms(parts), at: span)), .boolean, at: span))
        case .not(let part):
            return context.folded(
                ESQLTerm(.not(try context.operands([try term(part)], at: span)[0]), .boolean, at: span))
        case .isNull(let part):
            return context.folded(ESQLTerm(.isNull(try term(part)), .boolean, at: span))
        case .isIn(let part, let list):
            let left = try term(part)
            remark(on: left, .equal, span)
            return try context.isIn(left, try terms(list), at: span)
        case .isInQuery(let part, let commands): return try isIn(try term(part), query: commands, at: span)
        case .like(let part, let patterns, let isRegular):
            let part = try term(part)
            let patterns = try terms(patterns).map(context.settled)
            let like = try context.like(part, patterns, isRegular: isRegular, at: span)
            // A pattern that fits every text asks whether there is one, so that its opposite holds where there is none.
            guard case .column(let number) = part.form, context.constants[number] == nil,
                patterns.contains(where: { context.fitsAll($0, isRegular: isRegular) })
            else { return like }
            return ESQLTerm(.not(ESQLTerm(.isNull(part), .boolean, at: span)), .boolean, at: span)
        case .match(let field, let literal): return try match(field, literal, "[:] operator", at: span)
        case .cast(let part, let name): return try cast(try term(part), name, at: span)
        }
    }

    mutating func terms(_ expressions: [ESQLExpression]) throws(QueryError) -> [ESQLTerm] {
        var terms: [ESQLTerm] = []
        for expression in expressions { terms.append(try term(expression)) }
        return terms
    }

    mutating func condition(_ expression: ESQLExpression) throws(QueryError) -> ESQLTerm {
        try context.condition(try term(expression))
    }

    private mutating func term(column name: String, at span: SourceSpan) throws(QueryError) -> ESQLTerm {
        if let aggregation {
            let group = aggregation.groups[name]
            if let group, aggregation.isInside {
                return ESQLTerm(group.term.form, group.term.type, mayBeMany: group.term.mayBeMany, at: span)
            }
            if let column = group?.column {
                return ESQLTerm(.column(column.number), column.type, mayBeMany: column.mayBeMany, at: span)
            }
            if !aggregation.isInside { throw notGrouped(try resolved(column: name, at: span), name, span) }
        }
        let column = try resolved(column: name, at: span)
        return ESQLTerm(.column(column.number), column.type, mayBeMany: column.mayBeMany, at: span)
    }

    private func notGrouped(_ column: ESQLColumn, _ name: String, _ span: SourceSpan) -> QueryError {
        guard let group = aggregation?.groups.values.first(where: { $0.term.columns.contains(column.number) }) else {
            return error(
                "column [\(name)] must appear in the STATS BY clause or be used in an aggregate function", at: span)
        }
        let text = context.source.text(
            SourceSpan(group.assignment.name.span.lower, group.assignment.value.span.upper))
        return error(
            "column [\(name)] cannot be used as an aggregate once declared in the STATS BY grouping key [\(text)]",
            at: span)
    }

    /// A comparison of a field that holds several values finds only rows with one.
    private func remark(on left: ESQLTerm, _ sign: ESQLComparison, _ span: SourceSpan) {
        guard case .column(let number) = left.form, left.mayBeMany, isField(number),
            let column = scope.columns.first(where: { $0.number == number })
        else { return }
        let hint =
            sign == .equal
            ? "`MV_CONTAINS(\(column.name), …)` finds one of several" : "`MV_EXPAND` makes a row of each value"
        warn("`\(column.name)` may hold several values, and then `\(sign.rawValue)` gives null", at: span, hint: hint)
    }

    /// Whether a column is a field of Docket's that is known to hold several values.
    private func isField(_ number: Int) -> Bool {
        guard case .table(let table) = source, case .field(let place) = table.columns[number] ?? .metadata(.id) else {
            return false
        }
        return table.relation.schema.field(named: table.relation.columns[place].name)?.isMultiValued == true
    }

    // MARK: Calls

    private mutating func call(
        _ name: ESQLName, _ arguments: [ESQLExpression], _ span: SourceSpan
    ) throws(QueryError) -> ESQLTerm {
        var expressions = arguments
        var options: [ESQLOption] = []
        if case .options(let given) = expressions.last?.form {
            options = given
            expressions.removeLast()
        }
        let key = name.text.uppercased()
        if let kind = ESQLAggregates.named[key] { return try aggregate(kind, name, expressions, options, span) }
        switch key {
        case "KQL": return try kql(expressions, span)
        case "MATCH", "MATCH_PHRASE":
            guard expressions.count == 2, case .literal(let literal) = expressions[1].form else {
                throw error("[\(key)] function takes a field and a text", at: span)
            }
            return try match(
                expressions[0], literal, "[\(key)] function", options, isPhrase: key == "MATCH_PHRASE", at: span)
        case "TBUCKET": expressions.insert(ESQLExpression(form: .column("@timestamp"), span: name.span), at: 0)
        default: break
        }
        guard let function = ESQLFunctions.named[key == "TBUCKET" ? "BUCKET" : key] else {
            let names = ESQLFunctions.named.keys.sorted() + ESQLAggregates.named.keys.sorted()
            let near = Nearness.nearest(to: key, among: names)
            throw error(
                "Unknown function [\(name.text)]" + (near.map { ", did you mean [\($0.lowercased())]?" } ?? ""),
                at: name.span)
        }
        let terms = try terms(expressions)
        if key == "CASE" { remark(onNullsOf: zip(expressions, terms)) }
        return try function.make(
            ESQLArguments(
                name: ESQLName(text: function.name, span: name.span), span: span, terms: terms, options: options,
                context: context))
    }

    /// Whoever wants null in a branch writes null; something that is reckoned with null was meant to be a value.
    private func remark(onNullsOf arguments: some Sequence<(ESQLExpression, ESQLTerm)>) {
        for (expression, term) in arguments {
            guard case .arithmetic = expression.form, term.constant?.isNull == true else { continue }
            warn("Expression [\(context.source.text(term.span))] always evaluates to NULL.", at: term.span)
        }
    }

    private func cast(_ term: ESQLTerm, _ name: ESQLName, at span: SourceSpan) throws(QueryError) -> ESQLTerm {
        guard let type = ESQLType(cast: name.text) else {
            let near = Nearness.nearest(to: name.text.lowercased(), among: ESQLType.allCases.map(\.rawValue))
            throw error(
                "Unknown data type named [\(name.text)]" + (near.map { ", did you mean [\($0)]?" } ?? ""), at: name.span
            )
        }
        let function = ESQLConversionFunctions.name(of: type)
        return try ESQLConversionFunctions.term(
            ESQLArguments(
                name: ESQLName(text: function, span: name.span), span: span, terms: [term], options: [],
                context: context), to: type)
    }

    // MARK: Full text

    private mutating func kql(_ arguments: [ESQLExpression], _ span: SourceSpan) throws(QueryError) -> ESQLTerm {
        guard let first = arguments.first, arguments.count == 1,
            case .text(let text) = try term(first).constant ?? .null
        else { throw error("[KQL] function takes one constant text", at: span) }
        guard seesTable, case .table(let table) = source else {
            throw notHere("[KQL] function", span)
        }
        do throws(QueryError) {
            let resolved = try KQL.filter(
                text, schema: table.relation.schema, now: Timestamp(milliseconds: context.now),
                KQLOptions(dialect: .elasticsearch))
            for warning in resolved.warnings { warn("KQL: \(warning.message)", at: first.span, hint: warning.hint) }
            return try column(holds: resolved.filter, at: span)
        } catch {
            throw self.error("KQL: \(error.message)", at: first.span, hint: error.hint)
        }
    }

    private func notHere(_ name: String, _ span: SourceSpan) -> QueryError {
        error(
            "\(name) cannot be used " + (hiddenBy.map { "after \($0)" } ?? "without an index"), at: span,
            hint: "put the `WHERE` with it in front")
    }

    /// Whether all words are asked for.
    private func asksAll(_ options: [ESQLOption], _ span: SourceSpan) throws(QueryError) -> Bool {
        var asksAll = false
        for option in options {
            guard option.name == "operator", case .string(let text) = option.value,
                ["and", "or"].contains(text.lowercased())
            else {
                throw error("option [\(option.name)] is not known", at: span, hint: "there is {\"operator\": \"AND\"}")
            }
            asksAll = text.lowercased() == "and"
        }
        return asksAll
    }

    private mutating func match(
        _ field: ESQLExpression, _ literal: ESQLLiteral, _ name: String, _ options: [ESQLOption] = [],
        isPhrase: Bool = false, at span: SourceSpan
    ) throws(QueryError) -> ESQLTerm {
        let asksAll = try asksAll(options, span)
        guard seesTable || hiddenBy == nil else { throw notHere(name, span) }
        var inner = field
        while case .cast(let part, _) = inner.form { inner = part }
        guard case .column(let name) = inner.form else {
            throw error("[MATCH] function looks into a field", at: field.span)
        }
        let column = try resolved(column: name, at: inner.span)
        guard seesTable, case .table(let table) = source,
            case .field(let place) = table.columns[column.number] ?? .metadata(.id)
        else {
            throw error(
                "[MATCH] function cannot operate on [\(name)], which is not a field from an index mapping",
                at: inner.span)
        }
        let value = try literal.term(at: span, context)
        guard let known = table.relation.schema.field(named: table.relation.columns[place].name),
            let constant = value.constant, !constant.isNull
        else { throw error("[MATCH] function takes a field and a text", at: span) }
        let test = KQLTest(
            type: known.type, question: .match,
            value: KQLLiteral(
                form: isPhrase
                    ? .quoted(ESQLConversion.text(constant, value.type))
                    : .plain(ESQLConversion.text(constant, value.type)),
                span: span),
            options: KQLOptions(dialect: .elasticsearch), now: Timestamp(milliseconds: context.now))
        switch test.resolved() {
        case .success(.always(let isTrue)):
            return try self.column(holds: isTrue ? .field(.column(known), .isPresent) : .nothing, at: span)
        case .success(.anyOf(let tests)):
            let parts = tests.map { Filter.field(.column(known), $0) }
            return try self.column(holds: asksAll ? .allOf(parts) : .anyOf(parts), at: span)
        case .failure(let problem):
            // What cannot be a value of the field is none of its values.
            warn(problem.message(field: name), at: span, hint: problem.hint)
            return try self.column(holds: .nothing, at: span)
        }
    }
}

extension ESQLLiteral {
    func term(at span: SourceSpan, _ context: ESQLContext) throws(QueryError) -> ESQLTerm {
        let (value, type) = try typed(at: span, context)
        return ESQLTerm(.constant(value), type, mayBeMany: value.isMany, at: span)
    }

    private func typed(at span: SourceSpan, _ context: ESQLContext) throws(QueryError) -> (ESQLValue, ESQLType) {
        switch self {
        case .null: return (.null, .null)
        case .boolean(let flag): return (.boolean(flag), .boolean)
        case .integer(let number): return (.integer(Int64(number)), .integer)
        case .long(let number): return (.integer(number), .long)
        case .unsignedLong(let number): return (.unsigned(number), .unsignedLong)
        case .double(let number): return (.double(number), .double)
        case .string(let text): return (.text(text), .keyword)
        case .span(let count, let unit):
            guard let length = ESQLSpan(count, unit) else {
                throw QueryError("Number [\(count)] outside of [integer] range", at: span, in: context.source)
            }
            return (.span(length), unit.isDuration ? .timeDuration : .datePeriod)
        case .list(let literals):
            var values: [ESQLValue] = []
            var type = ESQLType.null
            for literal in literals {
                let (value, its) = try literal.typed(at: span, context)
                guard let joined = type.joined(inList: its) else {
                    throw QueryError("a list holds values of one type", at: span, in: context.source)
                }
                type = joined
                if !value.isNull { values.append(value) }
            }
            if type == .double { values = values.map { .double($0.number) } }
            if type == .unsignedLong {
                guard values.allSatisfy({ $0.whole >= 0 }) else {
                    throw QueryError(
                        "a list with an unsigned_long holds no negative number", at: span, in: context.source)
                }
                values = values.map { if case .integer(let number) = $0 { .unsigned(UInt64(number)) } else { $0 } }
            }
            return (ESQLValue(values), type)
        }
    }
}
