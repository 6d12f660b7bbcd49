import Platform
import Testing

@testable import Console

struct ChartTests {
    private static let start = Timestamp(milliseconds: 1_791_417_600_000)  // 2026-10-08T00:00:00Z

    private static let axis = TimeAxis(from: start, to: start + .hours(4), width: .hours(1))

    private func series(_ key: String?, _ values: [Double?], _ color: ChartColor = .c1) -> TimeSeries {
        TimeSeries(
            key: key, label: key ?? "all", color: color, values: values, total: values.reduce(0) { $0 + ($1 ?? 0) })
    }

    private func chart(_ series: [TimeSeries], unknown: Set<Int> = []) -> TimeChart {
        TimeChart(title: "Calls", unit: .count("calls"), axis: Self.axis, series: series, unknown: unknown)
    }

    private func data(_ text: String, in pattern: some RegexComponent<(Substring, Substring, Substring)>) -> [(
        String, Double
    )] {
        text.matches(of: pattern).map { (String($0.output.1), Double($0.output.2) ?? -1) }
    }

    // MARK: Over time

    @Test func `stacked bars sum to the total and stand on one another`() throws {
        let text = MarkupWriter.text(
            of: BarsOverTime(chart([series("Bash", [1, 2, 3, 0]), series("Read", [4, 0, 6, 7], .c2)])).markup)
        let bars = text.matches(
            of:
                /<rect class="(c\d)" x="([\d.]+)" y="([\d.]+)" width="210" height="([\d.]+)" data-key="([^"]+)" data-value="([\d.]+)">/
        )
        #expect(bars.reduce(0) { $0 + (Double($1.6) ?? 0) } == 23)
        #expect(
            bars.map { String($0.5) }
                == ["00 Bash", "00 Read", "01 Bash", "02 Bash", "02 Read", "03 Read"].map {
                    "2026-10-08T\($0.prefix(2)):00:00.000Z\($0.dropFirst(2))"
                })
        // The axis ends at 10: of 9 in the third bar, 6 stand on 3.
        let (lower, upper) = (bars[3], bars[4])
        #expect(lower.3 == "140" && lower.4 == "60" && upper.3 == "20" && upper.4 == "120")
        #expect(
            text.contains(
                "<desc>Total 23 calls. 2026-10-08 00:00 to 2026-10-08 04:00, 1 hour each. Highest bar: 9 calls at 2026-10-08 02:00.</desc>"
            ))
        #expect(text.contains("role=\"img\" aria-label=\"Calls. Total 23 calls."))
        #expect(text.contains("data-key=\"Bash total\" data-value=\"6\"> 6 calls<"))
    }

    @Test func `what was not received is hatched and never zero`() {
        let text = MarkupWriter.text(of: BarsOverTime(chart([series(nil, [5, nil, 0, 7])], unknown: [1])).markup)
        #expect(text.contains("<path class=\"hatch\" data-key=\"unknown\" data-value=\"1\""))
        #expect(text.contains("1 hatched: no data received."))
        #expect(text.contains("<td>2026-10-08 01:00</td><td class=\"number muted\">no data received</td>"))
        // The bar at 02:00 is zero: neither hatched nor in the table, which leaves zeros out.
        #expect(!text.contains("<td>2026-10-08 02:00</td>"))
        let lines = text.firstMatch(of: /class="hatch"[^>]* d="([^"]+)"/).map { String($0.1) } ?? ""
        let places = lines.matches(of: /[ML]([\d.]+)\s/).compactMap { Double($0.1) }
        #expect(!places.isEmpty && places.allSatisfy { (250...500).contains($0) })
        #expect(!MarkupWriter.text(of: BarsOverTime(chart([series(nil, [5, 0, 0, 7])])).markup).contains("hatch"))
    }

    @Test func `a gap in a line stays a gap`() {
        let text = MarkupWriter.text(of: LinesOverTime(chart([series("p95", [5, nil, 4, 8])])).markup)
        let path = text.firstMatch(of: /class="line" d="([^"]+)"/).map { String($0.1) } ?? ""
        #expect(path == "M125 75M625 100L875 0")
        #expect(text.contains("<desc>p95: 4 calls to 8 calls. "))
        #expect(data(text, in: /data-key="[^"]+:00.000Z (p95)" data-value="([\d.]+)"/).map(\.1) == [5, 4, 8])
    }

    @Test func `areas stand on one another`() {
        let text = MarkupWriter.text(
            of: LinesOverTime(chart([series("a", [1, 1, 1, 1]), series("b", [4, 4, 4, 4], .c2)]), isStacked: true)
                .markup)
        let paths = text.matches(of: /class="area" d="([^"]+)"/).map { String($0.1) }
        // The axis ends at 5.
        #expect(paths.count == 2 && paths[0].hasPrefix("M125 160L") && paths[1].hasPrefix("M125 0L"))
        #expect(paths[1].hasSuffix("L125 160Z"))
    }

    @Test func `a bar leads to its own time, and is then no picture for readers`() {
        var made = chart([series(nil, [5, 0, 0, 7])])
        made.address = { LocalAddress("/search", query: [("bar", "\($0)")]) }
        let text = MarkupWriter.text(of: BarsOverTime(made).markup)
        #expect(
            text.matches(of: /<a href="\/search\?bar=(\d)" tabindex="-1"><title>/).map { String($0.1) } == [
                "0", "1", "2", "3",
            ])
        #expect(!text.contains("role=\"img\"") && text.contains("role=\"group\""))
        #expect(data(text, in: /data-key="([^"]+Z)" data-value="([\d.]+)"/).map(\.1) == [5, 7])
    }

    @Test(arguments: MarkupTests.hostile) func `names of values are only ever text`(text: String) {
        let one = series(text, [1, 2, 3, 4])
        let row = Ranking.Row(
            key: text, label: text, total: 3, parts: [.init(name: text, color: .c1, value: 3)],
            links: ValueLinks(only: LocalAddress("/"), without: LocalAddress("/")))
        for markup in [
            BarsOverTime(chart([one])).markup, LinesOverTime(chart([one])).markup,
            Ranking(title: text, unit: .count(text), rows: [row], legend: [(text, .c1, nil)]).markup,
            Tile(title: text, unit: .count(text), value: 1, trend: [1, 2]).markup,
            Bullet(title: text, unit: .count(text), value: 1, target: 2).markup,
        ] {
            let written = MarkupWriter.text(of: markup)
            for word in ["<script", "<img", " onmouseover=\"", "<b>", "onload=x>"] { #expect(!written.contains(word)) }
        }
    }

    @Test(arguments: [
        (0.0, 1.0), (1, 1), (3, 4), (9, 10), (11, 20), (23, 40), (41, 50), (61, 80), (100, 100), (4_567, 5_000),
    ])
    func `an axis ends where it can be halved and read`(highest: Double, top: Double) {
        #expect(TimeChart.top(highest, .count("")) == top)
    }

    // MARK: Colors

    @Test func `a value has one color on a page, and no other of its chart has it`() {
        let colors = ChartColors()
        let first = colors.colors(of: ["Bash", "Read", "Edit", "Write", "Grep", "WebFetch", "Task"], in: "tool")
        #expect(Set(first).count == 7)
        #expect(colors.colors(of: ["Task", "Bash"], in: "tool") == [first[6], first[0]])
        // More values than colors: within a chart they still differ.
        #expect(Set(colors.colors(of: ["one", "two", "three", "Bash"], in: "tool")).count == 4)
        #expect(colors.colors(of: ["reject", "accept"], in: "decision") == [.bad, .good])
        #expect(ChartColors().colors(of: ["Bash"], in: "tool") == ChartColors().colors(of: ["Bash"], in: "tool"))
    }

    // MARK: Others

    @Test func `a ranking says numbers, shares, the others and what has no value`() {
        let rows = [
            Ranking.Row(key: "a", label: "a", total: 6, parts: [.init(name: "", color: .c1, value: 6)]),
            Ranking.Row(key: nil, label: "other (2)", total: 3, parts: [.init(name: "", color: .other, value: 3)]),
            Ranking.Row(key: nil, label: "no value", total: 1, parts: [.init(name: "", color: .missing, value: 1)]),
        ]
        let text = MarkupWriter.text(of: Ranking(title: "Tools", unit: .count("calls"), rows: rows).markup)
        let said = data(text, in: /<td class="number" data-key="([^"]+)" data-value="([\d.]+)">/)
        #expect(said.map(\.0) == ["a", "other (2)", "no value"] && said.map(\.1) == [6, 3, 1])
        #expect(text.contains("6 calls<span class=\"muted\"> 60.0 %</span>"))
        #expect(text.contains(">Tools: 10 calls in 3 rows</caption>"))
        let widths = text.matches(of: /<rect class="[^"]+" x="0" y="0" width="([\d.]+)"/).map { String($0.1) }
        #expect(widths == ["1000", "500", "166.67"])
        let averages = MarkupWriter.text(of: Ranking(title: "T", unit: .duration(1), rows: rows, adds: false).markup)
        #expect(!averages.contains(" %"))
    }

    @Test func `parts of a ranked bar lie one behind the other`() {
        let row = Ranking.Row(
            key: "Bash", label: "Bash", total: 4,
            parts: [.init(name: "accept", color: .good, value: 3), .init(name: "reject", color: .bad, value: 1)])
        let text = MarkupWriter.text(
            of: Ranking(
                title: "Decisions", unit: .count(""), rows: [row],
                legend: [("accept", .good, nil), ("reject", .bad, nil)]
            ).markup)
        let parts = text.matches(
            of: /x="([\d.]+)" y="0" width="([\d.]+)" height="20" data-key="([^"]+)" data-value="([\d.]+)"/)
        #expect(
            parts.map { "\($0.1) \($0.2) \($0.3) \($0.4)" } == ["0 750 Bash accept 3", "750 250 Bash reject 1"])
        #expect(text.contains("<desc>accept 3, reject 1</desc>"))
    }

    @Test func `a heat map has an hour for each of a week, hatched where nothing was received`() {
        // 2026-10-05, a Monday, and all hours of its week but the last.
        let monday = Timestamp(nanoseconds: 1_791_158_400_000_000_000)
        var week = WeekValues()
        for hour in 0..<Int64(167) { week.know(monday + .hours(hour)) }
        week.add(10, at: monday + .hours(8))
        let text = MarkupWriter.text(of: HeatMap(title: "Hours", unit: .count("calls"), week: week).markup)
        #expect(data(text, in: /data-key="(\w+ \d\d:00)" data-value="([\d.]+)"/).count == 167)
        #expect(text.contains("class=\"s5\"") && text.contains("data-key=\"Monday 08:00\" data-value=\"10\""))
        #expect(text.contains("<path class=\"hatch\" data-key=\"Sunday 23:00\""))
        #expect(text.contains("Total 10 calls by day of the week and hour, in UTC. 1 hours hatched: no data received."))
    }

    @Test func `a tile says its level in words and how it was before`() {
        let tile = Tile(
            title: "Rejected", unit: .count("decisions"), value: 12, previous: 10, period: "24 h", level: .bad,
            trend: [1, nil, 3])
        let text = MarkupWriter.text(of: tile.markup)
        #expect(text.contains("data-key=\"value\" data-value=\"12\"><span class=\"bad\">◆ bad </span>12 decisions<"))
        #expect(text.contains("▲ +2 decisions (20.0 %) against the 24 h before"))
        #expect(text.contains("class=\"line\" d=\"M50 26.67M250 0\""))
        let unknown = MarkupWriter.text(of: Tile(title: "Rejected", unit: .count(""), value: nil).markup)
        #expect(unknown.contains("No data received") && !unknown.contains("data-value"))
    }

    @Test func `a bullet says value, target and share`() {
        let text = MarkupWriter.text(of: Bullet(title: "Seats", unit: .count("people"), value: 30, target: 40).markup)
        #expect(text.contains("<desc>30 people; the target is 40 people, 75.0 % of it.</desc>"))
        #expect(text.contains("data-key=\"target\" data-value=\"40\""))
    }

    // MARK: Numbers

    @Test(arguments: [
        (0.0, "number", "0"), (1_234_567, "events", "1,234,567 events"), (1_234.5, "number", "1,234.50"),
        (-3, "number", "-3"),
        (12.345, "usd", "12.35 USD"), (0.00421, "usd", "0.0042 USD"), (0, "usd", "0.00 USD"),
        (1_234_567.891, "usd", "1.23 M USD"), (0.9342, "share", "93.4 %"), (1, "share", "100.0 %"),
        (414_000_000, "nanoseconds", "414 ms"),
        (1_517_000_000, "nanoseconds", "1.52 s"), (999_600_000, "nanoseconds", "1.00 s"),
        (59_999_000_000, "nanoseconds", "1 min"),
        (192_000, "milliseconds", "3 min 12 s"), (7_500_000, "milliseconds", "2 h 5 min"),
        (90_000_000, "milliseconds", "1 d 1 h"),
        (1_500, "nanoseconds", "2 µs"), (2_300_000, "nanoseconds", "2.3 ms"), (0, "nanoseconds", "0 s"),
        (512, "bytes", "512 B"), (1_536, "bytes", "1.5 KiB"),
        (9_999, "tokens", "9,999 tokens"), (12_345, "tokens", "12.3 k tokens"), (999_950, "tokens", "1.00 M tokens"),
        (1_234_567_890, "tokens", "1.23 G tokens"),
    ])
    func `numbers are readable and have their unit`(number: Double, unit: String, text: String) {
        #expect(
            (text.contains(" k ") || text.contains(" M ") || text.contains(" G ")
                ? Numbers.short(number, Unit(unit)) : Numbers.exact(number, Unit(unit))) == text)
    }
}
