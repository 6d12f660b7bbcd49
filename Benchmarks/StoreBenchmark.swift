import Events
import Glibc
import Pipeline
import Platform
import Query
import Store

/// The life of events in the store: from records of the journal to documents that can be found, what each step costs of
/// CPU time and disk; then what a console asks of a month of them.
enum StoreBenchmark {
    /// As many records as one turn of the indexer takes.
    private static let publishCount = 8_192
    private static let perBatch = 500
    private static let days = 31

    /// - Parameter count: 0 to ask a store that is there already.
    /// - Parameter kept: a folder for the store, to be looked at later; `nil` for one that goes away.
    static func run(events count: Int, isVaried: Bool = false, kept: String? = nil) throws {
        let folder = BenchFolder("store")
        defer { withExtendedLifetime(folder) {} }
        let path = kept ?? folder.path
        let store = try open(path)
        if count > 0 {
            let writer = try store.writer()
            print("store: \(count) events over \(days) days\(isVaried ? ", varied" : "")")
            try fill(writer, count, isVaried)
            report(path)
            try merge(writer, store)
            report(path)
        }
        try ask(store, path)
    }

    /// Merges the files of a store that a server left behind, and asks them.
    static func run(in path: String) throws {
        let store = try open(path)
        try merge(try store.writer(), store)
        for part in try StoreFolder(path: path).status()?.parts ?? [] {
            print(
                "\(part.stream): \(part.rows) documents, \(part.files) files, \(part.bytes / max(1, part.rows)) B each")
        }
        report(path)
        try ask(store, path)
    }

    private static func open(_ path: String) throws -> EventStore {
        var limits = StoreLimits()
        limits.hotTime = .hours(100_000)
        return try EventStore(
            path: path, limits: limits, clock: LaterClock(), metrics: StoreMetrics(MetricList()),
            log: Log("bench", least: .error))
    }

    private static func ask(_ store: EventStore, _ path: String) throws {
        let latest = try StoreFolder(path: path).status()?.parts.filter { $0.stream == .codeEvents }
            .map(\.latest).max()
        try Panels(store: store, end: latest ?? Timestamp(nanoseconds: 0)).run()
        print("memory at the most: \(Meter.residentMegabytes()) MB")
    }

    // MARK: Filling

    private static func fill(_ writer: StoreWriter, _ count: Int, _ isVaried: Bool) throws {
        var telemetry = ClaudeTelemetry(
            seed: 42,
            pace: .init(
                step: max(1, days * 2 * 86_400_000 / count), recordsOfSession: 250, lateGroups: 200, isVaried: isVaried)
        )
        var normalizer = Normalizer(digest: NormalizeBenchmark.digest)
        var documents = DocumentGroup()
        var steps = Steps()
        var (waiting, values) = (0, 0)
        for number in 0..<max(1, count / perBatch) {
            let batch = telemetry.batch(records: perBatch, number: number)
            steps.time(\.mapping) {
                normalizer.mapAll(of: batch, into: &documents) { _, _, document in values += document.entries.count }
            }
            steps.time(\.both) {
                normalizer.mapAll(of: batch, into: &documents) { index, stream, document in
                    writer.append(document, stream: stream, of: batch, sequence: batch.firstSequence + UInt64(index))
                }
            }
            waiting += perBatch
            guard waiting >= publishCount else { continue }
            waiting = 0
            try steps.time(\.publishing) { try writer.publish(upTo: batch.end) }
        }
        try steps.time(\.publishing) { try writer.sealAll() }
        print("\(values / count) values a document")
        steps.report(count)
    }

    /// The month is over.
    private struct LaterClock: Clock {
        private let system = SystemClock()
        func now() -> Timestamp { Timestamp(nanoseconds: 1_795_000_000_000_000_000) + .days(40) }
        func steady() -> Timestamp { system.steady() }
    }

    private static func merge(_ writer: StoreWriter, _ store: EventStore) throws {
        let merger = SegmentMerger(store)
        let start = Meter.cpuSeconds()
        var (merges, rows) = (0, 0)
        while let merge = writer.nextMerge() {
            guard try writer.finish(try merger.run(merge)) else { break }
            merges += 1
            rows += merge.rows
        }
        let spent = Meter.cpuSeconds() - start
        print("\(merges) merges of \(rows) rows: \(Int(spent / Double(max(1, rows)) * 1e9)) ns a row")
        _ = try writer.removeReplaced()
    }

    /// CPU-seconds of all threads.
    private struct Steps {
        var mapping = 0.0
        var both = 0.0
        var publishing = 0.0

        mutating func time(_ step: WritableKeyPath<Steps, Double>, _ body: () throws -> Void) rethrows {
            let start = Meter.cpuSeconds()
            try body()
            self[keyPath: step] += Meter.cpuSeconds() - start
        }

        func report(_ events: Int) {
            let steps = [
                ("normalize", mapping), ("append", both - mapping), ("publish and seal", publishing),
                ("all", both + publishing),
            ]
            for (step, seconds) in steps {
                let nanoseconds = Int(seconds / Double(events) * 1e9)
                print("\(step): \(nanoseconds) ns each, \(1_000_000_000 / max(1, nanoseconds)) events/CPU-s")
            }
        }
    }

    private static func report(_ path: String) {
        let status = try? StoreFolder(path: path).status()
        let (files, rows) = (
            status?.parts.reduce(0) { $0 + $1.files } ?? 0, status?.parts.reduce(0) { $0 + $1.rows } ?? 0
        )
        // With the filters of ids, and without files that a merge has just replaced.
        let bytes = BenchFolder.files(below: path).filter { $0.name.hasSuffix(".parquet") || $0.name.hasSuffix(".ids") }
            .reduce(0) { $0 + $1.bytes }
        print("\(rows) documents, \(files) files, \(bytes / max(1, rows)) B each on disk")
    }
}

