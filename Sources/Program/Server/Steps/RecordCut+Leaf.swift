import Codecs
package import Events
import Integrity
package import Ledger
package import Pipeline

extension RecordCut {
    /// Cuts a record and gives what its leaf says of it.
    package mutating func content(
        of index: Int, in batch: borrowing RecordBatch, _ add: (borrowing LeafContent) -> Void
    ) {
        let entry = batch.entries[index]
        cut(entry, of: batch)
        let (source, type) = entry.kind.leafSource
        let record = unsafe batch.storage.span.bytes.extracting(entry.range.range)
        add(
            LeafContent(
                happened: happened, source: source, type: type,
                rules: batch.redaction.flatMap { ShortID(rules: $0) } ?? ShortID(high: 0, low: 0), schema: Self.version,
                id: record.extracting(id.range), bytes: bytes, ranges: ranges))
    }
}

extension RedactionFacts {
    /// The rules under which a record was taken in, by its leaf.
    ///
    /// - Returns: `nil` when there were none.
    init?(of leaf: Leaf) {
        guard leaf.rules != ShortID(high: 0, low: 0), let rules = Hexadecimal.bytes(of: leaf.rules.hexadecimal) else {
            return nil
        }
        self.init(rules: rules)
    }
}

extension ShortID {
    /// The rules under which a batch was taken in.
    fileprivate init?(rules facts: RedactionFacts) {
        guard facts.rules.count == RedactionFacts.rulesSize else { return nil }
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: number(facts.rules[..<8]), low: number(facts.rules[8...]))
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
        case .drill: own = .drill
        case .hold: own = .hold
        case .retention: own = .retention
        case .access: own = .access
        case .otlpLog, .otlpSpan, .otlpMetric, .activity, .ecs, .auditLogRow, .reportRow, .event, .directory,
            .listing:
            return (rawValue, 0)
        }
        return (Leaf.ownSource, own.rawValue)
    }
}
