import Events

extension ESQLParser {
    // MARK: Sources

    mutating func sourceCommand() throws(QueryError) -> ESQLCommand {
        let start = token.span.lower
        let form: ESQLCommand.Form
        if try take("from") {
            form = .from(try sources(), metadata: try metadata())
        } else if try take("row") {
            form = .row(try assignments())
        } else if try take("show") {
            try expect("info")
            form = .showInfo
        } else if try take("eql") {
            form = try eql()
        } else {
            throw unexpected(
                "`FROM`, `ROW`, `SHOW INFO` or `EQL`",
                hint: Self.commands[keyword] == nil ? nil : "a query begins with where its rows come from")
        }
        return ESQLCommand(form: form, span: SourceSpan(start, end))
    }

    private mutating func sources() throws(QueryError) -> [ESQLSource] {
        var sources = [try indices()]
        while try take(.comma) { sources.append(try indices()) }
        return sources
    }

    private mutating func indices() throws(QueryError) -> ESQLSource {
        let start = token.span.lower
        if try take(.openParenthesis) {
            let commands = try nested { parser throws(QueryError) in try parser.pipeline() }
            try expect(.closeParenthesis)
            return ESQLSource(form: .query(commands), span: SourceSpan(start, end))
        }
        let text: String
        if case .string(let quoted) = token.kind {
            try advance()
            text = quoted
        } else {
            guard let bare = try bare(until: ",|()\"=") else { throw unexpected("the name of an index or a pattern") }
            text = bare.text
        }
        let isExcluded = text.hasPrefix("-")
        let name = isExcluded ? String(text.dropFirst()) : text
        guard !name.isEmpty else { throw error("there is no name behind `-`", at: SourceSpan(start, end)) }
        return ESQLSource(form: .pattern(name, isExcluded: isExcluded), span: SourceSpan(start, end))
    }

    private mutating func metadata() throws(QueryError) -> [ESQLName] {
        guard try take("metadata") else { return [] }
        return try names()
    }

    private mutating func names() throws(QueryError) -> [ESQLName] {
        var names = [try name("a name")]
        while try take(.comma) { names.append(try name("a name")) }
        return names
    }

    private mutating func eql() throws(QueryError) -> ESQLCommand.Form {
        let sources = try sources()
        let query = try text("a query of EQL in quotes")
        let metadata = try metadata()
        return .eql(sources, query: query, metadata: metadata, options: try take("with") ? try options() : [])
    }

    // MARK: Commands

    private var keyword: String {
        if case .word(let word) = token.kind { word.lowercased() } else { "" }
    }

    private typealias Reader = @Sendable (inout ESQLParser) throws(QueryError) -> ESQLCommand.Form

    /// Each is called where its name was taken.
    private static let commands: [String: Reader] = [
        "where": { parser throws(QueryError) in .filter(try parser.expression()) },
        "eval": { parser throws(QueryError) in .eval(try parser.assignments()) },
        "stats": { parser throws(QueryError) in try parser.stats(keepsRows: false) },
        "inlinestats": { parser throws(QueryError) in try parser.stats(keepsRows: true) },
        "inline": { parser throws(QueryError) in
            try parser.expect("stats")
            return try parser.stats(keepsRows: true)
        },
        "sort": { parser throws(QueryError) in .sort(try parser.orders()) },
        "limit": { parser throws(QueryError) in
            .limit(try parser.count(), by: try parser.take("by") ? try parser.expressions() : [])
        },
        "keep": { parser throws(QueryError) in .keep(try parser.namePatterns()) },
        "drop": { parser throws(QueryError) in .drop(try parser.namePatterns()) },
        "rename": { parser throws(QueryError) in .rename(try parser.renamings()) },
        "dissect": { parser throws(QueryError) in try parser.dissect() },
        "grok": { parser throws(QueryError) in try parser.grok() },
        "mv_expand": { parser throws(QueryError) in .expand(try parser.name("a column")) },
        "enrich": { parser throws(QueryError) in try parser.enrich() },
        "lookup": { parser throws(QueryError) in try parser.lookupJoin() },
        "fork": { parser throws(QueryError) in try parser.fork() },
        "change_point": { parser throws(QueryError) in try parser.changePoint() },
        "sample": { parser throws(QueryError) in try parser.sample() },
        "ip_location": { parser throws(QueryError) in try parser.parts("ip_location") },
        "uri_parts": { parser throws(QueryError) in try parser.parts("uri_parts") },
        "user_agent": { parser throws(QueryError) in try parser.parts("user_agent") },
        "registered_domain": { parser throws(QueryError) in try parser.parts("registered_domain") },
    ]

