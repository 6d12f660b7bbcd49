public import Events
public import Integrity

/// What was found when records were compared with their leaves.
public struct RecordComparison: Sendable {
    /// The first of them.
    public private(set) var findings: [LedgerFinding] = []
    public private(set) var findingCount = 0
    /// Records whose content was compared.
    public internal(set) var records: UInt64 = 0
    /// Records whose content was erased, so that there is nothing to compare.
    public private(set) var erased: UInt64 = 0
    private(set) var erasedSequences: [TenantName: SequenceSet] = [:]

    private static let kept = 100

    public init() {}

    mutating func find(_ tenant: TenantName, _ sequence: UInt64, _ what: LedgerFinding.What) {
        findingCount += 1
        guard findings.count < Self.kept else { return }
        findings.append(LedgerFinding(tenant: tenant, sequence: sequence, checkpoint: nil, what: what))
    }

    mutating func add(erased sequences: SequenceSet, of tenant: TenantName) {
        guard !sequences.isEmpty else { return }
        erased += UInt64(sequences.count)
        erasedSequences[tenant, default: SequenceSet()].formUnion(sequences)
    }

    /// What concerns some records of the one batch that it is about.
    func within(_ rows: Range<UInt64>) -> RecordComparison {
        var part = RecordComparison()
        part.findings = findings.filter { $0.sequence.map(rows.contains) ?? true }
        part.findingCount = findingCount - findings.count + part.findings.count
        for (tenant, sequences) in erasedSequences {
            part.add(erased: SequenceSet(sequences.ranges.joined().filter(rows.contains)), of: tenant)
        }
        part.records = UInt64(rows.count) - part.erased
        return part
    }

    /// Adds what was found elsewhere; findings stay in the order of records.
    public mutating func merge(_ other: RecordComparison) {
        findings = Array(
            (findings + other.findings).sorted {
                ($0.tenant?.text ?? "", $0.sequence ?? 0) < ($1.tenant?.text ?? "", $1.sequence ?? 0)
            }
            .prefix(Self.kept))
        findingCount += other.findingCount
        records += other.records
        for (tenant, sequences) in other.erasedSequences { add(erased: sequences, of: tenant) }
    }
}

/// Compares the records of the journal with what their leaves commit to. Batches may come in any order, and each to
/// another comparer.
///
/// - Threads: one at a time for each value.
public final class RecordComparer {
    private let view: LedgerView
    private let lanes = DigestLanes()
    private var contents: ContentBatch

    public init(_ moment: LedgerView.Moment) {
        view = LedgerView(moment)
        contents = ContentBatch(lanes: lanes)
    }

    /// The leaf that a record of the journal makes, whatever the log has.
    ///
    /// - Parameter cut: as for ``compare(_:cut:)``.
    /// - Returns: `nil` when it was erased, or is not in the batch.
    public func leaf(
        of sequence: UInt64, in batch: JournaledBatch,
        cut: (_ index: Int, _ add: (borrowing LeafContent) -> Void) -> Void
    ) throws(LedgerError) -> Leaf? {
        guard let log = view.log(of: batch.batch.tenant), batch.sequences.contains(sequence),
            let seed = try view.seeds(sequence..<sequence + 1, of: log)[0]
        else { return nil }
        let index = Int(sequence - batch.firstSequence)
        guard batch.batch.entries[index].encoding != .erased else { return nil }
        var made: Leaf?
        cut(index) { content in
            content.commit(seed: seed, in: &contents)
            made = content.leaf(of: index, in: batch, log.identity)
        }
        made?.content = contents.finishRoots()[0]
        return made
    }

    /// - Parameters:
    ///   - batch: one that ``LedgerVerifier/follow(_:)`` wants compared.
    ///   - cut: gives what a leaf says of each record, in their order.
    public func compare(
        _ batch: JournaledBatch, cut: (_ index: Int, _ add: (borrowing LeafContent) -> Void) -> Void
    ) throws(LedgerError) -> RecordComparison {
        var found = RecordComparison()
        let tenant = batch.batch.tenant
        let rows = batch.sequences
        guard let log = view.log(of: tenant) else { return found }
        guard let stored = try view.leafBytes(rows, of: log) else {
            found.find(tenant, rows.lowerBound, .leafMissing)
            return found
        }
        let seeds = try view.seeds(rows, of: log)
        var leaves: [Leaf] = []
        leaves.reserveCapacity(rows.count)
        var compared: [Int] = []
        var erased = SequenceSet()
        compared.reserveCapacity(rows.count)
        for index in 0..<rows.count {
            // While an erasure is carried out, either may be gone first.
            guard let seed = seeds[index], batch.batch.entries[index].encoding != .erased else {
                erased.insert(rows.lowerBound + UInt64(index))
                continue
            }
            compared.append(index)
            cut(index) { content in
                content.commit(seed: seed, in: &contents)
                leaves.append(content.leaf(of: index, in: batch, log.identity))
            }
        }
        var made: [UInt8] = []
        made.reserveCapacity(leaves.count * Leaf.size)
        for (place, root) in contents.finishRoots().enumerated() {
            leaves[place].content = root
            leaves[place].append(to: &made)
        }
        found.records = UInt64(compared.count)
        found.add(erased: erased, of: tenant)
        // All at once, which is all there is to do nearly always.
        if compared.count == rows.count, made == stored { return found }
        for (place, index) in compared.enumerated() {
            let (own, other) = (place * Leaf.size, index * Leaf.size)
            if made[own..<own + Leaf.size] != stored[other..<other + Leaf.size] {
                found.find(tenant, rows.lowerBound + UInt64(index), .record)
            }
        }
        return found
    }
}

extension JournaledBatch {
    /// The sequences of its records.
    public var sequences: Range<UInt64> { firstSequence..<firstSequence + UInt64(batch.entries.count) }
}
