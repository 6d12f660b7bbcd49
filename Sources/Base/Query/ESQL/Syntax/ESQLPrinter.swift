extension ESQLQuery: CustomStringConvertible {
    /// The query in one way of writing: a command a line, keywords in capitals, parentheses only where they are needed.
    public var description: String {
        let head = settings.map { "SET \(ESQLPrinter.name($0.name.text)) = \(ESQLPrinter.text(of: $0.value));\n" }
        return head.joined() + ESQLPrinter.text(of: commands, separator: "\n| ")
    }
}

extension ESQLExpression: CustomStringConvertible {
    public var description: String { ESQLPrinter.text(of: self) }
}

/// Writes queries.
///
/// - Guarantee: what it writes is read as what it was given.
enum ESQLPrinter {
    static func text(of commands: [ESQLCommand], separator: String = " | ") -> String {
        commands.map(text(of:)).joined(separator: separator)
    }

    // MARK: Commands

    private static func text(of command: ESQLCommand) -> String {
        switch command.form {
        case .from(let sources, let metadata): "FROM \(list(sources, text(of:)))\(fields(metadata))"
        case .row(let values): "ROW \(list(values, text(of:)))"
        case .showInfo: "SHOW INFO"
        case .eql(let sources, let query, let metadata, let options):
            "EQL \(list(sources, text(of:))) \(QuotedText.of(query.text))\(fields(metadata))" + with(options)
        case .filter(let condition): "WHERE \(condition)"
        case .eval(let values): "EVAL \(list(values, text(of:)))"
        case .stats(let aggregates, let groups, let keepsRows):
            (keepsRows ? "INLINE STATS" : "STATS") + (aggregates.isEmpty ? "" : " \(list(aggregates, text(of:)))")
                + (groups.isEmpty ? "" : " BY \(list(groups, text(of:)))")
        case .sort(let orders): "SORT \(list(orders, text(of:)))"
        case .limit(let count, let groups): "LIMIT \(count)" + by(groups)
        case .keep(let patterns): "KEEP \(list(patterns, text(of:)))"
        case .drop(let patterns): "DROP \(list(patterns, text(of:)))"
        case .rename(let renamings): "RENAME " + list(renamings) { "\(name($0.old.text)) AS \(name($0.new.text))" }
        case .dissect(let value, let pattern, let separator):
            "DISSECT \(operand(value, above: .sum)) \(QuotedText.of(pattern.text))"
                + (separator.map { " APPEND_SEPARATOR = \(QuotedText.of($0))" } ?? "")
        case .grok(let value, let patterns):
            "GROK \(operand(value, above: .sum)) \(list(patterns) { QuotedText.of($0.text) })"
        case .expand(let column): "MV_EXPAND \(name(column.text))"
        case .enrich(let policy, let key, let columns):
            "ENRICH \(QuotedText.of(policy.text))" + (key.map { " ON \(name($0.text))" } ?? "")
                + (columns.isEmpty
                    ? "" : " WITH " + list(columns) { "\(name($0.new.text)) = \(name($0.old.text))" })
        case .lookupJoin(let source, let conditions):
            "LOOKUP JOIN \(text(of: source)) ON \(list(conditions, \.description))"
        case .fork(let branches): "FORK " + branches.map { "(\(text(of: $0)))" }.joined(separator: " ")
        case .changePoint(let value, let key, let type, let probability, let groups):
            "CHANGE_POINT \(name(value.text))" + (key.map { " ON \(name($0.text))" } ?? "")
                + (type.map { " AS \(name($0.text)), \(name(probability?.text ?? "pvalue"))" } ?? "") + by(groups)
        case .sample(let share): "SAMPLE \(share)"
        case .parts(let command, let prefix, let value, let options):
            "\(command.text.uppercased()) \(name(prefix.text)) = \(value)" + with(options)
        }
    }

    private static func list<Item>(_ items: [Item], _ text: (Item) -> String) -> String {
        items.map(text).joined(separator: ", ")
    }

