extension KQLExpression: CustomStringConvertible {
    /// The query in KQL, with no more parentheses than it needs. Reading it gives an equal tree.
    public var description: String {
        switch form {
        case .everything: ""
        case .all(let parts): parts.map { $0.isGroup ? "(\($0))" : "\($0)" }.joined(separator: " and ")
        case .any(let parts): parts.map { $0.isAny ? "(\($0))" : "\($0)" }.joined(separator: " or ")
        case .not(let part): part.isGroup || part.isNot ? "not (\(part))" : "not \(part)"
        case .object(let path, let part): "\(path): { \(part) }"
        case .match(let field, let value): "\(field): \(value)"
        case .compare(let field, let comparison, let value): "\(field) \(comparison.rawValue) \(value)"
        case .freeText(let value): "\(value)"
        }
    }

    private var isAny: Bool { if case .any = form { true } else { false } }
    private var isNot: Bool { if case .not = form { true } else { false } }
    private var isGroup: Bool { if case .all = form { true } else { isAny } }
}

extension KQLLiteral: CustomStringConvertible {
    /// The literal in KQL, with escapes where they are needed.
    public var description: String {
        switch form {
        case .quoted(let text): QuotedText.of(text)
        case .plain(let text): Self.escaped([text])
        case .pattern(let pattern): Self.escaped(pattern.pieces)
        case .boolean(let flag): String(flag)
        case .null: "null"
        }
    }

    /// The texts with a star between them. Space at either end would be trimmed, so it is escaped.
    private static func escaped(_ pieces: [String]) -> String {
        var pieces = pieces.map { escapedWords($0) }
        let last = pieces.count - 1
        if let space = pieces[0].unicodeScalars.first, isSpace(space) {
            pieces[0] = escape(space) + String(pieces[0].unicodeScalars.dropFirst())
        }
        if let space = pieces[last].unicodeScalars.last, isSpace(space) {
            pieces[last] = String(pieces[last].unicodeScalars.dropLast()) + escape(space)
        }
        return pieces.joined(separator: "*")
    }

    private static func escapedWords(_ text: String) -> String {
        var out = ""
        var word = ""
        func finish() {
            if KQLScanner.Keyword(rawValue: word.lowercased()) != nil {
                out += "\\" + word
            } else if word == "/" || word == "//" {
                // With what is printed behind it, it could begin a comment.
                out += escape("/") + word.dropFirst()
            } else {
                out += word
            }
            word = ""
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case " ", "\u{a0}":
                finish()
                out.unicodeScalars.append(scalar)
            case "\n", "\r", "\t": word += escape(scalar)
            case "\\", "(", ")", ":", "<", ">", "\"", "*", "{", "}": word += "\\\(scalar)"
            default: word.unicodeScalars.append(scalar)
            }
        }
        finish()
        return out
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\u{a0}" }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
