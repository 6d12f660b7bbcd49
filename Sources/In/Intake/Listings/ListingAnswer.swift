import Codecs
import Events
import Network
import Platform

/// What an answer of the API to a listing of chats or sessions means.
///
/// - Source: *Compliance API*, errors, limits and retries.
enum ListingAnswer: Sendable {
    case page(APIPage)
    /// Status 400: the place in the listing is not known any more.
    case placeUnknown

    static func read(
        _ response: HTTPResponse, of kind: ListedKind, key: FeedKey.Kind, at now: Timestamp
    ) -> Result<ListingAnswer, Fault> {
        switch response.status {
        case 200:
            do throws(JSONError) {
                return .success(.page(try APIPage(response.body, lists: ["data"], paging: kind.paging)))
            } catch {
                return .failure(.notAListing(kind, error))
            }
        case 400: return .success(.placeUnknown)
        case 403: return .failure(.listingScopeMissing(kind))
        case 404: return .failure(.listingNotThere(kind))
        case 500 where response.headers["x-should-retry"] == "false": return .failure(.listingFails(kind))
        default: return .failure(Fault(answer: response, key: key, at: now))
        }
    }
}

extension Fault {
    static func listingScopeMissing(_ kind: ListedKind) -> Fault {
        Fault(
            .credentialsRefused, .stop,
            "The key may not list \(kind.words) (permission_error). It needs the scope read:compliance_user_data or "
                + "read:org_audit; scopes cannot be changed later, so make a new Compliance Access Key.")
    }

    static func listingNotThere(_ kind: ListedKind) -> Fault {
        Fault(
            .requestRefused, .aside,
            "There is no listing of \(kind.words) (not_found_error): the organization does not have it. Leave out "
                + "`\(kind.key)` if it never will; it is tried at the next look.")
    }

    static func listingFails(_ kind: ListedKind) -> Fault {
        Fault(
            .unreachable, .aside,
            "The Compliance API failed (500) at the listing of \(kind.words) and says that the same request will fail "
                + "again; it is tried at the next look.")
    }

    static func listingRefused(_ kind: ListedKind) -> Fault {
        Fault(
            .requestRefused, .aside,
            "The Compliance API refused the listing of \(kind.words) from its beginning (invalid_request_error); it is "
                + "tried at the next look. Check `organization_ids`.")
    }

    static func notAListing(_ kind: ListedKind, _ error: JSONError) -> Fault {
        Fault(
            .answerNotUnderstood, .again(),
            "The Compliance API answered 200 with something that is no listing of \(kind.words): \(error).")
    }

    static func listingCircle(_ kind: ListedKind) -> Fault {
        Fault(.answerNotUnderstood, .again(), "The Compliance API lists \(kind.words) in a circle; trying again.")
    }

    static func listingBookmarkUnknown(_ kind: ListedKind) -> Fault {
        Fault(
            .answerNotUnderstood, .stop,
            "The place where the listing of \(kind.words) was left was written by another version of Docket. Start that "
                + "version, or give the feed a new name to begin anew.")
    }
}

extension ListedKind {
    var words: String {
        switch self {
        case .chat: "chats"
        case .localSession: "sessions on people's machines"
        case .remoteSession: "sessions in the cloud"
        }
    }

    /// The key of the configuration that turns it on.
    var key: String { self == .chat ? "chats" : "sessions" }
}