    private static func fields(_ names: [ESQLName]) -> String {
        names.isEmpty ? "" : " METADATA \(list(names) { name($0.text) })"
    }

    private static func by(_ groups: [ESQLExpression]) -> String {
        groups.isEmpty ? "" : " BY \(list(groups, \.description))"
    }

    private static func with(_ options: [ESQLOption]) -> String {
        options.isEmpty ? "" : " WITH \(text(of: options))"
    }

    private static func text(of options: [ESQLOption]) -> String {
        "{\(list(options) { "\(QuotedText.of($0.name)): \(text(of: $0.value))" })}"
    }

    private static func text(of source: ESQLSource) -> String {
        switch source.form {
        case .pattern(let pattern, let isExcluded): QuotedText.of((isExcluded ? "-" : "") + pattern)
        case .query(let commands): "(\(text(of: commands)))"
        }
    }

    private static func text(of assignment: ESQLAssignment) -> String {
        text(of: assignment.value.description, called: assignment.name)
    }

    private static func text(of aggregate: ESQLAggregate) -> String {
        let value = aggregate.assignment.value.description + (aggregate.filter.map { " WHERE \($0)" } ?? "")
        return text(of: value, called: aggregate.assignment.name)
    }

    /// What has no name is called as it is written, so a name is left out only where that stays the same.
    private static func text(of value: String, called wanted: ESQLName) -> String {
        value == wanted.text || value == name(wanted.text) ? value : "\(name(wanted.text)) = \(value)"
    }

    private static func text(of order: ESQLOrder) -> String {
        "\(order.value) \(order.isDescending ? "DESC" : "ASC") NULLS \(order.putsNullsFirst ? "FIRST" : "LAST")"
    }

