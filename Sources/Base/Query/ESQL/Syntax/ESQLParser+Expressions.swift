/// ```
/// any        := all ( "OR" all )*
/// all        := not ( "AND" not )*
/// not        := "NOT" not | test
/// test       := sum [ comparison sum | ["NOT"] "IN" ( list | "(" pipeline ")" ) | ["NOT"] ("LIKE" | "RLIKE") pattern
///                   | "IS" ["NOT"] "NULL" | ":" literal ]
/// pattern    := sum | "(" sum ( "," sum )* ")"
/// sum        := product ( ("+" | "-") product )*
/// product    := sign ( ("*" | "/" | "%") sign )*
/// sign       := ("-" | "+") sign | cast
/// cast       := primary ( "::" type )*
/// primary    := literal | column | function "(" … ")" | "(" any ")"
/// ```
extension ESQLParser {
    mutating func expression() throws(QueryError) -> ESQLExpression {
        try nested { parser throws(QueryError) in try parser.any() }
    }

    private mutating func any() throws(QueryError) -> ESQLExpression {
        var parts = [try all()]
        while try take("or") { try add(try all(), to: &parts) }
        return joined(parts, ESQLExpression.Form.any)
    }

    private mutating func all() throws(QueryError) -> ESQLExpression {
        var parts = [try not()]
        while try take("and") { try add(try not(), to: &parts) }
        return joined(parts, ESQLExpression.Form.all)
    }

    private func joined(
        _ parts: [ESQLExpression], _ form: ([ESQLExpression]) -> ESQLExpression.Form
    ) -> ESQLExpression {
        guard parts.count > 1 else { return parts[0] }
        return ESQLExpression(form: form(parts), span: parts[0].span.joined(with: parts[parts.count - 1].span))
    }

    private func add(_ part: ESQLExpression, to parts: inout [ESQLExpression]) throws(QueryError) {
        parts.append(part)
        guard parts.count <= ESQLLimit.parts else {
            throw error("there are at most \(ESQLLimit.parts) parts", at: part.span)
        }
    }

    private mutating func not() throws(QueryError) -> ESQLExpression {
        let start = token.span.lower
        guard try take("not") else { return try test() }
        let part = try nested { parser throws(QueryError) in try parser.not() }
        return ESQLExpression(form: .not(part), span: SourceSpan(start, part.span.upper))
    }

    // MARK: Tests

    private mutating func test() throws(QueryError) -> ESQLExpression {
        let left = try sum()
        if let comparison = comparison {
            let sign = try advance()
            let right = try sum()
            if self.comparison != nil {
                throw error("comparisons have no chains", at: token.span, hint: "put `AND` between two of them")
            }
            guard comparison != .insensitiveEqual else {
                throw error("`=~` is not known", at: sign.span, hint: "write `TO_LOWER(a) == TO_LOWER(b)`")
            }
            return made(.comparison(comparison, left, right), left)
        }
        if try take("is") {
            let isNegated = try take("not")
            try expect("null")
            return negated(made(.isNull(left), left), isNegated)
        }
        if try take(.colon) {
            guard isColumn(left) else { throw error("`:` stands behind the name of a field", at: left.span) }
            let text = try literal()
            return made(.match(left, text), left)
        }
        // `NOT` in front of an `IN` here, and not of the next part of an `AND`.
        let ahead = peek("not") ? try following() : nil
        let isNegated = ["in", "like", "rlike"].contains { ahead?.isWord($0) == true }
        if isNegated { try advance() }
        if try take("in") {
            try expect(.openParenthesis)
            let form: ESQLExpression.Form
            if try isQueryNext() {
                form = .isInQuery(left, try nested { parser throws(QueryError) in try parser.pipeline() })
                try expect(.closeParenthesis)
            } else {
                form = .isIn(left, try restOfList())
            }
            return negated(made(form, left), isNegated)
        }
        for (keyword, isRegular) in [("like", false), ("rlike", true)] where try take(keyword) {
            let patterns = peek(.openParenthesis) ? try patterns() : [try sum()]
            return negated(made(.like(left, patterns, isRegular: isRegular), left), isNegated)
        }
        return left
    }

    private var comparison: ESQLComparison? {
        if case .sign(let sign) = token.kind { ESQLComparison(rawValue: sign.rawValue) } else { nil }
    }

    private func isColumn(_ expression: ESQLExpression) -> Bool {
        switch expression.form {
        case .column: true
        case .cast(let inner, _): isColumn(inner)
        default: false
        }
    }

