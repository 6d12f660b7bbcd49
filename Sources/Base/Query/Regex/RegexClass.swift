/// Whose notation a pattern with groups is written in.
public enum RegexDialect: Sendable {
    /// What GROK is written in: letters and digits are those of Unicode, `^` and `$` stand beside line ends too.
    case oniguruma
    /// What `REPLACE` takes: `\w`, `\d`, `\s` and `\b` mean ASCII, `^` and `$` the ends of the text.
    case java

    var words: CodePoints { self == .java ? .words : .unicodeWords }
    var lineEnds: String { self == .java ? "\n\r\u{85}\u{2028}\u{2029}" : "\n" }
}

/// Reads sets of characters: `[a-z]`, `[[:alpha:]]`, `\d`.
enum RegexClass {
    /// What is behind the bracket. A `]` that comes first means itself, and so does a `-` at either end.
    static func read(
        _ reader: inout RegexReader, from start: Int, _ dialect: RegexDialect, ignoringCase: Bool, depth: Int = 0
    ) throws(RegexError) -> CodePoints {
        guard depth < RegexLimits.depth else {
            throw RegexError("classes may lie \(RegexLimits.depth) deep at most", at: start)
        }
        let isInverted = reader.take("^")
        var set = CodePoints.none
        /// What stands in front of each `&&`.
        var others: [CodePoints] = []
        var isFirst = true
        while isFirst || reader.peek() != "]" {
            isFirst = false
            if reader.take("&&") {
                others.append(set)
                set = .none
                continue
            }
            let offset = reader.offset
            if reader.take("[:") {
                set = set.union(try named(&reader, from: offset, dialect))
            } else if reader.take("[") {
                set = set.union(
                    try read(&reader, from: offset, dialect, ignoringCase: ignoringCase, depth: depth + 1))
            } else {
                set = set.union(try range(&reader, from: start, dialect))
            }
        }
        _ = reader.next()
        set = others.reduce(set) { $0.intersection($1) }
        if ignoringCase { set = set.ignoringCase }
        return isInverted ? set.inverted : set
    }

    private static func range(
        _ reader: inout RegexReader, from start: Int, _ dialect: RegexDialect
    ) throws(RegexError) -> CodePoints {
        let offset = reader.offset
        let first = try member(&reader, from: start, dialect)
        guard let low = first.single, reader.peek() == "-", let next = reader.peek(1), next != "]" else {
            return first
        }
        _ = reader.next()
        guard let high = try member(&reader, from: start, dialect).single, low <= high else {
            throw RegexError("a range goes from a character to a greater one", at: offset)
        }
        return CodePoints([low...high])
    }

    private static func member(
        _ reader: inout RegexReader, from start: Int, _ dialect: RegexDialect
    ) throws(RegexError) -> CodePoints {
        let offset = reader.offset
        guard let sign = reader.next(), !reader.isAtEnd else {
            throw RegexError("this `[` is not closed; write `\\[` for the sign", at: start)
        }
        if sign == "\\", reader.take("b") { return CodePoints("\u{8}") }
        return sign == "\\" ? try escape(&reader, from: offset, dialect) : CodePoints(sign)
    }

    /// `alpha:]`: what is behind `[:`.
    private static func named(
        _ reader: inout RegexReader, from start: Int, _ dialect: RegexDialect
    ) throws(RegexError) -> CodePoints {
        let isInverted = reader.take("^")
        let name = reader.take { ("a"..."z").contains($0) }
        guard let set = property(name, isASCII: dialect == .java), reader.take(":]") else {
            throw RegexError("there is no class `[:\(name):]`", at: start)
        }
        return isInverted ? set.inverted : set
    }

