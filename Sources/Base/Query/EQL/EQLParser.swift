import Events
import Platform

/// Reads EQL by recursive descent.
///
/// ```
/// query    := ( event | sequence | sample ) ( "|" ( "head" | "tail" ) number )*
/// event    := ( "any" | category ) "where" condition
/// sequence := "sequence" [ "by" keys ] [ "with" "maxspan" "=" time ] term term* [ "until" term ]
/// sample   := "sample" [ "by" keys ] term term+
/// term     := ( "[" | "![" ) event "]" [ "by" keys ] [ "with" "runs" "=" number ]
/// ```
///
/// Conditions are read in `EQLParser+Expressions.swift`.
///
/// - Source: Elastic's documentation of EQL and the observed behavior of Elasticsearch 9.
struct EQLParser: TokenParser {
    static let nestingLimit = EQLLimit.nesting

    var tokens: TokenReader<EQLLexer>

    init(_ source: SourceText) throws(QueryError) { tokens = try TokenReader(source, most: EQLLimit.text) }

    mutating func query() throws(QueryError) -> (EQLQuery.Form, [EQLPipe]) {
        let form: EQLQuery.Form
        if peek("sequence") {
            form = .sequence(try sequence())
        } else if peek("sample") {
            form = try sample()
        } else if peek("join") {
            throw error("`join` is not known", at: token.span, hint: "use `sequence` or `sample`")
        } else {
            form = .event(try event("`any`, a category, `sequence` or `sample`"))
        }
        var pipes: [EQLPipe] = []
        while try take(.pipe) { pipes.append(try pipe()) }
        guard token.kind == .end else { throw unexpected("`and`, `or`, `|` or the end") }
        return (form, pipes)
    }

    // MARK: Events

    private mutating func event(_ expected: String) throws(QueryError) -> EQLEventFilter {
        let start = token.span.lower
        let category: String?
        switch token.kind {
        case .word("any"): category = nil
        case .string(let text): category = text
        case .word(let word) where !EQLToken.keywords.contains(word): category = word
        case .quotedWord:
            throw unexpected(expected, hint: "a category with odd characters stands between double quotes")
        default: throw unexpected(expected)
        }
        try advance()
        guard try take("where") else {
            throw unexpected("`where`", hint: "an event is asked for as `any where condition`")
        }
        let condition = try expression()
        return EQLEventFilter(category: category, condition: condition, span: SourceSpan(start, end))
    }

    // MARK: Sequences and samples

    private mutating func sequence() throws(QueryError) -> EQLSequenceForm {
        let head = try advance().span
        var keys = try take("by") ? try self.keys() : []
        let maxspan = try take("with") ? try self.maxspan() : nil
        if peek("by") {
            throw error("`by` stands in front of `with`", at: token.span, hint: "write `sequence by … with maxspan=…`")
        }
        let terms = try self.terms()
        let until = try take("until") ? try term() : nil
        if let until, until.isMissing || until.runs > 1 {
            throw error("`until` has one event that ends it", at: until.span)
        }
        try check(terms, head, hasSpan: maxspan != nil)
        keys = try checked(keys, terms + [until].compactMap(\.self))
        return EQLSequenceForm(keys: keys, maxspan: maxspan, terms: terms, until: until)
    }

    private func check(_ terms: [EQLTerm], _ head: SourceSpan, hasSpan: Bool) throws(QueryError) {
        let count = terms.reduce(0) { $0 + $1.runs }
        guard count > 1 else { throw error("a sequence has two steps or more", at: head) }
        guard count <= EQLLimit.steps else {
            throw error("a sequence has at most \(EQLLimit.steps) steps; this one has \(count)", at: head)
        }
        guard let missing = terms.first(where: \.isMissing) else { return }
        guard hasSpan else {
            throw error(
                "that an event is missing can only be said of a stretch of time", at: missing.span,
                hint: "write `sequence with maxspan=1h`")
        }
        guard terms.contains(where: { !$0.isMissing }) else {
            throw error("one event of a sequence must be there", at: missing.span)
        }
    }

    private mutating func sample() throws(QueryError) -> EQLQuery.Form {
        let head = try advance().span
        let keys = try take("by") ? try self.keys() : []
        if peek("with") { throw error("a sample has no stretch of time", at: token.span, hint: "use `sequence`") }
        let terms = try self.terms()
        guard terms.count > 1 else { throw error("a sample has two events or more", at: head) }
        if let missing = terms.first(where: { $0.isMissing || $0.runs > 1 }) {
            throw error("a sample has neither missing events nor runs", at: missing.span)
        }
        if peek("until") { throw error("a sample has no `until`", at: token.span, hint: "use `sequence`") }
        guard !keys.isEmpty || terms.contains(where: { !$0.keys.isEmpty }) else {
            throw error("the events of a sample share a key", at: head, hint: "write `sample by user.email`")
        }
        return .sample(keys: try checked(keys, terms), terms)
    }

