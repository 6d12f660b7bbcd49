import Events
import Network

/// What can be done on the integrity page, and what can be taken away from it.
enum IntegrityCall: Equatable {
    /// Compare records.
    case begin
    case stop(Int)
    /// Check files that somebody brings.
    case verify
    /// The proof of an event, as a file.
    case proof(event: String)
    /// How proofs are checked without this server.
    case instructions

    init?(path: String) {
        switch path {
        case "/integrity/checks": self = .begin
        case "/integrity/exports": self = .verify
        case "/integrity/verifier.txt": self = .instructions
        default:
            if let event = ScreenRoute.rest(of: path, behind: "\(APICall.prefix)events/").flatMap({
                ScreenRoute.rest(of: $0, before: "/proof")
            }) {
                self = .proof(event: event)
            } else if let number = ScreenRoute.rest(of: path, behind: "/integrity/checks/").flatMap({
                ScreenRoute.rest(of: $0, before: "/stop")
            }).flatMap({ Int($0) }) {
                self = .stop(number)
            } else {
                return nil
            }
        }
    }

    var methods: [HTTPMethod] {
        switch self {
        case .begin, .stop, .verify: [.post]
        case .proof, .instructions: [.get, .head]
        }
    }

    /// What somebody must be allowed.
    var permission: Permission { self == .instructions ? .search : .proofs }

    /// Whether a person asks for it, who is led to the sign-in.
    var isPage: Bool { if case .proof = self { false } else { true } }
}
