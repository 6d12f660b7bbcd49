import Events
import Platform
import Query

/// Makes what is inside of a panel: asks, and hands the numbers to the panel's mark.
struct PanelMaker: Sendable {
    private let dashboard: Dashboard
    private let panel: Dashboard.Panel
    private let answers: DashboardAnswers
    private let colors: ChartColors
    /// Panels are lists: what was written is covered, whatever the role.
    private let curtain: TableCurtain

    init(_ panel: Dashboard.Panel, of dashboard: Dashboard, _ answers: DashboardAnswers, _ colors: ChartColors) {
        self.dashboard = dashboard
        self.panel = panel
        self.answers = answers
        self.colors = colors
        curtain = TableCurtain(panel.query?.steps ?? "", answers.visit.engine.schema)
    }

    func markup() throws(SearchError) -> Markup {
        guard let query = panel.query else { return h(.p) { panel.description } }
        let rows = try answers.rows(query)
        let body = try body(rows, query)
        let isWhole = !rows.isPartial && !rows.answer.isCut
        let isCovered = panel.namedColumns.contains { covers(rows, $0) && rows.hasText($0.name) }
        return .several([
            body,
            isWhole
                ? .none
                : h(.p, .class("warn"), .role("status")) {
                    "▲ Not everything could be looked at; numbers may be too small."
                },
            isCovered
                ? h(.p, .class("muted"), .key("covered")) {
                    "What somebody or a model wrote is not shown in lists; the page of an event has it."
                } : .none,
        ])
    }

    private func body(_ rows: TableRows, _ query: Dashboard.Query) throws(SearchError) -> Markup {
        switch panel.mark {
        case .text: return .none
        case .tile: return try tile(rows, query)
        case .table: return rows.count == 0 ? try nothing() : table(rows)
        case .heatmap: return rows.count == 0 ? try nothing() : try heatMap(rows, query)
        case .ranking:
            let ranking = ranking(rows)
            return ranking.rows.isEmpty ? try nothing() : ranking.markup
        case .bullet:
            guard rows.count > 0, let value = rows.double(0, panel.values[0].name),
                let target = panel.options.target.flatMap({ rows.double(0, $0) })
            else { return try nothing() }
            return Bullet(title: panel.title, unit: panel.unit, value: value, target: target).markup
        case .bars, .lines, .area:
            let chart = try timeChart(rows, query)
            guard chart.series.contains(where: { $0.values.contains { $0 ?? 0 != 0 } }) else { return try nothing() }
            return switch panel.mark {
            case .bars: BarsOverTime(chart).markup
            default: LinesOverTime(chart, isStacked: panel.mark == .area).markup
            }
        }
    }

    // MARK: Nothing

    /// Says why there is nothing, for that decides what to do.
    private func nothing() throws(SearchError) -> Markup {
        if try answers.hasReceived(.unfiltered) {
            return h(.p, .class("empty"), .key("nothing")) { "Nothing matched." }
        }
        guard try answers.isConnected() else {
            return h(.p, .class("empty"), .key("unconnected")) {
                "No such source is connected: nothing of \(dashboard.source) has ever arrived."
            }
        }
        return h(.p, .class("empty unknown"), .key("unknown")) {
            "No data received in this time. "
            h(.a, .href(address(answers.terms.with(TimeTerms.all)))) { "Look in all time" }
        }
    }

    // MARK: Links

    private func address(_ terms: PageTerms) -> LocalAddress {
        LocalAddress("/dashboards", segments: [dashboard.id], query: terms.parameters)
    }

    /// - Parameter value: `nil` for events without one.
    private func links(_ column: Dashboard.Column, _ value: String?) -> ValueLinks? {
        guard let field = column.field, value != ContentCurtain.word,
            // A column that was reckoned is no field, unless the file says which.
            field != column.name || answers.visit.engine.schema.field(named: field) != nil
        else { return nil }
        let pill = value.map { Pill(field, $0) } ?? Pill(field, nil, isNegated: true)
        guard pill.text.utf8.count <= Pill.length else { return nil }
        return ValueLinks(only: address(answers.terms.with(pill)), without: address(answers.terms.with(pill.opposite)))
    }

