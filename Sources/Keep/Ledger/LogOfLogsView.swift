import Events
public import Integrity
public import Platform

/// The log of all logs on disk, only read: for proofs, witnesses and verifying, also beside a server that writes it.
///
/// - Threads: one at a time.
public final class LogOfLogsView {
    public let origin: String
    /// How long it is by the state, and how many entries each tenant has in it.
    let head: LedgerState.Head
    private let counts: [TenantName: UInt64]
    private let disk: any Disk
    private let lanes = DigestLanes()
    private let entries: RowFile
    private let levels: [RowFile]
    private var tenants: [TenantName: RowFile] = [:]
    /// The last checkpoint that was signed; `nil` when there is none, or it is no note.
    public let checkpoint: SignedNote?
    /// The last checkpoint that witnesses cosigned, with what they and the log signed.
    public let witnessed: SignedNote?

    static let checkpointName = "\(LogOfLogs.name).checkpoint"
    static let witnessedName = "\(LogOfLogs.name).witnessed"

    /// - Throws: ``LedgerError/state`` when there are no logs, or their state cannot be read.
    public init(disk: any Disk) throws(LedgerError) {
        // Before the state: a server that runs only makes the state longer than what was signed.
        checkpoint = try Self.note(Self.checkpointName, disk)
        witnessed = try Self.note(Self.witnessedName, disk)
        let (instance, state) = try LedgerView.state(disk)
        self.disk = disk
        origin = LogOfLogs.origin(instance: instance)
        head = state.all
        counts = state.logs.mapValues(\.entries)
        entries = RowFile(disk: disk, name: "\(LogOfLogs.name).entries", rowSize: Digest.size)
        levels = MerkleRows.levels(LogOfLogs.name, disk)
    }

    private static func note(_ name: String, _ disk: any Disk) throws(LedgerError) -> SignedNote? {
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: name) }) else { return nil }
        return unsafe try? SignedNote(bytes: bytes.span.bytes)
    }

    /// Keeps what witnesses cosigned, durably.
    public func keep(witnessed note: SignedNote) throws(LedgerError) {
        try onDisk { () throws(DiskError) in try disk.replace(Self.witnessedName, with: Array(note.whole.utf8)) }
    }

    // MARK: Proofs

    /// The proof that the log, as it is at a checkpoint, continues what it was.
    ///
    /// - Returns: `nil` when it was never so long.
    public func consistency(from old: UInt64, to new: UInt64) throws(LedgerError) -> ConsistencyProof? {
        var reader = reader(new)
        return try reader.consistencyProof(from: old, to: new)
    }

    /// The proof that an entry is in the log as it is at a checkpoint.
    public func inclusion(of index: UInt64, in size: UInt64) throws(LedgerError) -> InclusionProof? {
        var reader = reader(size)
        return try reader.inclusionProof(of: index, in: size)
    }

    func root(at size: UInt64) throws(LedgerError) -> Digest {
        var reader = reader(size)
        return try reader.root(at: size)
    }

    private func reader(_ size: UInt64) -> TileReader<LedgerError> {
        let levels = levels
        return TileReader(size: size, lanes: lanes) { place throws(LedgerError) in
            try MerkleRows.tile(at: place, of: levels, .allChanged)
        }
    }

    // MARK: Entries

    /// A tenant's first checkpoint in the log that covers a record.
    ///
    /// - Returns: `nil` when there is none yet.
    public func entry(covering sequence: UInt64, of log: LedgerView.Log) throws(LedgerError) -> TenantEntry? {
        var (low, high) = (UInt64(0), count(of: log.tenant))
        while low < high {
            let middle = low + (high - low) / 2
            let size = try entry(middle, of: log).checkpoint.checkpoint.size
            if size > sequence { high = middle } else { low = middle + 1 }
        }
        return low < count(of: log.tenant) ? try entry(low, of: log) : nil
    }

    func count(of tenant: TenantName) -> UInt64 { counts[tenant] ?? 0 }

    /// - Parameter number: among those of the tenant.
    func entry(_ number: UInt64, of log: LedgerView.Log) throws(LedgerError) -> TenantEntry {
        let file = tenants[log.tenant] ?? LogOfLogs.entries(of: log.tenant, disk)
        tenants[log.tenant] = file
        let row = try onDisk { () throws(DiskError) in try file.read(number..<number + 1) }
        guard let row, let entry = unsafe TenantEntry(row: row.span.bytes, origin: log.origin) else {
            throw .allChanged
        }
        return entry
    }

    /// - Returns: `nil` when they are not all there.
    func entryBytes(_ rows: Range<UInt64>) throws(LedgerError) -> [UInt8]? {
        try onDisk { () throws(DiskError) in try entries.read(rows) }
    }

    /// Hashes of a level of tiles.
    ///
    /// - Returns: `nil` when they are not all there.
    func hashBytes(_ rows: Range<UInt64>, level: Int) throws(LedgerError) -> [UInt8]? {
        try onDisk { () throws(DiskError) in try levels[level].read(rows) }
    }
}