    mutating func command() throws(QueryError) -> ESQLCommand {
        let start = token.span.lower
        guard let read = Self.commands[keyword] else {
            let near = Nearness.nearest(to: keyword, among: Self.commands.keys.sorted())
            throw unexpected("a command", hint: near.map { "did you mean `\($0.uppercased())`?" })
        }
        try advance()
        let form = try read(&self)
        return ESQLCommand(form: form, span: SourceSpan(start, end))
    }

    // MARK: Columns that are made

    private mutating func assignments() throws(QueryError) -> [ESQLAssignment] {
        var list = [try assignment()]
        while try take(.comma) { list.append(try assignment()) }
        return list
    }

    private mutating func assignment() throws(QueryError) -> ESQLAssignment {
        let value = try expression()
        if case .column(let name) = value.form, try take(.assign) {
            return ESQLAssignment(name: ESQLName(text: name, span: value.span), value: try expression())
        }
        // What has no name is called as it is written.
        let text =
            if case .column(let name) = value.form { name } else { source.text(SourceSpan(value.span.lower, end)) }
        return ESQLAssignment(name: ESQLName(text: text, span: value.span), value: value)
    }

    private mutating func stats(keepsRows: Bool) throws(QueryError) -> ESQLCommand.Form {
        var aggregates: [ESQLAggregate] = []
        if !peek("by") {
            repeat {
                aggregates.append(try aggregate())
            } while try take(.comma)
        }
        let groups = try take("by") ? try assignments() : []
        return .stats(aggregates, by: groups, keepsRows: keepsRows)
    }

    private mutating func aggregate() throws(QueryError) -> ESQLAggregate {
        let assignment = try assignment()
        guard try take("where") else { return ESQLAggregate(assignment: assignment, filter: nil) }
        let filter = try expression()
        // The condition belongs to the name of an aggregate that has none of its own.
        guard assignment.name.span == assignment.value.span else {
            return ESQLAggregate(assignment: assignment, filter: filter)
        }
        let span = SourceSpan(assignment.name.span.lower, end)
        return ESQLAggregate(
            assignment: ESQLAssignment(name: ESQLName(text: source.text(span), span: span), value: assignment.value),
            filter: filter)
    }

    private mutating func expressions() throws(QueryError) -> [ESQLExpression] {
        var list = [try expression()]
        while try take(.comma) { list.append(try expression()) }
        return list
    }

    // MARK: Order and columns

    private mutating func orders() throws(QueryError) -> [ESQLOrder] {
        var orders: [ESQLOrder] = []
        repeat {
            let value = try expression()
            let isDescending = try take("desc")
            if !isDescending { _ = try take("asc") }
            var putsNullsFirst = isDescending
            if try take("nulls") {
                putsNullsFirst = try take("first")
                if !putsNullsFirst { try expect("last") }
            }
            orders.append(ESQLOrder(value: value, isDescending: isDescending, putsNullsFirst: putsNullsFirst))
        } while try take(.comma)
        return orders
    }

    private mutating func count() throws(QueryError) -> Int {
        let span = token.span
        guard case .integer(let count) = try literal() else {
            throw error("expected a number of rows", at: span, hint: "it is a whole number from 0 on")
        }
        guard count >= 0 else { throw error("a number of rows is not negative", at: span) }
        return Int(count)
    }

    private mutating func namePatterns() throws(QueryError) -> [ESQLNamePattern] {
        var patterns: [ESQLNamePattern] = []
        repeat { patterns.append(try namePattern()) } while try take(.comma)
        return patterns
    }

    private mutating func namePattern() throws(QueryError) -> ESQLNamePattern {
        let start = token.span.lower
        var pieces = [""]
        // Pieces stand side by side: `a.*.b`, `*`, and names between back quotes, in which a star is a star.
        while token.span.lower == end || token.span.lower == start {
            switch token.kind {
            case .word(let text), .quotedWord(let text), .integer(let text), .decimal(let text):
                pieces[pieces.count - 1] += text
            case .sign(.dot): pieces[pieces.count - 1] += "."
            case .sign(.star): pieces.append("")
            case .sign(.minus): pieces[pieces.count - 1] += "-"
            case .parameter:
                switch try parameter() {
                case .name(let text): pieces[pieces.count - 1] += text
                case .pattern(let text):
                    let parts = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
                    pieces[pieces.count - 1] += parts[0]
                    pieces += parts.dropFirst()
                default:
                    throw unexpected(
                        "the name of a column or a pattern",
                        hint: "for a name write `??`, or give an identifier or a pattern")
                }
                try takeParameter()
                continue
            default:
                guard token.span.lower > start else { throw unexpected("the name of a column or a pattern") }
                return ESQLNamePattern(pieces: pieces, span: SourceSpan(start, end))
            }
            try advance()
        }
        return ESQLNamePattern(pieces: pieces, span: SourceSpan(start, end))
    }