    /// A value by its name, as far as a list shows it.
    private func text(_ rows: TableRows, _ row: Int, _ column: Dashboard.Column) -> String? {
        let text = rows.text(row, column.name)
        return text != nil && covers(rows, column) ? ContentCurtain.word : text
    }

    private func covers(_ rows: TableRows, _ column: Dashboard.Column) -> Bool {
        rows.isText(column.name) && curtain.hides(column)
    }

    // MARK: Tile

    private func tile(_ rows: TableRows, _ query: Dashboard.Query) throws(SearchError) -> Markup {
        let column = panel.values[0].name
        let options = panel.options
        let isKnown = try answers.hasReceived(.unfiltered)
        let value = isKnown && rows.count > 0 ? rows.double(0, column) : nil
        guard value != nil || !isKnown else { return try nothing() }
        var tile = Tile(title: panel.title, unit: panel.unit, value: value, period: answers.periodWords)
        guard let value else { return try answers.isConnected() ? tile.markup : nothing() }
        if let part = options.part.flatMap({ rows.double(0, $0) }),
            let whole = options.whole.flatMap({ rows.double(0, $0) })
        {
            tile.parts = (part, whole)
        }
        tile.level = options.levels.last { $0.from <= value }?.level
        if options.hasPrevious, answers.hasPeriodBefore {
            let before = try answers.rows(query, .before)
            let previous = before.count > 0 ? before.double(0, column) : nil
            // Where nothing was received before, a zero says nothing.
            if try answers.hasReceived(.unfilteredBefore) { tile.previous = previous }
        }
        if let trend = options.trend {
            let (axis, rows) = (try answers.axis(), try answers.rows(trend))
            var values: [Double?] = axis.starts.map { _ in nil }
            for row in rows.indices {
                if let place = rows.time(row, "time").flatMap(axis.place) { values[place] = rows.double(row, column) }
            }
            tile.trend = values
        }
        return tile.markup
    }

    // MARK: Over time

    private func timeChart(_ rows: TableRows, _ query: Dashboard.Query) throws(SearchError) -> TimeChart {
        let axis = try answers.axis()
        let series = panel.by.map { told(rows, by: $0, axis) } ?? columns(rows, axis)
        var chart = TimeChart(
            title: panel.title, unit: panel.unit, axis: axis, series: series, unknown: try answers.unknown())
        let (dashboard, terms) = (dashboard.id, answers.terms)
        chart.address = { place in
            let time = TimeTerms(from: axis.starts[place], to: axis.starts[place] + axis.width)
            return LocalAddress("/dashboards", segments: [dashboard], query: terms.with(time).parameters)
        }
        if let by = panel.by {
            chart.filters = { one in
                one.color == .missing ? self.links(by, nil) : one.key.flatMap { self.links(by, $0) }
            }
        }
        if panel.options.hasPrevious, answers.hasPeriodBefore { chart.previous = try before(query, axis) }
        return chart
    }

    /// A series for each column.
    private func columns(_ rows: TableRows, _ axis: TimeAxis) -> [TimeSeries] {
        let colors = panel.values.count == 1 ? [.c1] : colors.colors(of: panel.values.map(\.name), in: "columns")
        return zip(panel.values, colors).map { column, color in
            var values: [Double?] = axis.starts.map { _ in nil }
            for row in rows.indices {
                guard let place = rows.time(row, "time").flatMap(axis.place), let value = rows.double(row, column.name)
                else { continue }
                values[place] = (values[place] ?? 0) + value
            }
            return TimeSeries(
                key: panel.values.count == 1 ? nil : column.name, label: column.title, color: color, values: values,
                total: adds ? values.reduce(0) { $0 + ($1 ?? 0) } : nil)
        }
    }

