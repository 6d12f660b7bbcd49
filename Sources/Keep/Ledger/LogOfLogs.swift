import Events
import Integrity
import Platform

/// The log of all logs: an entry for each checkpoint of a tenant that was signed.
///
/// It is the only log that witnesses see, so they need not know how many tenants there are, and one cosignature
/// speaks for all of them. An entry is a ``BlindedCheckpoint``; only its tenant is given the blinding.
///
/// | File | Rows |
/// | --- | --- |
/// | `ALL.entries.0000` | entries of 32 bytes, with ``MerkleRows`` over them |
/// | `TENANT.entries.0000` | a ``TenantEntry`` for each of a tenant's |
///
/// - Threads: one at a time.
final class LogOfLogs: SignableLog {
    /// No tenant is called so: their names have no large letters.
    static let name = "ALL"

    let origin: String
    let rows: MerkleRows
    private let disk: any Disk
    private let random: RandomBytes
    private var tenants: [TenantName: Entries] = [:]

    /// Those of one tenant.
    private struct Entries {
        let rows: RowFile
        /// How many are durable by the state, and what comes behind them.
        var written: UInt64
        var waiting: [UInt8] = []
        /// The size of the last checkpoint among them.
        var lastSize: UInt64

        var count: UInt64 { written + UInt64(waiting.count / TenantEntry.rowSize) }
    }

    init(
        instance: String, state: LedgerState, disk: any Disk, random: RandomBytes, lanes: DigestLanes
    ) throws(LedgerError) {
        self.disk = disk
        self.random = random
        origin = Self.origin(instance: instance)
        rows = try MerkleRows(
            name: Self.name, rows: "entries", rowSize: Digest.size, head: state.all, changed: .allChanged, disk: disk,
            lanes: lanes)
        for (tenant, log) in state.logs where log.entries > 0 {
            let file = Self.entries(of: tenant, disk)
            let row = try onDisk { () throws(DiskError) in try file.read(log.entries - 1..<log.entries) }
            guard let row, let last = unsafe TenantEntry(row: row.span.bytes, origin: origin) else { throw .allChanged }
            tenants[tenant] = Entries(
                rows: file, written: log.entries, lastSize: last.checkpoint.checkpoint.size)
        }
    }

    static func origin(instance: String) -> String { "\(instance)/all" }

    static func entries(of tenant: TenantName, _ disk: any Disk) -> RowFile {
        RowFile(disk: disk, name: "\(tenant).entries", rowSize: TenantEntry.rowSize)
    }

    func notConsistent(_ why: String) -> LedgerError { .allNotConsistent(why) }

    /// How many checkpoints of a tenant are in it.
    func count(of tenant: TenantName) -> UInt64 { tenants[tenant]?.count ?? 0 }

    /// Adds a checkpoint that was signed. One that is in already is passed over, and so nothing is twice in it however
    /// often a signer is asked.
    func add(_ checkpoint: Checkpoint, of tenant: TenantName) {
        var entries =
            tenants[tenant] ?? Entries(rows: Self.entries(of: tenant, disk), written: 0, lastSize: 0)
        guard checkpoint.size > entries.lastSize else { return }
        let blinded = BlindedCheckpoint(checkpoint, random: random)
        entries.waiting += TenantEntry(index: size, blinded).row
        entries.lastSize = checkpoint.size
        tenants[tenant] = entries
        rows.append(blinded.entry.array)
    }

    /// Makes everything durable that was added.
    func write() throws(DiskError) {
        guard rows.hasChanged else { return }
        var files: [RowFile] = []
        for (tenant, entries) in tenants where !entries.waiting.isEmpty {
            let waiting = entries.waiting
            try entries.rows.write(unsafe waiting.span.bytes, at: entries.written)
            files.append(entries.rows)
            tenants[tenant]?.written = entries.count
            tenants[tenant]?.waiting = []
        }
        try RowFile.sync(files, disk)
        try rows.write()
    }
}
