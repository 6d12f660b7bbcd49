import Query

/// All dashboards by their names.
struct DashboardListScreen: Screen {
    func page(_ visit: Visit) throws(SearchError) -> Page? {
        Page("Dashboards", place: .overview, styles: [Asset.chartStyle]) {
            h(.h1) { "Dashboards" }
            h(.ul, .class("cards"), .testID("dashboards")) {
                for dashboard in visit.dashboards.dashboards {
                    h(.li, .key(dashboard.id)) {
                        h(.a, .href(LocalAddress("/dashboards", segments: [dashboard.id]))) { dashboard.title }
                        h(.p, .class("muted")) { dashboard.description }
                    }
                }
            }
        }
    }
}
