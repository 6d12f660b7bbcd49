/// The catalog as a page to read: `docs/fields.md`.
extension FieldCatalog {
    public var page: String {
        var lines = [Self.introduction]
        for (name, fields) in groups {
            lines.append("\n## \(name)\n")
            lines += Self.table(fields)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let introduction = """
        # Fields

        Every field that Docket knows by name: what documents hold and what searches may ask for. This page is made
        from `Content/fields.tsv` (`make docs`); `docket fields WORDS` searches it.

        - Names are those of the Elastic Common Schema 9.3, of OpenTelemetry, and of Elastic's packages `anthropic`,
          `claude_code` and `claude_cowork`. What is Docket's own stands below `docket` and `metric`.
        - An attribute or member that is not listed is kept all the same, under its own name below that of its stream,
          and is found under that name. Its type is that of its value.
        - Types: `keyword` is compared as a whole, `text` is searched by its words, `flattened` is an object of any
          shape whose members are searched with a dot behind its name. A `list` may hold several values.
        - A search may use the names in the column "also" as well.
        """

    /// Fields by the beginning of their names: those of the streams below their whole prefix, others below the first
    /// segment, and names without a dot together.
    private var groups: [(name: String, fields: [Field])] {
        var groups: [(name: String, fields: [Field])] = [("Without a prefix", fields.filter { !$0.name.contains(".") })]
        for field in fields where field.name.contains(".") {
            let segments = field.name.split(separator: ".")
            let first = String(segments[0])
            let isStream = segments.count > 2 && ["anthropic", "claude_code", "claude_cowork"].contains(first)
            let name = isStream ? "\(first).\(segments[1])" : first
            if groups.last?.name != name { groups.append((name, [])) }
            groups[groups.count - 1].fields.append(field)
        }
        return groups
    }

    private static func table(_ fields: [Field]) -> [String] {
        let streams = Set(fields.map(\.streamText))
        let hasStreams = streams.count > 1
        let hasAliases = fields.contains { !$0.aliases.isEmpty }
        var heads = ["field", "type"]
        if hasStreams { heads.append("streams") }
        if hasAliases { heads.append("also") }
        heads.append("meaning")
        var lines: [String] = []
        if !hasStreams, let only = streams.first { lines += ["Streams: \(only).\n"] }
        lines.append(row(heads))
        lines.append(row(heads.map { _ in "---" }))
        for field in fields {
            var cells = ["`\(field.name)`", field.typeText]
            if hasStreams { cells.append(field.streamText) }
            if hasAliases { cells.append(field.aliases.map { "`\($0)`" }.joined(separator: ", ")) }
            lines.append(row(cells + [field.description]))
        }
        return lines
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }
}

extension FieldCatalog.Field {
    /// The type, and whether it is a list.
    public var typeText: String { isMany ? "\(type.rawValue), list" : type.rawValue }

    /// The streams that set it.
    public var streamText: String { streams.isEmpty ? "all" : streams.map(\.text).joined(separator: ", ") }
}