    private static func text(of pattern: ESQLNamePattern) -> String {
        // Between back quotes every sign is itself, so only the stars stand outside.
        pattern.pieces.map { $0.isEmpty ? "" : "`\($0.replacing("`", with: "``"))`" }.joined(separator: "*")
    }

    // MARK: Expressions

    /// How tightly a form holds its parts together; what holds less tightly stands in parentheses.
    private enum Tightness: Int {
        case any, all, not, test, sum, product, sign, cast, primary
    }

    private static func tightness(_ form: ESQLExpression.Form) -> Tightness {
        switch form {
        case .any: .any
        case .all: .all
        case .not(let inner): isTest(inner) ? .test : .not
        case .comparison, .isNull, .isIn, .isInQuery, .like, .match: .test
        case .arithmetic(.add, _, _), .arithmetic(.subtract, _, _): .sum
        case .arithmetic: .product
        case .negative: .sign
        case .cast: .cast
        case .literal(let literal): literal.isNegative ? .sign : .primary
        case .column, .function, .everyRow, .options: .primary
        }
    }

    /// Whether `NOT` is written within it.
    private static func isTest(_ expression: ESQLExpression) -> Bool {
        switch expression.form {
        case .isNull, .isIn, .isInQuery, .like: true
        default: false
        }
    }

    private static func operand(_ part: ESQLExpression, above least: Tightness) -> String {
        tightness(part.form).rawValue >= least.rawValue ? text(of: part) : "(\(text(of: part)))"
    }

    static func text(of expression: ESQLExpression) -> String {
        switch expression.form {
        case .literal(let literal): text(of: literal)
        case .column(let column): name(column)
        case .function(let function, let arguments): "\(function.text)(\(list(arguments, text(of:))))"
        case .everyRow(let function): "\(function.text)(*)"
        case .options(let options): text(of: options)
        // A sign in front of a number would become part of it.
        case .negative(let inner): "-" + (isNumber(inner) ? "(\(text(of: inner)))" : operand(inner, above: .sign))
        case .arithmetic(let sign, let left, let right):
            arithmetic(sign, left, right, sign == .add || sign == .subtract ? .sum : .product)
        case .comparison(let sign, let left, let right):
            "\(operand(left, above: .sum)) \(sign.rawValue) \(operand(right, above: .sum))"
        case .all(let parts): parts.map { operand($0, above: .not) }.joined(separator: " AND ")
        case .any(let parts): parts.map { operand($0, above: .all) }.joined(separator: " OR ")
        case .not(let inner): isTest(inner) ? test(inner, isNegated: true) : "NOT \(operand(inner, above: .not))"
        case .isNull, .isIn, .isInQuery, .like: test(expression, isNegated: false)
        case .match(let field, let value): "\(text(of: field)) : \(text(of: value))"
        case .cast(let inner, let type):
            // A sign in front of a number is part of it here, too.
            (isNumber(inner) ? text(of: inner) : operand(inner, above: .cast)) + "::\(name(type.text))"
        }
    }

    private static func isNumber(_ expression: ESQLExpression) -> Bool {
        switch expression.form {
        case .literal(.integer), .literal(.long), .literal(.unsignedLong), .literal(.double), .literal(.span): true
        case .cast(let inner, _): isNumber(inner)
        default: false
        }
    }

    private static func arithmetic(
        _ sign: Arithmetic, _ left: ESQLExpression, _ right: ESQLExpression, _ own: Tightness
    ) -> String {
        let behind = Tightness(rawValue: own.rawValue + 1) ?? .primary
        return "\(operand(left, above: own)) \(sign.rawValue) \(operand(right, above: behind))"
    }

    private static func test(_ expression: ESQLExpression, isNegated: Bool) -> String {
        let not = isNegated ? " NOT" : ""
        switch expression.form {
        case .isNull(let inner): return "\(operand(inner, above: .sum)) IS\(not) NULL"
        case .isIn(let inner, let values):
            return "\(operand(inner, above: .sum))\(not) IN (\(list(values, text(of:))))"
        case .isInQuery(let inner, let commands):
            return "\(operand(inner, above: .sum))\(not) IN (\(text(of: commands)))"
        case .like(let inner, let patterns, let isRegular):
            let keyword = isRegular ? "RLIKE" : "LIKE"
            let right = "(\(list(patterns) { operand($0, above: .sum) }))"
            if patterns.count == 1, case .literal(.string) = patterns[0].form {
                return "\(operand(inner, above: .sum))\(not) \(keyword) \(text(of: patterns[0]))"
            }
            return "\(operand(inner, above: .sum))\(not) \(keyword) \(right)"
        default: return text(of: expression)
        }
    }

    // MARK: Literals and names

    static func text(of literal: ESQLLiteral) -> String {
        switch literal {
        case .null: "null"
        case .boolean(let flag): String(flag)
        case .integer(let number): String(number)
        case .long(let number): String(number)
        case .unsignedLong(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): QuotedText.of(text)
        case .span(let count, let unit): "\(count) \(unit.rawValue)"
        case .list(let values): "[\(list(values, text(of:)))]"
        }
    }

    /// A dotted name; parts that are no words, or have a meaning, stand between back quotes.
    static func name(_ text: String) -> String {
        text.split(separator: ".", omittingEmptySubsequences: false).map { part in
            isWord(part) ? String(part) : "`\(part.replacing("`", with: "``"))`"
        }.joined(separator: ".")
    }

    private static func isWord(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, !ESQLParser.reserved.contains(part.lowercased()) else { return false }
        let isLetter = { (byte: UInt8) in (byte | 0x20) &- 97 < 26 || byte == UInt8(ascii: "_") }
        guard isLetter(first) || first == UInt8(ascii: "@") && part.utf8.count > 1 else { return false }
        return part.utf8.dropFirst().allSatisfy { isLetter($0) || $0 &- 48 < 10 }
    }
}

extension ESQLLiteral {
    fileprivate var isNegative: Bool {
        switch self {
        case .integer(let number): number < 0
        case .long(let number): number < 0
        case .double(let number): number.sign == .minus
        case .span(let count, _): count < 0
        default: false
        }
    }
}
