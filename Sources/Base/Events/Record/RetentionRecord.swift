import Codecs
public import Platform

/// What the record says of rows that are not kept, and of those that somebody wants kept.
public enum RetentionRecord: Sendable, Equatable {
    /// Documents were deleted for their age. The records that they were made of are not touched by it.
    case deleted(stream: StreamName, before: Timestamp, documents: Int)
    case held(Hold)
    case released(Hold, reason: String, requester: String)

    /// Rows that are kept whatever their age is.
    public struct Hold: Sendable, Equatable {
        public var id: String
        public var streams: String
        public var person: String?
        public var from: Timestamp?
        public var to: Timestamp?
        public var reason: String
        public var requester: String

        public init(
            id: String, streams: String, person: String?, from: Timestamp?, to: Timestamp?, reason: String,
            requester: String
        ) {
            self.id = id
            self.streams = streams
            self.person = person
            self.from = from
            self.to = to
            self.reason = reason
            self.requester = requester
        }

        fileprivate var members: JSONValue {
            var members: [JSONValue.Member] = [.init("id", .string(id)), .init("streams", .string(streams))]
            if let person { members.append(.init("person", .string(person))) }
            if let from { members.append(.init("from", .string(RFC3339.text(from)))) }
            if let to { members.append(.init("to", .string(RFC3339.text(to)))) }
            return .object(members + [.init("requester", .string(requester))])
        }
    }

    public var own: OwnRecord {
        switch self {
        case .deleted(let stream, let before, let documents):
            let facts: [JSONValue.Member] = [
                .init("stream", .string(stream.text)), .init("before", .string(RFC3339.text(before))),
                .init("documents", .integer(Int64(documents))),
            ]
            return Self.record(
                "retention-deleted", "deletion", nil, "\(documents) documents of \(stream) were deleted for their age",
                "retention", .object(facts))
        case .held(let hold):
            return Self.record(
                "legal-hold-placed", "creation", hold.reason, "a legal hold was placed", "hold", hold.members)
        case .released(let hold, let reason, let requester):
            var hold = hold
            hold.requester = requester
            return Self.record(
                "legal-hold-released", "deletion", reason, "a legal hold was released", "hold", hold.members)
        }
    }

    private static func record(
        _ action: String, _ type: String, _ reason: String?, _ message: String, _ name: String, _ facts: JSONValue
    ) -> OwnRecord {
        var event: [JSONValue.Member] = [
            .init("kind", .string("event")), .init("action", .string(action)),
            .init("category", .array([.string("configuration")])), .init("type", .array([.string(type)])),
        ]
        if let reason { event.append(.init("reason", .string(reason))) }
        return OwnRecord(
            .retention, event,
            [.init("message", .string(message)), .init("docket", .object([.init(name, facts)]))])
    }
}
