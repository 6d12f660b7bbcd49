import Codecs
import Network
import Platform
import Query
import Server

/// `docket search`: events that a KQL query finds.
struct SearchCommand: Command {
    static let name = "search"
    static let summary = "Find events with a KQL query."
    static let help = """
        docket search ['KQL'] [options] [--data DIR | --url URL]

        --from TIME, --to TIME   2026-10-08, 2026-10-08T08:15:18Z, now-24h, now/d
        --limit N                at most so many events, newest first; default 100
        --columns a,b,c          fields of the table and of CSV
        --format F               table, ndjson (one ECS document a line) or csv
        --tenant NAME            with --data; default: default
        --url URL                ask a server, with the token in DOCKET_TOKEN
        --authority FILE         PEM: whom to trust with https instead of the system's authorities
        \(DataOptions.help)

        Example:  docket search 'event.action: tool_decision and not event.outcome: success' --from now-7d
        Exit:     0 found, 1 nothing found, 2 could not tell
        """

    enum Format: String { case table, ndjson, csv }

    private let query: String
    private let url: String?
    private let token: String?
    private let authority: String?
    private let options: DataOptions
    private let format: Format
    private let columns: [String]
    private let tenant: String
    private let from: Timestamp?
    private let to: Timestamp?
    private let limit: Int

    init(_ words: inout Words) throws {
        url = try words.option("--url")
        token = Environment["DOCKET_TOKEN"]
        authority = try words.option("--authority")
        let format = try words.option("--format") ?? "table"
        guard let format = Format(rawValue: format) else {
            throw WrongUse("`\(format)` is no format; there are table, ndjson, csv")
        }
        self.format = format
        columns =
            try words.option("--columns")?.split(separator: ",").map { $0.filter { $0 != " " } }
            ?? ["@timestamp", "event.action", "user.email", "event.outcome", "gen_ai.tool.name", "event.id"]
        tenant = try words.option("--tenant") ?? "default"
        let clock = try DataOptions.clock()
        from = try Self.bound(try words.option("--from"), "--from") { TimeBound.from($0, now: clock.now()) }
        to = try Self.bound(try words.option("--to"), "--to") { TimeBound.to($0, now: clock.now()) }
        let limit = try words.option("--limit") ?? "100"
        guard let number = Int(limit), (1...1_000_000).contains(number) else {
            throw WrongUse("--limit must be 1 to 1000000")
        }
        self.limit = number
        options = try DataOptions(&words)
        let rest = try words.rest()
        guard rest.count <= 1 else { throw WrongUse("the query must be one word: put it in quotes") }
        query = rest.first ?? ""
    }

    private static func bound(
        _ text: String?, _ name: String, _ read: (String) -> Timestamp?
    ) throws(WrongUse) -> Timestamp? {
        guard let text else { return nil }
        guard let moment = read(text) else { throw WrongUse("\(name) `\(text)` is no time") }
        return moment
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            let documents = try url.map(remote) ?? local(terminal)
            print(documents, terminal)
            return documents.isEmpty ? .refuted : .done
        } catch SearchError.query(let error) {
            terminal.error("docket search: \(error.rendered(in: SourceText(query)))")
        } catch {
            terminal.error("docket search: \(error)")
        }
        return .couldNot
    }

    // MARK: Where

    private func local(_ terminal: Terminal) throws -> [[UInt8]] {
        guard FolderDisk.isFolder(options.data) else {
            throw StartError(
                "there is no data directory `\(options.data)`; --data says where it is, --url asks a server")
        }
        let flow = try options.flow(least: .warning)
        defer { flow.stop() }
        try flow.catchUp()
        let answer = try flow.search.search(
            SearchRequest(tenant: tenant, text: query, from: from, to: to, limit: limit))
        for warning in answer.warnings { terminal.error("docket search: \(warning)") }
        return answer.hits.map(\.document)
    }

    private func remote(_ url: String) throws -> [[UInt8]] {
        guard let token else { throw StartError("DOCKET_TOKEN in the environment must hold the token") }
        var body: [JSONValue.Member] = [.init("query", .string(query)), .init("limit", .integer(Int64(limit)))]
        if let from { body.append(.init("from", .string(RFC3339.text(from, digits: 9)))) }
        if let to { body.append(.init("to", .string(RFC3339.text(to, digits: 9)))) }
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        var request = HTTPClientRequest(
            .post, "\(base)/api/v1/search",
            headers: [
                "authorization": "Bearer \(token)", "content-type": "application/json",
                "accept": "application/x-ndjson",
            ], body: Array(JSONValue.object(body).text.utf8))
        request.tls.authorityFile = authority
        let response = try HTTPClient().sendBlocking(request)
        guard response.status == 200 else {
            let error = try? JSONValue(parsing: response.body)
            throw StartError(error?["error"]?["message"]?.string ?? "the server answered \(response.status)")
        }
        return response.body.split(separator: 0x0A).map(Array.init)
    }

    // MARK: How

    private func print(_ documents: [[UInt8]], _ terminal: Terminal) {
        switch format {
        case .ndjson: for document in documents { terminal.out(line: document) }
        case .csv:
            terminal.out(CSVText.line(columns))
            for document in documents { terminal.out(CSVText.line(cells(document))) }
        case .table:
            for line in TextTable([columns] + documents.map(cells)).lines { terminal.out(line) }
            if documents.count == limit {
                terminal.error("docket search: there may be more; --limit \(limit) was reached")
            }
        }
    }

    private func cells(_ document: [UInt8]) -> [String] {
        let value = (try? JSONValue(parsing: document)) ?? .null
        return columns.map { Self.text(Self.value(at: $0, in: value)) }
    }

    /// A member by its dotted name, whether it is nested or the name itself has dots.
    private static func value(at name: String, in value: JSONValue) -> JSONValue? {
        if let found = value[name] { return found }
        var place = name.endIndex
        while let dot = name[..<place].lastIndex(of: ".") {
            if let inner = value[String(name[..<dot])],
                let found = self.value(at: String(name[name.index(after: dot)...]), in: inner)
            {
                return found
            }
            place = dot
        }
        return nil
    }

    private static func text(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): text
        case .array(let elements): elements.map { text($0) }.joined(separator: ", ")
        case let value?: value.text
        }
    }
}
