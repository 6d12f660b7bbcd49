import Platform
import Query

/// Month to date and how it will end, for each source, and the days.
struct CostSums: Sendable {
    let questions: CostQuestions

    private var month: CostMonth { questions.month }

    func markup() throws(SearchError) -> Markup {
        var sources: [(CostQuestions.Source, CostQuestions.Days)] = []
        for source in CostQuestions.Source.allCases { sources.append((source, try questions.days(of: source))) }
        let today = CostMonth.day(of: questions.visit.now)
        return h(.section, .labelledBy("sums-heading")) {
            h(.h2, .id("sums-heading")) { month.days.contains(today) ? "Month to date, and its end" : "The month" }
            sums(sources, today)
            h(.p, .class("muted")) {
                "Linear: every day that is left costs what a full day of this month did on average. By weekday: what the "
                    + "same weekday did on average in the \(CostForecast.weeks) weeks before today. A month ends within "
                    + "the range four times out of five, if its days vary as they did. At least "
                    + "\(CostForecast.leastDays) full days must be known."
            }
            chart(sources)
            days(sources)
        }
    }

    /// Lines and no bars: what both sources tell is the same money, and must not stand on one another.
    private func chart(_ sources: [(CostQuestions.Source, CostQuestions.Days)]) -> Markup {
        let colors: [ChartColor] = [.c1, .c2]
        let series = zip(sources, colors).map { source, color in
            TimeSeries(
                key: nil, label: source.0.label, color: color, values: month.days.map { source.1.costs[$0] },
                total: source.1.sum(of: month))
        }
        let axis = TimeAxis(from: month.start, to: month.end, width: .days(1))
        return .several([
            h(.h3) { "Cost of each day" },
            LinesOverTime(
                TimeChart(
                    title: "Cost of each day", unit: .money("USD"), axis: axis, series: series, hasTable: false)
            ).markup,
        ])
    }

    private func sums(_ sources: [(CostQuestions.Source, CostQuestions.Days)], _ today: Int) -> Markup {
        var table = DataTable(
            id: "sums", caption: "By source",
            columns: [
                DataTable.Column("source", "Source"), DataTable.Column("spent", "So far", isNumber: true),
                DataTable.Column("linear", "End, linear", isNumber: true), DataTable.Column("linear-range", "Range"),
                DataTable.Column("weekday", "End, by weekday", isNumber: true),
                DataTable.Column("weekday-range", "Range"),
            ])
        table.rows = sources.map { source, days in
            let isEstimate = source == .telemetry
            func forecast(_ way: CostForecast.Way) -> CostForecast? {
                days.first.flatMap {
                    CostForecast(way, costs: days.costs, first: $0, month: month, today: today)
                }
            }
            let (linear, weekday) = (forecast(.linear), forecast(.weekday))
            return DataTable.Row(
                key: source.rawValue,
                cells: [
                    .text(source.label), .money(days.sum(of: month), isEstimate: isEstimate),
                    .money(linear?.amount, isEstimate: true), range(linear),
                    .money(weekday?.amount, isEstimate: true), range(weekday),
                ])
        }
        return .several([
            sources.contains { $0.1.isPartial }
                ? h(.p, .class("problem"), .role("status")) { "Not everything was looked at; the sums are too small." }
                : .none,
            table.markup,
        ])
    }

    private func range(_ forecast: CostForecast?) -> Cell {
        .text(forecast.map { "\(Amounts.money($0.low)) to \(Amounts.money($0.high))" })
    }

    private func days(_ sources: [(CostQuestions.Source, CostQuestions.Days)]) -> Markup {
        var table = DataTable(
            id: "days", caption: "Days of the month. A dash: nothing is known of that day.",
            columns: [DataTable.Column("day", "Day")]
                + sources.map { DataTable.Column($0.0.rawValue, $0.0.label, isNumber: true) })
        table.rows = month.days.filter { day in sources.contains { $0.1.costs[day] != nil } }.map { day in
            let text = String(RFC3339.text(CostMonth.moment(ofDay: day)).prefix(10))
            return DataTable.Row(
                key: text,
                cells: [.text("\(text) \(WeekValues.days[CostForecast.weekday(day)].prefix(3))")]
                    + sources.map { .money($0.1.costs[day], isEstimate: $0.0 == .telemetry) })
        }
        return h(.details) {
            h(.summary) { "Day by day" }
            table.markup
        }
    }
}
