import Network

/// The pages and calls of the console, by path.
enum Route: Equatable {
    case search, export, signIn, signOut
    case event(id: String)
    case asset(Asset)
    case apiSearch, apiHistogram
    case apiEvent(id: String)

    init?(path: String) {
        switch path {
        case "/": self = .search
        case "/export": self = .export
        case "/sign-in": self = .signIn
        case "/sign-out": self = .signOut
        case "/api/v1/search": self = .apiSearch
        case "/api/v1/histogram": self = .apiHistogram
        default:
            // Ids of imported events are any text, so all that follows is the id, slashes too.
            if let id = Self.rest(of: path, behind: "/events/") {
                self = .event(id: id)
            } else if let id = Self.rest(of: path, behind: "/api/v1/events/") {
                self = .apiEvent(id: id)
            } else if let asset = Asset.all.first(where: { $0.address.text == path }) {
                self = .asset(asset)
            } else {
                return nil
            }
        }
    }

    /// What `Allow` says.
    var methods: [HTTPMethod] {
        switch self {
        case .search, .export, .event, .asset, .apiEvent: [.get, .head]
        case .signIn: [.get, .head, .post]
        case .signOut, .apiSearch, .apiHistogram: [.post]
        }
    }

    /// Whether answers and errors are JSON.
    static func isAPI(_ path: String) -> Bool { path.hasPrefix("/api/") }

    private static func rest(of path: String, behind prefix: String) -> String? {
        path.hasPrefix(prefix) && path.utf8.count > prefix.utf8.count ? String(path.dropFirst(prefix.count)) : nil
    }
}
