public import Events
public import Integrity
public import Platform

/// The logs on disk, only read: for proofs and for verifying, also beside a server that writes them.
///
/// - Threads: one at a time.
public final class LedgerView {
    /// One log, as it was when the view was opened.
    public struct Log: Sendable {
        public let tenant: TenantName
        public let origin: String
        /// How long it is, and the root over that.
        public let size: UInt64
        public let root: Digest
        /// How many checkpoints are kept, without the last one.
        public let kept: UInt64
        /// The last checkpoint that was signed; `nil` when there is none, or it is no note.
        public let checkpoint: SignedNote?
        let identity: LogIdentity
    }

    /// The logs as they were at a moment: what another view needs to look at the same.
    public struct Moment: Sendable {
        fileprivate let disk: any Disk
        fileprivate let logs: [Log]
        fileprivate let position: JournalPosition
    }

    public let moment: Moment
    private let disk: any Disk
    private let lanes = DigestLanes()
    private var files: [TenantName: (leaves: RowFile, levels: [RowFile])] = [:]
    private var seeds: (tenant: TenantName, block: UInt64, tree: SeedTree)?

    /// - Throws: ``LedgerError/state`` when there are no logs, or their state cannot be read.
    public convenience init(disk: any Disk) throws(LedgerError) { self.init(try Moment(disk)) }

    /// A view for another thread, of the same moment.
    public init(_ moment: Moment) {
        self.moment = moment
        disk = moment.disk
        for log in moment.logs {
            files[log.tenant] = (
                RowFile(disk: disk, name: "\(log.tenant).leaves", rowSize: Leaf.size),
                MerkleRows.levels(log.tenant.text, disk)
            )
        }
    }

    public var logs: [Log] { moment.logs }

    /// The logs have leaves of everything in the journal before it.
    public var position: JournalPosition { moment.position }

