import Codecs
public import Events
import Integrity
import Network
public import Platform

/// Reads what people wrote: chats, their messages, the files beside them. For a legal hold, and for nothing else; what it
/// gives never goes to a journal.
///
/// - Source: *Compliance API*, apps/chats, apps/artifacts, organizations/users; 2026-08-21.
public struct ContentReader: Sendable {
    private let feed: FeedConfiguration
    private let clock: any Clock
    /// The largest file. - Unit: bytes
    private let objectBytes: Int
    private var asker: APIAsker

    /// Users of one question for chats.
    public static let mostUsers = 10
    private static let chatsOfPage = 1_000
    private static let messagesOfPage = 1_000

    public init(_ feed: FeedConfiguration, with means: PollerMeans, objectBytes: Int, metrics: MetricList) {
        self.feed = feed
        clock = means.clock
        self.objectBytes = objectBytes
        asker = APIAsker(
            feed, with: means,
            requests: metrics.counter("docket_hold_requests_total", "Requests for what is held.", labels: []),
            faults: FaultCounters(metrics, "docket_hold_faults_total", labels: []),
            // An order may be large, and it gives way to the feed in any case.
            requestsPerMinute: feed.requestsPerMinute)
    }

    // MARK: People

    /// The ids of people by their e-mail addresses, in lowercase; who is nobody in the organization now is not there.
    public mutating func ids(ofAddresses addresses: Set<String>) async throws(ContentEnd) -> [String: String] {
        var found: [String: String] = [:]
        for organization in try await all("/v1/compliance/organizations", "uuid", { $0.string }) {
            let path = "/v1/compliance/organizations/\(FeedQuestion.encoded(organization))/users"
            let people = try await all(path, nil) { user in
                user["email"]?.string.flatMap { email in user["id"]?.string.map { (email.lowercased(), $0) } }
            }
            for (email, id) in people where addresses.contains(email) { found[email] = id }
        }
        return found
    }

    private mutating func all<Value>(
        _ path: String, _ member: String?, _ read: (JSONValue) -> Value?
    ) async throws(ContentEnd) -> [Value] {
        var all: [Value] = []
        var place: String?
        repeat {
            let target = FeedQuestion.target(path, [("limit", "1000")] + (place.map { [("page", $0)] } ?? []))
            guard case .there((let page, _)) = try await page(target, paging: .token) else {
                throw .fault(.contentListingRefused)
            }
            for element in page.lists["data"] ?? [] {
                guard let value = try? JSONValue(parsing: element) else { continue }
                if let one = read(member.map { value[$0] ?? .null } ?? value) { all.append(one) }
            }
            place = page.next
        } while place != nil
        return all
    }

    // MARK: Chats

    /// The chats of some people that went on since a time, the one that rested longest first.
    ///
    /// - Parameter place: what ``ChatPage/next`` of the page before was.
    public mutating func chats(
        of users: [String], since from: Timestamp, place: String?
    ) async throws(ContentEnd) -> Found<ChatPage> {
        var pairs = [
            ("limit", String(Self.chatsOfPage)), ("order_by", "updated_at"),
            ("updated_at.gte", RFC3339.text(from, digits: 6)),
        ]
        pairs += users.map { ("user_ids[]", $0) }
        if let place { pairs.append(("after_id", place)) }
        switch try await page(FeedQuestion.target("/v1/compliance/apps/chats", pairs), paging: .cursor) {
        case .there((let page, _)):
            let chats = (page.lists["data"] ?? []).compactMap(ListedChat.init)
            return .there(ChatPage(chats: chats, next: page.next))
        case .placeUnknown: return .placeUnknown
        case .missing: throw .fault(.contentListingRefused)
        }
    }

