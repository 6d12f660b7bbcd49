/// Reads ES|QL by recursive descent.
///
/// ```
/// query    := ( "SET" name "=" literal ";" )* pipeline
/// pipeline := source ( "|" command )*
/// ```
///
/// Commands are read in `ESQLParser+Commands.swift`, expressions in `ESQLParser+Expressions.swift`. Where a literal or a name
/// may stand, a parameter may, and is that literal or name from there on.
///
/// - Source: Elastic's documentation of ES|QL and the observed behavior of Elasticsearch 9.
struct ESQLParser: TokenParser {
    static let nestingLimit = ESQLLimit.nesting

    var tokens: TokenReader<ESQLLexer>
    private var binder: ESQLBinder
    private var commandCount = 0

    init(_ source: SourceText, _ parameters: ESQLParameters) throws(QueryError) {
        binder = ESQLBinder(parameters)
        tokens = try TokenReader(source, most: ESQLLimit.text)
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

    // MARK: Tokens

    mutating func expect(_ keyword: String) throws(QueryError) {
        guard try take(keyword) else { throw unexpected("`\(keyword.uppercased())`") }
    }

    /// Text that is no token, from where the next token begins on.
    mutating func bare(until signs: String) throws(QueryError) -> (text: String, span: SourceSpan)? {
        tokens.lexer.goBack(to: token.span.lower)
        let found = try tokens.lexer.bare(until: signs)
        if let found { tokens.end = found.span.upper }
        tokens.token = try tokens.lexer.next()
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
            guard case .name(let text)? = try parameter() else {
                throw unexpected(expected, hint: "for a name write `??`, or give an identifier")
            }
            try takeParameter()
            return text
        default: throw unexpected(expected)
        }
    }

    mutating func text(_ expected: String) throws(QueryError) -> ESQLText {
        if case .value(.string(let text))? = try parameter() {
            return ESQLText(text: text, span: try takeParameter())
        }
        guard case .string(let text) = token.kind else { throw unexpected(expected) }
        return ESQLText(text: text, span: try advance().span)
    }

    // MARK: Parameters

    /// What the parameter stands for that comes next; `nil` if none does.
    func parameter() throws(QueryError) -> ESQLParameters.Meaning? {
        guard case .parameter(let text, let isName) = token.kind else { return nil }
        do throws(ESQLBinder.Problem) {
            return try binder.meaning(of: text, isName: isName)
        } catch {
            throw self.error(error.message, at: token.span)
        }
    }

    /// - Returns: where it stands.
    @discardableResult
    mutating func takeParameter() throws(QueryError) -> SourceSpan {
        if case .parameter(let text, _) = token.kind { binder.pass(text) }
        return try advance().span
    }

    /// Words that a column must not be called without back quotes, because something else begins with them.
    static let reserved: Set<String> = ["and", "or", "not", "in", "is", "like", "rlike", "null", "true", "false", "by"]
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