    /// `a AS b` or `b = a`
    private mutating func renamings() throws(QueryError) -> [ESQLRenaming] {
        var list: [ESQLRenaming] = []
        repeat {
            let first = try name("a column")
            if try take(.assign) {
                list.append(ESQLRenaming(old: try name("the column that is renamed"), new: first))
            } else {
                try expect("as")
                list.append(ESQLRenaming(old: first, new: try name("the new name")))
            }
        } while try take(.comma)
        return list
    }

    // MARK: Texts

    private mutating func dissect() throws(QueryError) -> ESQLCommand.Form {
        let value = try sum()
        let pattern = try text("a pattern in quotes")
        var separator: String?
        if case .word = token.kind {
            let option = try name("`APPEND_SEPARATOR`")
            guard option.text.lowercased() == "append_separator" else {
                throw error(
                    "`\(option.text)` is no option of `DISSECT`", at: option.span, hint: "it has `APPEND_SEPARATOR`")
            }
            try expect(.assign)
            separator = try text("a text in quotes").text
        }
        return .dissect(value, pattern: pattern, separator: separator)
    }

    private mutating func grok() throws(QueryError) -> ESQLCommand.Form {
        let value = try sum()
        var patterns = [try text("a pattern in quotes")]
        while try take(.comma) { patterns.append(try text("a pattern in quotes")) }
        return .grok(value, patterns: patterns)
    }

    private mutating func parts(_ command: String) throws(QueryError) -> ESQLCommand.Form {
        let span = SourceSpan(end - command.utf8.count, end)
        let prefix = try name("the name that the new columns lie below")
        try expect(.assign)
        let value = try expression()
        return .parts(
            ESQLName(text: command, span: span), prefix: prefix, value, options: try take("with") ? try options() : [])
    }

    // MARK: Other rows

    private mutating func enrich() throws(QueryError) -> ESQLCommand.Form {
        let policy: ESQLName
        if case .string(let text) = token.kind {
            policy = ESQLName(text: text, span: try advance().span)
        } else {
            guard let bare = try bare(until: ",|()\"=") else { throw unexpected("the name of a list") }
            policy = ESQLName(text: bare.text, span: bare.span)
        }
        let key = try take("on") ? try name("the column that is looked up") : nil
        var fields: [ESQLRenaming] = []
        if try take("with") {
            repeat {
                let first = try name("a column of the list")
                let old = try take(.assign) ? try name("a column of the list") : first
                fields.append(ESQLRenaming(old: old, new: first))
            } while try take(.comma)
        }
        return .enrich(policy, on: key, with: fields)
    }

    private mutating func lookupJoin() throws(QueryError) -> ESQLCommand.Form {
        try expect("join")
        let list = try indices()
        if try take("as") { _ = try name("another name of the list") }
        try expect("on")
        return .lookupJoin(list, on: try expressions())
    }

    private mutating func fork() throws(QueryError) -> ESQLCommand.Form {
        let start = token.span
        var branches: [[ESQLCommand]] = []
        while try take(.openParenthesis) {
            branches.append(try nested { parser throws(QueryError) in try parser.branch() })
            try expect(.closeParenthesis)
        }
        guard (2...8).contains(branches.count) else {
            throw error("`FORK` has two to eight branches in parentheses", at: start)
        }
        return .fork(branches)
    }

    private mutating func changePoint() throws(QueryError) -> ESQLCommand.Form {
        let value = try name("a column")
        let key = try take("on") ? try name("a column") : nil
        var (type, probability): (ESQLName?, ESQLName?)
        if try take("as") {
            type = try name("the name of the new column")
            try expect(.comma)
            probability = try name("the name of the new column")
        }
        return .changePoint(
            value, on: key, type: type, probability: probability, by: try take("by") ? try expressions() : [])
    }

    private mutating func sample() throws(QueryError) -> ESQLCommand.Form {
        let span = token.span
        guard case .double(let share) = try literal(), share > 0, share < 1 else {
            throw error("expected a share of the rows", at: span, hint: "it lies between 0 and 1, as 0.1")
        }
        return .sample(share)
    }
}
