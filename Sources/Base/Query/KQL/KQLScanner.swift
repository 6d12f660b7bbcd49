/// Takes spaces, signs, keywords and literals off the front of a query.
///
/// KQL has no tokens of its own: a value without quotes keeps the spaces inside it and ends only where a
/// sign or a keyword begins, so each part of the grammar asks for what it expects.
struct KQLScanner {
    enum Keyword: String, CaseIterable {
        case or, and, not
    }

    let source: SourceText
    let dialect: KQLDialect
    private(set) var place = 0

    init(_ source: SourceText, _ dialect: KQLDialect) {
        self.source = source
        self.dialect = dialect
    }

    var isAtEnd: Bool { place == bytes.count }
    private var bytes: [UInt8] { source.bytes }

    /// - Returns: whether there was any space.
    @discardableResult
    mutating func skipSpace() -> Bool {
        let start = place
        place = spaceEnd(from: place)
        return place > start
    }

    mutating func goBack(to place: Int) { self.place = place }

    func peek(_ sign: Character) -> Bool { place < bytes.count && bytes[place] == sign.asciiValue }

    mutating func take(_ sign: Character) -> Bool {
        guard peek(sign) else { return false }
        place += 1
        return true
    }

    mutating func takeComparison() -> KQLComparison? {
        if take("<") { return take("=") ? .atMost : .less }
        if take(">") { return take("=") ? .atLeast : .greater }
        return nil
    }

    /// The keyword that begins here. A keyword is a whole word in any case: `order` and `nothing` begin none.
    func peekKeyword() -> Keyword? { keyword(at: place) }

    mutating func take(_ keyword: Keyword) -> Bool {
        guard peekKeyword() == keyword else { return false }
        place += keyword.rawValue.utf8.count
        return true
    }

    /// Takes ` and ` or ` or ` if it stands here, with the space on both sides.
    mutating func takeOperator(_ keyword: Keyword) -> Bool {
        let start = place
        if skipSpace(), take(keyword) {
            skipSpace()
            return true
        }
        place = start
        return false
    }

    /// - Throws: if no literal begins here, or the one that does is broken.
    mutating func literal(_ expected: String) throws(QueryError) -> KQLLiteral {
        if peek("\"") { return try quoted() }
        guard peekKeyword() == nil, !isAtEnd, !Self.isSpecial(bytes[place]) || peek("\\") || peek("*") else {
            throw unexpected("expected \(expected)")
        }
        return try unquoted()
    }

    /// An error about what stands here.
    func unexpected(_ message: String) -> QueryError {
        if let keyword = peekKeyword() {
            let span = SourceSpan(place, place + keyword.rawValue.utf8.count)
            let word = source.text(span)
            return QueryError(
                "\(message), found the keyword `\(word)`", at: span, in: source,
                hint: "to search for the word, write `\"\(word)\"`")
        }
        if isAtEnd {
            return QueryError("\(message), found the end", at: SourceSpan(place, place), in: source)
        }
        let character = source.text(SourceSpan(place, bytes.count)).first.map(String.init) ?? ""
        let span = SourceSpan(place, place + character.utf8.count)
        return QueryError("\(message), found `\(character)`", at: span, in: source, hint: hint)
    }

    /// Why a query may have gone wrong before the sign that stands here.
    private var hint: String? {
        let before = source.text(SourceSpan(0, place)).split(whereSeparator: \.isWhitespace).last.map(String.init)
        if peek("<") || peek(">"), bytes[..<place].last(where: { $0 != 32 }) == UInt8(ascii: ":") {
            return "a range has no `:`; write `field > 5`"
        }
        if peek("("), let word = before, Keyword(rawValue: word.lowercased()) != nil {
            return "put a space between `\(word)` and `(`"
        }
        if peek(":") { return "put `and` or `or` between two tests; to search for `:`, write `\\:` or use quotes" }
        if !isAtEnd, Self.isSpecial(bytes[place]), !peek(")"), !peek("}") {
            return "to search for this character, write a `\\` before it or use quotes"
        }
        return nil
    }

    private func keyword(at start: Int) -> Keyword? {
        for keyword in Keyword.allCases {
            let letters = keyword.rawValue.utf8
            let end = start + letters.count
            guard end <= bytes.count, zip(bytes[start..<end], letters).allSatisfy({ $0 | 32 == $1 }) else { continue }
            let behind = spaceEnd(from: end)
            let isLast = behind == bytes.count || bytes[behind] == 41 || bytes[behind] == 125
            return isLast ? (dialect == .kibana ? keyword : nil) : behind > end ? keyword : nil
        }
        return nil
    }

    // MARK: Literals

    private mutating func quoted() throws(QueryError) -> KQLLiteral {
        let start = place
        place += 1
        var text: [UInt8] = []
        while !isAtEnd {
            if take("\"") {
                return KQLLiteral(
                    form: .quoted(String(decoding: text, as: UTF8.self)), span: SourceSpan(start, place))
            }
            guard take("\\") else {
                text.append(bytes[place])
                place += 1
                continue
            }
            if let plain = takeControl() ?? takeOne(of: "\"\\") {
                text.append(plain)
            } else if let scalar = try takeUnicode() {
                text += Array(String(scalar).utf8)
            } else {
                // A backslash that escapes nothing is one: paths need no care inside quotes.
                text.append(92)
            }
        }
        throw QueryError(
            "this quote is never closed", at: SourceSpan(start, start + 1), in: source,
            hint: "to search for a quote, write `\\\"`")
    }

