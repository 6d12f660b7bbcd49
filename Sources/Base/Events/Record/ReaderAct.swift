import Codecs
public import Platform

/// Something that somebody did here: came in, looked, took something out, or changed who may.
///
/// It becomes a record like any other, so that who looked at the record is part of the record.
public struct ReaderAct: Sendable, Hashable {
    public enum Action: String, Sendable, CaseIterable {
        case signIn = "console-sign-in"
        case signOut = "console-sign-out"
        case sessionEnd = "console-session-end"
        case search = "console-search"
        case eventView = "console-event"
        case contentView = "console-content"
        case export = "console-export"
        case exportReceipt = "console-export-receipt"
        case proof = "console-proof"
        case userCreation = "user-created"
        case userChange = "user-changed"
        case passwordChange = "user-password-changed"
        case userRemoval = "user-removed"
        case inventoryDecision = "inventory-decided"
    }

    /// Who did it.
    public struct Actor: Sendable, Hashable {
        /// A person's name, or the name of a credential; `nil` where nobody is known.
        public var name: String?
        /// The id of the account or credential.
        public var id: String?
        public var role: Role?

        public init(name: String? = nil, id: String? = nil, role: Role? = nil) {
            self.name = name
            self.id = id
            self.role = role
        }
    }

    public var action: Action
    public var tenant: TenantName
    public var actor: Actor
    /// The network address; empty where there was no network.
    public var address: String
    /// Names a session without letting anybody into it.
    public var session: String?
    /// The way in: `password`, `token` or `oidc`.
    public var way: String?
    /// Why somebody was not let in; `nil` when it was done.
    public var failure: String?
    /// What was searched for. Longer ones are cut: it is a record of who looked, and no copy of the query.
    public var query: String? {
        didSet {
            // What a receipt is of must be said whole.
            let most = action == .exportReceipt ? Self.receiptQueryLength : Self.queryLength
            guard let query, query.utf8.count > most else { return }
            self.query = String(decoding: query.utf8.prefix(most), as: UTF8.self) + "…"
        }
    }
    public var language: String?
    /// The event that was looked at.
    public var event: String?
    public var format: String?
    /// What was taken out.
    public var export: ExportReceipt?
    /// Whose account was acted upon.
    public var account: String?
    /// What of it changed: `role: viewer to admin`.
    public var changes: [String] = []
    /// The list that was changed, and which item of it.
    public var list: String?
    public var item: String?
    /// What somebody wrote about the item.
    public var note: String?
    /// Why it was done, in the words of who did it.
    public var reason: String?
    /// The fields whose content was seen.
    public var fields: [String] = []

    /// - Unit: bytes
    private static let queryLength = 4_096
    /// - Unit: bytes
    private static let receiptQueryLength = 65_536

    public init(_ action: Action, of tenant: TenantName, by actor: Actor, from address: String = "") {
        self.action = action
        self.tenant = tenant
        self.actor = actor
        self.address = address
    }

    /// Whether somebody only looked: what a program with a token does all day.
    public var isReading: Bool {
        switch action {
        case .search, .eventView, .contentView, .export, .proof: true
        default: false
        }
    }

    /// Whether it must not happen when it cannot be recorded: what was seen or taken cannot be taken back.
    public var needsRecord: Bool {
        switch action {
        case .contentView, .export, .exportReceipt, .proof: true
        default: false
        }
    }

    /// An id that no other event has.
    public static func newID(_ kind: String) -> String {
        var generator = SystemRandomNumberGenerator()
        return "\(kind)_" + (0..<2).map { _ in String(generator.next(), radix: 36) }.joined()
    }

    /// - Parameters:
    ///   - id: of the event.
    ///   - count: how often it happened, where several are told in one record.
    public func own(id: String, at time: Timestamp, count: Int = 1) -> OwnRecord {
        let words = action.words
        var event: [JSONValue.Member] = [
            .init("kind", "event"), .init("id", .string(id)), .init("action", .string(action.rawValue)),
            .init("category", .array([.string(words.category)])),
            .init("type", .array(words.types.map { .string($0) })),
            .init("outcome", failure == nil ? "success" : "failure"),
        ]
        if let failure { event.append(.init("reason", .string(failure))) }
        var members: [JSONValue.Member] = [
            .init("@timestamp", .string(RFC3339.text(time, digits: 9))),
            .init("message", .string(failure == nil ? words.sentence : words.failure)),
        ]
        members += person
        if !address.isEmpty { members.append(.init("source", ["ip": .string(address)])) }
        if let file = export?.file {
            members.append(
                .init("file", ["size": .integer(Int64(file.bytes)), "hash": ["sha256": .string(file.digest)]]))
        }
        var docket: [JSONValue.Member] = [.init("access", .object(facts(count)))]
        if let export { docket.append(.init("export", .object(export.facts))) }
        members.append(.init("docket", .object(docket)))
        return OwnRecord(.access, event, members)
    }

    private var person: [JSONValue.Member] {
        var user: [JSONValue.Member] = []
        if let name = actor.name {
            user.append(.init("name", .string(name)))
            if name.contains("@") { user.append(.init("email", .string(name))) }
        }
        if let id = actor.id { user.append(.init("id", .string(id))) }
        return user.isEmpty ? [] : [.init("user", .object(user))]
    }

    private func facts(_ count: Int) -> [JSONValue.Member] {
        let texts: [(String, String?)] = [
            ("account", account), ("event", event), ("format", format), ("item", item), ("language", language),
            ("list", list), ("note", note), ("query", query), ("reason", reason), ("role", actor.role?.rawValue),
            ("session", session), ("way", way),
        ]
        var facts: [JSONValue.Member] = []
        for case (let key, let text?) in texts { facts.append(.init(key, .string(text))) }
        for (key, texts) in [("changes", changes), ("fields", fields)] where !texts.isEmpty {
            facts.append(.init(key, .array(texts.map { .string($0) })))
        }
        facts.append(.init("count", .integer(Int64(count))))
        return facts
    }
}

extension ReaderAct.Action {
    /// Category and types of the Elastic Common Schema, and what the sentences say.
    fileprivate var words: (category: String, types: [String], sentence: String, failure: String) {
        let (category, types, sentence) = done
        return (category, types, sentence, self == .exportReceipt ? "An export broke off" : "A sign-in failed")
    }

    private var done: (category: String, types: [String], sentence: String) {
        switch self {
        case .signIn: ("authentication", ["start"], "Somebody signed in")
        case .signOut: ("authentication", ["end"], "Somebody signed out")
        case .sessionEnd: ("session", ["end"], "A session ended")
        case .search: ("database", ["access"], "Somebody searched")
        case .eventView: ("database", ["access"], "Somebody opened an event")
        case .contentView: ("database", ["access"], "Somebody looked at content")
        case .export: ("database", ["access"], "Somebody took an export")
        case .exportReceipt: ("database", ["access"], "An export was whole")
        case .proof: ("database", ["access"], "Somebody took a proof")
        case .userCreation: ("iam", ["user", "creation"], "An account was made")
        case .userChange: ("iam", ["user", "change"], "An account was changed")
        case .passwordChange: ("iam", ["user", "change"], "A password was changed")
        case .userRemoval: ("iam", ["user", "deletion"], "An account was removed")
        case .inventoryDecision: ("configuration", ["change"], "Somebody decided about an item of the inventory")
        }
    }
}
