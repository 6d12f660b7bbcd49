import Platform

/// Terms of ES|QL as SQL for DuckDB, where SQL means exactly the same.
///
/// Much of ES|QL has no counterpart: what several values do, what overflows, what warns. Such terms are left to the
/// evaluator. Those that are left here are the ones that most queries filter and group by.
///
/// - Shape: a column of the table is called `c` and its number. Texts, versions and addresses are `VARCHAR`, whole
///   numbers `BIGINT`, dates `BIGINT` milliseconds but for the columns themselves, which are `TIMESTAMP_NS`.
public struct DuckDBTerms: Sendable {
    private let table: ESQLTable
    private let definitions: [Int: ESQLTerm]
    /// Columns of the table that are lists.
    private let lists: Set<Int>

    public init(_ scan: ESQLScan, lists: Set<Int>) {
        table = scan.table
        definitions = scan.definitions
        self.lists = lists
    }

    /// The name of a column in SQL.
    public static func name(_ number: Int) -> String { "c\(number)" }

    // MARK: Conditions

    /// SQL that holds for every row for which the term is true.
    ///
    /// - Returns: the SQL, and whether it holds for no others; `nil` when nothing is known.
    public func condition(_ term: ESQLTerm, _ builder: inout SQLBuilder) -> (sql: String, isExact: Bool)? {
        builder.attempt { builder in attemptedCondition(term, &builder) }
    }

    private func attemptedCondition(
        _ term: ESQLTerm, _ builder: inout SQLBuilder
    ) -> (sql: String, isExact: Bool)? {
        if let exact = exact(term, &builder) { return (exact, true) }
        switch term.form {
        case .all(let parts):
            let known = parts.compactMap { condition($0, &builder)?.sql }
            return known.isEmpty ? nil : ("(" + known.joined(separator: " AND ") + ")", false)
        case .any(let parts):
            var known: [String] = []
            for part in parts {
                guard let sql = condition(part, &builder)?.sql else { return nil }
                known.append(sql)
            }
            return ("(" + known.joined(separator: " OR ") + ")", false)
        case .isIn(let part, let list): return contained(part, list, &builder).map { ($0, false) }
        case .call(let call) where call.name == "==" && call.arguments.count == 2:
            return contained(call.arguments[0], [call.arguments[1]], &builder).map { ($0, false) }
        case .call(let call) where call.name == "MV_CONTAINS":
            guard let constant = call.arguments[1].constant, !constant.isNull else { return nil }
            let whole = ESQLTerm(.constant(constant.elements[0]), call.arguments[1].type, at: term.span)
            return contained(call.arguments[0], [whole], &builder).map { ($0, false) }
        default: return nil
        }
    }

    private func isList(_ term: ESQLTerm) -> Bool {
        if case .column(let number) = term.form { lists.contains(number) } else { false }
    }

    /// One of some texts is among the values of a column.
    private func contained(_ part: ESQLTerm, _ list: [ESQLTerm], _ builder: inout SQLBuilder) -> String? {
        guard isList(part), case .column(let number) = part.form else { return nil }
        var texts: [String] = []
        for term in list {
            switch term.constant {
            case .text(let text)?: texts.append(text)
            case .address(let address)?: texts.append(address.description)
            default: return nil
            }
        }
        return texts.count == 1
            ? "list_contains(\(Self.name(number)), \(builder.bind(.text(texts[0]))))"
            : "list_has_any(\(Self.name(number)), \(builder.bind(.textList(texts))))"
    }

    // MARK: Values

    /// SQL with the value of the term in every row.
    public func exact(_ term: ESQLTerm, _ builder: inout SQLBuilder) -> String? {
        builder.attempt { builder in attemptedExact(term, &builder) }
    }

    private func attemptedExact(_ term: ESQLTerm, _ builder: inout SQLBuilder) -> String? {
        switch term.form {
        case .constant(let value): return constant(value, term.type, &builder)
        case .column(let number): return column(number, term.type, &builder)
        case .all(let parts): return joined(parts, " AND ", &builder)
        case .any(let parts): return joined(parts, " OR ", &builder)
        case .not(let part): return exact(part, &builder).map { "(NOT \($0))" }
        case .isNull(let part):
            if case .column(let number) = part.form, lists.contains(number) {
                return "(coalesce(len(\(Self.name(number))), 0) = 0)"
            }
            return exact(part, &builder).map { "(\($0) IS NULL)" }
        case .isIn(let part, let list):
            guard let value = exact(part, &builder), part.type != .ip || list.allSatisfy({ $0.constant != nil }),
                part.type != .version, let names = all(list, &builder)
            else { return nil }
            return "(\(value) IN (\(names.joined(separator: ", "))))"
        case .isInQuery: return nil
        case .choose(let branches, let otherwise):
            var text = "(CASE"
            for branch in branches {
                guard let condition = exact(branch.condition, &builder), let value = exact(branch.value, &builder)
                else {
                    return nil
                }
                text += " WHEN \(condition) THEN \(value)"
            }
            guard let last = exact(otherwise, &builder) else { return nil }
            return text + " ELSE \(last) END)"
        case .firstPresent(let parts): return joined(parts, ", ", &builder).map { "coalesce\($0)" }
        case .call(let call): return exact(call, term.type, &builder)
        }
    }

