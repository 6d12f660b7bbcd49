import Events
import Platform

/// What a listing lists: chats, or sessions that run on people's machines or in the cloud. Never what was said in them.
///
/// - Source: *Compliance API*, apps/chats, apps/sessions/local, apps/sessions/remote; 2026-08-21.
public enum ListedKind: String, Sendable, CaseIterable {
    case chat
    case localSession = "local_session"
    case remoteSession = "remote_session"

    var path: String {
        switch self {
        case .chat: "/v1/compliance/apps/chats"
        case .localSession: "/v1/compliance/apps/sessions/local"
        case .remoteSession: "/v1/compliance/apps/sessions/remote"
        }
    }

    /// Objects of one page.
    var limit: Int { self == .chat ? 1_000 : 500 }
    var paging: APIPage.Paging { self == .chat ? .cursor : .token }
    /// The parameter that goes on.
    var placeName: String { self == .chat ? "after_id" : "page" }

    /// The time that windows are made of. Sessions cannot be asked for by their last change.
    var timeName: String { self == .chat ? "updated_at" : "created_at" }

    /// How much of the time before is listed again at each look. A chat that changes is listed again by itself; a
    /// session is listed when its first call is, and only in this time is it seen how one in the cloud goes on.
    var trailing: Timestamp.Span {
        switch self {
        case .chat: .minutes(10)
        case .localSession: .days(1)
        case .remoteSession: .days(7)
        }
    }

    /// Sessions in the cloud have a budget of requests of their own.
    var hasOwnBudget: Bool { self == .remoteSession }

    /// What the record calls the object.
    var objectName: String { self == .chat ? "chat" : "session" }

    func source(of feed: SourceName) -> SourceName { SourceName("\(feed.text).\(rawValue)s") }
}
