import Events

/// Which screen a path leads to.
enum ScreenRoute: Equatable {
    case search, keptSearch(id: String)
    case event(id: String)
    case dashboards
    case dashboard(id: String)
    case sessions, session(id: String)
    case people, entity(Entity)
    case inventory, decision, cost, fleet
    case integrity, check(Int), record(UInt64)
    case eventProof(id: String)
    case exports, export(id: String)
    case comparison
    case help

    init?(path: String) {
        if let id = Self.rest(of: path, behind: "/events/"), let event = Self.rest(of: id, before: "/proof") {
            self = .eventProof(id: event)
            return
        }
        if let number = Self.rest(of: path, behind: "/integrity/checks/").flatMap({ Int($0) }) {
            self = .check(number)
            return
        }
        if let number = Self.rest(of: path, behind: "/integrity/records/").flatMap({ UInt64($0) }) {
            self = .record(number)
            return
        }
        // Ids of imported events are any text, so all that follows is the id, slashes too.
        if let id = Self.rest(of: path, behind: "/events/") {
            self = .event(id: id)
            return
        }
        if let id = Self.rest(of: path, behind: "/dashboards/"), !id.contains("/") {
            self = .dashboard(id: id)
            return
        }
        if let id = Self.rest(of: path, behind: "/s/"), !id.contains("/") {
            self = .keptSearch(id: id)
            return
        }
        if let id = Self.rest(of: path, behind: "/exports/") {
            self = .export(id: id)
            return
        }
        if let id = Self.rest(of: path, behind: "/sessions/") {
            self = .session(id: id)
            return
        }
        if let person = Self.rest(of: path, behind: "/people/") {
            self = .entity(Entity(.person, person))
            return
        }
        if let entity = Self.rest(of: path, behind: "/entities/").flatMap({ Entity($0) }) {
            self = .entity(entity)
            return
        }
        switch path {
        case "/dashboards": self = .dashboards
        case "/search": self = .search
        case "/exports": self = .exports
        case "/compare": self = .comparison
        case "/help": self = .help
        case "/sessions": self = .sessions
        case "/people": self = .people
        case "/inventory": self = .inventory
        case "/inventory/decision": self = .decision
        case "/cost": self = .cost
        case "/fleet": self = .fleet
        case "/integrity": self = .integrity
        default: return nil
        }
    }

    var screen: any Screen {
        switch self {
        case .search: SearchScreen()
        case .keptSearch(let id): SearchScreen(queryID: id)
        case .exports: ExportListScreen()
        case .comparison: ComparisonScreen()
        case .export(let id): ExportScreen(id: id)
        case .help: HelpScreen()
        case .event(let id): EventScreen(id: id)
        case .dashboards: DashboardListScreen()
        case .dashboard(let id): DashboardScreen(id: id)
        case .sessions: SessionListScreen()
        case .session(let id): SessionScreen(id: id)
        case .people: PeopleScreen()
        case .entity(let entity): EntityScreen(entity: entity)
        case .inventory: InventoryScreen()
        case .decision: DecisionScreen()
        case .cost: CostScreen()
        case .fleet: FleetScreen()
        case .integrity: IntegrityScreen()
        case .check(let number): CheckScreen(number: number)
        case .record(let sequence): RecordScreen(sequence: sequence)
        case .eventProof(let id): EventProofScreen(id: id)
        }
    }

    /// What somebody must be allowed to get there.
    var permission: Permission { .search }

    /// What stands behind a prefix, if anything does.
    static func rest(of path: String, behind prefix: String) -> String? {
        path.hasPrefix(prefix) && path.utf8.count > prefix.utf8.count ? String(path.dropFirst(prefix.count)) : nil
    }

    /// What stands before an ending, if anything does.
    static func rest(of path: String, before ending: String) -> String? {
        path.hasSuffix(ending) && path.utf8.count > ending.utf8.count
            ? String(path.dropLast(ending.count)) : nil
    }
}