    private func made(_ form: ESQLExpression.Form, _ first: ESQLExpression) -> ESQLExpression {
        ESQLExpression(form: form, span: SourceSpan(first.span.lower, end))
    }

    private func negated(_ expression: ESQLExpression, _ isNegated: Bool) -> ESQLExpression {
        isNegated ? ESQLExpression(form: .not(expression), span: expression.span) : expression
    }

    /// Patterns between parentheses, one at the least.
    private mutating func patterns() throws(QueryError) -> [ESQLExpression] {
        try expect(.openParenthesis)
        return try restOfList { parser throws(QueryError) in try parser.sum() }
    }

    /// Expressions behind a parenthesis that was opened, one at the least.
    private mutating func restOfList(
        of part: (inout ESQLParser) throws(QueryError) -> ESQLExpression = { parser throws(QueryError) in
            try parser.expression()
        }
    ) throws(QueryError) -> [ESQLExpression] {
        var parts: [ESQLExpression] = []
        repeat { try add(try part(&self), to: &parts) } while try take(.comma)
        try expect(.closeParenthesis)
        return parts
    }

    /// Whether a query comes next, and not a column that is called like the beginning of one.
    private func isQueryNext() throws(QueryError) -> Bool {
        if peek("from") { return true }
        guard peek("row") || peek("eql") else { return false }
        switch try following().kind {
        case .word, .quotedWord, .string: return true
        default: return false
        }
    }

    // MARK: Arithmetic

    mutating func sum() throws(QueryError) -> ESQLExpression {
        try chain([.add, .subtract]) { parser throws(QueryError) in
            try parser.chain([.multiply, .divide, .modulo]) { parser throws(QueryError) in try parser.sign() }
        }
    }

    private mutating func chain(
        _ operators: [Arithmetic], _ read: (inout ESQLParser) throws(QueryError) -> ESQLExpression
    ) throws(QueryError) -> ESQLExpression {
        var left = try read(&self)
        var count = 0
        while case .sign(let sign) = token.kind, let found = Arithmetic(rawValue: sign.rawValue),
            operators.contains(found)
        {
            try advance()
            count += 1
            guard count <= ESQLLimit.nesting else {
                throw error("a sum or product has at most \(ESQLLimit.nesting) parts", at: token.span)
            }
            let right = try read(&self)
            left = made(.arithmetic(found, left, right), left)
        }
        return left
    }

    private mutating func sign() throws(QueryError) -> ESQLExpression {
        let start = token.span.lower
        if try take(.plus) { return try nested { parser throws(QueryError) in try parser.sign() } }
        guard try take(.minus) else { return try cast() }
        // The sign belongs to a number that follows, so that the smallest one can be written.
        if let number = try number(isNegative: true) {
            return try casts(ESQLExpression(form: .literal(number), span: SourceSpan(start, end)))
        }
        let part = try nested { parser throws(QueryError) in try parser.sign() }
        return ESQLExpression(form: .negative(part), span: SourceSpan(start, part.span.upper))
    }

    private mutating func cast() throws(QueryError) -> ESQLExpression { try casts(try primary()) }

    private mutating func casts(_ expression: ESQLExpression) throws(QueryError) -> ESQLExpression {
        var expression = expression
        while try take(.cast) {
            let type = try name("the name of a type")
            expression = made(.cast(expression, type), expression)
        }
        return expression
    }

    // MARK: Primaries

    private mutating func primary() throws(QueryError) -> ESQLExpression {
        let start = token.span.lower
        if try take(.openParenthesis) {
            let inner = try expression()
            try expect(.closeParenthesis)
            return ESQLExpression(form: inner.form, span: SourceSpan(start, end))
        }
        if let literal = try literalIfAny() {
            return ESQLExpression(form: .literal(literal), span: SourceSpan(start, end))
        }
        if case .parameter = token.kind, try following().kind == .sign(.openParenthesis) { return try call() }
        if case .word(let word) = token.kind {
            if try following().kind == .sign(.openParenthesis), word.lowercased() != "in" { return try call() }
            if Self.reserved.contains(word.lowercased()) {
                throw unexpected("a value", hint: "a field of that name stands between back quotes")
            }
        }
        let name = try name("a value")
        return ESQLExpression(form: .column(name.text), span: name.span)
    }

