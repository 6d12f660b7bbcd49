import Events
import Network
import Query

/// A file that is made for somebody: a pure function from a visit, like a ``Screen``.
protocol Download: Sendable {
    /// What the record says that was taken.
    var query: String { get }
    var format: AnswerFormat { get }

    /// Which events the file is about, for its receipt: KQL, and a time.
    func scope(_ visit: Visit) -> (filter: String, bounds: TimeBounds)

    /// - Returns: `nil` when the address names nothing that there is.
    func file(_ visit: Visit) throws(SearchError) -> DownloadFile?
}

extension Download {
    /// What the address says.
    func scope(_ visit: Visit) -> (filter: String, bounds: TimeBounds) { visit.scope }
}

extension Visit {
    /// Which events the address asks for.
    var scope: (filter: String, bounds: TimeBounds) {
        (terms.filter, (try? terms.time.bounds(now: now)) ?? TimeBounds())
    }
}

struct DownloadFile: Sendable {
    /// Our own words: letters, digits, points and hyphens; what it is called without its ending.
    let name: String
    let type: String
    /// Of data, without a head.
    let rows: Int
    let bytes: [UInt8]

    var response: HTTPResponse { HTTPResponse(200, headers: ["content-type": type], body: bytes) }
}

/// Which file a path leads to.
enum DownloadRoute: Equatable {
    case chargeback
    case inventory(AnswerFormat)
    case panel(dashboard: String, panel: String)

    init?(path: String) {
        // `/dashboards/{dashboard}/panels/{panel}.csv`
        if let rest = ScreenRoute.rest(of: path, behind: "/dashboards/"), rest.hasSuffix(".csv") {
            let parts = rest.dropLast(4).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts[1] == "panels" else { return nil }
            self = .panel(dashboard: parts[0], panel: parts[2])
            return
        }
        switch path {
        case "/cost/chargeback.csv": self = .chargeback
        case "/inventory.csv": self = .inventory(.csv)
        case "/inventory.ndjson": self = .inventory(.ndjson)
        default: return nil
        }
    }

    /// What somebody must be allowed to take it.
    var permission: Permission { .export }

    var download: any Download {
        switch self {
        case .chargeback: ChargebackFile()
        case .inventory(let format): InventoryFile(format: format)
        case .panel(let dashboard, let panel): PanelFile(dashboard: dashboard, panel: panel)
        }
    }
}
