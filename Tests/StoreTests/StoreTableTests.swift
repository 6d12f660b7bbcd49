import Codecs
import Events
import Glibc
import Platform
import TestKit
import Testing

@testable import Query
@testable import Store

/// An engine that gives all rows and does nothing else, so that the evaluator does everything.
private struct PlainEngine: ESQLEngine {
    let tables: StoreTables

    func events(_ events: ESQLEvents) throws(SearchError) -> EQLAnswer { try tables.events(events) }

    func read(_ scan: ESQLScan, _ body: (ESQLBatch) throws(SearchError) -> Bool) throws(SearchError) {
        try tables.read(
            ESQLScan(
                table: scan.table, columns: scan.columns, width: scan.width, filters: [], definitions: [:], order: [],
                limit: nil), body)
    }
}

/// An engine that knows no rows, so that SQL must do everything.
private struct SQLAlone: ESQLEngine {
    let tables: StoreTables

    func events(_ events: ESQLEvents) throws(SearchError) -> EQLAnswer { try tables.events(events) }

    func read(_ scan: ESQLScan, _ body: (ESQLBatch) throws(SearchError) -> Bool) throws(SearchError) {
        throw .failed("SQL cannot say it")
    }

    func aggregate(_ scan: ESQLScan, _ stats: ESQLStats) throws(SearchError) -> ESQLBatch? {
        try tables.aggregate(scan, stats)
    }
}

/// Random queries over the fields of ``Dice/sample(_:)``.
extension Dice {
    private mutating func column() -> (String, ESQLType) {
        pick([
            ("event.action", .keyword), ("user.name", .keyword), ("url.domain", .keyword), ("tags", .keyword),
            ("message", .text), (Self.longs[0], .long), (Self.longs[1], .long), (Self.double, .double),
            (Self.boolean, .boolean), (Self.date, .date), ("@timestamp", .date), ("source.ip", .ip),
            ("related.ip", .ip),
        ])
    }

    private mutating func literal(_ type: ESQLType) -> String {
        switch type {
        case .long: pick(["0", "1", "5", "200", "2.5"])
        case .double: pick(["0.25", "1", "0.0", "-1.5"])
        case .boolean: pick(["true", "false"])
        case .date:
            pick(["\"2026-10-08\"", "\"2026-10-08T08:15:18.000Z\"", "NOW() - 1 day", "\"2026-10-09T00:00:00Z\""])
        case .ip: "\"\(address())\""
        default: QuotedText.of(pick(["arm64", "a", "true", "Disk full", awkwardText(), awkwardText()]))
        }
    }

