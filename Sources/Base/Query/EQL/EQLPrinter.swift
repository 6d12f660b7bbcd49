import Platform

extension EQLQuery: CustomStringConvertible {
    /// The query in one way of writing, with parentheses only where they are needed.
    public var description: String {
        let pipes = pipes.map { "\n| \($0.kind.rawValue) \($0.count)" }.joined()
        switch form {
        case .event(let filter): return EQLPrinter.text(of: filter) + pipes
        case .sample(let keys, let terms):
            return "sample" + EQLPrinter.by(keys) + terms.map { "\n  " + EQLPrinter.text(of: $0) }.joined() + pipes
        case .sequence(let sequence): return EQLPrinter.text(of: sequence) + pipes
        }
    }
}

extension EQLExpression: CustomStringConvertible {
    public var description: String { EQLPrinter.text(of: self) }
}

/// Writes queries.
///
/// - Guarantee: what it writes is read as what it was given.
enum EQLPrinter {
    static func text(of filter: EQLEventFilter) -> String {
        let category = filter.category.map { isWord($0[...]) ? $0 : QuotedText.of($0) } ?? "any"
        return "\(category) where \(filter.condition)"
    }

    static func text(of sequence: EQLSequenceForm) -> String {
        let span = sequence.maxspan.map { " with maxspan=\(text(of: $0))" } ?? ""
        let terms = sequence.terms.map { "\n  " + text(of: $0) }.joined()
        return "sequence\(by(sequence.keys))\(span)\(terms)"
            + (sequence.until.map { "\nuntil \(text(of: $0))" } ?? "")
    }

    static func text(of term: EQLTerm) -> String {
        (term.isMissing ? "![" : "[") + text(of: term.filter) + "]" + by(term.keys)
            + (term.runs > 1 ? " with runs=\(term.runs)" : "")
    }

    static func by(_ keys: [EQLExpression]) -> String {
        keys.isEmpty ? "" : " by " + keys.map { operand($0, above: .sum) }.joined(separator: ", ")
    }

    private static func text(of span: Timestamp.Span) -> String {
        let units: [(Int64, String)] = [
            (86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms"),
        ]
        let milliseconds = span.nanoseconds / 1_000_000
        let unit = units.first { milliseconds % $0.0 == 0 } ?? (1, "ms")
        return "\(milliseconds / unit.0)\(unit.1)"
    }

    // MARK: Expressions

    /// How tightly a form holds its parts together; what holds less tightly stands in parentheses.
    private enum Tightness: Int {
        case any, all, not, test, sum, product, sign, primary
    }

    private static func tightness(_ form: EQLExpression.Form) -> Tightness {
        switch form {
        case .any: .any
        case .all: .all
        case .not: .not
        case .comparison, .isIn, .matches: .test
        case .arithmetic(.add, _, _), .arithmetic(.subtract, _, _): .sum
        case .arithmetic: .product
        case .negative: .sign
        case .literal(let literal): literal.isNegative ? .sign : .primary
        case .field, .call: .primary
        }
    }

    private static func operand(_ part: EQLExpression, above least: Tightness) -> String {
        tightness(part.form).rawValue >= least.rawValue ? text(of: part) : "(\(text(of: part)))"
    }

    static func text(of expression: EQLExpression) -> String {
        switch expression.form {
        case .literal(let literal): text(of: literal)
        case .field(let name, let isOptional): (isOptional ? "?" : "") + self.name(name)
        case .call(let name, let isCaseless, let arguments):
            "\(name)\(isCaseless ? "~" : "")(\(list(arguments)))"
        // A sign in front of a number would become part of it.
        case .negative(let inner): "-" + (isNumber(inner) ? "(\(text(of: inner)))" : operand(inner, above: .sign))
        case .arithmetic(let sign, let left, let right):
            arithmetic(sign, left, right, sign == .add || sign == .subtract ? .sum : .product)
        case .comparison(let sign, let left, let right):
            "\(operand(left, above: .sum)) \(sign.rawValue) \(operand(right, above: .sum))"
        case .isIn(let inner, let values, let isCaseless):
            "\(operand(inner, above: .sum)) in\(isCaseless ? "~" : "") (\(list(values)))"
        case .matches(let inner, let matching, let patterns):
            "\(operand(inner, above: .sum)) \(matching.rawValue) "
                + (patterns.count == 1
                    ? text(of: patterns[0]) : "(\(patterns.map(text(of:)).joined(separator: ", ")))")
        case .all(let parts): parts.map { operand($0, above: .not) }.joined(separator: " and ")
        case .any(let parts): parts.map { operand($0, above: .all) }.joined(separator: " or ")
        case .not(let inner): "not \(operand(inner, above: .not))"
        }
    }

    private static func list(_ parts: [EQLExpression]) -> String {
        parts.map(text(of:)).joined(separator: ", ")
    }

    private static func isNumber(_ expression: EQLExpression) -> Bool {
        switch expression.form {
        case .literal(.integer), .literal(.double): true
        default: false
        }
    }

    private static func arithmetic(
        _ sign: Arithmetic, _ left: EQLExpression, _ right: EQLExpression, _ own: Tightness
    ) -> String {
        let behind = Tightness(rawValue: own.rawValue + 1) ?? .primary
        return "\(operand(left, above: own)) \(sign.rawValue) \(operand(right, above: behind))"
    }

    // MARK: Literals and names

    private static func text(of literal: EQLLiteral) -> String {
        switch literal {
        case .null: "null"
        case .boolean(let flag): String(flag)
        case .integer(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): QuotedText.of(text)
        }
    }

    /// A dotted name; parts that are no words, or have a meaning, stand between back quotes.
    private static func name(_ text: String) -> String {
        text.split(separator: ".", omittingEmptySubsequences: false).map { part in
            isWord(part) ? String(part) : "`\(part.replacing("`", with: "``"))`"
        }.joined(separator: ".")
    }

    private static func isWord(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, !EQLToken.keywords.contains(String(part)) else { return false }
        return QueryCursor.beginsWord(first) && part.utf8.dropFirst().allSatisfy(QueryCursor.isInWord)
    }
}

extension EQLLiteral {
    fileprivate var isNegative: Bool {
        switch self {
        case .integer(let number): number < 0
        case .double(let number): number.sign == .minus
        default: false
        }
    }
}
