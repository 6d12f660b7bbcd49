/// Cuts the text of an ES|QL query into pieces, one at a time, and passes over white space and comments.
///
/// - Cost: linear in the text.
struct ESQLLexer: QueryLexer {
    private var cursor: QueryCursor

    init(_ source: SourceText) { cursor = QueryCursor(source) }

    mutating func goBack(to place: Int) { cursor.place = place }

    mutating func next() throws(QueryError) -> ESQLToken {
        try skipSpace()
        let start = cursor.place
        guard !cursor.isAtEnd else { return token(.end, from: start) }
        if let number = cursor.number() {
            return token(number.isDecimal ? .decimal(number.text) : .integer(number.text), from: start)
        }
        switch cursor.bytes[start] {
        case UInt8(ascii: "\""):
            let text = try string()
            return token(.string(text), from: start)
        case UInt8(ascii: "`"):
            let word = try cursor.quotedWord()
            return token(.quotedWord(word), from: start)
        case UInt8(ascii: "?"): return parameter()
        default: break
        }
        if let word = cursor.word() { return token(.word(word), from: start) }
        for sign in ESQLToken.Sign.allCases where cursor.starts(with: sign.rawValue) {
            cursor.place += sign.rawValue.utf8.count
            return token(.sign(sign), from: start)
        }
        throw cursor.meaningless()
    }

    /// Text that is no token: names of indices and patterns of names. Ends at white space or at one of some signs.
    ///
    /// - Returns: `nil` when there is none.
    mutating func bare(until signs: String) throws(QueryError) -> (text: String, span: SourceSpan)? {
        try skipSpace()
        let start = cursor.place
        while !cursor.isAtEnd, !QueryCursor.isSpace(cursor.bytes[cursor.place]),
            !signs.utf8.contains(cursor.bytes[cursor.place]), !cursor.starts(with: "//"), !cursor.starts(with: "/*")
        {
            cursor.place += 1
        }
        let span = SourceSpan(start, cursor.place)
        return cursor.place > start ? (cursor.source.text(span), span) : nil
    }

    mutating func skipSpace() throws(QueryError) { try cursor.skipSpace(commentsNest: true) }

    private mutating func string() throws(QueryError) -> String {
        if cursor.starts(with: "\"\"\"") { return try cursor.rawString() }
        return try cursor.string { cursor throws(QueryError) in
            let start = cursor.place
            guard start + 1 < cursor.bytes.count, let meant = Self.escapes[cursor.bytes[start + 1]] else {
                throw cursor.error(
                    "a `\\` in a string stands before t, n, r, \" or \\",
                    SourceSpan(start, min(start + 2, cursor.bytes.count)),
                    hint: "write `\\\\` for the sign itself, or put the text between three quotes")
            }
            cursor.place += 2
            return [meant]
        }
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "\""): 34,
        UInt8(ascii: "\\"): 92,
    ]

    private mutating func parameter() -> ESQLToken {
        let start = cursor.place
        cursor.place += 1
        let isName = !cursor.isAtEnd && cursor.bytes[cursor.place] == UInt8(ascii: "?")
        if isName { cursor.place += 1 }
        let begin = cursor.place
        // A number or a word: `?1a` is the first parameter, and an `a`.
        if !cursor.isAtEnd, QueryCursor.isDigit(cursor.bytes[cursor.place]) {
            cursor.skipDigits()
        } else {
            cursor.skipWord()
        }
        return token(.parameter(cursor.source.text(SourceSpan(begin, cursor.place)), isName: isName), from: start)
    }

    private func token(_ kind: ESQLToken.Kind, from start: Int) -> ESQLToken {
        ESQLToken(kind: kind, span: SourceSpan(start, cursor.place))
    }
}
