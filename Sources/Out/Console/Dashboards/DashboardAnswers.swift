import Platform
import Query

/// Answers for the panels of one page, each question asked once by whoever comes first.
///
/// - Threads: any. Who would wait for another's answer asks meanwhile what other panels will ask, and then waits for
///   work that goes on.
final class DashboardAnswers: Sendable {
    /// Bars of a chart, about.
    static let bars = 60
    /// Rows that a panel may be made of.
    static let rows = 10_000

    enum Period: Sendable, Hashable {
        case shown, before
        /// Whatever is filtered, to tell what was not received from what was not found.
        case unfiltered, unfilteredBefore
    }

    private struct Question: Hashable {
        let query: Dashboard.Query
        let period: Period
    }

    private typealias Answer = Result<TableRows, SearchError>

    private struct Questions {
        var asked: [Question: Waitable<Answer?>] = [:]
        /// What the panels will ask, in their order.
        var ahead: [Question]

        /// The next that nobody has asked.
        mutating func unasked() -> Question? {
            while !ahead.isEmpty {
                let question = ahead.removeFirst()
                if asked[question] == nil { return question }
            }
            return nil
        }
    }

    let visit: Visit
    let terms: PageTerms
    private let scope: Dashboard.Query
    private let bounds: TimeBounds
    private let questions: Locked<Questions>
    private let axisMade = Locked<TimeAxis?>(nil)

    init(_ dashboard: Dashboard, _ visit: Visit, _ terms: PageTerms, bounds: TimeBounds) {
        self.visit = visit
        self.terms = terms
        self.bounds = bounds
        scope = dashboard.scope
        var ahead: [Question] = []
        for panel in dashboard.sections.flatMap(\.panels) {
            for query in [panel.query, panel.options.trend] {
                if let query { ahead.append(Question(query: query, period: .shown)) }
            }
            guard let query = panel.query, panel.options.hasPrevious, bounds.from != nil else { continue }
            ahead.append(Question(query: query, period: .before))
        }
        questions = Locked(Questions(ahead: ahead))
    }

    func rows(_ query: Dashboard.Query, _ period: Period = .shown) throws(SearchError) -> TableRows {
        let period = effective(period)
        let question = Question(query: query, period: period)
        let (answer, isFirst) = questions.withLock { questions in
            if let answer = questions.asked[question] { return (answer, false) }
            let answer = Waitable<Answer?>(nil)
            questions.asked[question] = answer
            return (answer, true)
        }
        if isFirst {
            let made = ask(query, period)
            answer.update { $0 = made }
            return try made.get()
        }
        while answer.read({ $0 == nil }), let next = questions.withLock({ $0.unasked() }) {
            // What comes of it is said by the panel that it is for.
            _ = try? rows(next.query, next.period)
        }
        return try (answer.wait { $0 } ?? .failure(.cancelled)).get()
    }

    /// Where nothing is filtered there is one question, and not two.
    private func effective(_ period: Period) -> Period {
        guard terms.filter.isEmpty else { return period }
        return switch period {
        case .shown, .unfiltered: .shown
        case .before, .unfilteredBefore: .before
        }
    }

    private func ask(_ query: Dashboard.Query, _ period: Period) -> Answer {
        do throws(SearchError) {
            let milliseconds = query.isOverTime ? try axis().width.nanoseconds / 1_000_000 : 0
            let isFiltered = period == .shown || period == .before
            let filter = KQLText.all([query.filter, isFiltered ? terms.filter : ""])
            // By role, for files; panels cover what they do not show.
            return .success(
                TableRows(
                    try visit.answer(
                        to: Visit.text(query.text(bucket: max(milliseconds, 1))), filter: filter,
                        in: bounds(of: period), rows: Self.rows)))
        } catch {
            return .failure(error)
        }
    }

    // MARK: Time

    /// The bars of every chart on the page.
    func axis() throws(SearchError) -> TimeAxis {
        if let axis = axisMade.withLock({ $0 }) { return axis }
        let (from, to) = try ends()
        let axis = TimeAxis(from: from, to: to, width: Histogram.width(from: from, to: to, buckets: Self.bars))
        axisMade.withLock { $0 = axis }
        return axis
    }

    /// An end that is open is that of the events; there is nothing behind now.
    private func ends() throws(SearchError) -> (Timestamp, Timestamp) {
        let now = visit.now
        if let from = bounds.from { return (from, min(bounds.to ?? now, max(now, from + .milliseconds(1)))) }
        let query = Dashboard.Query(
            streams: scope.streams, filter: scope.filter,
            steps: "STATS first = MIN(@timestamp), last = MAX(@timestamp)")
        let rows = try rows(query, .unfiltered)
        guard rows.count > 0, let first = rows.time(0, "first"), let last = rows.time(0, "last") else {
            return (now - .hours(24), now)
        }
        return (first, min(bounds.to ?? last + .milliseconds(1), last + .milliseconds(1)))
    }

    /// Whether there is a period of the same length before the one that is shown.
    var hasPeriodBefore: Bool { bounds.from != nil }

    /// `24 hours`
    var periodWords: String {
        guard let from = bounds.from else { return "" }
        return Numbers.exact(Double(((bounds.to ?? visit.now) - from).nanoseconds), .duration(1))
    }

    private func bounds(of period: Period) -> TimeBounds {
        guard period == .before || period == .unfilteredBefore, let from = bounds.from else { return bounds }
        let length = (bounds.to ?? visit.now) - from
        return TimeBounds(from: from - length, to: from)
    }

    // MARK: What was received

    /// Bars in which nothing of the dashboard's streams was received, whatever is filtered.
    func unknown() throws(SearchError) -> Set<Int> {
        let (rows, axis) = (try rows(scope, .unfiltered), try axis())
        var known: Set<Int> = []
        for row in rows.indices { if let place = rows.time(row, "time").flatMap(axis.place) { known.insert(place) } }
        return Set(axis.starts.indices).subtracting(known)
    }

    /// Whether anything of the dashboard's streams was received in a period, whatever is filtered.
    func hasReceived(_ period: Period) throws(SearchError) -> Bool {
        let rows = try rows(scope, period)
        return rows.indices.contains { rows.int($0, "events") ?? 0 > 0 }
    }

    /// Whether anything of the dashboard's streams was ever received.
    func isConnected() throws(SearchError) -> Bool {
        if try hasReceived(.unfiltered) { return true }
        return try visit.table(
            "\(scope.streams.joined(separator: ", ")) | STATS events = COUNT(*)", filter: scope.filter
        ).double(0, "events") ?? 0 > 0
    }
}