    mutating func condition(depth: Int) -> String {
        if depth > 0, roll(3) > 0 {
            switch roll(4) {
            case 0: return "(\(condition(depth: depth - 1)) AND \(condition(depth: depth - 1)))"
            case 1: return "(\(condition(depth: depth - 1)) OR \(condition(depth: depth - 1)))"
            default: return "NOT (\(condition(depth: depth - 1)))"
            }
        }
        let (name, type) = column()
        switch roll(12) {
        case 10: return "MV_CONTAINS(tags, \(pick(["\"a\"", "[\"a\", \"b\"]"])))"
        case 11: return "\(pick(["GREATEST", "LEAST"]))(\(Self.longs[0]), \(Self.longs[1])) > \(pick(["1", "5"]))"
        case 0: return "\(name) IS NULL"
        case 1: return "\(name) IS NOT NULL"
        case 2: return "\(name) IN (\(literal(type)), \(literal(type)))"
        case 3:
            return
                "\(pick(["event.action", "user.name", "tags", "message"])) LIKE \(pick(["\"a*\"", "\"*a*\"", "\"*l\"", "\"?\"", "\"D*k*\"", "(\"x*\", \"*é*\")"]))"
        case 4: return "STARTS_WITH(user.name, \(literal(.keyword)))"
        case 5: return "TO_LOWER(event.action) == \(literal(.keyword))"
        case 6:
            return "MV_CONTAINS(\(pick(["tags", "related.ip"])), \(literal(.keyword)))".replacing(
                "MV_CONTAINS(related.ip, ", with: "MV_CONTAINS(TO_STRING(related.ip), ")
        case 7: return "CASE(\(Self.longs[0]) > 1, \(Self.boolean), COALESCE(\(Self.boolean), false))"
        default:
            let sign = type == .boolean || type == .ip ? pick(["==", "!="]) : pick(["==", "!=", "<", "<=", ">", ">="])
            return "\(name) \(sign) \(literal(type))"
        }
    }

    mutating func pipeline() -> String {
        var text = "FROM logs-claude_code.events-*"
        for _ in 0..<roll(3) { text += " | WHERE \(condition(depth: 2))" }
        if roll(2) == 0 {
            text +=
                " | EVAL day = DATE_TRUNC(\(pick(["1 day", "1 week", "3 hours", "90 minutes"])), \(pick(["@timestamp", Self.date]))), low = \(pick(["TO_LOWER(user.name)", "CONCAT(event.action, \" \", user.name)", "LEAST(user.name, event.action, message)"]))"
        } else {
            text += " | EVAL day = @timestamp, low = user.name"
        }
        if roll(3) == 0 { text += " | WHERE low IS NOT NULL" }
        switch roll(4) {
        case 0:
            return text
                + " | SORT @timestamp \(pick(["ASC", "DESC"])), event.id | KEEP event.id, @timestamp, tags, low | LIMIT \(1 + roll(60))"
        case 1: return text + " | KEEP event.id, \(Self.double), source.ip, day | SORT event.id"
        default:
            let by = pick([
                "day", "low", "tags", "event.action, day", "tags, low", Self.boolean, "related.ip, tags", "source.ip",
            ])
            let aggregates = [
                "n = COUNT(*)", "c = COUNT(tags)", "d = COUNT_DISTINCT(user.name)", "s = SUM(\(Self.double))",
                "a = AVG(\(Self.double))", "lo = MIN(@timestamp)", "hi = MAX(event.action)", "v = VALUES(url.domain)",
                "p = PERCENTILE(\(Self.double), 90)", "m = MEDIAN(\(Self.double))",
                "x = COUNT(*) WHERE \(condition(depth: 1))",
                "f = \(beside())", "l = \(beside())", "t = STD_DEV(\(Self.double))", "vt = VALUES(tags)",
                "share = SUM(\(Self.double)) / COUNT(*)",
                "k = COUNT_DISTINCT(\(Self.longs[0]))",
                "kx = COUNT_DISTINCT(\(Self.longs[1])) WHERE \(condition(depth: 1))",
            ]
            var chosen: [String] = []
            for _ in 0...roll(4) { chosen.append(pick(aggregates)) }
            return text + " | STATS " + chosen.joined(separator: ", ") + (roll(5) == 0 ? "" : " BY \(by)")
                + " | LIMIT 10000"
        }
    }

    /// Few keys for many rows, so that several values are beside the same key.
    private mutating func beside() -> String {
        let value = pick([
            "user.name", "message", "tags", "related.ip", "source.ip", Self.double, Self.boolean, Self.date,
            Self.longs[1], "TO_LOWER(event.action)",
        ])
        let key = pick(["@timestamp", Self.longs[0], "user.name", Self.boolean, "tags", "source.ip", Self.double])
        let condition = roll(2) == 0 ? " WHERE \(condition(depth: 1))" : ""
        return "\(pick(["FIRST", "LAST"]))(\(value), \(key))\(condition)"
    }
}

struct StoreTableTests {
    /// Documents of which half are in files.
    private func filled(seed: UInt64, count: Int) throws -> SampleStore {
        let sample = try SampleStore()
        var dice = Dice(seed: seed)
        sample.journal = (0..<count).map { .init(dice.sample($0)) }
        try sample.index(upTo: count / 2)
        try sample.writer.sealAll()
        try sample.index(upTo: count)
        return sample
    }

    private func tables(_ sample: SampleStore, tenant: TenantName = .default) -> StoreTables {
        StoreTables(
            store: sample.store, schema: FieldSchema(.standard), tenant: tenant, from: nil, to: nil,
            timeLimit: .seconds(60),
            cancellation: nil, lists: ESQLLists(), clock: sample.clock)
    }

    @Test(arguments: [11, 12, 13] as [UInt64]) func `SQL says what the evaluator says`(seed: UInt64) throws {
        let sample = try filled(seed: seed, count: 300)
        let tables = tables(sample)
        var dice = Dice(seed: seed &* 7)
        var rows = 0
        for number in 0..<150 {
            let text = dice.pipeline()
            let plan: ESQLPlan
            do {
                plan = try ESQL.parse(text).plan(tables, now: sample.clock.now())
            } catch {
                Issue.record("\(seed)/\(number) \(text): \(error)")
                continue
            }
            let found = try plan.answer(from: tables, clock: sample.clock)
            let expected = try plan.answer(from: PlainEngine(tables: tables), clock: sample.clock)
            rows += found.rows.count
            guard !Self.areAlike(found.rows, expected.rows) else { continue }
            Issue.record(
                "\(seed)/\(number) \(text)\n  SQL: \(found.rows.prefix(12))\n  evaluator: \(expected.rows.prefix(12))")
        }
        #expect(rows > 2_000)
    }

