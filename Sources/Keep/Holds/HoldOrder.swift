public import Codecs
public import Events
public import Platform

/// Somebody wants what people wrote to be kept for a legal dispute. Two others must agree before anything is read.
///
///     requested ─▶ approved ─▶ collecting ─▶ complete ─▶ released
///         │           │            │  ▲
///         ▼           ▼            ▼  │
///      refused     refused       failed
///
/// - Shape: JSON; `docs/formats/legal-hold.md`.
public struct HoldOrder: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case requested, approved, refused, collecting, complete, failed, released
    }

    /// Who did something to the order, and when.
    public struct Act: Sendable, Equatable {
        /// Id of a credential.
        public let credential: String
        public let time: Timestamp

        public init(credential: String, time: Timestamp) {
            self.credential = credential
            self.time = time
        }

        var value: JSONValue { ["credential": .string(credential), "time": HoldOrder.text(time)] }
    }

    /// What was sealed so far.
    public struct Tally: Sendable, Equatable {
        public var objects = 0
        public var bytes = 0
        /// Objects that the API does not have any more.
        public var missing = 0
        public init() {}
    }

    /// How many others must agree.
    public static let approvals = 2
    private static let version = 1

    public let id: String
    public let tenant: TenantName
    public private(set) var state = State.requested
    /// On what ground, in the words of who asked for it.
    public let reason: String
    public let scope: HoldScope
    /// When nothing is collected any more.
    public let expires: Timestamp
    public let requested: Act
    public private(set) var approved: [Act] = []
    /// Who refused or released it.
    public private(set) var ended: Act?
    public private(set) var tally = Tally()
    /// SHA-256 of the list of all sealed objects.
    public private(set) var manifest: String?
    /// Why it failed, and what to do.
    public private(set) var failure: String?

    init(id: String, tenant: TenantName, reason: String, scope: HoldScope, expires: Timestamp, requested: Act) {
        self.id = id
        self.tenant = tenant
        self.reason = reason
        self.scope = scope
        self.expires = expires
        self.requested = requested
    }

    /// What somebody asks for: `{"reason":…,"scope":{…},"expires":…}`.
    public init(wish: JSONValue, id: String, tenant: TenantName, by act: Act) throws(HoldFlaw) {
        let reader = try HoldReader(wish, "", ["reason", "scope", "expires"])
        self.init(
            id: id, tenant: tenant, reason: try reader.text("reason", 3...500), scope: try HoldScope(wish["scope"]),
            expires: try reader.moment("expires"), requested: act)
        guard expires > act.time else { throw HoldFlaw("`expires` must be in the future") }
    }

    // MARK: What people do

    public mutating func approve(_ act: Act) throws(HoldRefusal) {
        guard state == .requested else { throw .state(state, "approved") }
        guard act.time < expires else { throw .expired }
        guard act.credential != requested.credential else { throw .ownOrder }
        guard !approved.contains(where: { $0.credential == act.credential }) else { throw .twice }
        approved.append(act)
        if approved.count >= Self.approvals { state = .approved }
    }

    public mutating func refuse(_ act: Act) throws(HoldRefusal) {
        guard state == .requested || state == .approved else { throw .state(state, "refused") }
        ended = act
        state = .refused
    }

    /// After what made it fail was mended. The approvals hold.
    public mutating func resume(_ act: Act) throws(HoldRefusal) {
        guard state == .failed else { throw .state(state, "resumed") }
        guard act.time < expires else { throw .expired }
        failure = nil
        state = .approved
    }

    public mutating func release(_ act: Act) throws(HoldRefusal) {
        guard [.collecting, .complete, .failed].contains(state) else { throw .state(state, "released") }
        ended = act
        state = .released
    }

    // MARK: What the server does

    public mutating func begin() { state = .collecting }

    public mutating func count(_ tally: Tally) { self.tally = tally }

    public mutating func complete(_ tally: Tally, manifest: String) {
        self.tally = tally
        self.manifest = manifest
        state = .complete
    }

    public mutating func fail(_ why: String) {
        failure = why
        state = .failed
    }

    // MARK: Text

    public var value: JSONValue {
        var members: [JSONValue.Member] = [
            .init("version", .integer(Int64(Self.version))), .init("id", .string(id)),
            .init("tenant", .string(tenant.text)), .init("state", .string(state.rawValue)),
            .init("reason", .string(reason)), .init("scope", scope.value), .init("expires", Self.text(expires)),
            .init("requested", requested.value), .init("approved", .array(approved.map(\.value))),
            .init("objects", .integer(Int64(tally.objects))), .init("bytes", .integer(Int64(tally.bytes))),
            .init("missing", .integer(Int64(tally.missing))),
        ]
        if let ended { members.append(.init("ended", ended.value)) }
        if let manifest { members.append(.init("manifest", .string(manifest))) }
        if let failure { members.append(.init("failure", .string(failure))) }
        return .object(members)
    }

    private static let members: Set<String> = [
        "version", "id", "tenant", "state", "reason", "scope", "expires", "requested", "approved", "objects", "bytes",
        "missing", "ended", "manifest", "failure",
    ]

    public init(_ bytes: [UInt8]) throws(HoldFlaw) {
        guard let value = try? JSONValue(parsing: bytes) else { throw HoldFlaw("it is no JSON") }
        let reader = try HoldReader(value, "", Self.members)
        guard try reader.count("version") == Self.version else {
            throw HoldFlaw("it was written by another version of Docket")
        }
        guard let tenant = TenantName(try reader.text("tenant")), let state = State(rawValue: try reader.text("state"))
        else { throw HoldFlaw("`tenant` or `state` is none") }
        func act(_ value: JSONValue?, _ name: String) throws(HoldFlaw) -> Act {
            let reader = try HoldReader(value, name, ["credential", "time"])
            return Act(credential: try reader.text("credential"), time: try reader.moment("time"))
        }
        self.init(
            id: try reader.text("id"), tenant: tenant, reason: try reader.text("reason", 3...500),
            scope: try HoldScope(value["scope"]), expires: try reader.moment("expires"),
            requested: try act(value["requested"], "requested"))
        self.state = state
        for one in value["approved"]?.array ?? [] { approved.append(try act(one, "approved")) }
        if reader.has("ended") { ended = try act(value["ended"], "ended") }
        tally.objects = try reader.count("objects")
        tally.bytes = try reader.count("bytes")
        tally.missing = try reader.count("missing")
        if reader.has("manifest") { manifest = try reader.text("manifest") }
        if reader.has("failure") { failure = try reader.text("failure", 1...2_000) }
    }

    static func text(_ moment: Timestamp) -> JSONValue { .string(RFC3339.text(moment, digits: 6)) }
}

/// Why something cannot be done with an order.
public enum HoldRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    case notThere
    case state(HoldOrder.State, String)
    case ownOrder
    case twice
    case expired
    case flaw(String)
    /// The record could not be told, or the disk failed.
    case couldNot(String)

    public var description: String {
        switch self {
        case .notThere: "There is no such order."
        case .state(let state, let wish): "The order is \(state.rawValue), so it cannot be \(wish)."
        case .ownOrder: "Whoever asked for an order cannot approve it; two others must."
        case .twice: "This credential has approved the order already; another one must."
        case .expired: "The order has expired; ask for a new one."
        case .flaw(let words): words
        case .couldNot(let words): words
        }
    }
}
