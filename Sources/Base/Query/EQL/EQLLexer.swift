/// Cuts the text of an EQL query into pieces, one at a time, and passes over white space and comments.
///
/// - Cost: linear in the text.
struct EQLLexer: QueryLexer {
    private var cursor: QueryCursor

    init(_ source: SourceText) { cursor = QueryCursor(source) }

    mutating func next() throws(QueryError) -> EQLToken {
        try cursor.skipSpace(commentsNest: false)
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
        case UInt8(ascii: "'"):
            throw cursor.error(
                "text does not stand between single quotes", SourceSpan(start, start + 1),
                hint: "use double quotes")
        case UInt8(ascii: "?") where cursor.starts(with: "?\"") || cursor.starts(with: "?'"):
            throw cursor.error(
                "`?` marks no text", SourceSpan(start, start + 1),
                hint: "put text in which a `\\` is a `\\` between three double quotes")
        default: break
        }
        if let word = cursor.word() {
            guard !cursor.isAtEnd, cursor.bytes[cursor.place] == UInt8(ascii: "~") else {
                return token(.word(word), from: start)
            }
            cursor.place += 1
            return token(.caselessWord(word), from: start)
        }
        for sign in EQLToken.Sign.allCases where cursor.starts(with: sign.rawValue) {
            cursor.place += sign.rawValue.utf8.count
            return token(.sign(sign), from: start)
        }
        throw cursor.meaningless()
    }

    // MARK: Strings

    private mutating func string() throws(QueryError) -> String {
        if cursor.starts(with: "\"\"\"") { return try cursor.rawString() }
        return try cursor.string { cursor throws(QueryError) in
            let start = cursor.place
            let letter = start + 1 < cursor.bytes.count ? cursor.bytes[start + 1] : 0
            if letter == UInt8(ascii: "u") { return try Self.character(&cursor) }
            guard let meant = Self.escapes[letter] else {
                throw cursor.error(
                    "a `\\` in a string stands before b, t, n, f, r, u{…}, \" or \\",
                    SourceSpan(start, min(start + 2, cursor.bytes.count)),
                    hint: "write `\\\\` for the sign itself, or put the text between three quotes")
            }
            cursor.place += 2
            return [meant]
        }
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "f"): 12,
        UInt8(ascii: "r"): 13, UInt8(ascii: "\""): 34, UInt8(ascii: "\\"): 92,
    ]

    /// `\u{` two to eight hexadecimal digits `}`
    private static func character(_ cursor: inout QueryCursor) throws(QueryError) -> [UInt8] {
        let start = cursor.place
        let digits = cursor.bytes[min(start + 3, cursor.bytes.count)...].prefix { $0 != UInt8(ascii: "}") }.prefix(9)
        let end = start + 4 + digits.count
        guard cursor.starts(with: "\\u{"), (2...8).contains(digits.count), end <= cursor.bytes.count,
            digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), let scalar = Unicode.Scalar(value)
        else {
            throw cursor.error(
                "this is no character", SourceSpan(start, min(start + 2, cursor.bytes.count)),
                hint: "write two to eight hexadecimal digits, as in `\\u{200f}`")
        }
        cursor.place = end
        return Array(String(scalar).utf8)
    }

    private func token(_ kind: EQLToken.Kind, from start: Int) -> EQLToken {
        EQLToken(kind: kind, span: SourceSpan(start, cursor.place))
    }
}
