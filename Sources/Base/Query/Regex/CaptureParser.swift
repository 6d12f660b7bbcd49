/// Reads the notation of Oniguruma, which GROK is written in, or Java's, as far as it can be matched in linear time.
///
/// A group that must not be gone back into, `(?>…)` and `a*+`, is read as any other. What looks ahead or behind may ask
/// for one character. What refers to an earlier group is refused.
///
/// - Source: Oniguruma's *RE*, version 6; Java's documentation of `java.util.regex.Pattern`.
struct CaptureParser {
    /// What a group in parentheses is called.
    struct Group: Sendable {
        let name: String?
        /// What GROK reads it as.
        var type: GrokType?
        /// Where in the pattern it opens.
        var offset = 0
    }

    struct Switches {
        var ignoresCase = false
        /// `.` also takes line ends.
        var dotIsAny = false
        /// `^` and `$` also stand beside line ends.
        var hasLines: Bool
    }

    let dialect: RegexDialect
    /// What `%{NAME}` stands for; `nil` where there is no such thing.
    let library: GrokLibrary?
    var reader: RegexReader
    /// Groups in the order of their opening parentheses; the first one is the whole.
    var groups: [Group]
    var depth: Int
    var switches: Switches

    init(_ pattern: String, _ dialect: RegexDialect, ignoringCase: Bool = false) throws(RegexError) {
        try self.init(pattern, dialect, library: nil, groups: [Group(name: nil)], depth: 0)
        switches.ignoresCase = ignoringCase
    }

    init(
        _ pattern: String, _ dialect: RegexDialect, library: GrokLibrary?, groups: [Group], depth: Int
    ) throws(RegexError) {
        reader = try RegexReader(pattern)
        self.dialect = dialect
        self.library = library
        self.groups = groups
        self.depth = depth
        switches = Switches(hasLines: dialect == .oniguruma)
    }

    mutating func pattern() throws(RegexError) -> RegexNode {
        let node = try choice()
        guard reader.isAtEnd else {
            throw RegexError("this `)` closes nothing; write `\\)` for the sign", at: reader.offset)
        }
        return node
    }

