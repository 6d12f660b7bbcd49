public import Events
public import Integrity

/// What is not as it was when it was signed.
public struct LedgerFinding: Sendable, Equatable, CustomStringConvertible {
    public enum What: String, Sendable {
        case leaf = "its leaf is not what was hashed"
        case leafMissing = "its leaf is missing"
        case tree = "the tree over it is not what its leaves make"
        case record = "the record is not what was taken in"
        case recordMissing = "the record is missing"
        case checkpoint = "the checkpoint is not signed by the signer's key"
        case checkpointMissing = "there is no checkpoint that can be read"
        case checkpointOrder = "the checkpoint is not larger than the one before it"
        case checkpointUnknown = "the checkpoint was kept, and the state of the logs does not know of it"
        case root = "the root is not the one that was signed"
        case entry = "a checkpoint in the log of all logs is not one that it had"
        case entryMissing = "an entry is missing, or belongs to nobody"
        case erased = "the record was erased, and no record says so"
    }

    /// Whose log it is; `nil` for the log of all logs.
    public let tenant: TenantName?
    /// The record, or the entry of the log of all logs; `nil` where it is the log as a whole, or a checkpoint.
    public let sequence: UInt64?
    /// The number of the kept checkpoint that it is about, from 0; `nil` for the last one.
    public let checkpoint: UInt64?
    public let what: What

    public var description: String {
        let log = tenant.map { "tenant \($0)" } ?? "the log of all logs"
        let entry = tenant == nil ? "entry" : "record"
        let place = sequence.map { ", \(entry) \($0)" } ?? checkpoint.map { ", kept checkpoint \($0)" } ?? ""
        return "\(log)\(place): \(what.rawValue)"
    }
}

/// Compares the logs with their leaves, with what was signed, and with the journal.
///
/// - Cost: reads everything once.
public struct LedgerVerifier {
    /// The first findings; there may be more than are kept.
    public private(set) var findings: [LedgerFinding] = []
    public private(set) var findingCount = 0
    /// Records whose content was compared.
    public private(set) var records: UInt64 = 0
    public private(set) var leaves: UInt64 = 0
    /// Records whose content was erased, so that there is nothing to compare.
    public private(set) var erased: UInt64 = 0

    /// Records that were damaged before they came into the log: their leaves say so.
    public private(set) var lost: UInt64 = 0

    private static let keptFindings = 100
    static let chunk: UInt64 = 1 << 16

    let view: LedgerView
    let lanes = DigestLanes()
    private var next: [TenantName: UInt64] = [:]
    /// Records of which only the leaf is left, and those of which the record says so.
    private var found: [TenantName: SequenceSet] = [:]
    private var told: [TenantName: SequenceSet] = [:]

    public init(_ view: LedgerView) { self.view = view }

    mutating func find(
        _ tenant: TenantName?, _ sequence: UInt64?, _ what: LedgerFinding.What, checkpoint: UInt64? = nil
    ) {
        findingCount += 1
        if findings.count < Self.keptFindings {
            findings.append(LedgerFinding(tenant: tenant, sequence: sequence, checkpoint: checkpoint, what: what))
        }
    }

    // MARK: Trees

    /// Builds the tree of a log again from its leaves.
    ///
    /// - Parameter keys: the signer's; without any, signatures are not checked.
    public mutating func verifyTree(of log: LedgerView.Log, keys: [Ed25519.PublicKey]) throws(LedgerError) {
        var signed = try verifyCheckpoints(of: log, keys)[...]
        var tree = TileWriter(lanes: lanes)
        while tree.size < log.size {
            // A stop at each size that was signed, to compare the root there.
            let stop = min(tree.size + Self.chunk, log.size, signed.first?.size ?? log.size)
            let rows = tree.size..<stop
            guard let bytes = try view.leafBytes(rows, of: log) else {
                return find(log.tenant, rows.lowerBound, .leafMissing)
            }
            var hashes: [Digest] = []
            unsafe lanes.append(digestsOfEach: Leaf.size, in: bytes.span.bytes, prefix: 0x00, to: &hashes)
            try compare(hashes, rows, log)
            for tile in tree.append(hashes) where tile.place.level > 0 { try compare(tile, log) }
            leaves += UInt64(rows.count)
            while let next = signed.first, next.size == tree.size {
                if tree.root != next.root { find(log.tenant, nil, .root, checkpoint: next.number) }
                signed.removeFirst()
            }
        }
        for tile in tree.partialTiles where tile.place.level > 0 { try compare(tile, log) }
        if tree.root != log.root { find(log.tenant, nil, .root) }
        for longer in signed { find(log.tenant, nil, .root, checkpoint: longer.number) }
    }

    // MARK: Checkpoints

    /// What was signed of a log at one of its sizes.
    private struct Signed {
        /// Among those that are kept; `nil` for the last one.
        let number: UInt64?
        let size: UInt64
        let root: Digest
    }

    /// All checkpoints that can be read, by size.
    private mutating func verifyCheckpoints(
        of log: LedgerView.Log, _ keys: [Ed25519.PublicKey]
    ) throws(LedgerError) -> [Signed] {
        let last = log.checkpoint.flatMap { Checkpoint(text: $0.text) }
        var signed: [Signed] = []
        var number: UInt64 = 0
        var file = KeptCheckpoints.none
        files: repeat {
            file = try view.keptCheckpoints(number / KeptCheckpoints.notesPerFile, of: log)
            for note in file.notes {
                guard let checkpoint = Checkpoint(text: note.text) else { break files }
                if number >= log.kept {
                    // A server that runs has kept it since.
                    if checkpoint.size >= last?.size ?? 0 { break files }
                    find(log.tenant, nil, .checkpointUnknown, checkpoint: number)
                }
                verify(note, checkpoint, number, log, keys, &signed)
                number += 1
            }
        } while file.isFull
        if number < log.kept || !file.isWhole { find(log.tenant, nil, .checkpointMissing, checkpoint: number) }
        guard let last, let note = log.checkpoint else {
            find(log.tenant, nil, .checkpointMissing)
            return signed
        }
        // Where the signer does not answer, the last one that is kept is still the last of all.
        if let newest = signed.last, newest.size == last.size, newest.root == last.root { signed.removeLast() }
        verify(note, last, nil, log, keys, &signed)
        return signed
    }