    /// Every event has as many keys as the others.
    private func checked(_ keys: [EQLExpression], _ terms: [EQLTerm]) throws(QueryError) -> [EQLExpression] {
        guard let first = terms.first else { return keys }
        for term in terms where term.keys.count != first.keys.count {
            throw error(
                "all events of a sequence have as many keys; here are \(keys.count + term.keys.count), "
                    + "\(keys.count + first.keys.count) before", at: term.span)
        }
        guard keys.count + first.keys.count <= EQLLimit.keys else {
            throw error("there are at most \(EQLLimit.keys) keys", at: first.span)
        }
        return keys
    }

    private mutating func terms() throws(QueryError) -> [EQLTerm] {
        var terms: [EQLTerm] = []
        repeat {
            terms.append(try term())
            guard terms.count <= EQLLimit.steps else {
                throw error("a sequence has at most \(EQLLimit.steps) steps", at: terms[terms.count - 1].span)
            }
        } while peek(.openBracket) || peek(.missing)
        return terms
    }

    private mutating func term() throws(QueryError) -> EQLTerm {
        let start = token.span.lower
        let isMissing = peek(.missing)
        guard peek(.openBracket) || isMissing else { throw unexpected("`[` or `![`") }
        try advance()
        let filter = try event("`any` or a category")
        try expect(.closeBracket)
        let keys = try take("by") ? try self.keys() : []
        let runs = try take("with") ? try self.runs() : 1
        return EQLTerm(
            filter: filter, keys: keys, runs: runs, isMissing: isMissing, span: SourceSpan(start, end))
    }

    private mutating func keys() throws(QueryError) -> [EQLExpression] {
        var keys: [EQLExpression] = []
        repeat { keys.append(try sum()) } while try take(.comma)
        return keys
    }

    // MARK: Numbers of a query

    private mutating func runs() throws(QueryError) -> Int {
        try name("runs", hint: "`maxspan` stands behind `sequence`")
        guard case .integer(let digits) = token.kind, let count = Int(digits), (1...EQLLimit.runs).contains(count)
        else {
            throw unexpected("a number from 1 to \(EQLLimit.runs)")
        }
        try advance()
        return count
    }

    private mutating func maxspan() throws(QueryError) -> Timestamp.Span {
        try name("maxspan", hint: "`runs` stands behind an event")
        let span = token.span
        let digits: String
        switch token.kind {
        case .integer(let text): digits = text
        case .decimal(let text):
            throw error("`\(text)` is no whole number", at: span, hint: "use a smaller unit, as `1500ms`")
        default: throw unexpected("a time such as `30s`")
        }
        try advance()
        guard case .word(let unit) = token.kind, token.span.lower == end else {
            throw error("this time has no unit", at: span, hint: "write `\(digits)s`")
        }
        guard let length = Self.units[unit] else {
            throw error("`\(unit)` is no unit of time", at: token.span, hint: "use ms, s, m, h or d")
        }
        try advance()
        guard let count = Int64(digits), count > 0, count <= Self.longest / length.nanoseconds else {
            throw error(
                "a time is longer than none and at most \(Self.longest / Timestamp.Span.days(1).nanoseconds) days",
                at: SourceSpan(span.lower, end))
        }
        return Timestamp.Span(nanoseconds: count * length.nanoseconds)
    }

    private static let units: [String: Timestamp.Span] = [
        "ms": .milliseconds(1), "s": .seconds(1), "m": .minutes(1), "h": .hours(1), "d": .days(1),
    ]

    /// The longest stretch of time of a sequence: ten years. - Unit: nanoseconds
    private static let longest = Timestamp.Span.days(3_650).nanoseconds

    /// `name =`
    private mutating func name(_ wanted: String, hint: String) throws(QueryError) {
        guard case .word(wanted) = token.kind else { throw unexpected("`\(wanted)`", hint: hint) }
        try advance()
        try expect(.assign)
    }

    private mutating func pipe() throws(QueryError) -> EQLPipe {
        let span = token.span
        guard case .word(let word) = token.kind else { throw unexpected("`head` or `tail`") }
        guard let kind = EQLPipe.Kind(rawValue: word) else {
            let near = Nearness.nearest(to: word, among: EQLPipe.Kind.allCases.map(\.rawValue))
            throw error(
                "there is no pipe `\(word)`", at: span,
                hint: near.map { "did you mean `\($0)`?" } ?? "there are `head` and `tail`; for others use ES|QL")
        }
        try advance()
        guard case .integer(let digits) = token.kind, let count = Int(digits) else {
            throw unexpected("a number of events")
        }
        try advance()
        return EQLPipe(kind: kind, count: count)
    }

    var hint: String? {
        guard case .word(let word) = token.kind, EQLToken.keywords.contains(word.lowercased()),
            word.lowercased() != word
        else { return nil }
        return "keywords are written in small letters: `\(word.lowercased())`"
    }
}
