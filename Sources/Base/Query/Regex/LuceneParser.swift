/// Reads the notation of Lucene's `RegExp`.
///
///     union   := inter ( "|" inter )*
///     inter   := concat ( "&" concat )*
///     concat  := repeat+
///     repeat  := complex ( "?" | "*" | "+" | "{n}" | "{n,}" | "{n,m}" )*
///     complex := "~" complex | simple
///     simple  := "(" union ")" | "()" | "[" class "]" | "." | "@" | "#" | '"' text '"' | "<n-m>" | character
///
/// It has no anchors, for a pattern is the whole text: `^` and `$` mean themselves. An operator that has nothing to work on
/// is a character, as it is for Lucene, and published rules rely on it: `(/|~|x)` asks for a slash, or for anything but a
/// bar and then an `x`.
///
/// - Source: Lucene's documentation of `org.apache.lucene.util.automaton.RegExp`.
struct LuceneParser {
    private var reader: RegexReader
    private var depth = 0
    private let ignoresCase: Bool

    init(_ pattern: String, ignoringCase: Bool) throws(RegexError) {
        reader = try RegexReader(pattern)
        ignoresCase = ignoringCase
    }

    mutating func pattern() throws(RegexError) -> RegexNode {
        if reader.isAtEnd { return .empty }
        let node = try union()
        guard reader.isAtEnd else {
            throw RegexError("this `)` closes nothing; write `\\)` for the sign", at: reader.offset)
        }
        return node
    }