    private mutating func verify(
        _ note: SignedNote, _ checkpoint: Checkpoint, _ number: UInt64?, _ log: LedgerView.Log,
        _ keys: [Ed25519.PublicKey], _ signed: inout [Signed]
    ) {
        if !isSigned(note, checkpoint, by: keys, origin: log.origin) {
            find(log.tenant, nil, .checkpoint, checkpoint: number)
        }
        // The roots are compared while the tree grows, so they must come by size.
        guard checkpoint.size > signed.last?.size ?? 0 else {
            return find(log.tenant, nil, .checkpointOrder, checkpoint: number)
        }
        signed.append(Signed(number: number, size: checkpoint.size, root: checkpoint.root))
    }

    /// Whether some are erased, so that it is to be found out whether the record says so.
    public var hasErased: Bool { !found.isEmpty }

    /// Whether one of the keys has signed it; without keys there is nothing to say against it.
    func isSigned(
        _ note: SignedNote, _ checkpoint: Checkpoint, by keys: [Ed25519.PublicKey], origin: String
    ) -> Bool {
        guard !keys.isEmpty else { return true }
        guard checkpoint.origin == origin, let name = KeyName(origin) else { return false }
        let trusted = keys.map { VerifierKey(name: name, kind: .note, key: $0) }
        return (try? note.verify(with: trusted)) != nil
    }

    // MARK: Tiles

    /// Names the leaves that are not what the tree has of them.
    mutating func compare(
        _ hashes: [Digest], _ rows: Range<UInt64>, _ log: LedgerView.Log
    ) throws(LedgerError) {
        guard let stored = try view.hashBytes(rows, level: 0, of: log) else {
            return find(log.tenant, rows.lowerBound, .tree)
        }
        var made: [UInt8] = []
        made.reserveCapacity(stored.count)
        for hash in hashes { hash.append(to: &made) }
        if stored == made { return }
        for (place, hash) in hashes.enumerated()
        where Array(stored[place * Digest.size..<(place + 1) * Digest.size]) != hash.array {
            find(log.tenant, rows.lowerBound + UInt64(place), .leaf)
        }
    }

    private mutating func compare(_ tile: Tile, _ log: LedgerView.Log) throws(LedgerError) {
        let first = tile.place.index * UInt64(TilePlace.fullWidth)
        let rows = first..<first + UInt64(tile.place.width)
        if try view.hashBytes(rows, level: tile.place.level, of: log) != tile.bytes {
            find(log.tenant, first << UInt64(8 * tile.place.level), .tree)
        }
    }

    // MARK: Records

    /// Says which records the journal does not have before a batch. Batches come in order.
    ///
    /// - Returns: whether the records of the batch are to be compared, with a ``RecordComparer``.
    public mutating func follow(_ batch: JournaledBatch) throws(LedgerError) -> Bool {
        let tenant = batch.batch.tenant
        guard let log = view.log(of: tenant) else { return false }
        let rows = batch.sequences
        let expected = next[tenant] ?? 0
        for sequence in expected..<max(expected, rows.lowerBound) { try findMissing(sequence, log) }
        next[tenant] = max(expected, rows.upperBound)
        guard rows.upperBound <= log.size else {
            find(tenant, rows.lowerBound, .leafMissing)
            return false
        }
        return true
    }

    /// Takes over what was found when records were compared.
    public mutating func take(_ compared: RecordComparison) {
        findings += compared.findings.prefix(Self.keptFindings - findings.count)
        findingCount += compared.findingCount
        records += compared.records
        erased += compared.erased
        for (tenant, sequences) in compared.erasedSequences {
            found[tenant, default: SequenceSet()].formUnion(sequences)
        }
    }

    /// Takes notice of an erasure. The record that tells of it is itself compared with its leaf.
    public mutating func note(_ erasure: ErasureRecord, of tenant: TenantName) {
        told[tenant, default: SequenceSet()].formUnion(erasure.sequences)
    }

    /// To be called behind the last batch: what has a leaf, and no record in the journal.
    public mutating func finish() throws(LedgerError) {
        finishErased()
        for log in view.logs {
            for sequence in (next[log.tenant] ?? 0)..<max(log.size, next[log.tenant] ?? 0) {
                try findMissing(sequence, log)
            }
        }
    }

    /// To be called when all is noted that the record says of erasures.
    public mutating func finishErased() {
        for (tenant, erased) in found.sorted(by: { $0.key < $1.key }) {
            let told = told[tenant] ?? SequenceSet()
            for sequence in erased.ranges.joined() where !told.contains(sequence) { find(tenant, sequence, .erased) }
        }
    }

    mutating func findMissing(_ sequence: UInt64, _ log: LedgerView.Log) throws(LedgerError) {
        guard let bytes = try view.leafBytes(sequence..<sequence + 1, of: log),
            let leaf = unsafe Leaf(bytes: bytes.span.bytes)
        else { return find(log.tenant, sequence, .leafMissing) }
        // What was lost before it came into the log is no change since.
        if leaf.isLost {
            lost += 1
            return
        }
        find(log.tenant, sequence, .recordMissing)
    }
}
