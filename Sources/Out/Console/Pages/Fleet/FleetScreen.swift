import Platform
import Query

/// Whose clients send what: one row for each person and client.
struct FleetScreen: Screen {
    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let visit = visit.reaching(TimeTerms(from: "now-30d", to: "now"))
        let frame = FilteredPage(
            visit: visit, title: "Fleet", place: .fleet,
            purpose: "Who sends telemetry, with which client and what it lets be seen. A client sends no name of its "
                + "device, so a row is a person and a kind of client.")
        return frame.page { question in
            let view = FleetView(question: question)
            return [view.coverage, view.versions, view.clients]
        }
    }
}
