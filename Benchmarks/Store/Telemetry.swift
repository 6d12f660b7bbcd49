import Store

/// Events shaped like an agent's telemetry: twenty attributes that all have, and five of a hundred others that
/// depend on the kind of event. The same seed gives the same events.
struct Telemetry {
    /// What the events would take as JSON, names and punctuation counted.
    private(set) var jsonBytes = 0
    private var state: UInt64 = 42
    private let words = [
        "read", "the", "file", "in", "module", "and", "change", "every", "caller", "of", "function", "so", "that",
        "tests", "pass", "again", "please", "look", "at", "error", "message", "before", "writing", "more", "code",
    ]

    static let common: [(String, ColumnType)] = [
        ("time", .nanoseconds), ("tenant", .text), ("sequence", .int64), ("event.id", .text), ("session.id", .text),
        ("user.email", .text), ("user.id", .text), ("organization.id", .text), ("event.action", .text),
        ("prompt.id", .text), ("model", .text), ("tokens.input", .int64), ("tokens.output", .int64),
        ("cost_usd", .double), ("duration_ms", .int64), ("tool.name", .text), ("host.name", .text),
        ("service.version", .text), ("user_agent.original", .text), ("message", .text),
    ]

    /// - Parameter others: 100 columns of which an event has five, or five columns that all events have, then empty ones.
    static func columns(others: Int) -> [ScanColumn] {
        common.map { ScanColumn($0.0, $0.1) } + (0..<others).map { ScanColumn("labels.attribute_\($0)", .text) }
    }

    /// The common columns, and one map for all others.
    static func foldedColumns() -> [ScanColumn] {
        common.map { ScanColumn($0.0, $0.1) } + [ScanColumn("rest", .map(.text, .text))]
    }

    mutating func fill(_ table: SparseTable, rows: Int, spread: Bool) {
        var session = Array("".utf8), prompt = session, user = 0
        for row in 0..<rows {
            if row % 150 == 0 {
                session = uuid()
                user = below(400)
            }
            if row % 12 == 0 { prompt = uuid() }
            // Several agents run at once: what arrives is nearly in order of time, and not quite.
            put(table, 0, Int64(1_795_000_000_000_000_000) + Int64(row) * 40_000_000 + Int64(below(900_000_000)))
            put(table, 1, Array("tenant-\(below(3))".utf8))
            put(table, 2, Int64(row))
            put(table, 3, Array("evt_".utf8) + hex(26))
            put(table, 4, session)
            put(table, 5, Array("person.number\(user)@example.com".utf8))
            put(table, 6, Array("user_01\(user)abcdefghijklmnop".utf8))
            put(table, 7, Array("8d1c6f5e-1111-4222-8333-\(100_000_000_000 + below(3))".utf8))
            let kind = below(20)
            put(table, 8, Array("action_of_kind_\(kind % 9)".utf8))
            put(table, 9, prompt)
            put(table, 10, Array("claude-model-\(below(4))".utf8))
            put(table, 11, Int64(below(50_000)))
            put(table, 12, Int64(below(4_000)))
            put(table, 13, Double(below(1_000_000)) / 1e6)
            put(table, 14, Int64(below(90_000)))
            put(table, 15, Array(["Bash", "Edit", "Read", "WebFetch", "mcp__server__tool"][below(5)].utf8))
            put(table, 16, Array("laptop-\(user).example.com".utf8))
            put(table, 17, Array("2.1.\(280 + below(6))".utf8))
            put(table, 18, Array("claude-cli/2.1.\(280 + below(6)) (external, cli) node/22.\(below(3))".utf8))
            put(table, 19, sentence(12))
            if case .map = table.columns[20].type {
                let entries = (0..<5).map { other in
                    (key: "labels.attribute_\(kind * 5 + other)", value: other == 0 ? uuid() : sentence(2))
                }
                table.append(20, entries)
                table.count += 1
                continue
            }
            for other in 0..<5 { put(table, 20 + (spread ? kind * 5 : 0) + other, other == 0 ? uuid() : sentence(2)) }
            table.count += 1
            jsonBytes += 2
        }
    }

    private mutating func put(_ table: SparseTable, _ column: Int, _ value: [UInt8]) {
        table.append(column, value)
        jsonBytes += table.columns[column].name.utf8.count + value.count + 6
    }
    private mutating func put(_ table: SparseTable, _ column: Int, _ value: Int64) {
        table.append(column, value)
        jsonBytes += table.columns[column].name.utf8.count + 4 + (column == 0 ? 26 : String(value).utf8.count)
    }
    private mutating func put(_ table: SparseTable, _ column: Int, _ value: Double) {
        table.append(column, value)
        jsonBytes += table.columns[column].name.utf8.count + 4 + 8
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
    private mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    private mutating func hex(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in Array("0123456789abcdef".utf8)[below(16)] }
    }
    private mutating func uuid() -> [UInt8] {
        var out = hex(36)
        for place in [8, 13, 18, 23] { out[place] = UInt8(ascii: "-") }
        return out
    }
    private mutating func sentence(_ count: Int) -> [UInt8] {
        var out: [UInt8] = []
        for _ in 0..<count { out += words[below(words.count)].utf8 + [32] }
        return out
    }
}
