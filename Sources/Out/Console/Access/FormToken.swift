import Network

/// What a form of our own pages carries and no other site can know: each session has its own.
///
/// The answer to a request is made with the token of its session at hand, so that any form has it by one line:
///
///     h(.form, .post, .action(address)) {
///         FormToken.field
///         …
///     }
///
/// The third door: a browser also keeps the cookie from other sites, and says where a form came from.
enum FormToken {
    /// Of the session that the answer in the making is for; `nil` without one.
    @TaskLocal static var current: String?

    static let name: StaticString = "form-token"
    /// For requests of scripts.
    static let header = "x-form-token"

    static var field: Markup {
        guard let current else { return .none }
        return h(.input, .type("hidden"), .name(name), .value(current))
    }

    /// Whether a request that changes something carries the token of its session.
    static func isRight(_ session: Session, _ request: HTTPRequest, _ fields: FormFields) -> Bool {
        let shown = fields["\(name)"] ?? request.headers[header] ?? ""
        return isEqual(shown, session.formToken)
    }

    /// Says nothing by the time it takes but the length, which everybody knows.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// The fields of a form that was sent. Its body is written like a query.
struct FormFields {
    let all: [(name: String, value: String)]

    /// Those of a form that was written in another way.
    init(_ all: [(name: String, value: String)]) { self.all = all }

    init(_ request: HTTPRequest) {
        all = HTTPRequest(.post, "/?" + String(decoding: request.body, as: UTF8.self)).query
    }

    /// The first of that name.
    subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    /// What somebody wrote into a line, without spaces around it; `nil` for nothing.
    func line(_ name: String) -> String? {
        guard let text = self[name] else { return nil }
        let line = text.trimmed
        return line.isEmpty ? nil : line
    }
}

extension String {
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