    private mutating func call() throws(QueryError) -> ESQLExpression {
        let name = try name("a function")
        guard QueryCursor.isWord(name.text) else { throw error("Unknown function [\(name.text)]", at: name.span) }
        try expect(.openParenthesis)
        if try take(.star) {
            try expect(.closeParenthesis)
            return ESQLExpression(form: .everyRow(name), span: SourceSpan(name.span.lower, end))
        }
        var arguments: [ESQLExpression] = []
        if !peek(.closeParenthesis) {
            repeat {
                let start = token.span.lower
                if peek(.openBrace) {
                    let options = try options()
                    arguments.append(ESQLExpression(form: .options(options), span: SourceSpan(start, end)))
                } else {
                    try add(try expression(), to: &arguments)
                }
            } while try take(.comma)
        }
        try expect(.closeParenthesis)
        return ESQLExpression(form: .function(name, arguments), span: SourceSpan(name.span.lower, end))
    }

    /// `{"name": literal, …}`
    mutating func options() throws(QueryError) -> [ESQLOption] {
        try expect(.openBrace)
        var options: [ESQLOption] = []
        if !peek(.closeBrace) {
            repeat {
                let name = try text("the name of an option in quotes")
                try expect(.colon)
                options.append(ESQLOption(name: name.text, value: try literal()))
            } while try take(.comma)
        }
        try expect(.closeBrace)
        return options
    }

    // MARK: Literals

    mutating func literal() throws(QueryError) -> ESQLLiteral {
        if let literal = try literalIfAny() { return literal }
        let isNegative = try take(.minus)
        if !isNegative { _ = try take(.plus) }
        guard let number = try number(isNegative: isNegative) else { throw unexpected("a value") }
        return number
    }

    /// A literal without a sign.
    private mutating func literalIfAny() throws(QueryError) -> ESQLLiteral? {
        switch token.kind {
        case .string(let text):
            try advance()
            return .string(text)
        case .integer, .decimal: return try number(isNegative: false)
        case .word(let word):
            switch word.lowercased() {
            case "null": try advance(); return .null
            case "true": try advance(); return .boolean(true)
            case "false": try advance(); return .boolean(false)
            default: return nil
            }
        case .sign(.openBracket): return try literalList()
        case .parameter:
            guard case .value(let literal)? = try parameter() else { return nil }
            try takeParameter()
            return literal
        default: return nil
        }
    }

    /// - Returns: `nil` when no number comes next.
    private mutating func number(isNegative: Bool) throws(QueryError) -> ESQLLiteral? {
        let span = token.span
        switch token.kind {
        case .decimal(let digits):
            try advance()
            guard let number = Double(digits), number.isFinite else {
                throw error("`\(digits)` is too large for a double", at: span)
            }
            return .double(isNegative ? -number : number)
        case .integer(let digits):
            try advance()
            guard let whole = Self.whole(isNegative ? "-\(digits)" : digits) else {
                throw error("`\(digits)` is too large for a number", at: span)
            }
            return try interval(whole) ?? whole
        default: return nil
        }
    }

    private static func whole(_ digits: String) -> ESQLLiteral? {
        if let number = Int32(digits) { return .integer(number) }
        if let number = Int64(digits) { return .long(number) }
        if let number = UInt64(digits) { return .unsignedLong(number) }
        return Double(digits).map { .double($0) }
    }

    /// A number with a unit of time behind it.
    private mutating func interval(_ number: ESQLLiteral) throws(QueryError) -> ESQLLiteral? {
        guard case .word(let word) = token.kind, !Self.reserved.contains(word.lowercased()) else { return nil }
        guard let unit = ESQLTimeUnit(word) else { return nil }
        switch number {
        case .integer(let count):
            try advance()
            return .span(Int64(count), unit)
        case .long(let count):
            try advance()
            return .span(count, unit)
        default: return nil
        }
    }

    private mutating func literalList() throws(QueryError) -> ESQLLiteral {
        let start = token.span.lower
        try expect(.openBracket)
        var values: [ESQLLiteral] = []
        repeat {
            let span = token.span
            let value = try literal()
            if case .list = value { throw error("a list lies in no other list", at: span) }
            if let first = values.first, first.kind != value.kind {
                throw error("the values of a list are of one kind", at: span)
            }
            values.append(value)
            guard values.count <= ESQLLimit.parts else {
                throw error("a list has at most \(ESQLLimit.parts) values", at: SourceSpan(start, start + 1))
            }
        } while try take(.comma)
        try expect(.closeBracket)
        return .list(values)
    }
}

extension ESQLLiteral {
    enum Kind { case null, boolean, number, string, span, list }

    /// Values of one kind may stand in one list.
    var kind: Kind {
        switch self {
        case .null: .null
        case .boolean: .boolean
        case .integer, .long, .unsignedLong, .double: .number
        case .string: .string
        case .span: .span
        case .list: .list
        }
    }
}