    /// What is behind a backslash and stands for characters.
    static func escape(
        _ reader: inout RegexReader, from start: Int, _ dialect: RegexDialect
    ) throws(RegexError) -> CodePoints {
        let isJava = dialect == .java
        let digits: CodePoints = isJava ? .digits : .unicodeDigits
        let spaces: CodePoints = isJava ? .asciiSpaces : .unicodeSpaces
        let others: CodePoints = isJava ? .blanks : .hexadecimal
        guard let sign = reader.next() else {
            throw RegexError("the pattern ends with a `\\`; write `\\\\` for the sign", at: start)
        }
        switch sign {
        case "d": return digits
        case "D": return digits.inverted
        case "w": return dialect.words
        case "W": return dialect.words.inverted
        case "s": return spaces
        case "S": return spaces.inverted
        case "h": return others
        case "H": return others.inverted
        case "t": return CodePoints("\t")
        case "n": return CodePoints("\n")
        case "r": return CodePoints("\r")
        case "f": return CodePoints("\u{C}")
        case "v": return CodePoints("\u{B}")
        case "a": return CodePoints("\u{7}")
        case "e": return CodePoints("\u{1B}")
        case "0": return CodePoints("\u{0}")
        case "x": return try number(&reader, digits: 2, from: start)
        case "u": return try number(&reader, digits: 4, from: start)
        case "p", "P":
            guard reader.take("{") else { break }
            let isInverted = reader.take("^") != (sign == "P")
            let name = reader.take { $0 != "}" && $0 != ")" }
            guard reader.take("}"), let set = property(name, isASCII: false) else {
                throw RegexError("there is no class `\\p{\(name)}`", at: start)
            }
            return isInverted ? set.inverted : set
        default: break
        }
        guard !CodePoints.letters.contains(sign.value) else {
            throw RegexError("`\\\(sign)` is not known; write the sign itself", at: start)
        }
        return CodePoints(sign)
    }

    private static func number(
        _ reader: inout RegexReader, digits: Int, from start: Int
    ) throws(RegexError) -> CodePoints {
        let isLong = reader.take("{")
        var text = ""
        while text.utf8.count < (isLong ? 6 : digits), let sign = reader.peek(),
            CodePoints.hexadecimal.contains(sign.value)
        {
            text.unicodeScalars.append(sign)
            _ = reader.next()
        }
        guard isLong ? reader.take("}") : text.utf8.count == digits, let value = UInt32(text, radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw RegexError("a character is written `\\x41`, `\\u0041` or `\\x{1F642}`", at: start) }
        return CodePoints(scalar)
    }

    private static func property(_ name: String, isASCII: Bool) -> CodePoints? {
        switch name.lowercased() {
        case "alpha": isASCII ? .letters : .unicodeLetters
        case "l", "letter", "isalphabetic": .unicodeLetters
        case "digit": isASCII ? .digits : .unicodeDigits
        case "n", "nd", "isdigit": .unicodeDigits
        case "alnum": isASCII ? .letters.union(.digits) : .unicodeLetters.union(.unicodeDigits)
        case "word": isASCII ? .words : .unicodeWords
        case "lower": isASCII ? CodePoints("a"..."z") : .unicodeSmall
        case "ll", "islowercase": .unicodeSmall
        case "upper": isASCII ? CodePoints("A"..."Z") : .unicodeCapital
        case "lu", "isuppercase": .unicodeCapital
        case "space": isASCII ? .asciiSpaces : .unicodeSpaces
        case "iswhite_space": .unicodeSpaces
        case "blank": .blanks
        case "xdigit": .hexadecimal
        case "punct": .signs
        case "cntrl": CodePoints(["\0"..."\u{1F}", "\u{7F}"..."\u{7F}"])
        case "ascii": CodePoints("\0"..."\u{7F}")
        case "graph": CodePoints("!"..."~").union(CodePoints("\u{A0}"..."\u{10FFFF}"))
        case "print": CodePoints(" "..."~").union(CodePoints("\u{A0}"..."\u{10FFFF}"))
        default: nil
        }
    }
}

extension CodePoints {
    static let letters = CodePoints(["A"..."Z", "a"..."z"])
    static let hexadecimal = CodePoints(["0"..."9", "A"..."F", "a"..."f"])
    static let asciiSpaces = CodePoints(" \t\n\r\u{B}\u{C}")
    fileprivate static let blanks = CodePoints(" \t")
    fileprivate static let signs = CodePoints(["!"..."/", ":"..."@", "["..."`", "{"..."~"])

    /// The character, if it is only one.
    fileprivate var single: UInt32? {
        guard ranges.count == 1, let range = ranges.first, range.count == 1 else { return nil }
        return range.lowerBound
    }
}