/// What a console and rules ask, in ES|QL.
private struct Panels {
    let store: EventStore
    let end: Timestamp

    private static let rounds = 5

    func run() throws {
        let month = end - .days(31)
        let events = "FROM logs-claude_code.events-*"
        try measure(
            "terms, top 10, 24 h", goal: 50, from: end - .days(1),
            "\(events) | STATS n = COUNT(*) BY user.email | SORT n DESC | LIMIT 10")
        try measure(
            "histogram and terms, 31 days", goal: 300, from: month,
            "\(events) | STATS n = COUNT(*) BY t = DATE_TRUNC(12 hours, @timestamp), event.action | LIMIT 10000")
        try measure(
            "distinct and sum a user and day, 31 days", goal: 500, from: month,
            "\(events) | STATS sessions = COUNT_DISTINCT(claude_code.events.session.id), usd = SUM(claude_code.events.cost_usd) "
                + "BY user.email, day = DATE_TRUNC(1 day, @timestamp) | LIMIT 10000")
        try measure(
            "substring in command lines, 31 days", goal: 500, from: month,
            "\(events) | WHERE process.command_line LIKE \"*Case77*\" | STATS n = COUNT(*)")
        guard
            let known = try one(
                "\(events) METADATA _id | KEEP _id, claude_code.events.session.id | LIMIT 1", from: end - .days(3))
        else { return }
        try measure(
            "events of a session", goal: 50, from: month,
            "\(events) | WHERE claude_code.events.session.id == \"\(known[1])\" "
                + "| KEEP @timestamp, event.id, event.action, user.email, process.command_line | SORT @timestamp | LIMIT 1000"
        )
        try measure("event by id", goal: 10) { _ = try search.event(id: known[0], tenant: "default") }
        try measure(
            "a rule that groups, one minute", goal: 20, from: end - .minutes(1),
            "\(events) | WHERE event.action == \"tool_decision\" AND claude_code.events.decision == \"accept\" "
                + "| STATS n = COUNT(*), tools = VALUES(claude_code.events.tool_name) BY user.email | WHERE n >= 1")
        try measure(
            "a rule with patterns, one minute", goal: 20, from: end - .minutes(1),
            "\(events) | WHERE event.action == \"tool_result\" AND process.command_line IS NOT NULL "
                + "| EVAL cmd = TO_LOWER(process.command_line) "
                + "| WHERE cmd RLIKE \"\"\".*(curl|wget)[^|;]*[|][ ]*(sudo )?(ba|z|da|k)?sh.*\"\"\" OR cmd LIKE (\"*| iex*\", \"*npx -y http*\") "
                + "| KEEP @timestamp, user.email, process.command_line")
        try measure(
            "rows that SQL cannot judge, 24 h", goal: nil, from: end - .days(1),
            "\(events) | WHERE process.command_line RLIKE \"\"\".*Case[0-9]+7.*\"\"\" | STATS n = COUNT(*) BY user.email"
        )
        try measureEQL("EQL, one event of many, 24 h", "any where length(process.command_line) > 100000")
        try measureEQL(
            "EQL, a sequence, 24 h",
            "sequence by user.email with maxspan=1m [any where event.action == \"tool_decision\"] "
                + "[any where event.action == \"tool_result\" and length(process.command_line) > 100000]")
    }

    private func measureEQL(_ name: String, _ text: String) throws {
        let engine = EQLSearch(search, schema: search.schema, clock: SystemClock())
        let (start, spent) = (Meter.wallSeconds(), Meter.cpuSeconds())
        let answer = try engine.search(
            EQLRequest(
                tenant: "default", text: text, streams: StreamPatterns(["logs-claude_code.events-*"]),
                from: end - .days(1)))
        let (wall, cpu) = (Meter.wallSeconds() - start, Meter.cpuSeconds() - spent)
        print(
            "\(name): \(answer.examined) events in \(Int(wall * 1_000)) ms, \(Int(Double(answer.examined) / cpu)) "
                + "events/CPU-s\(answer.isPartial ? ", partial" : "")")
    }

    private var search: StoreSearch { StoreSearch(store, clock: SystemClock()) }

    /// The texts of the first row.
    private func one(_ text: String, from: Timestamp) throws -> [String]? {
        let answer = try search.table(TableRequest(tenant: "default", text: text, from: from))
        return answer.rows.first.map { row in zip(row, answer.columns).map { $0.text($1.type) } }
    }

    private func measure(_ name: String, goal: Int?, from: Timestamp, _ text: String) throws {
        try measure(name, goal: goal) {
            let answer = try search.table(TableRequest(tenant: "default", text: text, from: from))
            guard !answer.isPartial else { throw BenchmarkError("\(name): the answer is partial") }
        }
    }

    private func measure(_ name: String, goal: Int?, _ body: () throws -> Void) throws {
        var (wall, cpu): ([Int], [Int]) = ([], [])
        for _ in 0..<Self.rounds {
            let (start, spent) = (Meter.wallSeconds(), Meter.cpuSeconds())
            try body()
            wall.append(Int((Meter.wallSeconds() - start) * 1e4))
            cpu.append(Int((Meter.cpuSeconds() - spent) * 1e4))
        }
        func text(_ tenths: [Int]) -> String {
            let middle = tenths.sorted()[Self.rounds / 2]
            return "\(middle / 10).\(middle % 10) ms"
        }
        print("\(name): \(text(wall))\(goal.map { " (\($0))" } ?? ""), of processors \(text(cpu))")
    }
}

private struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