    private mutating func union() throws(RegexError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= RegexLimits.depth else {
            throw RegexError("groups may lie \(RegexLimits.depth) deep at most", at: reader.offset)
        }
        var parts = [try intersection()]
        while reader.take("|") { parts.append(try intersection()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func intersection() throws(RegexError) -> RegexNode {
        let start = reader.offset
        var parts = [try concatenation()]
        while reader.take("&") { parts.append(try concatenation()) }
        return parts.count == 1 ? parts[0] : .intersection(parts, offset: start)
    }

    private mutating func concatenation() throws(RegexError) -> RegexNode {
        var parts: [RegexNode] = []
        repeat { parts.append(try repeated()) } while !reader.isAtEnd && !["|", "&", ")"].contains(reader.peek())
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repeated() throws(RegexError) -> RegexNode {
        var node = try complement()
        var levels = 0
        while let sign = reader.peek(), ["?", "*", "+", "{"].contains(sign) {
            levels += 1
            guard levels + depth <= RegexLimits.depth else {
                throw RegexError("\(RegexLimits.depth) repetitions of one another are the most", at: reader.offset)
            }
            let offset = reader.offset
            _ = reader.next()
            let times =
                switch sign {
                case "?": RegexRepeat(least: 0, most: 1, offset: offset)
                case "*": RegexRepeat(least: 0, most: nil, offset: offset)
                case "+": RegexRepeat(least: 1, most: nil, offset: offset)
                default: try reader.repetition()
                }
            node = .repetition(node, times)
        }
        return node
    }

    private mutating func complement() throws(RegexError) -> RegexNode {
        let start = reader.offset
        guard reader.take("~") else { return try simple() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= RegexLimits.depth else {
            throw RegexError("complements may lie \(RegexLimits.depth) deep at most", at: start)
        }
        return .complement(try complement(), offset: start)
    }

    private mutating func simple() throws(RegexError) -> RegexNode {
        let start = reader.offset
        guard let sign = reader.next() else { throw RegexError("the pattern ends where more must come", at: start) }
        switch sign {
        case "(":
            if reader.take(")") { return .empty }
            let node = try union()
            guard reader.take(")") else { throw RegexError("this `(` is not closed", at: start) }
            return node
        case "[": return .set(try set(from: start))
        case ".": return .set(.all)
        case "@": return .anything
        case "#": return .nothing
        case "\"":
            let text = reader.take { $0 != "\"" }
            guard reader.take("\"") else {
                throw RegexError("this quote is not closed; write `\\\"` for the sign", at: start)
            }
            return .sequence(text.unicodeScalars.map { literal(CodePoints($0)) })
        case "<": return try interval(from: start)
        case "?" where reader.place > 1 && reader.peek(-2) == "(":
            throw RegexError("Lucene's notation has no `(?…)`; write the group without it", at: start)
        case ")":
            throw RegexError(
                "there is nothing in front of `)`; write `()` for the empty text, `\\)` for the sign", at: start)
        case "\\": return literal(try escape(from: start))
        default: return literal(CodePoints(sign))
        }
    }

    private func literal(_ set: CodePoints) -> RegexNode { .set(ignoresCase ? set.ignoringCase : set) }

    /// What is behind a backslash.
    private mutating func escape(from start: Int) throws(RegexError) -> CodePoints {
        switch reader.next() {
        case "d": return .digits
        case "D": return CodePoints.digits.inverted
        case "w": return .words
        case "W": return CodePoints.words.inverted
        case "s": return CodePoints(" \t\n\r")
        case "S": return CodePoints(" \t\n\r").inverted
        case let sign? where CodePoints.words.contains(sign.value) && !("0"..."9").contains(sign) && sign != "_":
            let remedy =
                ["b", "B", "A", "z", "Z"].contains(sign)
                ? "a pattern is always the whole text" : "write the character itself"
            throw RegexError("`\\\(sign)` means nothing in Lucene's notation; \(remedy)", at: start)
        case let sign?: return CodePoints(sign)
        case nil: throw RegexError("the pattern ends with a `\\`; write `\\\\` for the sign", at: start)
        }
    }

    /// What is behind the bracket of a class. A `]` that comes first means itself, and so does a `-` at either end.
    private mutating func set(from start: Int) throws(RegexError) -> CodePoints {
        let isInverted = reader.take("^")
        var set = CodePoints.none
        repeat {
            let offset = reader.offset
            let first = try member(from: start)
            guard first.scalar != nil, reader.peek() == "-", let next = reader.peek(1), next != "]" else {
                set = set.union(first.set)
                continue
            }
            _ = reader.next()
            guard let low = first.scalar, let high = try member(from: start).scalar, low <= high else {
                throw RegexError("a range goes from a character to a greater one", at: offset)
            }
            set = set.union(CodePoints(low...high))
        } while reader.peek() != "]"
        _ = reader.next()
        if ignoresCase { set = set.ignoringCase }
        return isInverted ? set.inverted : set
    }

    private mutating func member(from start: Int) throws(RegexError) -> (set: CodePoints, scalar: Unicode.Scalar?) {
        let offset = reader.offset
        guard let sign = reader.next(), !reader.isAtEnd else {
            throw RegexError("this `[` is not closed; write `\\[` for the sign", at: start)
        }
        guard sign == "\\" else { return (CodePoints(sign), sign) }
        let escaped = reader.peek()
        let set = try escape(from: offset)
        return (set, set.ranges.count == 1 && set == escaped.map { CodePoints($0) } ? escaped : nil)
    }

    /// `<7-42>`: a number in digits, with zeros in front as they are written.
    private mutating func interval(from start: Int) throws(RegexError) -> RegexNode {
        guard let first = reader.digits(), reader.take("-"), let last = reader.digits(), reader.take(">") else {
            throw RegexError("`<` begins a range of numbers; write `<7-42>`, and `\\<` for the sign", at: start)
        }
        guard let low = DecimalInterval.number(first), let high = DecimalInterval.number(last) else {
            throw RegexError("a number has \(DecimalInterval.digitLimit) digits at most", at: start)
        }
        let interval = DecimalInterval(min(low, high)...max(low, high))
        return first.count == last.count ? interval.padded(to: first.count) : interval.withZeros
    }
}