    /// The name that all origins begin with, and how far the logs are.
    static func state(_ disk: any Disk) throws(LedgerError) -> (instance: String, state: LedgerState) {
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: Ledger.stateName) }),
            let state = LedgerState(kept: bytes),
            let instance = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: Ledger.instanceName) }),
            instance.last == 0x0A
        else { throw .state }
        return (String(decoding: instance.dropLast(), as: UTF8.self), state)
    }

    public func log(of tenant: TenantName) -> Log? { logs.first { $0.tenant == tenant } }

    // MARK: Parts of a log

    /// A file of checkpoints that are kept.
    func keptCheckpoints(_ number: UInt64, of log: Log) throws(LedgerError) -> KeptCheckpoints {
        try KeptCheckpoints.read(number, of: log.tenant, disk)
    }

    /// The newest checkpoints, by size; about a thousand of them at the most.
    public func newestCheckpoints(of log: Log) throws(LedgerError) -> [SignedNote] {
        let file = log.kept / KeptCheckpoints.notesPerFile
        var notes = file > 0 ? try keptCheckpoints(file - 1, of: log).notes : []
        notes += try keptCheckpoints(file, of: log).notes
        if let last = log.checkpoint, notes.last != last { notes.append(last) }
        return notes
    }

    /// The checkpoints that are kept, and the last one, by size.
    public func checkpoints(of log: Log) throws(LedgerError) -> [SignedNote] {
        var notes: [SignedNote] = []
        var number: UInt64 = 0
        while true {
            let more = try keptCheckpoints(number, of: log).notes
            if more.isEmpty { break }
            notes += more
            number += 1
        }
        if let last = log.checkpoint, notes.last != last { notes.append(last) }
        return notes
    }

    /// - Returns: `nil` when they are not all there.
    public func leafBytes(_ sequences: Range<UInt64>, of log: Log) throws(LedgerError) -> [UInt8]? {
        try onDisk { () throws(DiskError) in try files[log.tenant]?.leaves.read(sequences) }
    }

    /// Hashes of a level of tiles.
    ///
    /// - Returns: `nil` when they are not all there.
    func hashBytes(_ rows: Range<UInt64>, level: Int, of log: Log) throws(LedgerError) -> [UInt8]? {
        try onDisk { () throws(DiskError) in try files[log.tenant]?.levels[level].read(rows) }
    }

    /// Hashes of leaves, as the tree has them.
    ///
    /// - Returns: `nil` when they are not all there.
    public func leafHashes(_ rows: Range<UInt64>, of log: Log) throws(LedgerError) -> [Digest]? {
        guard let bytes = try hashBytes(rows, level: 0, of: log) else { return nil }
        return (0..<rows.count).compactMap { place in
            unsafe Digest(bytes: bytes.span.bytes.extracting(place * Digest.size..<(place + 1) * Digest.size))
        }
    }

    /// The seed of a record.
    ///
    /// - Returns: `nil` when it was forgotten.
    public func seeds(_ sequences: Range<UInt64>, of log: Log) throws(LedgerError) -> [ContentSeed?] {
        try SeedBlocks.seeds(sequences, lanes: lanes) { block throws(LedgerError) in
            if let seeds, seeds.tenant == log.tenant, seeds.block == block { return seeds.tree }
            guard let tree = try SeedBlocks.read(block, of: log.tenant, disk) else { throw .changed(log.tenant) }
            seeds = (log.tenant, block, tree)
            return tree
        }
    }

    // MARK: Proofs

    /// What proves that a record is in its log.
    ///
    /// - Parameter note: the checkpoint that it is proven under.
    /// - Returns: `nil` when the checkpoint does not cover the record.
    public func proof(
        of disclosure: Disclosure, at sequence: UInt64, in log: Log, under note: SignedNote
    ) throws(LedgerError) -> LogProof? {
        guard let checkpoint = Checkpoint(text: note.text), checkpoint.size <= log.size else { return nil }
        var tree = tree(of: log)
        guard let path = try tree.inclusionProof(of: sequence, in: checkpoint.size)?.path else { return nil }
        return LogProof(extra: disclosure.bytes, index: sequence, path: path, note: note)
    }

    /// What is shown of records that follow one another. Of a record that was erased only the leaf is left.
    ///
    /// - Parameters:
    ///   - groups: those that are shown.
    ///   - cut: gives what the leaf of a record says, by its place among them; nothing for one that was erased.
    public func disclosures(
        of sequences: Range<UInt64>, in log: Log, showing groups: [DisclosureGroup],
        cut: (_ index: Int, _ add: (borrowing LeafContent) -> Void) -> Void
    ) throws(LedgerError) -> [Disclosure] {
        let leaves = try leaves(sequences, of: log)
        let seeds = try seeds(sequences, of: log)
        var contents = ContentBatch(lanes: lanes)
        var texts = [[[UInt8]]?](repeating: nil, count: leaves.count)
        for (index, seed) in seeds.enumerated() {
            guard let seed else { continue }
            cut(index) { content in
                content.commit(seed: seed, in: &contents)
                texts[index] = groups.map { content.bytes.extracting(content.ranges[$0.index]).array }
            }
        }
        var commitments = contents.finish()[...]
        var disclosures: [Disclosure] = []
        disclosures.reserveCapacity(leaves.count)
        for (index, leaf) in leaves.enumerated() {
            guard let seed = seeds[index], let texts = texts[index] else {
                disclosures.append(Disclosure(leaf: leaf, shown: []))
                continue
            }
            guard let made = commitments.popFirst(), made.root == leaf.content else { throw .changed(log.tenant) }
            disclosures.append(
                Disclosure(
                    leaf: leaf,
                    shown: zip(groups, texts).map { Disclosure.Shown($0, bytes: $1, seed: seed, commitments: made) }))
        }
        return disclosures
    }

    /// The leaves of records.
    public func leaves(_ sequences: Range<UInt64>, of log: Log) throws(LedgerError) -> [Leaf] {
        guard let bytes = try leafBytes(sequences, of: log) else { throw .changed(log.tenant) }
        let all = unsafe bytes.span.bytes
        var leaves: [Leaf] = []
        leaves.reserveCapacity(sequences.count)
        for start in stride(from: 0, to: bytes.count, by: Leaf.size) {
            guard let leaf = Leaf(bytes: all.extracting(start..<start + Leaf.size)) else { throw .changed(log.tenant) }
            leaves.append(leaf)
        }
        return leaves
    }

    /// The tree of a log as it lies in tiles.
    public func tree(of log: Log) -> TileReader<LedgerError> {
        TileReader(size: log.size, lanes: lanes) { [self] place throws(LedgerError) in try tile(at: place, of: log) }
    }

    public func tile(at place: TilePlace, of log: Log) throws(LedgerError) -> Tile {
        try MerkleRows.tile(at: place, of: files[log.tenant]?.levels ?? [], .changed(log.tenant))
    }

    /// Whether the seed of a record was forgotten.
    public func isErased(_ sequence: UInt64, of log: Log) throws(LedgerError) -> Bool {
        try seeds(sequence..<sequence + 1, of: log)[0] == nil
    }
}

extension RawSpan {
    fileprivate var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}

extension LedgerView.Moment {
    fileprivate init(_ disk: any Disk) throws(LedgerError) {
        // Before the state: beside a server that signs, no checkpoint is then of more than the state knows.
        let names = try onDisk { () throws(DiskError) in try disk.names() }
        var checkpoints: [TenantName: SignedNote] = [:]
        for name in names where name.hasSuffix(KeptCheckpoints.lastSuffix) {
            guard let tenant = TenantName(String(name.dropLast(KeptCheckpoints.lastSuffix.count))) else { continue }
            checkpoints[tenant] = try KeptCheckpoints.last(of: tenant, disk)
        }
        let (name, state) = try LedgerView.state(disk)
        var logs: [LedgerView.Log] = []
        for (tenant, head) in state.logs.sorted(by: { $0.key < $1.key }) {
            guard let kept = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: "\(tenant).log") }),
                let identity = LogIdentity(kept: kept)
            else { throw .changed(tenant) }
            logs.append(
                LedgerView.Log(
                    tenant: tenant, origin: identity.origin(instance: name), size: head.size, root: head.root,
                    kept: head.kept, checkpoint: checkpoints[tenant], identity: identity))
        }
        self.init(disk: disk, logs: logs, position: state.position)
    }
}
