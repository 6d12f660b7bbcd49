import Events
import Network

/// The calls of the JSON API.
enum APICall: String, CaseIterable {
    case search, query, fields, histogram
    case event = "events/{id}"
    case description = "openapi.json"

    static let prefix = "/api/v1/"

    /// As `docs/api/openapi.json` has it.
    var path: String { Self.prefix + rawValue }

    var methods: [HTTPMethod] {
        switch self {
        case .search, .query, .fields, .histogram: [.post]
        case .event, .description: [.get, .head]
        }
    }

    /// What a role must have. Tables can be made of anything, so whoever asks for one must be allowed to see content.
    var permission: Permission? {
        switch self {
        case .search, .fields, .histogram, .event: .search
        case .query: .content
        case .description: nil
        }
    }

    /// Whether it is answered without a credential: it says nothing that is not in the source.
    var isOpen: Bool { self == .description }
}