    /// A page of the messages of a chat, byte for byte as the API gives it.
    public mutating func messages(
        of chat: String, from: Timestamp, until: Timestamp, place: String?
    ) async throws(ContentEnd) -> Found<MessagePage> {
        var limit = Self.messagesOfPage
        while true {
            var pairs = [
                ("limit", String(limit)), ("order", "asc"), ("created_at.gte", RFC3339.text(from, digits: 6)),
                ("created_at.lt", RFC3339.text(until, digits: 6)),
            ]
            if let place { pairs.append(("after_id", place)) }
            let path = "/v1/compliance/apps/chats/\(FeedQuestion.encoded(chat))/messages"
            do throws(ContentEnd) {
                switch try await page(FeedQuestion.target(path, pairs), paging: .cursor) {
                case .there((let page, let body)): return .there(MessagePage(page, body))
                case .placeUnknown: return .placeUnknown
                case .missing(let cause): return .missing(cause)
                }
            } catch {
                // Few messages can be too much for one answer.
                guard case .fault(let fault) = error, fault.code == .recordTooLarge, limit > 1 else { throw error }
                limit = max(1, limit / 10)
            }
        }
    }

    /// The content of a file.
    public mutating func content(of file: HeldFile) async throws(ContentEnd) -> Found<[UInt8]> {
        var request = feed.request("/v1/compliance/apps/\(file.kind.path)/\(FeedQuestion.encoded(file.id))/content")
        request.headers.set("accept", "*/*")
        request.responseBytes = objectBytes
        do throws(ContentEnd) {
            return try await ask(request) { response throws(Fault) in
                let said = response.headers["content-md5"]
                let digest = unsafe MD5.digest(of: response.body.span.bytes)
                let came = unsafe Integrity.Base64.text(of: digest.span.bytes)
                guard said == nil || said == came else { throw .contentChanged }
                return response.body
            }
        } catch {
            guard case .fault(let fault) = error, fault.code == .recordTooLarge else { throw error }
            return .missing("larger than legal_hold.object_size")
        }
    }

    // MARK: Requests

    private mutating func page(
        _ target: String, paging: APIPage.Paging
    ) async throws(ContentEnd) -> Found<(APIPage, [UInt8])> {
        try await ask(feed.request(target)) { response throws(Fault) in
            do throws(JSONError) {
                return (try APIPage(response.body, lists: ["data"], paging: paging), response.body)
            } catch {
                throw .notContent(error)
            }
        }
    }

    private mutating func ask<Value>(
        _ request: HTTPClientRequest, _ read: (HTTPResponse) throws(Fault) -> Value
    ) async throws(ContentEnd) -> Found<Value> {
        let (key, now) = (feed.key.kind, clock.now())
        let answer = await asker.ask(request) { response -> Result<Found<Value>, Fault> in
            switch response.status {
            case 200:
                do throws(Fault) {
                    return .success(.there(try read(response)))
                } catch {
                    return .failure(error)
                }
            case 400: return .success(.placeUnknown)
            case 403: return .failure(.contentScopeMissing)
            case 404: return .success(.missing("not there (404)"))
            case 410: return .success(.missing("gone (410)"))
            case 500 where response.headers["x-should-retry"] == "false":
                return .success(.missing("the API fails at it and says that it always will (500)"))
            default: return .failure(Fault(answer: response, key: key, at: now))
            }
        }
        switch answer {
        case .success(let found): return found
        case .failure(let fault): throw .fault(fault)
        case nil: throw .stopping
        }
    }
}

/// Why there is no answer.
public enum ContentEnd: Error, Sendable {
    /// It is time to end.
    case stopping
    case fault(Fault)
}

extension Fault {
    static let contentScopeMissing = Fault(
        .credentialsRefused, .stop,
        "The key may not read content (permission_error). It needs the scope read:compliance_user_data or read:org_audit, "
            + "and read:compliance_org_data where people are named by their addresses. Scopes cannot be changed later: make "
            + "a new Compliance Access Key and name it in legal_hold.key.")

    static let contentListingRefused = Fault(
        .requestRefused, .stop,
        "The Compliance API does not list people or chats (invalid_request_error or not_found_error). Are the ids in the "
            + "order those of people of this organization?")

    static let contentChanged = Fault(
        .answerNotUnderstood, .again(), "A file came with another digest than the Compliance API says; trying again.")

    static func notContent(_ error: JSONError) -> Fault {
        Fault(
            .answerNotUnderstood, .again(),
            "The Compliance API answered 200 with something that is no page of content: \(error).")
    }
}