    /// A series for each of the values that have most, one for the others, and one for what has no value.
    private func told(_ rows: TableRows, by: Dashboard.Column, _ axis: TimeAxis) -> [TimeSeries] {
        var found: [String?: (values: [Double?], total: Double)] = [:]
        for row in rows.indices {
            guard let place = rows.time(row, "time").flatMap(axis.place),
                let value = rows.double(row, panel.values[0].name)
            else { continue }
            let key = text(rows, row, by)
            var one = found[key] ?? (axis.starts.map { _ in nil }, 0)
            one.values[place] = (one.values[place] ?? 0) + value
            one.total += value
            found[key] = one
        }
        let order = found.keys.compactMap(\.self).sorted {
            let (left, right) = (found[$0]?.total ?? 0, found[$1]?.total ?? 0)
            return left != right ? left > right : $0 < $1
        }
        let shown = order.prefix(min(panel.options.most, BarsOverTime.mostSeries))
        let colors = colors.colors(of: Array(shown), in: by.field ?? by.name)
        var series = zip(shown, colors).map { key, color in
            TimeSeries(
                key: key, label: key, color: color, values: found[key]?.values ?? [],
                total: adds ? found[key]?.total : nil)
        }
        let rest = order.dropFirst(shown.count).compactMap { found[$0] }
        if panel.options.hasOther, !rest.isEmpty {
            let values = axis.starts.indices.map { place -> Double? in
                let known = rest.compactMap { $0.values[place] }
                return known.isEmpty ? nil : known.reduce(0, +)
            }
            series.append(
                TimeSeries(
                    key: nil, label: "other (\(rest.count))", color: .other, values: values,
                    total: rest.reduce(0) { $0 + $1.total }))
        }
        if let missing = found[nil] {
            series.append(
                TimeSeries(key: nil, label: "no value", color: .missing, values: missing.values, total: missing.total))
        }
        return series
    }

    /// Whether numbers of this kind can be added up.
    private var adds: Bool {
        guard panel.options.hasOther else { return false }
        return switch panel.unit {
        case .count, .money, .bytes: panel.mark != .lines
        case .duration, .share: false
        }
    }

    private func before(_ query: Dashboard.Query, _ axis: TimeAxis) throws(SearchError) -> [Double?] {
        let rows = try answers.rows(query, .before)
        guard let first = axis.starts.first, let end = axis.end else { return [] }
        let length = end - first
        var values: [Double?] = axis.starts.map { _ in nil }
        for row in rows.indices {
            guard let time = rows.time(row, "time"), let place = axis.place(of: time + length) else { continue }
            for column in panel.values {
                if let value = rows.double(row, column.name) { values[place] = (values[place] ?? 0) + value }
            }
        }
        return values.contains { $0 != nil } ? values : []
    }

    // MARK: Ranking

    private func ranking(_ rows: TableRows) -> Ranking {
        guard let by = panel.by else { return Ranking(title: panel.title, unit: panel.unit, rows: []) }
        var order: [String?] = []
        var found: [String?: [(part: String?, value: Double)]] = [:]
        for row in rows.indices {
            guard let value = rows.double(row, panel.values[0].name) else { continue }
            let key = text(rows, row, by)
            if found[key] == nil { order.append(key) }
            found[key, default: []].append((panel.split.flatMap { text(rows, row, $0) }, value))
        }
        func total(_ key: String?) -> Double { found[key]?.reduce(0) { $0 + $1.value } ?? 0 }
        let named = order.compactMap(\.self).sorted { total($0) != total($1) ? total($0) > total($1) : $0 < $1 }
        let shown = Array(named.prefix(panel.options.most))
        let parts = Parts(panel.split, found, colors)
        // Of more values than colors each would look like another.
        let single =
            shown.count > ChartColor.palette.count
            ? shown.map { _ in ChartColor.c1 } : colors.colors(of: shown, in: by.field ?? by.name)
        var lines = shown.indices.map { place in
            let key = shown[place]
            return Ranking.Row(
                key: key, label: key, total: total(key), parts: parts.of(found[key] ?? [], total(key), single[place]),
                links: links(by, key))
        }
        let rest = named.dropFirst(shown.count)
        if adds, !rest.isEmpty {
            let all = rest.flatMap { found[$0] ?? [] }
            let sum = all.reduce(0) { $0 + $1.value }
            lines.append(
                Ranking.Row(
                    key: nil, label: "other (\(Numbers.grouped(rest.count)))", total: sum,
                    parts: parts.of(all, sum, .other)))
        }
        if let missing = found[nil] {
            lines.append(
                Ranking.Row(
                    key: nil, label: "no value", total: total(nil), parts: parts.of(missing, total(nil), .missing),
                    links: links(by, nil)))
        }
        return Ranking(
            title: panel.title, unit: panel.unit, rows: lines, adds: adds,
            legend: parts.legend.map { name, color in
                (name, color, self.panel.split.flatMap { self.links($0, name == Parts.none ? nil : name) })
            })
    }