    /// The same rows in any order, but for the last digits of sums.
    private static func areAlike(_ left: [[ESQLValue]], _ right: [[ESQLValue]]) -> Bool {
        guard left.count == right.count else { return false }
        func rounded(_ value: ESQLValue) -> ESQLValue {
            guard case .double(let number) = value else { return value }
            // Six digits behind the point, or twelve in all where the number is large.
            let steps = min(1e6, pow(10, 11 - log10(max(abs(number), 1)).rounded(.down)))
            return .text(number == 0 ? "0" : "\((number * steps).rounded() / steps)")
        }
        var counts: [[ESQLValue]: Int] = [:]
        for row in left { counts[row.map(rounded), default: 0] += 1 }
        for row in right { counts[row.map(rounded), default: 0] -= 1 }
        return counts.values.allSatisfy { $0 == 0 }
    }

    @Test func `SQL reckons how long it was from one moment to another`() throws {
        let sample = try filled(seed: 17, count: 300)
        let tables = tables(sample)
        let text =
            "FROM logs-claude_code.events-* | EVAL lag = TO_LONG(\(Dice.date)) - TO_LONG(@timestamp) "
            + "| STATS n = COUNT(lag), m = MEDIAN(lag), p = PERCENTILE(lag, 95), least = MIN(lag), most = MAX(lag), "
            + "late = COUNT(*) WHERE lag > 3600000 BY event.action | LIMIT 10000"
        let plan = try ESQL.parse(text).plan(tables, now: sample.clock.now())
        let found = try plan.answer(from: SQLAlone(tables: tables), clock: sample.clock)
        let expected = try plan.answer(from: PlainEngine(tables: tables), clock: sample.clock)
        #expect(Self.areAlike(found.rows, expected.rows))
        #expect(found.rows.contains { if case .integer(let count) = $0[0] { count > 1 } else { false } })
    }

    @Test(arguments: [
        "f = FIRST(user.name, @timestamp), l = LAST(message, @timestamp) WHERE message IS NOT NULL",
        "f = FIRST(\(Dice.boolean), @timestamp), l = LAST(\(Dice.date), @timestamp)",
        "l = LAST(CONCAT(event.action, \"/\", user.name), @timestamp)",
        "most = MAX(GREATEST(\(Dice.longs[0]), \(Dice.longs[1]))), least = MIN(LEAST(message, user.name))",
        "k = COUNT_DISTINCT(\(Dice.longs[0])) WHERE \(Dice.boolean), n = COUNT(*), c = COUNT(tags), lo = MIN(user.name), "
            + "hi = MAX(\(Dice.date)), v = VALUES(event.action)",
        "n = COUNT(*) WHERE MV_CONTAINS(tags, \"a\"), m = COUNT(*) WHERE NOT MV_CONTAINS(event.action, \"a\")",
    ]) func `SQL alone says what lists of clients and of items ask`(_ aggregates: String) throws {
        let sample = try filled(seed: 23, count: 400)
        let tables = tables(sample)
        let plan = try ESQL.parse("FROM logs-claude_code.events-* | STATS \(aggregates) BY url.domain | LIMIT 10000")
            .plan(tables, now: sample.clock.now())
        let found = try plan.answer(from: SQLAlone(tables: tables), clock: sample.clock)
        let expected = try plan.answer(from: PlainEngine(tables: tables), clock: sample.clock)
        #expect(Self.areAlike(found.rows, expected.rows), "\(found.rows) for \(expected.rows)")
        #expect(found.rows.contains { !$0[0].isNull && $0[0] != .integer(0) })
    }

    @Test func `a tenant's table has its own rows alone`() throws {
        let sample = try SampleStore()
        let (one, other) = (try #require(TenantName("one")), try #require(TenantName("other")))
        for number in 0..<40 {
            let document = SampleDocument(
                id: "id-\(number)", time: Timestamp(nanoseconds: 1_791_447_318_000_000_000),
                [("user.name", .text("u\(number % 2)"))])
            sample.journal.append(.init(document, tenant: number % 2 == 0 ? one : other))
        }
        try sample.index(upTo: 40)
        for (tenant, name) in [(one, "u0"), (other, "u1")] {
            let answer = try StoreSearch(sample.store, clock: sample.clock).table(
                TableRequest(tenant: tenant.text, text: "FROM events | STATS n = COUNT(*) BY user.name"))
            #expect(answer.rows == [[.integer(20), .text(name)]])
        }
        let none = try StoreSearch(sample.store, clock: sample.clock).table(
            TableRequest(tenant: "third", text: "FROM events | STATS n = COUNT(*)"))
        #expect(none.rows == [[.integer(0)]])
    }

    @Test func `an unknown index is told with what was meant`() throws {
        let sample = try filled(seed: 1, count: 4)
        let error = #expect(throws: SearchError.self) {
            try StoreSearch(sample.store, clock: sample.clock).table(
                TableRequest(tenant: "default", text: "FROM logs-antropic.audit"))
        }
        guard case .query(let problem) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(problem.message.hasPrefix("Unknown index [logs-antropic.audit"))
        #expect(problem.line == 1)
    }
}
