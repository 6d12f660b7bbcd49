/// ```
/// any     := all ( "or" all )*
/// all     := not ( "and" not )*
/// not     := "not" not | test
/// test    := sum [ comparison sum | [ "not" ] ( "in" | "in~" ) list
///                | ( ":" | "like" | "like~" | "regex" | "regex~" ) ( literal | literals ) ]
/// sum     := product ( ( "+" | "-" ) product )*
/// product := sign ( ( "*" | "/" | "%" ) sign )*
/// sign    := ( "-" | "+" ) sign | primary
/// primary := literal | [ "?" ] field | function [ "~" ] "(" … ")" | "(" any ")"
/// ```
extension EQLParser {
    mutating func expression() throws(QueryError) -> EQLExpression {
        try nested { parser throws(QueryError) in try parser.any() }
    }

    private mutating func any() throws(QueryError) -> EQLExpression {
        var parts = [try all()]
        while try take("or") { try add(try all(), to: &parts) }
        return joined(parts, EQLExpression.Form.any)
    }

    private mutating func all() throws(QueryError) -> EQLExpression {
        var parts = [try not()]
        while try take("and") { try add(try not(), to: &parts) }
        return joined(parts, EQLExpression.Form.all)
    }

    private func joined(
        _ parts: [EQLExpression], _ form: ([EQLExpression]) -> EQLExpression.Form
    ) -> EQLExpression {
        guard parts.count > 1 else { return parts[0] }
        return EQLExpression(form: form(parts), span: parts[0].span.joined(with: parts[parts.count - 1].span))
    }

    private func add(_ part: EQLExpression, to parts: inout [EQLExpression]) throws(QueryError) {
        parts.append(part)
        guard parts.count <= EQLLimit.parts else {
            throw error("there are at most \(EQLLimit.parts) parts", at: part.span)
        }
    }

    private mutating func not() throws(QueryError) -> EQLExpression {
        let start = token.span.lower
        guard try take("not") else { return try test() }
        let part = try nested { parser throws(QueryError) in try parser.not() }
        return EQLExpression(form: .not(part), span: SourceSpan(start, part.span.upper))
    }

    // MARK: Tests

    private mutating func test() throws(QueryError) -> EQLExpression {
        let left = try sum()
        if let comparison {
            try advance()
            let right = try sum()
            if self.comparison != nil {
                throw error("comparisons have no chains", at: token.span, hint: "put `and` between two of them")
            }
            return made(.comparison(comparison, left, right), left)
        }
        if peek(.assign) { throw unexpected("`==` or another comparison", hint: "write `==`, or `:` for any case") }
        let isNegated = peek("not")
        if isNegated { try advance() }
        if peek("in") || token.kind == .caselessWord("in") {
            let isCaseless = !peek("in")
            try advance()
            let test = made(.isIn(left, try list(), isCaseless: isCaseless), left)
            return isNegated ? EQLExpression(form: .not(test), span: test.span) : test
        }
        guard !isNegated else {
            throw unexpected("`in`", hint: "write `not` in front of the whole test, as in `not name like \"a*\"`")
        }
        guard let matching else { return left }
        try advance()
        return made(.matches(left, matching, try patterns(matching)), left)
    }

    private var comparison: EQLComparison? {
        if case .sign(let sign) = token.kind { EQLComparison(rawValue: sign.rawValue) } else { nil }
    }

    private var matching: EQLMatching? {
        switch token.kind {
        case .sign(.colon): .caselessEqual
        case .word("like"): .like
        case .word("regex"): .regex
        case .caselessWord("like"): .caselessLike
        case .caselessWord("regex"): .caselessRegex
        default: nil
        }
    }

    private func made(_ form: EQLExpression.Form, _ first: EQLExpression) -> EQLExpression {
        EQLExpression(form: form, span: SourceSpan(first.span.lower, end))
    }

    /// Expressions between parentheses, one at the least.
    private mutating func list() throws(QueryError) -> [EQLExpression] {
        try expect(.openParenthesis)
        var parts: [EQLExpression] = []
        repeat { try add(try expression(), to: &parts) } while try take(.comma)
        try expect(.closeParenthesis)
        return parts
    }

    private mutating func patterns(_ matching: EQLMatching) throws(QueryError) -> [EQLLiteral] {
        guard try take(.openParenthesis) else { return [try pattern(matching)] }
        var patterns: [EQLLiteral] = []
        repeat {
            patterns.append(try pattern(matching))
            guard patterns.count <= EQLLimit.parts else {
                throw error("there are at most \(EQLLimit.parts) parts", at: token.span)
            }
        } while try take(.comma)
        try expect(.closeParenthesis)
        return patterns
    }

    private mutating func pattern(_ matching: EQLMatching) throws(QueryError) -> EQLLiteral {
        if case .string(let text) = token.kind {
            try advance()
            return .string(text)
        }
        guard matching == .caselessEqual, let literal = try signedLiteral() else {
            throw unexpected("text in double quotes", hint: "what stands on the right of a pattern test is no field")
        }
        return literal
    }

    // MARK: Arithmetic

