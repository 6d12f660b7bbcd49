import Codecs
import Events

/// What the writer has to know of all that is written: the next sequence of each tenant, and where each
/// source goes on.
///
/// Every segment starts with it, so opening a journal reads one segment, however old the journal is.
struct JournalState: Equatable {
    struct SourceKey: Hashable {
        let tenant: TenantName
        let source: SourceName
    }

    var nextSequence: [TenantName: UInt64] = [:]
    var bookmarks: [SourceKey: [UInt8]] = [:]

    /// Moves on over a batch that is in the journal.
    mutating func apply(_ batch: RecordBatch, firstSequence: UInt64) {
        apply(batch.tenant, batch.source, batch.bookmark, next: firstSequence + UInt64(batch.entries.count))
    }

    /// Moves on over a frame of records.
    mutating func apply(_ head: BatchPayload.Head, _ frame: Frame) {
        apply(head.tenant, head.source, head.bookmark, next: frame.sequence + UInt64(frame.count))
    }

    private mutating func apply(_ tenant: TenantName, _ source: SourceName, _ bookmark: [UInt8]?, next: UInt64) {
        nextSequence[tenant] = next
        if let bookmark { bookmarks[SourceKey(tenant: tenant, source: source)] = bookmark }
    }

    /// Payload of a state frame.
    func write(to out: inout ByteBuffer) {
        out.append(littleEndian: UInt32(nextSequence.count))
        for (tenant, next) in nextSequence.sorted(by: { $0.key < $1.key }) {
            BatchPayload.append(Array(tenant.text.utf8), to: &out)
            out.append(littleEndian: next)
        }
        out.append(littleEndian: UInt32(bookmarks.count))
        for (key, bookmark) in bookmarks.sorted(by: {
            ($0.key.tenant.text, $0.key.source.text) < ($1.key.tenant.text, $1.key.source.text)
        }) {
            BatchPayload.append(Array(key.tenant.text.utf8), to: &out)
            BatchPayload.append(Array(key.source.text.utf8), to: &out)
            BatchPayload.append(bookmark, to: &out)
        }
    }

    init() {}

    init?(_ payload: [UInt8]) {
        var reader = PayloadReader(payload)
        guard let tenants = reader.count(ofSize: 12) else { return nil }
        for _ in 0..<tenants {
            guard let tenant = reader.text().flatMap({ TenantName($0) }), let next = reader.number(UInt64.self),
                next <= UInt64(Int64.max)
            else { return nil }
            nextSequence[tenant] = next
        }
        guard let sources = reader.count(ofSize: 12) else { return nil }
        for _ in 0..<sources {
            guard let tenant = reader.text().flatMap({ TenantName($0) }), let source = reader.text(),
                let bookmark = reader.range()
            else { return nil }
            bookmarks[SourceKey(tenant: tenant, source: SourceName(source))] = Array(payload[bookmark.range])
        }
        guard reader.isAtEnd else { return nil }
    }
}
