import Events
import Network

/// What the head of a request says: in which format events come, compressed how, for whom.
struct EventsHead {
    enum Form {
        /// Events one a line, or as a list.
        case plain
        /// Elasticsearch's bulk format; the index holds for actions that name none.
        case bulk(index: String?)
        /// What clients of Elasticsearch ask before they send.
        case question(ElasticsearchQuestion)
    }

    let form: Form
    let packing: BodyPacking
    /// The part of the path before `/v1/events`, if any.
    let tenant: String?
    private(set) var credential: Credential?

    init(_ request: HTTPRequest) throws(IntakeRefusal) {
        guard let (form, tenant) = Self.path(request.path) else {
            throw IntakeRefusal(.unknownPath, "There is no such path; events are taken at /v1/events and /_bulk.")
        }
        self.form = form
        self.tenant = tenant
        switch (form, request.method) {
        case (.question, .get), (.question, .head):
            packing = .none
            return
        case (.question, _): throw IntakeRefusal(.wrongMethod, "Only GET and HEAD are taken here.")
        case (.plain, .post), (.bulk, .post), (.bulk, .put): break
        default: throw IntakeRefusal(.wrongMethod, "Only POST is taken here.")
        }
        if case .bulk(let index?) = form, !IndexName.isValid(index) {
            throw IntakeRefusal(.malformed, "The index in the path has no valid name.")
        }
        guard Self.isJSON(request.headers.word("content-type")) else {
            throw IntakeRefusal(
                .unknownContentType, "The Content-Type must be application/x-ndjson or application/json.")
        }
        packing = try BodyPacking(request)
    }

    func with(_ credential: Credential) -> EventsHead {
        var head = self
        head.credential = credential
        return head
    }

    /// Whether a request of this path, which is no call of gRPC, is one for events.
    static func isPath(_ path: String) -> Bool { Self.path(path) != nil }

    private static func path(_ path: String) -> (Form, tenant: String?)? {
        if let question = ElasticsearchQuestion(path: path) { return (.question(question), nil) }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        switch parts.count {
        case 1 where parts[0] == "_bulk": return (.bulk(index: nil), nil)
        case 2 where parts[1] == "_bulk": return (.bulk(index: parts[0]), nil)
        case 2 where parts == ["v1", "events"]: return (.plain, nil)
        case 3 where Array(parts[1...]) == ["v1", "events"]: return (.plain, parts[0])
        default: return nil
        }
    }

    /// JSON and lines of it, also by the names that clients of Elasticsearch give them.
    private static func isJSON(_ type: String) -> Bool {
        switch type {
        case "application/json", "application/x-ndjson", "application/ndjson", "application/jsonl",
            "application/vnd.elasticsearch+json", "application/vnd.elasticsearch+x-ndjson":
            true
        default: false
        }
    }
}