    private func joined(_ parts: [ESQLTerm], _ word: String, _ builder: inout SQLBuilder) -> String? {
        all(parts, &builder).map { "(" + $0.joined(separator: word) + ")" }
    }

    private func all(_ terms: [ESQLTerm], _ builder: inout SQLBuilder) -> [String]? {
        var texts: [String] = []
        for term in terms {
            guard let text = exact(term, &builder) else { return nil }
            texts.append(text)
        }
        return texts
    }

    private func constant(_ value: ESQLValue, _ type: ESQLType, _ builder: inout SQLBuilder) -> String? {
        switch value {
        case .null: return "NULL"
        case .boolean(let flag): return builder.bind(.boolean(flag))
        case .integer(let number): return type == .dateNanos ? nil : builder.bind(.integer(number))
        case .double(let number): return builder.bind(.double(number))
        case .text(let text): return type == .version ? nil : builder.bind(.text(text))
        case .address(let address): return builder.bind(.text(address.description))
        case .unsigned, .point, .span, .many: return nil
        }
    }

    /// A column that cannot hold several values.
    private func column(_ number: Int, _ type: ESQLType, _ builder: inout SQLBuilder) -> String? {
        if let definition = definitions[number] { return exact(definition, &builder) }
        guard let known = table.columns[number], !lists.contains(number) else { return nil }
        switch known {
        case .field, .metadata, .holds: break
        case .member: return nil
        }
        switch type {
        case .date:
            return Self.quotient("epoch_ns(\(Self.name(number)))", 1_000_000)
        case .keyword, .text, .long, .double, .boolean, .ip: return Self.name(number)
        default: return nil
        }
    }

    // MARK: Functions

    private func exact(_ call: ESQLCall, _ type: ESQLType, _ builder: inout SQLBuilder) -> String? {
        if let sign = ESQLComparison(rawValue: call.name) { return comparison(sign, call, &builder) }
        switch call.name {
        case "STARTS_WITH", "ENDS_WITH", "CONTAINS":
            guard let text = exact(call.arguments[0], &builder), let piece = exact(call.arguments[1], &builder) else {
                return nil
            }
            return "\(call.name.lowercased())(\(text), \(piece))"
        case "TO_LOWER": return exact(call.arguments[0], &builder).map { "lower(\($0))" }
        case "CONCAT": return concatenated(call, &builder)
        case "GREATEST", "LEAST": return extreme(call, type, &builder)
        case "MV_CONTAINS": return contains(call, &builder)
        case "LIKE": return like(call, &builder)
        case "DATE_TRUNC": return truncated(call, &builder)
        case "TO_DOUBLE" where call.arguments[0].type == .long || call.arguments[0].type == .integer:
            return exact(call.arguments[0], &builder).map { "CAST(\($0) AS DOUBLE)" }
        case "TO_LONG" where Self.isMoment(term: call): return exact(call.arguments[0], &builder)
        // Moments are too small for their difference to overflow.
        case "-" where call.arguments.allSatisfy(Self.isMoment):
            guard let end = exact(call.arguments[0], &builder), let start = exact(call.arguments[1], &builder) else {
                return nil
            }
            return "(\(end) - \(start))"
        default: return nil
        }
    }

    /// Whether it is the milliseconds of a date as a number.
    private static func isMoment(_ term: ESQLTerm) -> Bool {
        if case .call(let call) = term.form { isMoment(term: call) } else { false }
    }

    private static func isMoment(term call: ESQLCall) -> Bool {
        call.name == "TO_LONG" && call.arguments[0].type == .date
    }

