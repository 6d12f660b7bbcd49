import Codecs
import Network
import Platform
import Query
import Server

/// `docket search`: events that a query in KQL finds, or events and sequences in EQL.
struct SearchCommand: Command {
    static let name = "search"
    static let summary = "Find events with a query in KQL or EQL."
    static let help = """
        docket search ['QUERY'] [options] [--data DIR | --url URL]

        --language L             kql, or eql: events and sequences, in the order of time
        --limit N                at most so many events, newest first, or sequences; default 100
        --columns a,b,c          fields of the table and of CSV
        --format F               table, ndjson (one ECS document a line) or csv
                                 a sequence is one line of ndjson, and stands in a table by its number
        \(QueryOptions.help)

        Example:  docket search 'event.action: tool_decision and not event.outcome: success' --from now-7d
        Exit:     0 found, 1 nothing found, 2 could not tell
        """

    private enum Language: String, CaseIterable { case kql, eql }

    private let query: String
    private let language: Language
    private let options: QueryOptions
    private let columns: [String]
    private let limit: Int

    init(_ words: inout Words) throws {
        columns =
            try words.option("--columns")?.split(separator: ",").map { $0.filter { $0 != " " } }
            ?? ["@timestamp", "event.action", "user.email", "event.outcome", "gen_ai.tool.name", "event.id"]
        let name = try words.option("--language") ?? "kql"
        guard let language = Language(rawValue: name) else {
            throw WrongUse(
                name == "esql"
                    ? "ES|QL is asked with `docket query`" : "`\(name)` is no language; there are kql, eql")
        }
        self.language = language
        let limit = try words.option("--limit") ?? "100"
        guard let number = Int(limit), (1...1_000_000).contains(number) else {
            throw WrongUse("--limit must be 1 to 1000000")
        }
        self.limit = number
        options = try QueryOptions(&words, formats: [.table, .ndjson, .csv])
        let rest = try words.rest()
        guard rest.count <= 1 else { throw WrongUse("the query must be one word: put it in quotes") }
        query = rest.first ?? ""
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            let lines = if let server = options.server { try remote(server, terminal) } else { try local(terminal) }
            print(lines, terminal)
            return lines.isEmpty ? .refuted : .done
        } catch SearchError.query(let error) {
            terminal.error("docket search: \(error.rendered(in: SourceText(query)))")
        } catch {
            terminal.error("docket search: \(error)")
        }
        return .couldNot
    }

    // MARK: Where

    /// Lines of NDJSON: a document each, or a sequence.
    private func local(_ terminal: Terminal) throws -> [[UInt8]] {
        try options.local { flow throws in
            switch language {
            case .kql:
                let answer = try flow.search.search(
                    SearchRequest(
                        tenant: options.tenant, text: query, from: options.from, to: options.to, limit: limit))
                tell(QueryWarnings.json(answer.warnings, answer.remarks), terminal)
                return answer.hits.map(\.document)
            case .eql:
                let search = EQLSearch(flow.search, schema: flow.search.schema, clock: options.data.clock)
                let answer = try search.search(
                    EQLRequest(
                        tenant: options.tenant, text: query, from: options.from, to: options.to, limit: limit))
                tell(QueryWarnings.json([], answer.warnings), terminal)
                return Self.lines(answer.found)
            }
        }
    }

    private static func lines(_ found: EQLAnswer.Found) -> [[UInt8]] {
        switch found {
        case .events(let hits): hits.map(\.document)
        case .sequences(let sequences):
            sequences.map { sequence in
                var out = ByteBuffer()
                sequence.write(to: &out)
                return out.array
            }
        }
    }

    private func remote(_ server: RemoteServer, _ terminal: Terminal) throws -> [[UInt8]] {
        let body: [JSONValue.Member] = [
            .init("query", .string(query)), .init("language", .string(language.rawValue)),
            .init("size", .integer(Int64(limit))), .init("format", "ndjson"),
        ]
        let response = try server.post(
            "/api/v1/search", body + RemoteServer.time(options.from, options.to), about: query)
        var lines = response.body.split(separator: 0x0A).map(Array.init)
        // The last line is about the others.
        let remarks = try lines.popLast().map { try JSONValue(parsing: $0) }?["docket"]
        if let warnings = remarks?["warnings"] { tell(warnings, terminal) }
        return lines
    }

    // MARK: How

    private func tell(_ warnings: JSONValue, _ terminal: Terminal) {
        let source = SourceText(query)
        for warning in warnings.array ?? [] {
            let text = QueryError(warning, in: source)?.rendered(in: source) ?? warning["message"]?.string ?? ""
            terminal.error("docket search: \(text)")
        }
    }

    private func print(_ lines: [[UInt8]], _ terminal: Terminal) {
        guard options.format != .ndjson else {
            for line in lines { terminal.out(line: line) }
            return
        }
        let values = lines.map { (try? JSONValue(parsing: $0)) ?? .null }
        let hasSequences = values.contains { $0["join_keys"] != nil }
        let head = (hasSequences ? ["sequence"] : []) + columns
        let rows = values.enumerated().flatMap { place, value -> [[String]] in
            guard hasSequences else { return [cells(value)] }
            return (value["events"]?.array ?? []).map { event in
                [String(place + 1)] + (event["document"].map(cells) ?? columns.map { _ in "" })
            }
        }
        guard options.format == .table else {
            for row in [head] + rows { terminal.out(CSVText.line(row)) }
            return
        }
        for line in TextTable([head] + rows).lines(hasColors: terminal.hasColors) { terminal.out(line) }
        if lines.count == limit { terminal.error("docket search: there may be more; --limit \(limit) was reached") }
    }

    private func cells(_ document: JSONValue) -> [String] { columns.map { document.value(at: $0)?.cell ?? "" } }
}
