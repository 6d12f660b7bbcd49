/// Reads ES|QL by recursive descent.
///
/// ```
/// query    := ( "SET" name "=" literal ";" )* pipeline
/// pipeline := source ( "|" command )*
/// ```
///
/// Commands are read in `ESQLParser+Commands.swift`, expressions in `ESQLParser+Expressions.swift`.
///
/// - Source: Elastic's documentation of ES|QL and the observed behavior of Elasticsearch 9.
struct ESQLParser {
    let source: SourceText
    private var lexer: ESQLLexer
    /// The token that comes next.
    private(set) var token: ESQLToken
    /// Where the last token ended that was taken.
    private(set) var end = 0
    private var nesting = 0
    private var commandCount = 0

    init(_ source: SourceText) throws(QueryError) {
        self.source = source
        guard source.bytes.count <= ESQLLimit.text else {
            throw QueryError(
                "a query has at most \(ESQLLimit.text) bytes; this one has \(source.bytes.count)",
                at: SourceSpan(0, 0), in: source)
        }
        lexer = ESQLLexer(source)
        token = try lexer.next()
    }

    mutating func query() throws(QueryError) -> (settings: [ESQLSetting], commands: [ESQLCommand]) {
        var settings: [ESQLSetting] = []
        while try take("set") {
            let name = try name("the name of a setting")
            try expect(.assign)
            settings.append(ESQLSetting(name: name, value: try literal()))
            try expect(.semicolon)
        }
        let commands = try pipeline()
        _ = try take(.semicolon)
        guard token.kind == .end else { throw unexpected("`|` or the end") }
        return (settings, commands)
    }

    mutating func pipeline() throws(QueryError) -> [ESQLCommand] {
        var commands = [try counted { parser throws(QueryError) in try parser.sourceCommand() }]
        while try take(.pipe) { commands.append(try counted { parser throws(QueryError) in try parser.command() }) }
        return commands
    }

    /// Commands of a branch, which has no source of its own.
    mutating func branch() throws(QueryError) -> [ESQLCommand] {
        var commands: [ESQLCommand] = []
        repeat {
            commands.append(try counted { parser throws(QueryError) in try parser.command() })
        } while try take(.pipe)
        return commands
    }

    private mutating func counted(
        _ read: (inout ESQLParser) throws(QueryError) -> ESQLCommand
    ) throws(QueryError) -> ESQLCommand {
        commandCount += 1
        guard commandCount <= ESQLLimit.commands else {
            throw error("a query has at most \(ESQLLimit.commands) commands", at: token.span)
        }
        return try read(&self)
    }

    /// Reads what lies within something else.
    mutating func nested<Value>(
        _ read: (inout ESQLParser) throws(QueryError) -> Value
    ) throws(QueryError) -> Value {
        nesting += 1
        guard nesting <= ESQLLimit.nesting else {
            throw error("expressions may lie at most \(ESQLLimit.nesting) deep", at: token.span)
        }
        defer { nesting -= 1 }
        return try read(&self)
    }

    // MARK: Tokens

    @discardableResult
    mutating func advance() throws(QueryError) -> ESQLToken {
        let taken = token
        end = taken.span.upper
        token = try lexer.next()
        return taken
    }

    /// The token behind the next one.
    func following() throws(QueryError) -> ESQLToken {
        var ahead = lexer
        return try ahead.next()
    }

    func peek(_ keyword: String) -> Bool { token.isWord(keyword) }
    func peek(_ sign: ESQLToken.Sign) -> Bool { token.kind == .sign(sign) }

    mutating func take(_ keyword: String) throws(QueryError) -> Bool {
        guard peek(keyword) else { return false }
        try advance()
        return true
    }

    mutating func take(_ sign: ESQLToken.Sign) throws(QueryError) -> Bool {
        guard peek(sign) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ sign: ESQLToken.Sign) throws(QueryError) {
        guard try take(sign) else { throw unexpected("`\(sign.rawValue)`") }
    }

    mutating func expect(_ keyword: String) throws(QueryError) {
        guard try take(keyword) else { throw unexpected("`\(keyword.uppercased())`") }
    }

    /// Text that is no token, from where the next token begins on.
    mutating func bare(until signs: String) throws(QueryError) -> (text: String, span: SourceSpan)? {
        lexer.goBack(to: token.span.lower)
        let found = try lexer.bare(until: signs)
        if let found { end = found.span.upper }
        token = try lexer.next()
        return found
    }

    // MARK: Names and literals

    /// A dotted name.
    mutating func name(_ expected: String) throws(QueryError) -> ESQLName {
        let start = token.span.lower
        var text = try namePart(expected)
        // A dot belongs to a name only where nothing stands between.
        while peek(.dot), token.span.lower == end {
            try advance()
            guard token.span.lower == end else { throw unexpected("the rest of the name `\(text).`") }
            text += "." + (try namePart("the rest of the name `\(text).`"))
        }
        return ESQLName(text: text, span: SourceSpan(start, end))
    }

    private mutating func namePart(_ expected: String) throws(QueryError) -> String {
        switch token.kind {
        case .word(let word), .quotedWord(let word):
            try advance()
            return word
        case .parameter:
            throw error("this query is run without parameters", at: token.span, hint: "write the value itself")
        default: throw unexpected(expected)
        }
    }

    mutating func text(_ expected: String) throws(QueryError) -> ESQLText {
        guard case .string(let text) = token.kind else { throw unexpected(expected) }
        return ESQLText(text: text, span: try advance().span)
    }

    /// Words that a column must not be called without back quotes, because something else begins with them.
    static let reserved: Set<String> = ["and", "or", "not", "in", "is", "like", "rlike", "null", "true", "false", "by"]

    // MARK: Errors

    func error(_ message: String, at span: SourceSpan, hint: String? = nil) -> QueryError {
        QueryError(message, at: span, in: source, hint: hint)
    }

    func unexpected(_ expected: String, hint: String? = nil) -> QueryError {
        guard token.kind != .end else {
            return error("expected \(expected), found the end", at: token.span, hint: hint)
        }
        return error("expected \(expected), found `\(source.text(token.span))`", at: token.span, hint: hint)
    }
}

/// How large a query may be, so that a hostile one costs little.
enum ESQLLimit {
    /// - Unit: bytes.
    static let text = 256 * 1024
    static let commands = 500
    /// Parentheses, calls and signs within one another.
    static let nesting = 128
    /// Parts of one `AND`, `OR`, list or call.
    static let parts = 16_384
}