    private func comparison(_ sign: ESQLComparison, _ call: ESQLCall, _ builder: inout SQLBuilder) -> String? {
        let (left, right) = (call.arguments[0], call.arguments[1])
        let isEquality = sign == .equal || sign == .notEqual
        guard left.type != .version, left.type != .dateNanos, right.type != .dateNanos, left.type != .geoPoint,
            left.type != .ip || isEquality
        else { return nil }
        // A date of the table is compared as it is stored, so that files whose times do not suit are passed over.
        if left.type == .date, case .column(let number) = left.form, definitions[number] == nil,
            case .integer(let moment)? = right.constant
        {
            return time(Self.name(number), sign, moment, &builder)
        }
        guard let first = exact(left, &builder), let second = exact(right, &builder) else { return nil }
        let word =
            switch sign {
            case .equal, .insensitiveEqual: "="
            case .notEqual: "<>"
            default: sign.rawValue
            }
        return "(\(first) \(word) \(second))"
    }

    /// - Parameter moment: milliseconds. A stored time within it is equal to it.
    private func time(
        _ name: String, _ sign: ESQLComparison, _ moment: Int64, _ builder: inout SQLBuilder
    ) -> String {
        func start() -> String { builder.bind(.timestamp(Timestamp(milliseconds: moment))) }
        func end() -> String {
            builder.bind(.timestamp(Timestamp(milliseconds: moment.addingReportingOverflow(1).partialValue)))
        }
        return switch sign {
        case .less: "(\(name) < \(start()))"
        case .atMost: "(\(name) < \(end()))"
        case .greater: "(\(name) >= \(end()))"
        case .atLeast: "(\(name) >= \(start()))"
        case .equal, .insensitiveEqual: "(\(name) >= \(start()) AND \(name) < \(end()))"
        case .notEqual: "(\(name) < \(start()) OR \(name) >= \(end()))"
        }
    }

    /// Null beside null, and where the text would be longer than one may be.
    private func concatenated(_ call: ESQLCall, _ builder: inout SQLBuilder) -> String? {
        guard let texts = all(call.arguments, &builder) else { return nil }
        let length = texts.map { "strlen(\($0))" }.joined(separator: " + ")
        return "CASE WHEN \(length) <= \(ESQLTextFunctions.lengthLimit) THEN \(texts.joined(separator: " || ")) END"
    }

    /// Null beside null, where the engine passes over it. The order of addresses is not that of their texts.
    private func extreme(_ call: ESQLCall, _ type: ESQLType, _ builder: inout SQLBuilder) -> String? {
        guard type != .ip, let values = all(call.arguments, &builder) else { return nil }
        let known = values.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        return "CASE WHEN \(known) THEN \(call.name.lowercased())(\(values.joined(separator: ", "))) END"
    }

    /// One text among the values of a column; where there are none it is not.
    private func contains(_ call: ESQLCall, _ builder: inout SQLBuilder) -> String? {
        let (values, wanted) = (call.arguments[0], call.arguments[1])
        guard let constant = wanted.constant, constant.count == 1 else { return nil }
        if let list = contained(values, [wanted], &builder) { return "coalesce(\(list), false)" }
        guard case .text = constant, values.type.isText, let value = exact(values, &builder),
            let text = exact(wanted, &builder)
        else { return nil }
        return "coalesce(\(value) = \(text), false)"
    }

    private func like(_ call: ESQLCall, _ builder: inout SQLBuilder) -> String? {
        guard let value = exact(call.arguments[0], &builder) else { return nil }
        var texts: [String] = []
        for argument in call.arguments.dropFirst() {
            guard case .text(let text)? = argument.constant, let pattern = try? LikePattern(text) else { return nil }
            texts.append(DuckDBDialect.like(pattern, of: value, &builder))
        }
        return "(" + texts.joined(separator: " OR ") + ")"
    }

    private func truncated(_ call: ESQLCall, _ builder: inout SQLBuilder) -> String? {
        guard case .span(let span)? = call.arguments[0].constant, call.arguments[1].type == .date, span.months == 0
        else { return nil }
        let length = span.days > 0 ? Int64(span.days) * 86_400_000 : span.milliseconds
        // A week begins on Monday, and 1970 on a Thursday.
        let shift: Int64 = span.days == 7 ? 3 * 86_400_000 : 0
        var moment: String
        var units: Int64 = 1
        if case .column(let number) = call.arguments[1].form, isOfTable(number), length < 1 << 40 {
            (moment, units) = ("epoch_ns(\(Self.name(number)))", 1_000_000)
        } else {
            guard let sql = exact(call.arguments[1], &builder), sql.utf8.count < Self.longestRepeated else {
                return nil
            }
            moment = sql
        }
        if shift > 0 { moment = "(\(moment) + \(shift * units))" }
        let start = "\(Self.quotient(moment, length * units)) * \(length)"
        return shift > 0 ? "(\(start) - \(shift))" : "(\(start))"
    }

