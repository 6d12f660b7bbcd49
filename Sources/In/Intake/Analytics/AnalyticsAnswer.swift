import Codecs
import Events
import Network
import Platform

/// What an answer of the APIs of reports means. Decided by the status, never by the message of the answer, which is
/// never shown either.
enum AnalyticsAnswer: Sendable {
    /// Whom a fault stops.
    enum Reach: Sendable, Equatable { case report, source }

    case page(ReportPage)
    /// Status 400: a cursor of another question, a day that is not counted yet, or a parameter.
    case invalid
    /// Status 410: the figures were renewed since the first page.
    case expired
    case fault(Fault, Reach, smallerPages: Bool = false)

    static func read(
        _ response: HTTPResponse, of report: Report, _ api: AnalyticsConfiguration.API, key: FeedKey.Kind,
        at now: Timestamp
    ) -> AnalyticsAnswer {
        switch response.status {
        case 200:
            do throws(JSONError) {
                return .page(try ReportPage(response.body, of: report))
            } catch {
                return .fault(.noReport(report, error), .report)
            }
        case 400: return .invalid
        case 401: return .fault(.analyticsKeyRefused(api, key), .source)
        case 403: return .fault(.reportForbidden(report, api), .report)
        case 404: return .fault(.reportMissing(report, api), .report)
        case 410: return .expired
        case 429: return .fault(.tooManyReports(after: FeedAnswer.wish(response, at: now)), .source)
        case 500 where response.headers["x-should-retry"] == "false":
            return .fault(.reportFailedForGood(report), .report, smallerPages: true)
        case 300..<400: return .fault(.elsewhere(response.status), .source)
        case 408, 500...: return .fault(.analyticsDown(response, at: now), .source)
        default: return .fault(.reportRefused(report, response), .report)
        }
    }

    /// What a failed transfer means.
    static func read(_ error: HTTPClientError) -> AnalyticsAnswer {
        switch error.kind {
        case .unusable:
            .fault(Fault(.requestRefused, .stop, "The address of the API cannot be used; check `url`."), .source)
        case .tooLarge:
            .fault(
                Fault(.answerNotUnderstood, .again(), "A page of a report is too large; asking for smaller pages."),
                .report, smallerPages: true)
        case .timeout:
            .fault(Fault(.unreachable, .again(), "The API did not answer in time (\(error.message))."), .source)
        default:
            .fault(Fault(.unreachable, .again(), "The API cannot be reached (\(error.message))."), .source)
        }
    }
}

extension Fault {
    static func analyticsKeyRefused(_ api: AnalyticsConfiguration.API, _ kind: FeedKey.Kind) -> Fault {
        let found =
            api.refusal(of: kind).map { "It \($0)" }
            ?? "It is wrong, was deleted, or is of another kind. \(api.keyHelp)"
        return Fault(.credentialsRefused, .stop, "The API refused the key (authentication_error). \(found)")
    }

    static func reportForbidden(_ report: Report, _ api: AnalyticsConfiguration.API) -> Fault {
        let reason =
            switch api {
            case .enterprise:
                "The key needs the scope read:analytics, and the organization the Enterprise plan with the Analytics API "
                    + "turned on (claude.ai > Organization settings > API)."
            case .console:
                "The key must be an Admin API key of an organization of the Claude Console; organizations of claude.ai "
                    + "have `api: enterprise`, and Claude Platform on AWS does not have these reports."
            }
        return Fault(
            .credentialsRefused, .stop,
            "The key may not read the report `\(report.rawValue)` (permission_error). \(reason) Leave it out of "
                + "`reports` to do without it.")
    }

    static func reportMissing(_ report: Report, _ api: AnalyticsConfiguration.API) -> Fault {
        Fault(
            .requestRefused, .stop,
            "The report `\(report.rawValue)` is not there (not_found_error). Check `url` and `api: \(api.rawValue)`; where "
                + "the organization does not have it, leave it out of `reports`.")
    }

    static func reportInvalid(_ report: Report) -> Fault {
        Fault(
            .requestRefused, .stop,
            "The API refused the request for the report `\(report.rawValue)` (invalid_request_error). Check `group_by`, and "
                + "whether `look_back` is longer than the organization has data.")
    }

    static func cursorKeepsExpiring(_ report: Report) -> Fault {
        Fault(
            .answerNotUnderstood, .aside,
            "The figures of the report `\(report.rawValue)` were renewed again and again while they were read (410); they "
                + "are read at the next interval.")
    }

    static func tooManyReports(after: Timestamp.Span?) -> Fault {
        Fault(
            .rateLimited, .again(after: after),
            "The organization has used its requests of this minute (rate_limit_error); all keys and reports share 60. "
                + "Lower `requests_per_minute` if other programs read the reports too.")
    }

    static func reportFailedForGood(_ report: Report) -> Fault {
        Fault(
            .unreachable, .aside,
            "The API failed (500) for the report `\(report.rawValue)` and says that the same request will fail again; it "
                + "is asked for again at the next interval.")
    }

    static func analyticsDown(_ response: HTTPResponse, at now: Timestamp) -> Fault {
        let type = FeedAnswer.type(of: response).map { ", \($0)" } ?? ""
        let reason = response.status == 529 ? "is overloaded" : "failed"
        return Fault(
            .unreachable, .again(after: FeedAnswer.wish(response, at: now)),
            "The API \(reason) (\(response.status)\(type)); trying again.")
    }

    static func reportRefused(_ report: Report, _ response: HTTPResponse) -> Fault {
        let type = FeedAnswer.type(of: response).map { ", \($0)" } ?? ""
        return Fault(
            .requestRefused, .stop,
            "The API refused the request for the report `\(report.rawValue)` (\(response.status)\(type)); check `url`.")
    }

    static func noReport(_ report: Report, _ error: JSONError) -> Fault {
        Fault(
            .answerNotUnderstood, .again(),
            "The API answered 200 with something that is no page of the report `\(report.rawValue)`: \(error).")
    }

    static func reportContradiction(_ report: Report) -> Fault {
        Fault(
            .answerNotUnderstood, .again(),
            "A page of the report `\(report.rawValue)` says that there is more but not where; trying again.")
    }

    static let reportPlacesUnknown = Fault(
        .answerNotUnderstood, .stop,
        "The place where the reports were left was written by another version of Docket. Start that version, or give the "
            + "source a new name to begin with `look_back` again.")
}
