/// A piece of an EQL query.
struct EQLToken: QueryToken {
    enum Kind: Sendable, Equatable {
        /// Letters, digits, `_` and `@`, as written. Keywords are words, too.
        case word(String)
        /// A word with a `~` right behind it, which is left out here.
        case caselessWord(String)
        /// A name between back quotes, with doubled ones undone.
        case quotedWord(String)
        case string(String)
        /// Digits alone.
        case integer(String)
        case decimal(String)
        case sign(Sign)
        case end
    }

    /// The longer ones first, so that the first one that fits is the right one.
    enum Sign: String, Sendable, CaseIterable {
        case missing = "!["
        case equal = "=="
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
        case assign = "="
        case colon = ":"
        case plus = "+"
        case minus = "-"
        case star = "*"
        case slash = "/"
        case percent = "%"
        case comma = ","
        case dot = "."
        case pipe = "|"
        case optional = "?"
        case openParenthesis = "("
        case closeParenthesis = ")"
        case openBracket = "["
        case closeBracket = "]"
    }

    /// Words that name no field unless they stand between back quotes. They are written in small letters.
    static let keywords: Set<String> = [
        "and", "any", "by", "false", "in", "join", "like", "maxspan", "not", "null", "of", "or", "regex", "sample",
        "sequence", "true", "until", "where", "with",
    ]

    let kind: Kind
    let span: SourceSpan

    var isEnd: Bool { kind == .end }

    func isWord(_ keyword: String) -> Bool { kind == .word(keyword) }
    func isSign(_ sign: Sign) -> Bool { kind == .sign(sign) }
}
