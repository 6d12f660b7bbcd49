import Events
import Query

/// One dashboard: controls, pills, and panels that come one after another.
struct DashboardScreen: Screen {
    let id: String

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        guard let dashboard = visit.dashboards[id] else { return nil }
        let terms = PageTerms(visit.address.pairs)
        var frame = DashboardPage(dashboard: dashboard, terms: terms)
        do throws(TimeTerms.Problem) {
            let bounds = try terms.time.bounds(now: visit.now)
            frame.problem = Self.flaw(in: terms.filter, visit)
            if frame.problem == nil {
                visit.record(.search, KQLText.all([dashboard.scope.filter, terms.filter]), .kql)
                frame.answers = DashboardAnswers(dashboard, visit, terms, bounds: bounds)
            }
        } catch {
            frame.timeProblem = error
        }
        return frame.page
    }

    /// What is wrong with the filter. Said once, and not by each panel.
    private static func flaw(in filter: String, _ visit: Visit) -> String? {
        visit.engine.schema.flaw(inKQL: filter, now: visit.now)?.rendered(in: SourceText(filter))
    }
}