    mutating func sum() throws(QueryError) -> EQLExpression {
        try chain([.add, .subtract]) { parser throws(QueryError) in
            try parser.chain([.multiply, .divide, .modulo]) { parser throws(QueryError) in try parser.sign() }
        }
    }

    private mutating func chain(
        _ operators: [Arithmetic], _ read: (inout EQLParser) throws(QueryError) -> EQLExpression
    ) throws(QueryError) -> EQLExpression {
        var left = try read(&self)
        var count = 0
        while case .sign(let sign) = token.kind, let found = Arithmetic(rawValue: sign.rawValue),
            operators.contains(found)
        {
            try advance()
            count += 1
            guard count <= EQLLimit.nesting else {
                throw error("a sum or product has at most \(EQLLimit.nesting) parts", at: token.span)
            }
            let right = try read(&self)
            left = made(.arithmetic(found, left, right), left)
        }
        return left
    }

    private mutating func sign() throws(QueryError) -> EQLExpression {
        let start = token.span.lower
        if try take(.plus) { return try nested { parser throws(QueryError) in try parser.sign() } }
        guard try take(.minus) else { return try primary() }
        // The sign belongs to a number that follows, so that the smallest one can be written.
        if let number = try number(isNegative: true) {
            return EQLExpression(form: .literal(number), span: SourceSpan(start, end))
        }
        let part = try nested { parser throws(QueryError) in try parser.sign() }
        return EQLExpression(form: .negative(part), span: SourceSpan(start, part.span.upper))
    }

    // MARK: Primaries

    private mutating func primary() throws(QueryError) -> EQLExpression {
        let start = token.span.lower
        if try take(.openParenthesis) {
            let inner = try expression()
            try expect(.closeParenthesis)
            return EQLExpression(form: inner.form, span: SourceSpan(start, end))
        }
        if let literal = try literal() { return EQLExpression(form: .literal(literal), span: SourceSpan(start, end)) }
        if case .caselessWord(let name) = token.kind { return try call(name, isCaseless: true) }
        if case .word(let name) = token.kind, try following().kind == .sign(.openParenthesis),
            !EQLToken.keywords.contains(name)
        {
            return try call(name, isCaseless: false)
        }
        let isOptional = try take(.optional)
        let name = try fieldName()
        return EQLExpression(form: .field(name, isOptional: isOptional), span: SourceSpan(start, end))
    }

    private mutating func call(_ name: String, isCaseless: Bool) throws(QueryError) -> EQLExpression {
        let start = token.span.lower
        try advance()
        try expect(.openParenthesis)
        var arguments: [EQLExpression] = []
        if !peek(.closeParenthesis) {
            repeat { try add(try expression(), to: &arguments) } while try take(.comma)
        }
        try expect(.closeParenthesis)
        return EQLExpression(
            form: .call(name, isCaseless: isCaseless, arguments), span: SourceSpan(start, end))
    }

    /// A dotted name.
    private mutating func fieldName() throws(QueryError) -> String {
        var text = try fieldPart("a value", isFirst: true)
        // A dot belongs to a name only where nothing stands between.
        while peek(.dot), token.span.lower == end {
            try advance()
            guard token.span.lower == end else { throw unexpected("the rest of the name `\(text).`") }
            text += "." + (try fieldPart("the rest of the name `\(text).`", isFirst: false))
        }
        if peek(.openBracket), token.span.lower == end {
            throw error("a field has no places", at: token.span, hint: "a test holds if it holds for one value")
        }
        return text
    }

    private mutating func fieldPart(_ expected: String, isFirst: Bool) throws(QueryError) -> String {
        switch token.kind {
        case .word(let word):
            if isFirst, EQLToken.keywords.contains(word) {
                throw unexpected(expected, hint: "a field of that name stands between back quotes")
            }
            try advance()
            return word
        case .quotedWord(let word):
            try advance()
            return word
        default: throw unexpected(expected)
        }
    }

    // MARK: Literals

    private mutating func signedLiteral() throws(QueryError) -> EQLLiteral? {
        if let literal = try literal() { return literal }
        guard try take(.minus) else { return nil }
        guard let number = try number(isNegative: true) else { throw unexpected("a number") }
        return number
    }

    /// A literal without a sign.
    private mutating func literal() throws(QueryError) -> EQLLiteral? {
        switch token.kind {
        case .string(let text):
            try advance()
            return .string(text)
        case .word("null"):
            try advance()
            return .null
        case .word("true"), .word("false"):
            return .boolean(try advance().kind == .word("true"))
        default: return try number(isNegative: false)
        }
    }

    /// - Returns: `nil` when no number comes next.
    private mutating func number(isNegative: Bool) throws(QueryError) -> EQLLiteral? {
        let span = token.span
        switch token.kind {
        case .decimal(let digits):
            try advance()
            guard let number = Double(digits), number.isFinite else {
                throw error("`\(digits)` is too large for a number", at: span)
            }
            return .double(isNegative ? -number : number)
        case .integer(let digits):
            try advance()
            guard let number = Int64(isNegative ? "-\(digits)" : digits) else {
                throw error("`\(digits)` is too large for a whole number", at: span, hint: "write `\(digits).0`")
            }
            return .integer(number)
        default: return nil
        }
    }
}
