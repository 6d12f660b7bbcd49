/// A piece of an ES|QL query.
struct ESQLToken: QueryToken {
    enum Kind: Sendable, Equatable {
        /// Letters, digits, `_` and `@`, as written. Keywords are words, too: which ones are reserved depends on the place.
        case word(String)
        /// A name between back quotes, with doubled ones undone.
        case quotedWord(String)
        case string(String)
        /// Digits alone.
        case integer(String)
        case decimal(String)
        /// `?`, `?name` or `?1`; `isName` for two question marks.
        case parameter(String, isName: Bool)
        case sign(Sign)
        case end
    }

    /// The longer ones first, so that the first one that fits is the right one.
    enum Sign: String, Sendable, CaseIterable {
        case cast = "::"
        case equal = "=="
        case insensitiveEqual = "=~"
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
        case assign = "="
        case plus = "+"
        case minus = "-"
        case star = "*"
        case slash = "/"
        case percent = "%"
        case comma = ","
        case dot = "."
        case colon = ":"
        case semicolon = ";"
        case pipe = "|"
        case openParenthesis = "("
        case closeParenthesis = ")"
        case openBracket = "["
        case closeBracket = "]"
        case openBrace = "{"
        case closeBrace = "}"
    }

    let kind: Kind
    let span: SourceSpan

    var isEnd: Bool { kind == .end }

    func isSign(_ sign: Sign) -> Bool { kind == .sign(sign) }

    func isWord(_ keyword: String) -> Bool {
        if case .word(let word) = kind { word.lowercased() == keyword } else { false }
    }
}
