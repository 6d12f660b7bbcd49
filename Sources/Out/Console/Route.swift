import Events
import Network

/// The pages and calls of the console, by path.
enum Route: Equatable {
    case start, export, signIn, signOut, look, tail, palette, parse, saveSearch, removeSearch, keepQuery, content
    case provider, callback
    case account, accountPassword, accountSessions
    case screen(ScreenRoute)
    case download(DownloadRoute)
    /// What is said of an export, as JSON.
    case receipt(id: String)
    case integrity(IntegrityCall)
    case asset(Asset)
    /// - Parameter id: of the event that is asked for, if one is.
    case api(APICall, id: String = "")

    init?(path: String) {
        switch path {
        case "/": self = .start
        case "/look": self = .look
        case "/tail": self = .tail
        case "/palette": self = .palette
        case "/parse": self = .parse
        case "/searches": self = .saveSearch
        case "/searches/remove": self = .removeSearch
        case "/content": self = .content
        case "/s": self = .keepQuery
        case "/export": self = .export
        case "/sign-in": self = .signIn
        case "/sign-out": self = .signOut
        case "/sign-in/provider": self = .provider
        case "/sign-in/callback": self = .callback
        case "/account": self = .account
        case "/account/password": self = .accountPassword
        case "/account/sessions": self = .accountSessions
        default:
            if let name = ScreenRoute.rest(of: path, behind: "/exports/"),
                let id = ScreenRoute.rest(of: name, before: ".json")
            {
                self = .receipt(id: id)
            } else if let call = IntegrityCall(path: path) {
                self = .integrity(call)
            } else if let screen = ScreenRoute(path: path) {
                self = .screen(screen)
            } else if let download = DownloadRoute(path: path) {
                self = .download(download)
            } else if let id = ScreenRoute.rest(of: path, behind: "\(APICall.prefix)events/") {
                self = .api(.event, id: id)
            } else if let call = APICall.allCases.first(where: { $0.path == path }) {
                self = .api(call)
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
        case .screen(.decision): [.get, .head, .post]
        case .start, .export, .screen, .download, .receipt, .asset, .tail, .palette, .parse, .account: [.get, .head]
        case .provider, .callback: [.get, .head]
        case .signIn: [.get, .head, .post]
        case .signOut, .look, .saveSearch, .removeSearch, .keepQuery, .content, .accountPassword, .accountSessions:
            [.post]
        case .integrity(let call): call.methods
        case .api(let call, _): call.methods
        }
    }

    /// The largest body that is taken.
    var bodyBytes: Int { self == .integrity(.verify) ? Console.uploadBytes : Console.bodyBytes }

    /// What somebody must be allowed to get there; `nil` where it is for everybody who is let in, or for everybody.
    var permission: Permission? {
        switch self {
        case .screen(let screen): screen.permission
        case .tail, .palette, .parse, .receipt: .search
        case .export: .export
        case .download(let download): download.permission
        case .integrity(let call): call.permission
        case .api(let call, _): call.permission
        case .start, .look, .signIn, .signOut, .provider, .callback, .account, .accountPassword, .accountSessions,
            .saveSearch, .removeSearch, .keepQuery, .content, .asset:
            nil
        }
    }

    /// Whether answers and errors are JSON.
    static func isAPI(_ path: String) -> Bool { path.hasPrefix("/api/") }
}