    private mutating func choice() throws(RegexError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= RegexLimits.depth else {
            throw RegexError("groups may lie \(RegexLimits.depth) deep at most", at: reader.offset)
        }
        let outside = switches
        defer { switches = outside }
        var parts = [try sequence()]
        while reader.take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(RegexError) -> RegexNode {
        var parts: [RegexNode] = []
        while !reader.isAtEnd, reader.peek() != "|", reader.peek() != ")" { parts.append(try repeated()) }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func repeated() throws(RegexError) -> RegexNode {
        var node = try simple()
        var levels = 0
        while let times = try times() {
            levels += 1
            guard levels + depth <= RegexLimits.depth else {
                throw RegexError("\(RegexLimits.depth) repetitions of one another are the most", at: reader.offset)
            }
            node = .repetition(node, times)
        }
        return node
    }

    private mutating func times() throws(RegexError) -> RegexRepeat? {
        let offset = reader.offset
        var isCounted = false
        var times: RegexRepeat
        if reader.take("*") {
            times = RegexRepeat(least: 0, most: nil, offset: offset)
        } else if reader.take("+") {
            times = RegexRepeat(least: 1, most: nil, offset: offset)
        } else if reader.take("?") {
            times = RegexRepeat(least: 0, most: 1, offset: offset)
        } else if beginsBraces, reader.take("{") {
            times = try reader.repetition()
            isCounted = true
        } else {
            return nil
        }
        if reader.take("?") {
            times.isLazy = true
        } else if dialect == .java || !isCounted {
            _ = reader.take("+")
        }
        return times
    }

    /// Oniguruma takes a brace for a character where no number of repetitions follows.
    private var beginsBraces: Bool {
        guard reader.peek() == "{" else { return false }
        return dialect == .java || reader.peek(1).map { ("0"..."9").contains($0) } == true
    }

    // MARK: Parts

    private mutating func simple() throws(RegexError) -> RegexNode {
        let start = reader.offset
        switch reader.next() {
        case "(": return try group(from: start)
        case "[": return .set(try RegexClass.read(&reader, from: start, dialect, ignoringCase: switches.ignoresCase))
        case ".": return .set(switches.dotIsAny ? .all : CodePoints(dialect.lineEnds).inverted)
        case "^": return behind(switches.hasLines ? CodePoints("\n").union(.atEdge) : .atEdge)
        case "$": return ahead(switches.hasLines ? CodePoints("\n").union(.atEdge) : .atEdge)
        case "\\": return try escape(from: start)
        case "%" where library != nil && reader.peek() == "{": return try reference(from: start)
        case let sign? where sign == "*" || sign == "+" || sign == "?":
            throw RegexError("there is nothing in front of `\(sign)`; write `\\\(sign)` for the sign", at: start)
        case "{" where dialect == .java:
            throw RegexError("there is nothing in front of `{`; write `\\{` for the sign", at: start)
        case let sign?: return literal(sign)
        case nil: throw RegexError("the pattern ends where more must come", at: start)
        }
    }

    private func literal(_ sign: Unicode.Scalar) -> RegexNode {
        .set(switches.ignoresCase ? CodePoints(sign).ignoringCase : CodePoints(sign))
    }

    private func behind(_ set: CodePoints) -> RegexNode { .look(RegexLook(set: set, isAhead: false)) }
    private func ahead(_ set: CodePoints) -> RegexNode { .look(RegexLook(set: set, isAhead: true)) }

    private mutating func escape(from start: Int) throws(RegexError) -> RegexNode {
        let words = dialect.words
        let others = words.inverted.union(.atEdge)
        switch reader.peek() {
        case "A": _ = reader.next(); return behind(.atEdge)
        case "z": _ = reader.next(); return ahead(.atEdge)
        case "b":
            _ = reader.next()
            return .choice([.sequence([behind(words), ahead(others)]), .sequence([behind(others), ahead(words)])])
        case "B":
            _ = reader.next()
            return .choice([.sequence([behind(words), ahead(words)]), .sequence([behind(others), ahead(others)])])
        case let sign? where ("1"..."9").contains(sign) || sign == "k":
            throw RegexError(
                "a pattern cannot refer to what a group has matched, for that may take forever", at: start)
        default:
            let set = try RegexClass.escape(&reader, from: start, dialect)
            return .set(switches.ignoresCase ? set.ignoringCase : set)
        }
    }

    // MARK: Groups

    private mutating func group(from start: Int) throws(RegexError) -> RegexNode {
        guard reader.take("?") else { return try captured(from: start, name: nil) }
        if reader.take("#") {
            _ = reader.take { $0 != ")" }
            return try closed(.empty, from: start)
        }
        for (sign, isAhead, isNegative) in [
            ("=", true, false), ("!", true, true), ("<=", false, false), ("<!", false, true),
        ] where reader.take(sign) {
            let node = try closed(try choice(), from: start)
            guard let set = node.characters(isAhead: isAhead) else {
                throw RegexError("what looks ahead or behind may ask for one character only", at: start)
            }
            let wanted = isNegative ? set.inverted.union(set.contains(CodePoints.edge) ? .none : .atEdge) : set
            return .look(RegexLook(set: wanted, isAhead: isAhead))
        }
        if reader.take("<") || (dialect == .oniguruma && reader.take("P<")) {
            let name = reader.take { $0 != ">" && $0 != ")" }
            guard reader.take(">"), Self.isName(name) else {
                throw RegexError("a name of a group has letters, digits, `_`, `.`, `-` and `@`", at: start)
            }
            return try captured(from: start, name: name)
        }
        if reader.take(":") || reader.take(">") { return try closed(try choice(), from: start) }
        return try switched(from: start)
    }

    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255
            && name.unicodeScalars.allSatisfy { CodePoints.words.contains($0.value) || [".", "-", "@"].contains($0) }
    }

    private mutating func captured(from start: Int, name: String?) throws(RegexError) -> RegexNode {
        // GROK asks for names only; what has none is there to repeat or to choose.
        if name == nil, library != nil { return try closed(try choice(), from: start) }
        let number = try opened(Group(name: name), at: start)
        return .group(try closed(try choice(), from: start), number: number)
    }

    /// - Returns: the number of the group.
    mutating func opened(_ group: Group, at offset: Int) throws(RegexError) -> Int {
        guard groups.count < RegexLimits.groups else {
            throw RegexError("a pattern has \(RegexLimits.groups - 1) groups at most", at: offset)
        }
        groups.append(Group(name: group.name, type: group.type, offset: offset))
        return groups.count - 1
    }

    private mutating func closed(_ node: RegexNode, from start: Int) throws(RegexError) -> RegexNode {
        guard reader.take(")") else { throw RegexError("this `(` is not closed; write `\\(` for the sign", at: start) }
        return node
    }

    /// `(?i)` and `(?i:…)`: to the end of the group around it, or within it.
    private mutating func switched(from start: Int) throws(RegexError) -> RegexNode {
        let before = switches
        var isOn = true
        while let sign = reader.next() {
            switch sign {
            case "-": isOn = false
            case "i": switches.ignoresCase = isOn
            case "s" where dialect == .java: switches.dotIsAny = isOn
            case "m" where dialect == .java: switches.hasLines = isOn
            case "m": switches.dotIsAny = isOn
            case ")": return .empty
            case ":":
                let node = try closed(try choice(), from: start)
                switches = before
                return node
            default: throw Self.unknown(sign, dialect, at: start)
            }
        }
        throw RegexError("this `(` is not closed; write `\\(` for the sign", at: start)
    }

    private static func unknown(_ sign: Unicode.Scalar, _ dialect: RegexDialect, at offset: Int) -> RegexError {
        let known = dialect == .java ? "`i`, `m` and `s`" : "`i` and `m`"
        return RegexError("`(?\(sign)` is not known; there are \(known), `(?:…)` and `(?<name>…)`", at: offset)
    }
}

extension RegexNode {
    /// The characters of which one must stand ahead or behind; `nil` when the node asks for something else.
    fileprivate func characters(isAhead: Bool) -> CodePoints? {
        switch self {
        case .set(let set): return set
        case .look(let look) where look.isAhead == isAhead: return look.set
        case .choice(let parts):
            var all = CodePoints.none
            for part in parts {
                guard let set = part.characters(isAhead: isAhead) else { return nil }
                all = all.union(set)
            }
            return all
        default: return nil
        }
    }
}
