import Codecs
import Network
import Platform
import Query
import Server

/// `docket query`: a table that a query in ES|QL gives.
struct QueryCommand: Command {
    static let name = "query"
    static let summary = "Make a table with a query in ES|QL."
    static let help = """
        docket query 'ES|QL' [options] [--data DIR | --url URL]

        --filter KQL             look at these events only
        --param NAME=VALUE       what ?NAME stands for, or ??NAME for a name; as often as there are some. A value is
                                 JSON (7, true, ["a", "b"], "7"), and else a text
        --limit N                at most so many rows, 1 to 10000
        --format F               table, json, ndjson (one object a row) or csv
        --all-columns            show columns without any value, too
        \(QueryOptions.help)

        Example:  docket query 'FROM events | STATS n = COUNT(*) BY user.email | SORT n DESC' --from now-7d
        Exit:     0 there are rows, 1 there are none, 2 could not tell
        """

    private let query: String
    private let filter: String
    private let parameters: [JSONValue]
    private let limit: Int?
    private let dropsEmptyColumns: Bool
    private let options: QueryOptions

    init(_ words: inout Words) throws {
        filter = try words.option("--filter") ?? ""
        parameters = try Self.parameters(&words)
        let limits = ESQLLimits()
        limit = try words.option("--limit").map { text in
            guard let number = Int(text), (1...limits.rows).contains(number) else {
                throw WrongUse("--limit must be 1 to \(limits.rows)")
            }
            return number
        }
        dropsEmptyColumns = !words.flag("--all-columns")
        options = try QueryOptions(&words)
        let rest = try words.rest()
        guard rest.count == 1 else {
            throw WrongUse(rest.isEmpty ? "the query is missing" : "the query must be one word: put it in quotes")
        }
        query = rest[0]
    }

    private static func parameters(_ words: inout Words) throws(WrongUse) -> [JSONValue] {
        var parameters: [JSONValue] = []
        while let word = try words.option("--param") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw WrongUse("--param `\(word)` must be NAME=VALUE") }
            let value = (try? JSONValue(parsing: parts[1])) ?? .string(parts[1])
            parameters.append(.object([.init(parts[0], value)]))
        }
        do throws(ESQLParameterError) {
            _ = try ESQLParameters(parameters)
        } catch {
            throw WrongUse("--param: \(error)")
        }
        return parameters
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            let isEmpty =
                if let server = options.server { try remote(server, terminal) } else { try local(terminal) }
            return isEmpty ? .refuted : .done
        } catch SearchError.query(let error) {
            terminal.error("docket query: \(error.rendered(in: SourceText(query)))")
        } catch {
            terminal.error("docket query: \(error)")
        }
        return .couldNot
    }

    // MARK: Where

    /// - Returns: whether there is no row.
    private func local(_ terminal: Terminal) throws -> Bool {
        var request = TableRequest(
            tenant: options.tenant, text: query, parameters: try ESQLParameters(parameters), filter: filter,
            from: options.from, to: options.to, dropsEmptyColumns: dropsEmptyColumns)
        if let limit { (request.limits.rows, request.limits.defaultRows) = (limit, limit) }
        let answer = try options.local { flow throws in try flow.search.table(request) }
        tell(answer.warnings, answer.remarks, isCut: answer.isCut, terminal)
        guard let format = AnswerFormat(rawValue: options.format.rawValue) else {
            show(
                columns: answer.columns.map { ($0.name, $0.type.rawValue) },
                rows: answer.rows.map { row in zip(answer.columns, row).map { $1.cell($0.type) } }, terminal)
            return answer.rows.isEmpty
        }
        let text = ESQLTableText(answer, format, hasLastLine: false)
        var out = ByteBuffer()
        text.writeHead(to: &out)
        for place in answer.rows.indices { text.writeRow(place, to: &out) }
        text.writeEnd(to: &out)
        terminal.out(bytes: out.array)
        return answer.rows.isEmpty
    }

    /// - Returns: whether there is no row.
    private func remote(_ server: RemoteServer, _ terminal: Terminal) throws -> Bool {
        let isTable = options.format == .table
        var body: [JSONValue.Member] = [
            .init("query", .string(query)), .init("filter", .string(filter)),
            .init("drop_null_columns", .bool(dropsEmptyColumns)),
            .init("format", .string(isTable ? "json" : options.format.rawValue)),
        ]
        if !parameters.isEmpty { body.append(.init("params", .array(parameters))) }
        if let limit { body.append(.init("limit", .integer(Int64(limit)))) }
        body += RemoteServer.time(options.from, options.to)
        let response = try server.post("/api/v1/query", body, about: query)
        switch options.format {
        case .table:
            let answer = try JSONValue(parsing: response.body)
            let rows = answer["values"]?.array ?? []
            tell(answer, terminal)
            show(
                columns: (answer["columns"]?.array ?? []).map { ($0["name"]?.string ?? "", $0["type"]?.string ?? "") },
                rows: rows.map { ($0.array ?? []).map(\.cell) }, terminal)
            return rows.isEmpty
        case .json:
            terminal.out(bytes: response.body)
            return try JSONValue(parsing: response.body)["values"]?.array?.isEmpty ?? true
        case .ndjson:
            var lines = response.body.split(separator: 0x0A)
            // The last line is about the others.
            if let last = lines.popLast(), let value = try JSONValue(parsing: Array(last))["docket"] {
                tell(value, terminal)
            }
            for line in lines { terminal.out(line: Array(line)) }
            return lines.isEmpty
        case .csv:
            terminal.out(bytes: response.body)
            if let count = response.headers["docket-warnings"] {
                terminal.error("docket query: \(count) warnings; --format json tells them")
            }
            return response.body.count { $0 == 0x0A } < 2
        }
    }

    // MARK: How

    private func show(columns: [(name: String, type: String)], rows: [[String]], _ terminal: Terminal) {
        let numbers = columns.indices.filter {
            ["integer", "long", "unsigned_long", "double"].contains(columns[$0].type)
        }
        for line in TextTable([columns.map(\.name)] + rows, right: Set(numbers)).lines(hasColors: terminal.hasColors) {
            terminal.out(line)
        }
    }

    private func tell(_ warnings: [QueryError], _ remarks: [String], isCut: Bool, _ terminal: Terminal) {
        let source = SourceText(query)
        for warning in warnings { terminal.error("docket query: warning: \(warning.rendered(in: source))") }
        for remark in remarks { terminal.error("docket query: warning: \(remark)") }
        if isCut { terminal.error("docket query: there are more rows; add `| LIMIT N` to the query, or --limit N") }
    }

    private func tell(_ answer: JSONValue, _ terminal: Terminal) {
        let warnings = answer["warnings"]?.array ?? []
        let placed = warnings.compactMap { QueryError($0, in: SourceText(query)) }
        let remarks = warnings.filter { $0["line"] == nil }.compactMap { $0["message"]?.string }
        tell(placed, remarks, isCut: answer["is_cut"]?.bool == true, terminal)
    }
}
