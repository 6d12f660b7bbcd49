/// Reads KQL by recursive descent, one function for each line of the grammar:
///
/// ```
/// any     := all ( "or" all )*
/// all     := not ( "and" not )*
/// not     := "not" operand | operand
/// operand := "(" any ")" | test
/// test    := field ":" "{" any "}" | field ":" values | field ("<" | "<=" | ">" | ">=") literal | literal
/// ```
///
/// A list of values, `field: (a or not b)`, is read by the same functions with the field handed down.
struct KQLParser {
    private var scanner: KQLScanner
    private let options: KQLOptions
    private var nesting = 0
    private var leaves: Int
    private var isInObject = false

    /// - Parameter leaves: how many tests count as read already.
    init(_ source: SourceText, _ options: KQLOptions, leaves: Int = 0) {
        scanner = KQLScanner(source, options.dialect)
        self.leaves = leaves
        self.options = options
    }

    mutating func query() throws(QueryError) -> KQLExpression {
        let size = scanner.source.bytes.count
        guard size <= KQLLimit.text else {
            throw error("a query has at most \(KQLLimit.text) bytes; this one has \(size)", at: SourceSpan(0, 0))
        }
        scanner.skipSpace()
        guard !scanner.isAtEnd else { return KQLExpression(form: .everything, span: SourceSpan(0, size)) }
        let whole = try any(nil)
        scanner.skipSpace()
        guard scanner.isAtEnd else { throw unexpectedBehindTest("`and`, `or` or the end") }
        return whole
    }

    private mutating func any(_ field: KQLLiteral?) throws(QueryError) -> KQLExpression {
        var parts = [try all(field)]
        while scanner.takeOperator(.or) { parts.append(try all(field)) }
        return joined(parts, KQLExpression.Form.any)
    }

    private mutating func all(_ field: KQLLiteral?) throws(QueryError) -> KQLExpression {
        var parts = [try not(field)]
        while scanner.takeOperator(.and) { parts.append(try not(field)) }
        return joined(parts, KQLExpression.Form.all)
    }

    private mutating func not(_ field: KQLLiteral?) throws(QueryError) -> KQLExpression {
        let start = scanner.place
        guard scanner.take(.not) else { return try operand(field) }
        scanner.skipSpace()
        if scanner.peekKeyword() == .not {
            let span = SourceSpan(scanner.place, scanner.place + 3)
            throw error("`not` cannot follow `not`", at: span, hint: "leave out both")
        }
        let part = try operand(field)
        return KQLExpression(form: .not(part), span: SourceSpan(start, part.span.upper))
    }

    private mutating func operand(_ field: KQLLiteral?) throws(QueryError) -> KQLExpression {
        if scanner.peek("(") { return try group("(", ")", field) }
        guard let field else { return try test() }
        return try match(field)
    }

    /// What stands between a pair of signs. Its span has the signs in it.
    private mutating func group(
        _ open: Character, _ close: Character, _ field: KQLLiteral?
    ) throws(QueryError) -> KQLExpression {
        let start = scanner.place
        let opening = SourceSpan(start, start + 1)
        _ = scanner.take(open)
        nesting += 1
        guard nesting <= KQLLimit.nesting else {
            throw error("groups may lie at most \(KQLLimit.nesting) deep", at: opening)
        }
        scanner.skipSpace()
        if scanner.peek(close) { throw error("nothing stands between `\(open)` and `\(close)`", at: opening) }
        let inner = try any(field)
        scanner.skipSpace()
        guard scanner.take(close) else {
            if scanner.isAtEnd { throw error("this `\(open)` is never closed", at: opening) }
            throw unexpectedBehindTest("`and`, `or` or `\(close)`")
        }
        nesting -= 1
        return KQLExpression(form: inner.form, span: SourceSpan(start, scanner.place))
    }

    private mutating func test() throws(QueryError) -> KQLExpression {
        let name = try scanner.literal("a field or a value")
        let end = scanner.place
        scanner.skipSpace()
        if scanner.take(":") {
            scanner.skipSpace()
            if scanner.peek("{") { return try object(name) }
            if scanner.peek("(") {
                let values = try group("(", ")", name)
                return KQLExpression(form: values.form, span: name.span.joined(with: values.span))
            }
            let single = try match(name)
            return KQLExpression(form: single.form, span: name.span.joined(with: single.span))
        }
        if let comparison = scanner.takeComparison() {
            scanner.skipSpace()
            let value = try scanner.literal("a value behind `\(comparison.rawValue)`")
            if case .pattern = value.form {
                throw error(
                    "a range cannot end in a wildcard", at: value.span, hint: "to compare with a `*`, use quotes")
            }
            return try leaf(.compare(field: name, comparison, value), name.span.joined(with: value.span))
        }
        scanner.goBack(to: end)
        if isInObject, options.dialect == .elasticsearch {
            throw error("a value inside braces needs a field", at: name.span)
        }
        try check(name)
        return try leaf(.freeText(name), name.span)
    }

    private mutating func object(_ path: KQLLiteral) throws(QueryError) -> KQLExpression {
        let wasInObject = isInObject
        isInObject = true
        defer { isInObject = wasInObject }
        let inner = try group("{", "}", nil)
        return KQLExpression(form: .object(path: path, inner), span: path.span.joined(with: inner.span))
    }

    private mutating func match(_ field: KQLLiteral) throws(QueryError) -> KQLExpression {
        let value = try scanner.literal("a value for `\(field.text)`")
        try check(value)
        return try leaf(.match(field: field, value), value.span)
    }

    private func check(_ value: KQLLiteral) throws(QueryError) {
        guard !options.allowsLeadingWildcard, case .pattern(let pattern) = value.form, pattern.startsWithStar,
            !pattern.isEverything
        else { return }
        throw error("a value may not begin with `*` here", at: SourceSpan(value.span.lower, value.span.lower + 1))
    }

    private mutating func leaf(_ form: KQLExpression.Form, _ span: SourceSpan) throws(QueryError) -> KQLExpression {
        leaves += 1
        guard leaves <= KQLLimit.leaves else {
            throw error(
                "a query has at most \(KQLLimit.leaves) tests", at: span, hint: "keep long lists as value lists")
        }
        return KQLExpression(form: form, span: span)
    }

    private func joined(
        _ parts: [KQLExpression], _ form: ([KQLExpression]) -> KQLExpression.Form
    ) -> KQLExpression {
        guard parts.count > 1 else { return parts[0] }
        return KQLExpression(form: form(parts), span: parts[0].span.joined(with: parts[parts.count - 1].span))
    }

    private func unexpectedBehindTest(_ expected: String) -> QueryError {
        let error = scanner.unexpected("expected \(expected)")
        guard scanner.peekKeyword() == .not else { return error }
        return QueryError(error.message, at: error.span, in: scanner.source, hint: "write `and not`")
    }

    private func error(_ message: String, at span: SourceSpan, hint: String? = nil) -> QueryError {
        QueryError(message, at: span, in: scanner.source, hint: hint)
    }
}
