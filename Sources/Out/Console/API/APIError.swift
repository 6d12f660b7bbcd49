import Codecs
import Events
import Network
import Platform
import Query

/// What a call of the JSON API could not do: `{"error":{"type":"parsing_exception",
/// "message":"…","line":1,"column":7}}`.
struct APIError: Error {
    /// From a small closed set, for programs.
    enum Kind: String, CaseIterable {
        case badRequest = "bad-request"
        /// The query cannot be read. This name and the next are those that clients of Elasticsearch know.
        case parsing = "parsing_exception"
        /// The query asks for what there is not, or for what does not go together.
        case verification = "verification_exception"
        case tooLong = "too-long"
        case tooSlow = "too-slow"
        case unauthenticated
        case forbidden
        case notFound = "not-found"
        case conflict
        case methodNotAllowed = "method-not-allowed"
        case tooManyAttempts = "too-many-attempts"
        case tooManyRequests = "too-many-requests"
        case busy
        case cancelled
        case unavailable
        case timeLimit = "time-limit"

        var status: Int {
            switch self {
            case .badRequest, .parsing, .verification: 400
            case .unauthenticated: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .tooSlow: 408
            case .conflict: 409
            case .tooLong: 413
            case .tooManyAttempts, .tooManyRequests, .busy: 429
            case .cancelled, .unavailable: 503
            case .timeLimit: 504
            }
        }
    }

    let kind: Kind
    private(set) var message: String
    var line: Int?
    var column: Int?
    var hint: String?
    var retryAfterSeconds: Int?

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// - Parameter text: the query that the error is about.
    init(
        _ error: SearchError, in text: String = "", _ language: QueryLanguage = .kql,
        _ parameters: ESQLParameters = .none
    ) {
        switch error {
        case .query(let flaw):
            self.init(language.kind(of: text, parameters), flaw.message)
            line = flaw.line
            column = flaw.column
            hint = flaw.hint
        case .busy:
            self.init(.busy, "Too many searches run; ask again in a moment.")
            retryAfterSeconds = 1
        case .cancelled: self.init(.cancelled, "The search was cancelled.")
        case .timeLimit: self.init(.timeLimit, "The search took too long; narrow its time or its query.")
        case .failed(let sentence): self.init(.unavailable, sentence)
        }
    }

    init(_ refusal: Access.Refusal) {
        switch refusal {
        case .noCredential: self.init(AdmissionRefusal(.missing, for: .search))
        case .refused(let refusal): self.init(refusal)
        case .otherOrigin: self.init(.forbidden, "The request did not come from a page of this server.")
        case .role(let permission):
            self.init(.forbidden, "Your role may not do this; it takes one that may \(permission.words).")
        case .tooManyAttempts(let seconds):
            self.init(.tooManyAttempts, "Too many wrong tokens from this address; wait \(seconds) seconds.")
            retryAfterSeconds = seconds
        }
    }

    init(_ refusal: AdmissionRefusal) {
        switch refusal.reason {
        case .missing, .unknown, .expired, .revoked: self.init(.unauthenticated, refusal.message)
        case .use, .tenant: self.init(.forbidden, refusal.message)
        case .rate: self.init(.tooManyRequests, refusal.message)
        case .busy: self.init(.busy, refusal.message)
        }
        retryAfterSeconds = refusal.retryAfter?.wholeSeconds
    }

    /// Says what the message is about.
    mutating func prefix(_ words: String) { message = words + message }

    var response: HTTPResponse {
        var members: [JSONValue.Member] = [
            .init("type", .string(kind.rawValue)), .init("message", .string(message)),
        ]
        if let line { members.append(.init("line", .integer(Int64(line)))) }
        if let column { members.append(.init("column", .integer(Int64(column)))) }
        if let hint { members.append(.init("hint", .string(hint))) }
        let body = JSONValue.object([.init("error", .object(members))]).text + "\n"
        var response = HTTPResponse(
            kind.status, headers: ["content-type": "application/json"], body: Array(body.utf8))
        if let retryAfterSeconds { response.headers.append("retry-after", String(retryAfterSeconds)) }
        // Not `Basic`: with that a browser would ask for a password on its own.
        if kind == .unauthenticated { response.headers.append("www-authenticate", "Bearer realm=\"docket\"") }
        return response
    }
}
