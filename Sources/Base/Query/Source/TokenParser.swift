/// A piece of a query in ES|QL or EQL.
protocol QueryToken: Sendable, Equatable {
    associatedtype Sign: RawRepresentable<String>

    var span: SourceSpan { get }
    var isEnd: Bool { get }

    /// Whether it is this keyword, as the language compares keywords.
    func isWord(_ keyword: String) -> Bool
    func isSign(_ sign: Sign) -> Bool
}

/// Cuts the text of a query into pieces, one at a time.
protocol QueryLexer {
    associatedtype Token: QueryToken

    init(_ source: SourceText)
    mutating func next() throws(QueryError) -> Token
}

/// The pieces of a query, as far as they are read.
struct TokenReader<Lexer: QueryLexer> {
    let source: SourceText
    var lexer: Lexer
    /// The token that comes next.
    var token: Lexer.Token
    /// Where the last token ended that was taken.
    var end = 0
    fileprivate var nesting = 0

    /// - Parameter most: how many bytes a query has at most.
    init(_ source: SourceText, most: Int) throws(QueryError) {
        self.source = source
        guard source.bytes.count <= most else {
            throw QueryError(
                "a query has at most \(most) bytes; this one has \(source.bytes.count)", at: SourceSpan(0, 0),
                in: source)
        }
        lexer = Lexer(source)
        token = try lexer.next()
    }
}

/// Reads a language by recursive descent, a token ahead.
protocol TokenParser {
    associatedtype Lexer: QueryLexer

    var tokens: TokenReader<Lexer> { get set }
    /// How deep expressions may lie within one another.
    static var nestingLimit: Int { get }

    /// What helps whoever wrote the token that comes next, where nobody knows better.
    var hint: String? { get }
}

extension TokenParser {
    typealias Token = Lexer.Token

    var source: SourceText { tokens.source }
    var token: Token { tokens.token }
    var end: Int { tokens.end }
    var hint: String? { nil }

    @discardableResult
    mutating func advance() throws(QueryError) -> Token {
        let taken = tokens.token
        tokens.end = taken.span.upper
        tokens.token = try tokens.lexer.next()
        return taken
    }

    /// The token behind the next one.
    func following() throws(QueryError) -> Token {
        var ahead = tokens.lexer
        return try ahead.next()
    }

    func peek(_ keyword: String) -> Bool { token.isWord(keyword) }
    func peek(_ sign: Token.Sign) -> Bool { token.isSign(sign) }

    mutating func take(_ keyword: String) throws(QueryError) -> Bool {
        guard peek(keyword) else { return false }
        try advance()
        return true
    }

    mutating func take(_ sign: Token.Sign) throws(QueryError) -> Bool {
        guard peek(sign) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ sign: Token.Sign) throws(QueryError) {
        guard try take(sign) else { throw unexpected("`\(sign.rawValue)`") }
    }

    /// Reads what lies within something else.
    mutating func nested<Value>(_ read: (inout Self) throws(QueryError) -> Value) throws(QueryError) -> Value {
        tokens.nesting += 1
        guard tokens.nesting <= Self.nestingLimit else {
            throw error("expressions may lie at most \(Self.nestingLimit) deep", at: token.span)
        }
        defer { tokens.nesting -= 1 }
        return try read(&self)
    }

    // MARK: Errors

    func error(_ message: String, at span: SourceSpan, hint: String? = nil) -> QueryError {
        QueryError(message, at: span, in: source, hint: hint)
    }

    func unexpected(_ expected: String, hint: String? = nil) -> QueryError {
        guard !token.isEnd else { return error("expected \(expected), found the end", at: token.span, hint: hint) }
        return error(
            "expected \(expected), found `\(source.text(token.span))`", at: token.span, hint: hint ?? self.hint)
    }
}