    /// What the bars of a ranking are made of.
    private struct Parts {
        static let none = "no value"

        let legend: [(name: String, color: ChartColor)]

        init(_ split: Dashboard.Column?, _ found: [String?: [(part: String?, value: Double)]], _ colors: ChartColors) {
            guard let split else {
                legend = []
                return
            }
            var totals: [String: Double] = [:]
            for (part, value) in found.values.joined() { totals[part ?? Self.none, default: 0] += value }
            let names = totals.keys.filter { $0 != Self.none }.sorted {
                let (left, right) = (totals[$0] ?? 0, totals[$1] ?? 0)
                return left != right ? left > right : $0 < $1
            }
            let named = Array(zip(names, colors.colors(of: names, in: split.field ?? split.name)))
            legend = named.map { ($0.0, $0.1) } + (totals[Self.none] != nil ? [(Self.none, .missing)] : [])
        }

        func of(_ values: [(part: String?, value: Double)], _ total: Double, _ color: ChartColor) -> [Ranking.Part] {
            guard !legend.isEmpty else { return [Ranking.Part(name: "", color: color, value: total)] }
            return legend.compactMap { name, color in
                let sum = values.reduce(0) { $0 + ($1.part ?? Self.none == name ? $1.value : 0) }
                return sum > 0 ? Ranking.Part(name: name, color: color, value: sum) : nil
            }
        }
    }

    // MARK: Heat map

    private func heatMap(_ rows: TableRows, _ query: Dashboard.Query) throws(SearchError) -> Markup {
        var week = WeekValues()
        // An hour is known when anything was received in it, whatever was filtered.
        let scope = dashboard.scope
        let every = try answers.rows(
            Dashboard.Query(streams: scope.streams, filter: scope.filter, steps: query.steps), .unfiltered)
        for row in every.indices { if let time = every.time(row, "time") { week.know(time) } }
        for row in rows.indices {
            guard let time = rows.time(row, "time"), let value = rows.double(row, panel.values[0].name) else {
                continue
            }
            week.add(value, at: time)
        }
        return HeatMap(title: panel.title, unit: panel.unit, week: week).markup
    }

    // MARK: Table

    private func table(_ rows: TableRows) -> Markup {
        h(.figure, .class("chart")) {
            h(.div, .class("scroll"), .inTabOrder, .role("region"), .label("\(panel.title), as a table")) {
                h(.table, .class("rows")) {
                    h(.thead) {
                        h(.tr) {
                            for column in panel.columns {
                                h(.th, .scope("col"), column.unit == nil ? nil : .class("number")) { column.title }
                            }
                        }
                    }
                    h(.tbody) {
                        for row in rows.indices.prefix(panel.options.most) {
                            h(.tr) { for column in panel.columns { cell(rows, row, column) } }
                        }
                    }
                }
            }
            if rows.count > panel.options.most {
                h(.p, .class("muted")) { "\(Numbers.grouped(rows.count - panel.options.most)) more rows in the CSV." }
            }
        }
    }

    private func cell(_ rows: TableRows, _ row: Int, _ column: Dashboard.Column) -> Markup {
        if let unit = column.unit {
            let number = rows.double(row, column.name)
            return h(.td, .class("number"), .key(column.name), .heading(column.title), number.map { .datum($0) }) {
                number.map { Numbers.exact($0, unit) } ?? "–"
            }
        }
        return h(.td, .key(column.name), .heading(column.title)) {
            if column.isEvent, let id = rows.text(row, column.name) {
                h(.a, .href(LocalAddress("/events", segments: [id]))) { "open" }
            } else if rows.type(column.name) == .date {
                rows.time(row, column.name).map(Numbers.moment) ?? "–"
            } else {
                let values = covers(rows, column) ? [ContentCurtain.word] : rows.texts(row, column.name)
                if values.isEmpty {
                    h(.span, .class("muted")) { "–" }
                } else {
                    for (place, value) in values.enumerated() {
                        if place > 0 { ", " }
                        ValueName(text: value, links: links(column, value)).markup
                    }
                }
            }
        }
    }
}
