import Codecs
import Events
import Network
import Platform

/// What an answer of the API means.
///
/// - Source: *Compliance API*, errors, limits and retries. Decided by status and `error.type`, never by the
///   message of the answer, which is never shown either.
enum FeedAnswer: Sendable {
    case page(FeedPage)
    /// Status 400: a cursor that is unknown, or a filter.
    case invalid
    case fault(Fault, smallerPages: Bool)

    static func read(_ response: HTTPResponse, key: FeedKey.Kind, at now: Timestamp) -> FeedAnswer {
        switch response.status {
        case 200:
            do throws(JSONError) {
                return .page(try FeedPage(response.body))
            } catch {
                return .fault(.notAPage(error), smallerPages: false)
            }
        case 400: return .invalid
        case 500 where response.headers["x-should-retry"] == "false":
            return .fault(.notToBeRetried, smallerPages: true)
        case 429: return .fault(.tooMany(after: wish(response, at: now)), smallerPages: false)
        case 401: return .fault(.keyRefused(key), smallerPages: false)
        case 403: return .fault(.scopeMissing(key), smallerPages: false)
        case 404: return .fault(.notThere, smallerPages: false)
        case 300..<400: return .fault(.elsewhere(response.status), smallerPages: false)
        case 408, 500...: return .fault(.down(response), smallerPages: false)
        default: return .fault(.refused(response), smallerPages: false)
        }
    }

    /// What a failed transfer means.
    static func read(_ error: HTTPClientError) -> FeedAnswer {
        switch error.kind {
        case .unusable:
            .fault(
                Fault(.requestRefused, .stop, "The address of the Compliance API cannot be used; check `url`."),
                smallerPages: false)
        case .tooLarge:
            .fault(
                Fault(
                    .answerNotUnderstood, .again(),
                    "A page of the Activity Feed is too large; asking for smaller pages."), smallerPages: true)
        case .timeout:
            .fault(
                Fault(.unreachable, .again(), "The Compliance API did not answer in time (\(error.message))."),
                smallerPages: false)
        default:
            .fault(
                Fault(.unreachable, .again(), "The Compliance API cannot be reached (\(error.message))."),
                smallerPages: false)
        }
    }

    private static let longestWish = Timestamp.Span.hours(1)

    /// How long the server asks to wait: `retry-after` in seconds, else until the budget is new.
    static func wish(_ response: HTTPResponse, at now: Timestamp) -> Timestamp.Span? {
        if let wish = retryAfter(response) { return wish }
        guard let reset = response.headers["anthropic-ratelimit-requests-reset"].flatMap({ RFC3339.parse($0.utf8) })
        else { return nil }
        return min(max(reset - now, .seconds(0)), longestWish)
    }

    static func retryAfter(_ response: HTTPResponse) -> Timestamp.Span? {
        guard let text = response.headers["retry-after"], let seconds = Int64(text), seconds >= 0 else { return nil }
        return min(.seconds(min(seconds, 86_400)), longestWish)
    }

    /// The `error.type` of an answer, if it is one of those that are documented.
    static func type(of response: HTTPResponse) -> String? {
        guard response.body.count <= 65_536, let value = try? JSONValue(parsing: response.body),
            let type = value["error"]?["type"]?.string, knownTypes.contains(type)
        else { return nil }
        return type
    }

    private static let knownTypes: Set<String> = [
        "invalid_request_error", "authentication_error", "permission_error", "not_found_error", "conflict_error",
        "rate_limit_error", "api_error", "timeout_error", "overloaded_error", "billing_error", "request_too_large",
    ]
}

extension Fault {
    static let keyHelp =
        "Use a Compliance Access Key (sk-ant-api01-…, made in claude.ai under Organization settings > API) or an "
        + "Admin API key (sk-ant-admin01-…, made in the Claude Console while the Compliance API is on)."

