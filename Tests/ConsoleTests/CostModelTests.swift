import Platform
import Testing

@testable import Console

struct CostModelTests {
    private let month = CostMonth("2026-11")!

    @Test func `months are those of the calendar`() throws {
        #expect(month.length == 30)
        #expect(month.next.text == "2026-12" && month.previous.text == "2026-10")
        #expect(try #require(CostMonth("2026-12")).next.text == "2027-01")
        #expect(try #require(CostMonth("2026-01")).previous.text == "2025-12")
        #expect(RFC3339.text(month.start) == "2026-11-01T00:00:00.000Z")
        #expect(RFC3339.text(month.end) == "2026-12-01T00:00:00.000Z")
        #expect(CostMonth(month.start) == month)
        #expect(CostMonth.day(of: month.start) == month.firstDay)
    }

    @Test(arguments: ["", "2026", "2026-13", "2026-00", "26-11", "2026-1", "2026-11-01", "x026-11", "9999-11"])
    func `what is no month is none`(text: String) {
        #expect(CostMonth(text) == nil)
    }

    @Test func `days that all cost the same end the month as one thinks, without a band`() throws {
        let today = month.firstDay + 10
        var costs: [Int: Double] = [:]
        for day in month.firstDay - 28..<today { costs[day] = 2 }
        costs[today] = 0.5
        for way in [CostForecast.Way.linear, .weekday] {
            let forecast = try #require(
                CostForecast(way, costs: costs, first: month.firstDay - 28, month: month, today: today))
            #expect((forecast.amount - 60).magnitude < 1e-9)
            #expect(forecast.low == forecast.amount && forecast.high == forecast.amount)
        }
    }

    @Test func `weekends that cost nothing are seen by weekday, and not by the line`() throws {
        let today = month.firstDay + 13
        var costs: [Int: Double] = [:]
        for day in month.firstDay - 28..<today where CostForecast.weekday(day) < 5 { costs[day] = 10 }
        let workdays = month.days.count { CostForecast.weekday($0) < 5 }
        let forecast = try #require(
            CostForecast(.weekday, costs: costs, first: month.firstDay - 28, month: month, today: today))
        #expect((forecast.amount - Double(workdays) * 10).magnitude < 1e-9)
        let line = try #require(
            CostForecast(.linear, costs: costs, first: month.firstDay - 28, month: month, today: today))
        #expect((line.amount - forecast.amount).magnitude > 1)
        #expect(line.low < line.amount && line.amount < line.high)
    }

    @Test func `too little is not enough for a forecast, and neither is a month that is over`() {
        let first = month.firstDay
        let costs = [first: 1.0, first + 1: 1.0, first + 2: 1.0]
        #expect(CostForecast(.linear, costs: costs, first: first, month: month, today: first + 2) == nil)
        #expect(CostForecast(.linear, costs: costs, first: first, month: month, today: first + 3) != nil)
        // Not every weekday was seen.
        #expect(CostForecast(.weekday, costs: costs, first: first, month: month, today: first + 6) == nil)
        #expect(CostForecast(.weekday, costs: costs, first: first, month: month, today: first + 7) != nil)
        #expect(CostForecast(.linear, costs: costs, first: first, month: month, today: first + 30) == nil)
    }

    @Test func `days before anything was known do not make the mean smaller`() throws {
        let first = month.firstDay + 10
        let costs = Dictionary(uniqueKeysWithValues: (first..<first + 5).map { ($0, 6.0) })
        let forecast = try #require(CostForecast(.linear, costs: costs, first: first, month: month, today: first + 5))
        #expect((forecast.amount - 6 * 20).magnitude < 1e-9)
    }

    @Test func `no month ends cheaper than it is already`() throws {
        let last = month.days.upperBound - 1
        let forecast = try #require(
            CostForecast(.linear, costs: [month.firstDay: 1_000], first: month.firstDay, month: month, today: last))
        #expect(forecast.low == 1_000)
        #expect(forecast.low < forecast.amount)
    }

    @Test func `a week begins on Monday`() throws {
        // 2026-11-01 was a Sunday, 1970-01-01 a Thursday.
        #expect(CostForecast.weekday(month.firstDay) == 6)
        #expect(CostForecast.weekday(month.firstDay + 1) == 0)
        #expect(CostForecast.weekday(0) == 3)
        #expect(CostForecast.weekday(-4) == 6)
    }

    @Test func `the cache saves what the same tokens would have cost`() throws {
        // An input token costs 3 millionths: 1000 in, 100 out, 10,000 read, 400 written.
        let price = 3e-6
        let cost = price * (1_000 + 5 * 100 + 0.1 * 10_000 + 1.25 * 400)
        let savings = CacheSavings(input: 1_000, output: 100, reads: 10_000, writes: 400, cost: cost)
        #expect((try #require(savings.price) - price).magnitude < 1e-15)
        #expect((try #require(savings.saved) - price * (9_000 - 100)).magnitude < 1e-12)
        #expect(savings.hitShare == 10_000.0 / 11_400)
        #expect(try #require(CacheSavings(input: 0, output: 0, reads: 0, writes: 100, cost: 1).saved) < 0)
        #expect(CacheSavings(input: 0, output: 0, reads: 0, writes: 0, cost: 0).saved == nil)
    }

    @Test(
        arguments: [
            (nil, 5.0, Reconciliation.Finding.onlyReport), (5.0, nil, .onlyTelemetry), (100.0, 103.0, .agree),
            (50.0, 100.0, .telemetryLess), (100.0, 50.0, .telemetryMore), (nil, nil, .agree),
        ] as [(Double?, Double?, Reconciliation.Finding)])
    func `a difference has a reason`(telemetry: Double?, report: Double?, finding: Reconciliation.Finding) {
        #expect(Reconciliation(person: "a", telemetry: telemetry, report: report).finding == finding)
    }

    @Test func `people of both sides are compared, the greatest difference first`() {
        let rows = CostComparison.compare(telemetry: ["a": 1, "b": 10], report: ["b": 9, "c": 7])
        #expect(rows.map(\.person) == ["c", "a", "b"])
        #expect(rows.map(\.difference) == [-7, 1, 1])
    }
}
