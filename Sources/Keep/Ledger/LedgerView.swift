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
        let identity: LogIdentity
    }

    public let logs: [Log]
    /// The logs have leaves of everything in the journal before it.
    public let position: JournalPosition
    private let disk: any Disk
    private let lanes = DigestLanes()
    private let notes: [String: SignedNote]
    private var files: [TenantName: (leaves: RowFile, levels: [RowFile])] = [:]
    private var seeds: (tenant: TenantName, block: UInt64, tree: SeedTree)?

    /// - Throws: ``LedgerError/state`` when there are no logs, or their state cannot be read.
    public init(disk: any Disk) throws(LedgerError) {
        self.disk = disk
        // Before the state: a server that runs only makes the state longer than what was signed.
        var notes: [String: SignedNote] = [:]
        for name in try onDisk({ () throws(DiskError) in try disk.names() }) where name.hasSuffix(".checkpoint") {
            notes[name] = try Self.note(name, disk)
        }
        self.notes = notes
        let (name, state) = try Self.state(disk)
        position = state.position
        var logs: [Log] = []
        for (tenant, head) in state.logs.sorted(by: { $0.key < $1.key }) {
            guard let kept = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: "\(tenant).log") }),
                let identity = LogIdentity(kept: kept)
            else { throw .changed(tenant) }
            logs.append(
                Log(
                    tenant: tenant, origin: identity.origin(instance: name), size: head.size, root: head.root,
                    identity: identity))
            files[tenant] = (
                RowFile(disk: disk, name: "\(tenant).leaves", rowSize: Leaf.size), MerkleRows.levels(tenant.text, disk)
            )
        }
        self.logs = logs
    }

    /// The name that all origins begin with, and how far the logs are.
    static func state(_ disk: any Disk) throws(LedgerError) -> (instance: String, state: LedgerState) {
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: Ledger.stateName) }),
            let state = LedgerState(kept: bytes),
            let instance = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: Ledger.instanceName) })
        else { throw .state }
        return (String(decoding: instance.dropLast(), as: UTF8.self), state)
    }

    /// - Returns: `nil` when there is no file of this name, or it is no note.
    static func note(_ name: String, _ disk: any Disk) throws(LedgerError) -> SignedNote? {
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: name) }) else { return nil }
        return unsafe try? SignedNote(bytes: bytes.span.bytes)
    }

    public func log(of tenant: TenantName) -> Log? { logs.first { $0.tenant == tenant } }

    // MARK: Parts of a log

    /// The last checkpoint that was signed; `nil` when there is none, or it is no note.
    public func checkpoint(of log: Log) -> SignedNote? { notes["\(log.tenant).checkpoint"] }

    /// - Returns: `nil` when they are not all there.
    func leafBytes(_ sequences: Range<UInt64>, of log: Log) throws(LedgerError) -> [UInt8]? {
        try onDisk { () throws(DiskError) in try files[log.tenant]?.leaves.read(sequences) }
    }

    /// Hashes of a level of tiles.
    ///
    /// - Returns: `nil` when they are not all there.
    func hashBytes(_ rows: Range<UInt64>, level: Int, of log: Log) throws(LedgerError) -> [UInt8]? {
        try onDisk { () throws(DiskError) in try files[log.tenant]?.levels[level].read(rows) }
    }

    /// Hashes of leaves.
    ///
    /// - Returns: `nil` when they are not all there.
    func leafHashes(_ rows: Range<UInt64>, of log: Log) throws(LedgerError) -> [Digest]? {
        guard let bytes = try hashBytes(rows, level: 0, of: log) else { return nil }
        return (0..<rows.count).compactMap { place in
            unsafe Digest(bytes: bytes.span.bytes.extracting(place * Digest.size..<(place + 1) * Digest.size))
        }
    }

    /// The seed of a record.
    ///
    /// - Returns: `nil` when it was forgotten.
    func seeds(_ sequences: Range<UInt64>, of log: Log) throws(LedgerError) -> [ContentSeed?] {
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
    /// - Parameter content: what the leaf says of the record.
    /// - Parameter groups: those that are shown.
    /// - Returns: `nil` when no checkpoint covers the record yet.
    public func proof(
        of sequence: UInt64, in log: Log, content: borrowing LeafContent, showing groups: [DisclosureGroup]
    ) throws(LedgerError) -> LogProof? {
        guard let note = checkpoint(of: log), let checkpoint = Checkpoint(text: note.text),
            sequence < checkpoint.size, checkpoint.size <= log.size
        else { return nil }
        guard let bytes = try leafBytes(sequence..<sequence + 1, of: log),
            let leaf = unsafe Leaf(bytes: bytes.span.bytes)
        else { throw .changed(log.tenant) }
        var shown: [Disclosure.Shown] = []
        // Of a record that was erased only the leaf is left.
        if let seed = try seeds(sequence..<sequence + 1, of: log)[0] {
            var batch = ContentBatch(lanes: lanes)
            content.commit(seed: seed, in: &batch)
            let commitments = batch.finish()[0]
            guard commitments.root == leaf.content else { throw .changed(log.tenant) }
            for group in groups {
                let bytes = content.bytes.extracting(content.ranges[group.index]).array
                shown.append(Disclosure.Shown(group, bytes: bytes, seed: seed, commitments: commitments))
            }
        }
        let (tenant, levels) = (log.tenant, files[log.tenant]!.levels)
        var reader = TileReader(size: log.size, lanes: lanes) { place throws(LedgerError) in
            try MerkleRows.tile(at: place, of: levels, .changed(tenant))
        }
        guard let path = try reader.inclusionProof(of: sequence, in: checkpoint.size)?.path else { return nil }
        return LogProof(
            extra: Disclosure(leaf: leaf, shown: shown).bytes, index: sequence, path: path, note: note)
    }
}

extension RawSpan {
    fileprivate var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}