    static func keyRefused(_ kind: FeedKey.Kind) -> Fault {
        let found =
            kind == .claude
            ? "The configured key is a Claude API key (sk-ant-api03-…), which cannot read the feed."
            : "The \(kind.rawValue) is wrong, or was deleted."
        return Fault(
            .credentialsRefused, .stop,
            "The Compliance API refused the key (authentication_error). \(found) \(keyHelp)")
    }

    static func scopeMissing(_ kind: FeedKey.Kind) -> Fault {
        let remedy =
            switch kind {
            case .admin:
                "An Admin API key has it only if the Compliance API was on when the key was made: make a new one."
            case .complianceAccess:
                "Scopes cannot be changed later: make a new Compliance Access Key with that scope."
            case .claude, .unknown: keyHelp
            }
        return Fault(
            .credentialsRefused, .stop,
            "The key may not read the feed (permission_error). It needs the scope read:compliance_activities or "
                + "read:org_audit, and every organization in organization_ids must belong to it. \(remedy)")
    }

    static let notThere = Fault(
        .requestRefused, .stop,
        "The Activity Feed is not there (not_found_error). Turn the Compliance API on for the organization "
            + "(claude.ai > Organization settings), and check `url`.")

    static func elsewhere(_ status: Int) -> Fault {
        Fault(
            .requestRefused, .stop,
            "The address answers with a redirect (\(status)), and a key is not sent to another address; check `url`.")
    }

    static let invalidRequest = Fault(
        .requestRefused, .stop,
        "The Compliance API refused the request (invalid_request_error). Check actor_ids (only ids that begin with "
            + "user_) and organization_ids.")

    static func tooMany(after: Timestamp.Span?) -> Fault {
        Fault(
            .rateLimited, .again(after: after),
            "The parent organization has used its requests of this minute (rate_limit_error); all its keys share "
                + "600. Lower requests_per_minute if other programs read the Compliance API too.")
    }

    static let notToBeRetried = Fault(
        .unreachable, .aside,
        "The Compliance API failed (500) and says that the same request will fail again; asking for smaller pages "
            + "at the next interval.")

    /// When the budget is new, which each answer says, has nothing to do with it.
    static func down(_ response: HTTPResponse) -> Fault {
        let type = FeedAnswer.type(of: response).map { ", \($0)" } ?? ""
        let reason = response.status == 529 ? "is overloaded" : "failed"
        return Fault(
            .unreachable, .again(after: FeedAnswer.retryAfter(response)),
            "The Compliance API \(reason) (\(response.status)\(type)); trying again.")
    }

    static func refused(_ response: HTTPResponse) -> Fault {
        let type = FeedAnswer.type(of: response).map { ", \($0)" } ?? ""
        return Fault(
            .requestRefused, .stop,
            "The Compliance API refused the request (\(response.status)\(type)); check `url` and the filters.")
    }

    static func notAPage(_ error: JSONError) -> Fault {
        Fault(
            .answerNotUnderstood, .again(),
            "The Compliance API answered 200 with something that is no page of activities: \(error).")
    }

    static let contradiction = Fault(
        .answerNotUnderstood, .again(),
        "The Compliance API says that there are more activities but not where they begin; trying again.")

    static let bookmarkUnknown = Fault(
        .answerNotUnderstood, .stop,
        "The place where the feed was left was written by another version of Docket. Start that version, or give "
            + "the source a new name to begin with initial_interval again.")
}

extension Fault {
    /// What a failed transfer means.
    init(_ error: HTTPClientError) {
        guard case .fault(let fault, _) = FeedAnswer.read(error) else { preconditionFailure("a failure is a fault") }
        self = fault
    }

    /// What an answer without a page means that is no page of activities.
    init(answer response: HTTPResponse, key: FeedKey.Kind, at now: Timestamp) {
        guard case .fault(let fault, _) = FeedAnswer.read(response, key: key, at: now) else {
            self = .refused(response)
            return
        }
        self = fault
    }
}