    private mutating func unquoted() throws(QueryError) -> KQLLiteral {
        let start = place
        var pieces: [[UInt8]] = [[]]
        while !isAtEnd {
            let end = spaceEnd(from: place)
            if place == start || end > place { try refuseComment(at: end) }
            if end > place {
                if end == bytes.count || endsLiteral(at: end) || keyword(at: end) != nil { break }
                pieces[pieces.count - 1] += bytes[place..<end]
                place = end
            } else if take("*") {
                pieces.append([])
            } else if peek("\\") {
                pieces[pieces.count - 1] += try escape()
            } else if endsLiteral(at: place) {
                break
            } else {
                pieces[pieces.count - 1].append(bytes[place])
                place += 1
            }
        }
        return KQLLiteral(form: Self.form(of: pieces), span: SourceSpan(start, place))
    }

    /// Rules are published with comments, which no reader of KQL knows: they would become part of a value.
    private func refuseComment(at place: Int) throws(QueryError) {
        let rest = bytes[place...]
        let isLine = rest.starts(with: "//".utf8) && (rest.count == 2 || spaceEnd(from: place + 2) > place + 2)
        let isBlock =
            rest.starts(with: "/*".utf8) && zip(rest.dropFirst(2), rest.dropFirst(3)).contains { $0 == (42, 47) }
        guard isLine || isBlock else { return }
        throw QueryError(
            "KQL has no comments", at: SourceSpan(place, place + 2), in: source,
            hint: "leave it out; to search for the text, use quotes")
    }

    private static func form(of pieces: [[UInt8]]) -> KQLLiteral.Form {
        let texts = pieces.map { String(decoding: $0, as: UTF8.self) }
        guard texts.count == 1 else { return .pattern(Wildcard(texts)) }
        return switch texts[0] {
        case "null": .null
        case "true": .boolean(true)
        case "false": .boolean(false)
        default: .plain(texts[0])
        }
    }

    /// Takes a backslash and what it protects, outside quotes.
    private mutating func escape() throws(QueryError) -> [UInt8] {
        let start = place
        place += 1
        // `\not` is the word and not a line feed before `ot`, if the word ends there.
        if let word = takeProtected("not"), isAtEnd || spaceEnd(from: place) > place || Self.isSpecial(bytes[place]) {
            return word
        }
        place = start + 1
        if let control = takeControl() { return [control] }
        if let sign = takeOne(of: "\\():<>\"*{}") { return [sign] }
        if let word = takeProtected("or") ?? takeProtected("and") ?? takeProtected("not") { return word }
        if let scalar = try takeUnicode() { return Array(String(scalar).utf8) }
        let character = source.text(SourceSpan(place, bytes.count)).first.map(String.init) ?? ""
        throw QueryError(
            "`\\\(character)` is no escape", at: SourceSpan(start, place + character.utf8.count), in: source,
            hint: "to search for a backslash, write `\\\\`")
    }

    private mutating func takeControl() -> UInt8? {
        take("t") ? 9 : take("n") ? 10 : take("r") ? 13 : nil
    }

    private mutating func takeOne(of signs: String) -> UInt8? {
        for sign in signs where take(sign) { return sign.asciiValue }
        return nil
    }

    private mutating func takeProtected(_ word: String) -> [UInt8]? {
        let end = place + word.utf8.count
        guard end <= bytes.count, zip(bytes[place..<end], word.utf8).allSatisfy({ $0 | 32 == $1 }) else { return nil }
        defer { place = end }
        return Array(bytes[place..<end])
    }

    /// Takes `uXXXX`, or two of them that make one character.
    ///
    /// - Returns: `nil` if there are no four digits.
    private mutating func takeUnicode() throws(QueryError) -> Unicode.Scalar? {
        let start = place
        guard let first = takeCodeUnit() else { return nil }
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xdc00, take("\\"), let second = takeCodeUnit(), (0xdc00..<0xe000).contains(second) {
            return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        }
        throw QueryError("half a surrogate pair is no character", at: SourceSpan(start - 1, start + 5), in: source)
    }

    private mutating func takeCodeUnit() -> UInt32? {
        guard peek("u"), place + 5 <= bytes.count else { return nil }
        let digits = String(decoding: bytes[(place + 1)..<(place + 5)], as: UTF8.self)
        guard digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }), let unit = UInt32(digits, radix: 16)
        else { return nil }
        place += 5
        return unit
    }

    // MARK: Characters

    private func spaceEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count {
            if [32, 9, 13, 10].contains(bytes[end]) {
                end += 1
            } else if bytes[end] == 0xc2, end + 1 < bytes.count, bytes[end + 1] == 0xa0 {
                end += 2
            } else {
                break
            }
        }
        return end
    }

    /// Whether the byte here ends a value without quotes: a special one, except `\` and `*`, which are part of it.
    private func endsLiteral(at place: Int) -> Bool {
        Self.isSpecial(bytes[place]) && bytes[place] != 92 && bytes[place] != 42
    }

    private static func isSpecial(_ byte: UInt8) -> Bool { "\\():<>\"*{}".utf8.contains(byte) }
}
