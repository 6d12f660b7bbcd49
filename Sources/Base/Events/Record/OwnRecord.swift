public import Codecs

/// What Docket says of itself, on its way into the record: searched, kept, proven and delivered as everything else, and
/// outliving log files.
///
///     {"event":{"kind":"state","module":"docket","dataset":"docket.record","action":"heartbeat"}}
public struct OwnRecord: Sendable, Equatable {
    /// Under which name Docket itself sends.
    public static let source: SourceName = "docket"

    public let kind: RecordKind
    /// A document in Elastic Common Schema, as JSON.
    public let document: [UInt8]

    /// - Parameter kind: one of Docket's own.
    /// - Parameter members: the document, but for what all of them have.
    public init(_ kind: RecordKind, _ event: [JSONValue.Member], _ members: [JSONValue.Member] = []) {
        precondition(kind.isOwn, "Docket says of itself only what is of itself")
        self.kind = kind
        let facts: [JSONValue.Member] = [
            .init("module", .string("docket")), .init("dataset", .string(kind.ownStream.text)),
        ]
        document = Array(JSONValue.object([.init("event", .object(facts + event))] + members).text.utf8)
    }

    /// Adds it to what goes into the record with it.
    public func append(to batch: inout RecordBatch) {
        batch.entries.append(
            .init(
                kind: kind, encoding: .json, context: UInt32(batch.contexts.count),
                range: ByteRange(start: batch.storage.count, count: document.count)))
        batch.contexts.append(.init())
        batch.storage += document
    }

    public func batch(of tenant: TenantName) -> RecordBatch {
        var batch = RecordBatch(tenant: tenant, source: Self.source)
        append(to: &batch)
        return batch
    }

    public static let heartbeat = OwnRecord(
        .heartbeat, [.init("kind", .string("state")), .init("action", .string("heartbeat"))])
}
