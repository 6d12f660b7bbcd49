import Integrity

/// Content that pages cover until somebody asks for it.
enum CoveredContent: Sendable {
    case event(id: String)
    /// All that the page of a session shows of it.
    case session(id: String)
    /// The table that a query in ES|QL gives.
    case table(query: String)

    /// - Returns: `nil` when a form names none.
    init?(_ fields: FormFields) {
        if let id = fields["event"] {
            self = .event(id: id)
        } else if let id = fields["session"] {
            self = .session(id: id)
        } else if let query = fields["query"] {
            self = .table(query: query)
        } else {
            return nil
        }
    }

    /// What a form that asks for it sends.
    var field: (name: StaticString, value: String) {
        switch self {
        case .event(let id): ("event", id)
        case .session(let id): ("session", id)
        case .table(let query): ("query", query)
        }
    }

    /// Names it, however long an id or a query is.
    var digest: Digest {
        let bytes = Array("\(field.name) \(field.value)".utf8)
        return unsafe Digest(of: bytes.span.bytes)
    }
}
