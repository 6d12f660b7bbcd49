/// A place in the text of a query, and the pieces that ES|QL and EQL write alike: words, numbers, quotes, comments.
///
/// - Cost: linear in the text.
struct QueryCursor {
    let source: SourceText
    var place = 0

    init(_ source: SourceText) { self.source = source }

    var bytes: [UInt8] { source.bytes }
    var isAtEnd: Bool { place >= bytes.count }

    func starts(with sign: String) -> Bool { bytes[place...].starts(with: sign.utf8) }

    func error(_ message: String, _ span: SourceSpan, hint: String? = nil) -> QueryError {
        QueryError(message, at: span, in: source, hint: hint)
    }

    /// An error about the character that stands here.
    func meaningless(hint: String? = nil) -> QueryError {
        let character = source.text(SourceSpan(place, bytes.count)).first.map(String.init) ?? ""
        return error(
            "`\(character)` has no meaning here", SourceSpan(place, place + character.utf8.count), hint: hint)
    }

    // MARK: White space and comments

    /// - Parameter nests: whether comments may lie within one another.
    mutating func skipSpace(commentsNest nests: Bool) throws(QueryError) {
        while !isAtEnd {
            if Self.isSpace(bytes[place]) {
                place += 1
            } else if starts(with: "//") {
                while !isAtEnd, bytes[place] != 10, bytes[place] != 13 { place += 1 }
            } else if starts(with: "/*") {
                try skipComment(nests: nests)
            } else {
                return
            }
        }
    }

    private mutating func skipComment(nests: Bool) throws(QueryError) {
        let start = place
        var depth = 0
        repeat {
            if starts(with: "/*"), depth == 0 || nests {
                depth += 1
                place += 2
            } else if starts(with: "*/") {
                depth -= 1
                place += 2
            } else {
                place += 1
            }
            guard !isAtEnd || depth == 0 else {
                throw error("this comment is never closed", SourceSpan(start, start + 2))
            }
        } while depth > 0
    }

    // MARK: Words and numbers

    /// Letters, digits, `_`, and `@` in front.
    ///
    /// - Returns: `nil` when none begins here.
    mutating func word() -> String? {
        let start = place
        guard !isAtEnd, Self.beginsWord(bytes[place]) else { return nil }
        place += 1
        skipWord()
        return source.text(SourceSpan(start, place))
    }

    mutating func skipWord() { while !isAtEnd, Self.isInWord(bytes[place]) { place += 1 } }

    /// - Returns: `nil` when none begins here, also for a dot that begins no number.
    mutating func number() -> (text: String, isDecimal: Bool)? {
        let start = place
        guard !isAtEnd, Self.isDigit(bytes[place]) || bytes[place] == UInt8(ascii: ".") else { return nil }
        var isDecimal = false
        skipDigits()
        if !isAtEnd, bytes[place] == UInt8(ascii: ".") {
            let isAlone = place == start
            guard !isAlone || place + 1 < bytes.count && Self.isDigit(bytes[place + 1]) else { return nil }
            isDecimal = true
            place += 1
            skipDigits()
        }
        if !isAtEnd, bytes[place] | 0x20 == UInt8(ascii: "e") {
            var end = place + 1
            if end < bytes.count, bytes[end] == UInt8(ascii: "+") || bytes[end] == UInt8(ascii: "-") { end += 1 }
            if end < bytes.count, Self.isDigit(bytes[end]) {
                isDecimal = true
                place = end
                skipDigits()
            }
        }
        return (source.text(SourceSpan(start, place)), isDecimal)
    }

    mutating func skipDigits() { while !isAtEnd, Self.isDigit(bytes[place]) { place += 1 } }

    // MARK: Quotes

    /// Between three quotes nothing is escaped, and up to two more quotes may end the text.
    mutating func rawString() throws(QueryError) -> String {
        let start = place
        place += 3
        while !isAtEnd, bytes[place] != 10, bytes[place] != 13 {
            guard starts(with: "\"\"\"") else {
                place += 1
                continue
            }
            var more = 0
            while more < 2, place + 3 + more < bytes.count, bytes[place + 3 + more] == UInt8(ascii: "\"") { more += 1 }
            let text = source.text(SourceSpan(start + 3, place + more))
            place += 3 + more
            return text
        }
        throw error("this string is never closed", SourceSpan(start, start + 3), hint: "it must end in its line")
    }

    /// Between double quotes.
    ///
    /// - Parameter escape: takes what stands behind a `\`, or throws.
    mutating func string(
        _ escape: (inout QueryCursor) throws(QueryError) -> [UInt8]
    ) throws(QueryError) -> String {
        let start = place
        place += 1
        var text: [UInt8] = []
        while !isAtEnd, bytes[place] != 10, bytes[place] != 13 {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += try escape(&self)
            default:
                text.append(bytes[place])
                place += 1
            }
        }
        throw error("this string is never closed", SourceSpan(start, start + 1))
    }

    /// A name between back quotes; two of them are one.
    mutating func quotedWord() throws(QueryError) -> String {
        let start = place
        place += 1
        var text: [UInt8] = []
        while !isAtEnd {
            if bytes[place] == UInt8(ascii: "`") {
                guard place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "`") else {
                    place += 1
                    return String(decoding: text, as: UTF8.self)
                }
                place += 1
            }
            text.append(bytes[place])
            place += 1
        }
        throw error("this name is never closed", SourceSpan(start, start + 1))
    }

    // MARK: Bytes

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 || byte == 10 || byte == 13 }
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
    static func beginsWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "@")
    }
    static func isWord(_ text: String) -> Bool {
        text.utf8.first.map(beginsWord) == true && text.utf8.dropFirst().allSatisfy(isInWord)
    }
    static func isInWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || isDigit(byte) || byte == UInt8(ascii: "_")
    }
}
