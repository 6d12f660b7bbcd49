public import Events
public import Integrity
public import Platform

/// Makes the logs of a data directory again from leaves and checkpoints that were kept elsewhere.
///
/// What it makes is what a server would have: it can be verified, proven from, and gone on with.
///
/// - Threads: one at a time.
public final class LedgerRestorer {
    private let disk: any Disk
    private let random: RandomBytes
    private let lanes = DigestLanes()
    private let instance: KeyName
    private var logs: [TenantName: TenantLog] = [:]

    /// - Parameter disk: a folder without files.
    /// - Parameter instance: what the names of the logs began with.
    public init(disk: any Disk, instance: KeyName, random: RandomBytes = .system) {
        self.disk = disk
        self.instance = instance
        self.random = random
    }

    /// Begins the log of a tenant.
    ///
    /// - Parameter keys: gives copies of files of keys by their names.
    /// - Parameter size: how many leaves will come.
    public func begin(
        _ tenant: TenantName, id: ShortID, size: UInt64, keys: (String) -> [UInt8]?
    ) throws(LedgerError) {
        // Without its key, pseudonyms in leaves cannot be made again; the log keeps its name.
        let identity = keys("\(tenant).log").flatMap(LogIdentity.init(kept:)) ?? LogIdentity(id: id, random: random)
        try onDisk { () throws(DiskError) in try disk.replace("\(tenant).log", with: identity.revealBytes()) }
        for block in 0...(max(size, 1) - 1) / UInt64(SeedTree.count) {
            let name = SeedBlocks.fileName(tenant, block)
            let tree = keys(name).flatMap(SeedTree.init(kept:)) ?? .forgotten
            try onDisk { () throws(DiskError) in try disk.replace(name, with: tree.revealBytes()) }
        }
        logs[tenant] = try TenantLog(
            tenant, instance: instance.text, head: nil, disk: disk, random: random, lanes: lanes)
    }

    /// Adds leaves, one behind the other.
    public func append(_ leaves: [UInt8], to tenant: TenantName) throws(LedgerError) {
        guard let log = logs[tenant] else { return }
        log.append(leaves)
        try onDisk { () throws(DiskError) in try log.rows.write() }
    }

    /// - Parameter checkpoints: a note for each tenant that covers no more than its leaves.
    /// - Parameter position: the end of the journal.
    public func finish(
        checkpoints: [TenantName: SignedNote], position: JournalPosition
    ) throws(LedgerError) {
        var state = LedgerState()
        state.position = position
        for log in logs.values { state.logs[log.tenant] = LedgerState.Head(size: log.size, root: log.root) }
        _ = try Ledger.instance(disk: disk, wish: instance)
        try onDisk { () throws(DiskError) in
            for (tenant, note) in checkpoints {
                try disk.replace("\(tenant).checkpoint", with: Array(note.whole.utf8))
            }
            try disk.replace(Ledger.stateName, with: state.bytes)
        }
    }
}
