/// Cuts the text of an ES|QL query into pieces, one at a time, and passes over white space and comments.
///
/// - Cost: linear in the text.
struct ESQLLexer {
    let source: SourceText
    private(set) var place = 0

    init(_ source: SourceText) { self.source = source }

    private var bytes: [UInt8] { source.bytes }

    mutating func goBack(to place: Int) { self.place = place }

    mutating func next() throws(QueryError) -> ESQLToken {
        try skipSpace()
        let start = place
        guard start < bytes.count else { return token(.end, from: start) }
        let byte = bytes[start]
        if Self.isDigit(byte) || byte == UInt8(ascii: "."), let number = number() { return number }
        switch byte {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "`"): return try quotedWord()
        case UInt8(ascii: "?"): return parameter()
        default: break
        }
        if Self.beginsWord(byte) {
            place += 1
            while place < bytes.count, Self.isInWord(bytes[place]) { place += 1 }
            return token(.word(source.text(SourceSpan(start, place))), from: start)
        }
        for sign in ESQLToken.Sign.allCases where bytes[start...].starts(with: sign.rawValue.utf8) {
            place += sign.rawValue.utf8.count
            return token(.sign(sign), from: start)
        }
        let character = source.text(SourceSpan(start, bytes.count)).first.map(String.init) ?? ""
        throw error("`\(character)` has no meaning here", SourceSpan(start, start + character.utf8.count))
    }

    /// Text that is no token: names of indices and patterns of names. Ends at white space or at one of some signs.
    ///
    /// - Returns: `nil` when there is none.
    mutating func bare(until signs: String) throws(QueryError) -> (text: String, span: SourceSpan)? {
        try skipSpace()
        let start = place
        while place < bytes.count, !Self.isSpace(bytes[place]), !signs.utf8.contains(bytes[place]),
            !bytes[place...].starts(with: "//".utf8), !bytes[place...].starts(with: "/*".utf8)
        {
            place += 1
        }
        let span = SourceSpan(start, place)
        return place > start ? (source.text(span), span) : nil
    }

    // MARK: White space and comments

    mutating func skipSpace() throws(QueryError) {
        while place < bytes.count {
            if Self.isSpace(bytes[place]) {
                place += 1
            } else if bytes[place...].starts(with: "//".utf8) {
                while place < bytes.count, bytes[place] != 10, bytes[place] != 13 { place += 1 }
            } else if bytes[place...].starts(with: "/*".utf8) {
                try skipComment()
            } else {
                return
            }
        }
    }

    /// Comments may lie within one another.
    private mutating func skipComment() throws(QueryError) {
        let start = place
        var depth = 0
        repeat {
            if bytes[place...].starts(with: "/*".utf8) {
                depth += 1
                place += 2
            } else if bytes[place...].starts(with: "*/".utf8) {
                depth -= 1
                place += 2
            } else {
                place += 1
            }
            guard place < bytes.count || depth == 0 else {
                throw error("this comment is never closed", SourceSpan(start, start + 2))
            }
        } while depth > 0
    }

    // MARK: Literals

    /// - Returns: `nil` for a dot that begins no number.
    private mutating func number() -> ESQLToken? {
        let start = place
        var isDecimal = false
        skipDigits()
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            let isAlone = place == start
            guard !isAlone || place + 1 < bytes.count && Self.isDigit(bytes[place + 1]) else { return nil }
            isDecimal = true
            place += 1
            skipDigits()
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            var end = place + 1
            if end < bytes.count, bytes[end] == UInt8(ascii: "+") || bytes[end] == UInt8(ascii: "-") { end += 1 }
            if end < bytes.count, Self.isDigit(bytes[end]) {
                isDecimal = true
                place = end
                skipDigits()
            }
        }
        let text = source.text(SourceSpan(start, place))
        return token(isDecimal ? .decimal(text) : .integer(text), from: start)
    }

    private mutating func skipDigits() { while place < bytes.count, Self.isDigit(bytes[place]) { place += 1 } }

    private mutating func string() throws(QueryError) -> ESQLToken {
        let start = place
        if bytes[start...].starts(with: "\"\"\"".utf8) { return try rawString() }
        place += 1
        var text: [UInt8] = []
        while place < bytes.count, bytes[place] != 10, bytes[place] != 13 {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place += 1
                return token(.string(String(decoding: text, as: UTF8.self)), from: start)
            case UInt8(ascii: "\\"):
                guard place + 1 < bytes.count, let meant = Self.escapes[bytes[place + 1]] else {
                    throw error(
                        "a `\\` in a string stands before t, n, r, \" or \\",
                        SourceSpan(place, min(place + 2, bytes.count)),
                        hint: "write `\\\\` for the sign itself, or put the text between three quotes")
                }
                text.append(meant)
                place += 2
            default:
                text.append(bytes[place])
                place += 1
            }
        }
        throw error("this string is never closed", SourceSpan(start, start + 1))
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "\""): 34,
        UInt8(ascii: "\\"): 92,
    ]

    /// Between three quotes nothing is escaped, and up to two more quotes may end the text.
    private mutating func rawString() throws(QueryError) -> ESQLToken {
        let start = place
        place += 3
        while place < bytes.count, bytes[place] != 10, bytes[place] != 13 {
            guard bytes[place...].starts(with: "\"\"\"".utf8) else {
                place += 1
                continue
            }
            var more = 0
            while more < 2, place + 3 + more < bytes.count, bytes[place + 3 + more] == UInt8(ascii: "\"") { more += 1 }
            let text = source.text(SourceSpan(start + 3, place + more))
            place += 3 + more
            return token(.string(text), from: start)
        }
        throw error("this string is never closed", SourceSpan(start, start + 3), hint: "it must end in its line")
    }

    private mutating func quotedWord() throws(QueryError) -> ESQLToken {
        let start = place
        place += 1
        var text: [UInt8] = []
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "`") {
                guard place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "`") else {
                    place += 1
                    return token(.quotedWord(String(decoding: text, as: UTF8.self)), from: start)
                }
                place += 1
            }
            text.append(bytes[place])
            place += 1
        }
        throw error("this name is never closed", SourceSpan(start, start + 1))
    }

    private mutating func parameter() -> ESQLToken {
        let start = place
        place += 1
        let isName = place < bytes.count && bytes[place] == UInt8(ascii: "?")
        if isName { place += 1 }
        let begin = place
        while place < bytes.count, Self.isInWord(bytes[place]) { place += 1 }
        return token(.parameter(source.text(SourceSpan(begin, place)), isName: isName), from: start)
    }

    // MARK: Bytes

    private func token(_ kind: ESQLToken.Kind, from start: Int) -> ESQLToken {
        ESQLToken(kind: kind, span: SourceSpan(start, place))
    }

    private func error(_ message: String, _ span: SourceSpan, hint: String? = nil) -> QueryError {
        QueryError(message, at: span, in: source, hint: hint)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 || byte == 10 || byte == 13 }
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
    private static func beginsWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "@")
    }
    private static func isInWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || isDigit(byte) || byte == UInt8(ascii: "_")
    }
}
