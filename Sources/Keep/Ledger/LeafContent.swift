import Events
public import Integrity
import Platform

/// What a leaf says of a record.
public struct LeafContent: ~Copyable, ~Escapable {
    /// - Unit: nanoseconds since 1970; 0 when it is not said.
    public let happened: UInt64
    public let source: UInt8
    public let type: UInt16
    public let rules: ShortID
    /// The version of the cut.
    public let schema: UInt16
    /// The id that the source gave the record; empty when it gave none.
    public let id: RawSpan
    /// The canonical bytes of all groups, and where each of them is, in the order of ``DisclosureGroup``.
    public let bytes: RawSpan
    public let ranges: InlineArray<7, Range<Int>>

    @_lifetime(copy id, copy bytes)
    public init(
        happened: UInt64, source: UInt8, type: UInt16 = 0, rules: ShortID = ShortID(high: 0, low: 0), schema: UInt16,
        id: RawSpan, bytes: RawSpan, ranges: InlineArray<7, Range<Int>>
    ) {
        self.happened = happened
        self.source = source
        self.type = type
        self.rules = rules
        self.schema = schema
        self.id = id
        self.bytes = bytes
        self.ranges = ranges
    }

    /// The leaf of the record. What its commitments come to is not known yet, and zeros stand for it.
    borrowing func leaf(of index: Int, in batch: borrowing JournaledBatch, _ log: LogIdentity) -> Leaf {
        Leaf(
            log: log.id, sequence: batch.firstSequence + UInt64(index),
            accepted: UInt64(max(batch.accepted.nanoseconds, 0)), happened: happened, source: source, type: type,
            rules: rules, schema: schema, event: log.pseudonym(of: id), content: .zero)
    }

    /// Adds the commitments to what the record says.
    borrowing func commit(seed: ContentSeed, in batch: inout ContentBatch) {
        let ranges = ranges
        batch.add(seed: seed, in: bytes) { ranges[$0.index] }
    }
}
