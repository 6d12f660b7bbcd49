import Codecs
import Network
import Platform

/// Answers for chats, their messages and files, and for sessions as the Compliance API does.
///
/// - Source: *Compliance API*, apps/chats, apps/sessions, apps/artifacts; 2026-08-21.
struct ContentDesk: Sendable {
    /// What a path asks for.
    enum Call: Sendable, Equatable {
        case chats
        case messages(String)
        case content(SimulatedContent.File.Kind, String)
        case localSessions, remoteSessions

        /// - Returns: `nil` for a path of something else.
        init?(path: String) {
            let root = "/v1/compliance/apps/"
            guard path.hasPrefix(root) else { return nil }
            let rest = path.dropFirst(root.count)
            let words = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            switch words.count {
            case 1 where words[0] == "chats": self = .chats
            case 2 where words == ["sessions", "local"]: self = .localSessions
            case 2 where words == ["sessions", "remote"]: self = .remoteSessions
            case 3 where words[0] == "chats" && words[2] == "messages": self = .messages(words[1])
            case 3 where words[0] == "artifacts" && words[2] == "content": self = .content(.artifact, words[1])
            case 4 where words[0] == "chats" && words[1] == "files" && words[3] == "content":
                self = .content(.file, words[2])
            case 4 where words[0] == "chats" && words[1] == "generated-files" && words[3] == "content":
                self = .content(.generatedFile, words[2])
            default: return nil
            }
        }

        /// The most elements that may be asked for.
        var most: Int {
            switch self {
            case .chats, .messages, .content: 1_000
            case .localSessions, .remoteSessions: 500
            }
        }
    }

    /// What a query says.
    struct Query {
        var limit: Int
        var place: String?
        var users: Set<String> = []
        var organizations: Set<String> = []
        var isByUpdate = false
        /// By parameter.
        var times: [String: Timestamp] = [:]

        /// - Returns: `nil` for what the API refuses.
        init?(_ pairs: [(name: String, value: String)], _ call: Call) {
            limit = min(100, call.most)
            for (name, value) in pairs {
                switch name {
                case "limit":
                    guard let number = Int(value), (1...call.most).contains(number) else { return nil }
                    limit = number
                case "after_id", "page":
                    guard (name == "after_id") == call.hasCursors, ContentDesk.place(value) != nil else { return nil }
                    place = value
                case "user_ids[]": users.insert(value)
                case "organization_ids[]": organizations.insert(value)
                case "order_by": isByUpdate = value == "updated_at"
                case "order": guard value == "asc" else { return nil }
                case "created_at.gte", "created_at.lt", "updated_at.gte", "updated_at.lt":
                    guard let time = RFC3339.parse(value.utf8) else { return nil }
                    times[name] = time
                default: break
                }
            }
            guard users.count <= 10 else { return nil }
        }

        func holds(_ time: Timestamp, _ name: String) -> Bool {
            time >= times["\(name).gte"] ?? Timestamp(nanoseconds: .min)
                && time < times["\(name).lt"] ?? Timestamp(nanoseconds: .max)
        }

        func holds(_ person: SimulatedOrganization.Person, _ organization: String) -> Bool {
            (users.isEmpty || users.contains(person.id))
                && (organizations.isEmpty || organizations.contains(organization))
        }
    }

    /// Messages of a page, whatever is asked for.
    private static let messageLimit = 50

    var content: SimulatedContent

    /// - Returns: `nil` for what is not there.
    func answer(_ call: Call, _ query: Query) -> HTTPResponse? {
        switch call {
        case .chats:
            let chats = content.chats.filter {
                query.holds($0.person, $0.organization) && query.holds($0.created, "created_at")
                    && query.holds($0.updated, "updated_at")
            }.map { (query.isByUpdate ? $0.updated : $0.created, $0.id, $0.listed) }
            return page(chats, query.limit, query.place)
        case .messages(let id):
            guard let chat = content.chats.first(where: { $0.id == id }), !chat.isGone else { return nil }
            let messages = chat.messages.filter { query.holds($0.created, "created_at") }
            return page(
                messages.map { ($0.created, $0.id, $0.listed) }, min(query.limit, Self.messageLimit), query.place,
                beside: chat.listed.members ?? [])
        case .content(let kind, let id):
            guard let file = content.files[id], file.kind == kind, !file.isGone else { return nil }
            var response = HTTPResponse(200, body: file.bytes)
            response.headers.set("content-type", "application/octet-stream")
            return response
        case .localSessions, .remoteSessions:
            let all = content.sessions.filter {
                $0.isLocal == (call == .localSessions) && query.holds($0.person, $0.organization)
                    && query.holds($0.created, "created_at")
            }.sorted { ($0.created, $0.id) > ($1.created, $1.id) }
            let start = query.place.flatMap { Self.place($0)?.number } ?? 0
            let some = all.dropFirst(start).prefix(query.limit)
            let end = start + some.count
            let body: JSONValue = [
                "data": .array(some.map(\.listed)),
                "next_page": end < all.count ? .string("page_\(end)") : .null,
            ]
            return HTTPResponse(200, body: Array(body.text.utf8))
        }
    }

    /// The oldest first. A cursor says behind which time and id the page begins.
    private func page(
        _ all: [(time: Timestamp, id: String, value: JSONValue)], _ limit: Int, _ place: String?,
        beside members: [JSONValue.Member] = []
    ) -> HTTPResponse {
        var rest = all.sorted { ($0.time, $0.id) < ($1.time, $1.id) }[...]
        if let place = place.flatMap(Self.place) {
            rest = rest.drop { ($0.time.nanoseconds, $0.id) <= (Int64(place.number), place.id) }
        }
        let some = rest.prefix(limit)
        func cursor(_ element: (time: Timestamp, id: String, value: JSONValue)?) -> JSONValue {
            element.map { .string("page_\($0.time.nanoseconds)_\($0.id)") } ?? .null
        }
        let body = JSONValue.object(
            members + [
                .init("data", .array(some.map(\.value))), .init("has_more", .bool(some.count < rest.count)),
                .init("first_id", cursor(some.first)), .init("last_id", cursor(some.last)),
            ])
        return HTTPResponse(200, body: Array(body.text.utf8))
    }

    static func place(_ token: String) -> (number: Int, id: String)? {
        let words = token.split(separator: "_", maxSplits: 2)
        guard words.count >= 2, words[0] == "page", let number = Int(words[1]), number >= 0 else { return nil }
        return (number, words.count > 2 ? String(words[2]) : "")
    }
}

extension ContentDesk.Call {
    /// Whether its pages go on behind an element, and not with a token.
    fileprivate var hasCursors: Bool {
        switch self {
        case .chats, .messages, .content: true
        case .localSessions, .remoteSessions: false
        }
    }
}
