import Codecs
import Events
import Network
import Platform

/// What an answer of the API to a listing means.
///
/// - Source: *Compliance API*, errors, limits and retries; the same as for the Activity Feed, but that one listing that
///   may not be read leaves the others.
enum DirectoryAnswer: Sendable {
    case page(DirectoryPage)
    /// Status 400: the place in the listing is not known any more.
    case placeUnknown
    /// This listing cannot be read, the others may.
    case refused(Fault)
    case fault(Fault)

    static func read(
        _ response: HTTPResponse, of part: DirectoryPart, key: FeedKey.Kind, at now: Timestamp
    ) -> Result<DirectoryAnswer, Fault> {
        switch response.status {
        case 200:
            do throws(JSONError) {
                return .success(.page(try DirectoryPage(response.body, of: part)))
            } catch {
                return .failure(.notAListing(part.kind, error))
            }
        case 400: return .success(.placeUnknown)
        case 403: return .success(.refused(.directoryScopeMissing(part.kind)))
        case 404: return .success(.refused(.listingNotThere(part.kind)))
        case 500 where response.headers["x-should-retry"] == "false":
            return .success(.refused(.listingFails(part.kind)))
        default: return .failure(Fault(answer: response, key: key, at: now))
        }
    }
}

extension Fault {
    static func directoryScopeMissing(_ kind: DirectoryPart.Kind) -> Fault {
        Fault(
            .credentialsRefused, .aside,
            "The key may not list objects of the kind \(kind.rawValue) (permission_error). It needs the scope "
                + "\(kind.scope) or read:org_audit; scopes cannot be changed later, so make a new Compliance Access Key."
        )
    }

    static func listingNotThere(_ kind: DirectoryPart.Kind) -> Fault {
        Fault(
            .requestRefused, .aside,
            "A listing of objects of the kind \(kind.rawValue) is not there (not_found_error): what it is of was "
                + "deleted meanwhile, or the organization does not have it.")
    }

    static func listingFails(_ kind: DirectoryPart.Kind) -> Fault {
        Fault(
            .unreachable, .aside,
            "The Compliance API failed (500) at a listing of objects of the kind \(kind.rawValue) and says that the same "
                + "request will fail again; it is tried at the next look.")
    }

    static func notAListing(_ kind: DirectoryPart.Kind, _ error: JSONError) -> Fault {
        Fault(
            .answerNotUnderstood, .again(),
            "The Compliance API answered 200 with something that is no listing of the kind \(kind.rawValue): \(error).")
    }

    static let directoryContradiction = Fault(
        .answerNotUnderstood, .again(),
        "The Compliance API lists its directory in a circle; trying again.")

    static let directoryUnknown = Fault(
        .answerNotUnderstood, .stop,
        "What was known of the directory was written by another version of Docket. Start that version, or give the "
            + "feed a new name to begin anew.")
}
