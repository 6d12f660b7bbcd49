import Events
import Platform
import Query

/// Whether the record is what it was: one sentence, then what it rests on.
struct IntegrityScreen: Screen {
    func page(_ visit: Visit) throws(SearchError) -> Page? {
        guard let desk = visit.integrity else { return .withoutIntegrity }
        let tenant = visit.viewer.tenant
        let log: LogFacts?
        do throws(IntegrityProblem) {
            log = try desk.log(of: tenant)
        } catch {
            return Page(problem: error)
        }
        let day = Self.day(visit)
        let page = IntegrityPage(
            log: log, day: day, known: desk.coverage(of: tenant, day: day, waits: false),
            mayVerify: visit.viewer.may(.proofs), problems: visit.facts.problems, now: visit.now)
        let parts = IntegrityParts(page: page, visit: visit, desk: desk)
        return page.page(parts: [parts.calendar, parts.completeness, parts.deletions])
    }

    /// The day whose hours are shown: that of the address, or today.
    private static func day(_ visit: Visit) -> Timestamp {
        let asked = visit.value("day").flatMap { $0.utf8.count == 10 ? TimeBound.from($0, now: visit.now) : nil }
        let moment = asked ?? visit.now
        let length: Int64 = 86_400_000_000_000
        return Timestamp(nanoseconds: moment.nanoseconds - (moment.nanoseconds % length + length) % length)
    }
}

/// What of the page is asked for while the rest is on its way.
private struct IntegrityParts: Sendable {
    let page: IntegrityPage
    let visit: Visit
    let desk: any IntegrityDesk

    func calendar() throws(SearchError) -> Markup {
        let rows = try visit.table(
            "events | STATS before = MAX(docket.retention.before)", filter: "event.action: retention-deleted")
        return page.calendar(deletedBefore: rows.count == 1 ? rows.time(0, "before") : nil)
    }

    func completeness() throws(SearchError) -> Markup {
        page.completeness(desk.coverage(of: visit.viewer.tenant, day: page.day, waits: true))
    }

    func deletions() throws(SearchError) -> Markup {
        let most = 50
        // Docket's own words, which a list need not cover.
        let rows = TableRows(
            try visit.answer(
                to: "FROM events | SORT @timestamp DESC | LIMIT \(most) "
                    + "| KEEP @timestamp, event.id, event.action, message, event.reason",
                filter: """
                    event.module: docket and event.action: (retention-deleted or legal-hold-placed or legal-hold-released or \
                    erasure)
                    """, in: TimeBounds(), rows: most))
        let lines = rows.indices.map { row in
            DeletionLine(
                time: rows.time(row, "@timestamp"), event: rows.text(row, "event.id"),
                action: rows.text(row, "event.action") ?? "", message: rows.text(row, "message") ?? "",
                reason: rows.text(row, "event.reason"))
        }
        return page.deletions(lines)
    }
}

/// Something that was deleted, or is to be kept, as the record tells it.
struct DeletionLine {
    let time: Timestamp?
    let event: String?
    let action: String
    let message: String
    let reason: String?
}

extension Page {
    /// Where no desk is.
    static var withoutIntegrity: Page { Page(problem: .withoutIntegrity) }

    init(problem: IntegrityProblem) {
        self.init("Integrity", place: .integrity, styles: [.integrityStyle]) {
            MessagePage.markup("Integrity", problem.message)
        }
        status = APIError(problem).kind.status
    }
}
