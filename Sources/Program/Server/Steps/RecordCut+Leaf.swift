import Codecs
import Events
import Integrity
import Ledger
import Pipeline

extension RecordCut {
    /// Cuts a record and gives what its leaf says of it.
    mutating func content(of index: Int, in batch: borrowing RecordBatch, _ add: (borrowing LeafContent) -> Void) {
        let entry = batch.entries[index]
        cut(entry, of: batch)
        let (source, type) = entry.kind.leafSource
        let record = unsafe batch.storage.span.bytes.extracting(entry.range.range)
        add(
            LeafContent(
                happened: happened, source: source, type: type, schema: Self.version,
                id: record.extracting(id.range), bytes: bytes, ranges: ranges))
    }
}

extension RecordKind {
    /// Source and type of its leaves.
    var leafSource: (source: UInt8, type: UInt16) {
        let own: Leaf.OwnType
        switch self {
        case .heartbeat: own = .heartbeat
        case .bookmark: own = .bookmark
        case .erasure: own = .erasure
        case .keyRotation: own = .keyRotation
        case .finding: own = .finding
        case .otlpLog, .otlpSpan, .otlpMetric, .activity, .ecs, .auditLogRow: return (rawValue, 0)
        }
        return (Leaf.ownSource, own.rawValue)
    }
}