    /// A number divided and rounded down, also below zero, where the engine cuts off towards zero. What is below zero costs
    /// a second division, which is passed over where nothing is: remainders for all rows took three times as long.
    private static func quotient(_ number: String, _ divisor: Int64) -> String {
        "(\(number) // \(divisor) - (\(number) < 0 AND \(number) % \(divisor) <> 0)::BIGINT)"
    }

    /// The longest text that is said several times over, so that terms within terms do not multiply. - Unit: bytes
    private static let longestRepeated = 1_024

    /// Whether a column is one of the table that holds one value.
    private func isOfTable(_ number: Int) -> Bool {
        definitions[number] == nil && table.columns[number] != nil && !lists.contains(number)
    }

    // MARK: Aggregates

    /// SQL of an aggregate over the rows of a group.
    public func aggregate(_ aggregation: ESQLAggregation, _ builder: inout SQLBuilder) -> String? {
        guard let condition = condition(of: aggregation, &builder) else { return nil }
        let filter = Self.filter(condition)
        if aggregation.kind == .rows { return "count(*)\(filter)" }
        guard let first = aggregation.arguments.first else { return nil }
        if aggregation.kind == .count, isList(first), case .column(let number) = first.form {
            return "coalesce(sum(len(\(Self.name(number))))\(filter), 0)"
        }
        guard let value = exact(first, &builder) else { return nil }
        let isDouble = first.type == .double
        switch aggregation.kind {
        case .count: return "count(\(value))\(filter)"
        case .countDistinct: return "count(DISTINCT \(value))\(filter)"
        case .sum: return "\(isDouble ? "fsum" : "sum")(\(value))\(filter)"
        case .average: return "\(isDouble ? "favg" : "avg")(\(value))\(filter)"
        case .minimum: return first.type == .ip ? nil : "min(\(value))\(filter)"
        case .maximum: return first.type == .ip ? nil : "max(\(value))\(filter)"
        case .values: return first.type.isText ? "list(DISTINCT \(value))\(filter)" : nil
        case .first, .last: return beside(aggregation, value, condition, &builder)
        case .percentile(let share): return "quantile_cont(\(value), \(share / 100))\(filter)"
        case .standardDeviation: return "stddev_pop(\(value))\(filter)"
        case .variance: return "var_pop(\(value))\(filter)"
        default: return nil
        }
    }

    /// Which rows count: all for an empty text.
    func condition(of aggregation: ESQLAggregation, _ builder: inout SQLBuilder) -> String? {
        guard let term = aggregation.filter else { return "" }
        return exact(term, &builder)
    }

    static func filter(_ condition: String) -> String { condition.isEmpty ? "" : " FILTER (WHERE \(condition))" }

    /// The value beside the earliest or latest moment, and of several beside it the smallest or largest: that of the least
    /// or greatest pair, in which a null stands behind all values.
    ///
    /// Rows without a key would count only where there are no others, so it must be one that every event has.
    private func beside(
        _ aggregation: ESQLAggregation, _ value: String, _ condition: String, _ builder: inout SQLBuilder
    ) -> String? {
        let (first, second) = (aggregation.arguments[0], aggregation.arguments[1])
        guard first.type != .ip, isMoment(second), let key = exact(second, &builder) else { return nil }
        let isFirst = aggregation.kind == .first
        let rank = "\(value) \(isFirst ? "IS NULL" : "IS NOT NULL")"
        let pair = "\(isFirst ? "min" : "max")({'key': \(key), 'rank': \(rank), 'value': \(value)})"
        return "struct_extract(\(pair)\(Self.filter(condition)), 'value')"
    }

    /// Whether it is the time of the event.
    private func isMoment(_ term: ESQLTerm) -> Bool {
        guard case .column(let number) = term.form, case .field(let place)? = table.columns[number] else {
            return false
        }
        return table.relation.columns[place].name == "@timestamp"
    }

    /// SQL of a key of groups; a list has to be unfolded first.
    public func key(_ term: ESQLTerm, _ builder: inout SQLBuilder) -> (sql: String, isList: Bool)? {
        if isList(term), case .column(let number) = term.form {
            let name = Self.name(number)
            // A value that stands twice in a row puts it into its group once.
            return ("unnest(CASE WHEN len(\(name)) > 0 THEN list_distinct(\(name)) ELSE [NULL] END)", true)
        }
        return exact(term, &builder).map { ($0, false) }
    }
}
