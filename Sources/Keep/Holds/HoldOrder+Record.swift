import Codecs
public import Events
public import Platform

extension HoldOrder {
    /// What happened to an order, as the record calls it.
    public enum Happening: String, Sendable, CaseIterable {
        case requested, approved, refused, started, progressed, completed, failed, resumed, released
    }

    /// What the record says of it: who, why, how much; never what was held.
    ///
    /// - Parameter credential: of who did it; `nil` for the server itself.
    /// - Parameter time: sets what happens twice apart, for records of the same bytes are one event.
    public func record(_ happening: Happening, by credential: String?, at time: Timestamp) -> OwnRecord {
        var hold: [JSONValue.Member] = [.init("order", .string(id)), .init("state", .string(state.rawValue))]
        if let credential { hold.append(.init("credential", .string(credential))) }
        if !approved.isEmpty { hold.append(.init("approvers", .array(approved.map { .string($0.credential) }))) }
        if happening != .requested {
            hold += [
                .init("objects", .integer(Int64(tally.objects))), .init("bytes", .integer(Int64(tally.bytes))),
                .init("missing", .integer(Int64(tally.missing))),
            ]
        }
        if let manifest { hold.append(.init("manifest", .string(manifest))) }
        var members: [JSONValue.Member] = [
            .init("@timestamp", Self.text(time)),
            .init("message", .string("A legal hold was \(happening.rawValue)")),
        ]
        if let failure { members.append(.init("error", ["message": .string(failure)])) }
        members.append(.init("docket", ["content_hold": .object(hold)]))
        return OwnRecord(
            .hold,
            [
                .init("kind", .string("event")), .init("action", .string("hold-\(happening.rawValue)")),
                .init("category", ["configuration"]),
                .init("type", [happening == .requested ? "creation" : happening == .progressed ? "info" : "change"]),
                .init("outcome", .string(happening == .failed ? "failure" : "success")),
                .init("reason", .string(reason)),
            ], members)
    }
}
