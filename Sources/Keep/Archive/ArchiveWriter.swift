import ArchiveFormat
import Codecs
public import Events
import Integrity
public import Platform

/// Makes objects of the records of the journal and puts them into an archive.
///
///     lines ─▶ object, plan ─▶ target: object ─▶ target: manifest ─▶ state
///
/// The lines of a tenant gather in a file. When their stretch of time is over, or they are many, they become an object,
/// as soon as a checkpoint covers them. What is going to be archived is durable as a plan before any of it is sent, so
/// that after a crash the same object and the same manifest are sent again.
///
/// - Threads: one at a time.
public final class ArchiveWriter {
    /// Lines that wait to become an object.
    private struct Open {
        let first: UInt64
        var next: UInt64
        /// Number of the stretch of time.
        let stretch: Int64
        /// - Unit: bytes
        var size = 0
        var accepted: ClosedRange<Timestamp>
        var empty = 0
        var rules: Set<String> = []
        /// Where the record begins in the journal that the lines begin with.
        let from: JournalPosition
        /// Nothing is added any more.
        var isClosed = false
        /// What may have been sent already: it is sent again as it is, or not at all.
        var planned: ArchiveManifest?
    }

    private let disk: any Disk
    private let settings: ArchiveSettings
    private let target: any ArchiveTarget
    private let metrics: ArchiveMetrics
    private var state: ArchiveState
    private var open: [TenantName: Open] = [:]
    /// Tenants whose closed lines wait, and where in the journal the first of their records is that had no room.
    private var stalled: [TenantName: JournalPosition] = [:]
    /// The last manifests of an archive that was there before this state.
    private var adopted: [TenantName: ArchiveManifest] = [:]
    /// Everything before it was taken.
    private var reached: JournalPosition
    private var sealer = RecordSealer()
    private var lines = ByteBuffer(capacity: 1 << 16)

    /// Whether the journal must be read again from ``position``.
    public private(set) var mustRewind = false
    /// Whether it was read otherwise than from the state on, one batch after the other.
    private var hasRewound = false
    /// Whether this writer is of no use any more, and a new one goes on from the state.
    public private(set) var mustReopen = false

    private static let stateName = "state"

    /// Ends what an earlier end interrupted.
    ///
    /// - Parameter disk: a folder of the archive's own.
    public init(
        disk: any Disk, settings: ArchiveSettings, target: any ArchiveTarget, metrics: ArchiveMetrics
    ) throws(ArchiveError) {
        self.disk = disk
        self.settings = settings
        self.target = target
        self.metrics = metrics
        let bytes = try onDisk { () throws(DiskError) in try disk.contentsIfThere(of: Self.stateName) }
        if let bytes {
            guard let kept = ArchiveState(kept: bytes) else {
                throw .refused(
                    "`archive/state` cannot be read; remove it, and what is in the archive already is compared with "
                        + "what is written again")
            }
            state = kept
        } else {
            state = ArchiveState()
            adopted = try Self.last(in: ArchiveReader(target))
            for (tenant, manifest) in adopted { state.next[tenant] = manifest.records.upperBound + 1 }
        }
        reached = state.position
        try finishPlans()
        try onDisk { () throws(DiskError) in
            for name in try disk.names() where name.hasSuffix(".lines") || name.hasSuffix(".object") {
                try disk.remove(name)
            }
        }
    }

    /// What an archive has already of which nothing is known here: the data directory was made again.
    private static func last(in reader: ArchiveReader) throws(ArchiveError) -> [TenantName: ArchiveManifest] {
        var last: [TenantName: ArchiveManifest] = [:]
        var order = ArchiveSequence()
        for name in try reader.manifests() {
            if let finding = order.follow(name) { throw .refused("the archive cannot be continued: \(finding)") }
            guard let tenant = TenantName(name.tenant) else { continue }
            last[tenant] = nil
            do throws(ArchiveProblem) {
                last[tenant] = try reader.manifest(name)
            } catch {
                if case .unreachable(let error) = error { throw error }
                throw .refused("the archive cannot be continued: \(error)")
            }
        }
        return last
    }

    /// Sees that what an archive has is of this log and not of another one with the tenant's name.
    private func check(_ manifest: ArchiveManifest, _ tenant: TenantName, _ log: some LogSource) throws(ArchiveError) {
        let records = manifest.records.lowerBound..<manifest.records.upperBound + 1
        guard try log.archivedLeaves(records.upperBound - 1..<records.upperBound, of: tenant) != nil,
            try root(records, tenant, log) == manifest.root
        else {
            throw .refused(
                "`\(manifest.name)` is in the archive and not in the log of tenant `\(tenant)`: it is the archive of "
                    + "another data directory, or of one that had more records. Give this one another place")
        }
        adopted[tenant] = nil
    }

    /// Where to go on in the journal. Nothing behind it may be deleted from there.
    public var position: JournalPosition {
        (open.values.map(\.from) + stalled.values).min().map { min($0, reached) } ?? reached
    }

    /// The next record of a tenant that is not in the archive.
    public func archived(of tenant: TenantName) -> UInt64 { state.next[tenant] ?? 0 }

    /// When the oldest record was accepted that waits.
    public var oldest: Timestamp? { open.values.map(\.accepted.lowerBound).min() }

    // MARK: Taking

    /// Takes the records of a batch that are not taken yet. All of them have leaves.
    ///
    /// - Throws: then the journal is to be read again from ``position``.
    public func take(_ batch: JournaledBatch, _ log: some LogSource) throws(ArchiveError) {
        do throws(ArchiveError) {
            try takeAll(batch, log)
        } catch {
            giveUp(batch)
            throw error
        }
        reached = max(reached, batch.end)
    }

    private func takeAll(_ batch: JournaledBatch, _ log: some LogSource) throws(ArchiveError) {
        let tenant = batch.batch.tenant
        if let manifest = adopted[tenant] { try check(manifest, tenant, log) }
        let end = batch.firstSequence + UInt64(batch.batch.entries.count)
        var next = open[tenant]?.next ?? archived(of: tenant)
        guard stalled[tenant] == nil, next < end else { return }
        if open[tenant]?.isClosed == true {
            stalled[tenant] = batch.position
            return
        }
        while next < end {
            // A few at a time: leaves and seeds of all would be as large as the batch.
            let rows = next..<min(end, next + 1_024)
            guard let leaves = try log.archivedLeaves(rows, of: tenant) else {
                throw .refused("leaves of tenant `\(tenant)` are missing; `docket verify` says more")
            }
            let seeds = try log.archivedSeeds(rows, of: tenant)
            if rows.lowerBound < batch.firstSequence, hasRewound {
                // Nothing is called lost that might only have been passed over: it is all read once more.
                mustReopen = true
                throw .again("the archive reads the journal again from its last object", after: .seconds(1))
            }
            for (place, sequence) in rows.enumerated() {
                let leaf = Array(leaves[place * Leaf.size..<(place + 1) * Leaf.size])
                // What the journal has lost has a leaf and no content.
                let line =
                    sequence < batch.firstSequence
                    ? ArchiveLine(leafBytes: leaf, content: nil)
                    : sealer.line(
                        of: Int(sequence - batch.firstSequence), in: batch.batch, leaf: leaf, seed: seeds[place])
                guard let line else { throw .refused("a leaf of tenant `\(tenant)` is damaged; see `docket verify`") }
                guard try add(line, tenant, batch.position, log) else { return }
                if lines.count > WaitingFiles.frame { try flush(tenant) }
            }
            next = rows.upperBound
            try flush(tenant)
        }
    }

    /// After an error the lines of the tenant are made again; those that are closed are all in their file.
    private func giveUp(_ batch: JournaledBatch) {
        lines.removeAll()
        let here = open[batch.batch.tenant]
        if here?.isClosed == true { return rewind(to: reached) }
        open[batch.batch.tenant] = nil
        rewind(to: here?.from ?? batch.position)
    }

    private func rewind(to position: JournalPosition) {
        reached = min(reached, position)
        mustRewind = true
        hasRewound = true
    }

    /// - Returns: `false` when there is no room before the lines are archived that are there.
    private func add(
        _ line: ArchiveLine, _ tenant: TenantName, _ from: JournalPosition, _ log: some LogSource
    ) throws(ArchiveError) -> Bool {
        let start = lines.count
        line.write(to: &lines)
        let size = lines.count - start
        let stretch = Self.stretch(line.accepted, settings.roll)
        if let here = open[tenant], here.stretch != stretch || here.size + size > settings.objectSize {
            // The new line belongs to the next object.
            let waiting = Array(lines.array[start...])
            lines.truncate(to: start)
            try flush(tenant)
            open[tenant]?.isClosed = true
            stalled[tenant] = from
            // What fails here is tried again, and told, at the end of the pass; other tenants go on.
            guard (try? publish(tenant, log)) == true else { return false }
            stalled[tenant] = nil
            lines.append(waiting)
        }
        var here =
            open[tenant]
            ?? Open(
                first: line.sequence, next: line.sequence, stretch: stretch, accepted: line.accepted...line.accepted,
                from: from)
        here.next = line.sequence + 1
        here.size += size
        here.accepted =
            min(here.accepted.lowerBound, line.accepted)...max(here.accepted.upperBound, line.accepted)
        if line.content?.sealed == nil { here.empty += 1 }
        here.rules.insert(line.leaf.rules.hexadecimal)
        open[tenant] = here
        return true
    }

    /// Writes the lines that are in memory.
    private func flush(_ tenant: TenantName) throws(ArchiveError) {
        guard lines.count > 0, let here = open[tenant] else { return }
        try files(of: tenant).append(lines.array, at: here.size - lines.count)
        lines.removeAll()
    }

    private static func stretch(_ moment: Timestamp, _ roll: Timestamp.Span) -> Int64 {
        let (quotient, rest) = moment.nanoseconds.quotientAndRemainder(dividingBy: roll.nanoseconds)
        return rest < 0 ? quotient - 1 : quotient
    }

    // MARK: Publishing

    /// To be called when everything was taken that the logs have: archives what is over.
    ///
    /// - Parameter all: also what is not over.
    /// - Throws: the first error, after all tenants had their turn. What failed is tried again at the next call.
    public func finish(now: Timestamp, all: Bool = false, _ log: some LogSource) throws(ArchiveError) {
        mustRewind = false
        var failure: ArchiveError?
        for tenant in open.keys.sorted() {
            guard let here = open[tenant] else { continue }
            let end = Timestamp(nanoseconds: (here.stretch + 1) * settings.roll.nanoseconds) + settings.settle
            guard here.isClosed || all || now >= end else { continue }
            open[tenant]?.isClosed = true
            do throws(ArchiveError) {
                guard try publish(tenant, log) else { continue }
            } catch {
                failure = failure ?? error
                continue
            }
            if let from = stalled.removeValue(forKey: tenant) { rewind(to: from) }
        }
        try save()
        if let failure { throw failure }
    }

    /// - Returns: `false` when no checkpoint covers the records yet.
    private func publish(_ tenant: TenantName, _ log: some LogSource) throws(ArchiveError) -> Bool {
        guard let here = open[tenant] else { return false }
        if let planned = here.planned {
            try send(planned, tenant)
            open[tenant] = nil
            return true
        }
        guard let note = try log.archivedCheckpoint(of: tenant),
            let checkpoint = Checkpoint(text: note.text), checkpoint.size >= here.next
        else { return false }
        let records = here.first..<here.next
        guard let proof = try log.archivedProof(of: records, under: note, tenant) else { return false }
        let (size, digest) = try files(of: tenant).makeObject()
        let name = ArchiveName(
            tenant: tenant.text, accepted: here.accepted.lowerBound, records: here.first...here.next - 1,
            digest: digest)
        let manifest = ArchiveManifest(
            name: name, size: size, digest: digest, empty: here.empty, accepted: here.accepted,
            root: try root(records, tenant, log), before: proof.before, after: proof.after, checkpoint: note.whole,
            rules: here.rules.sorted(),
            // From what was archived and not from the clock, so that it is the same again.
            retainUntil: settings.retain.map { here.accepted.upperBound + $0 }.map(Self.wholeSecond),
            isHeld: settings.isHeld)
        try onDisk { () throws(DiskError) in
            try disk.replace("\(tenant).plan", with: Array("\(name.manifest)\n".utf8) + manifest.bytes)
        }
        open[tenant]?.planned = manifest
        try send(manifest, tenant)
        open[tenant] = nil
        return true
    }

    private static func wholeSecond(_ moment: Timestamp) -> Timestamp {
        Timestamp(nanoseconds: moment.nanoseconds / 1_000_000_000 * 1_000_000_000)
    }

    /// The root over some leaves alone.
    private func root(
        _ records: Range<UInt64>, _ tenant: TenantName, _ log: some LogSource
    ) throws(ArchiveError) -> Digest {
        let lanes = DigestLanes()
        var edge = RightEdge()
        var next = records.lowerBound
        while next < records.upperBound {
            let rows = next..<min(next + 8_192, records.upperBound)
            guard let bytes = try log.archivedLeaves(rows, of: tenant) else {
                throw .refused("leaves of tenant `\(tenant)` are missing; `docket verify` says more")
            }
            var hashes: [Digest] = []
            unsafe lanes.append(digestsOfEach: Leaf.size, in: bytes.span.bytes, prefix: 0x00, to: &hashes)
            edge.append(hashes, lanes: lanes)
            next = rows.upperBound
        }
        return edge.root
    }

    // MARK: Sending

    /// What was planned and may be sent in part.
    private func finishPlans() throws(ArchiveError) {
        for file in try onDisk({ () throws(DiskError) in try disk.names() }).sorted() where file.hasSuffix(".plan") {
            guard let tenant = TenantName(String(file.dropLast(5))) else { continue }
            let bytes = try onDisk { () throws(DiskError) in try disk.contents(of: file) }
            let head = bytes.prefix { $0 != 0x0A }
            guard let name = ArchiveName(manifest: String(decoding: head, as: UTF8.self)),
                let manifest = ArchiveManifest(kept: Array(bytes.dropFirst(head.count + 1)), name: name),
                try files(of: tenant).isObject(of: manifest)
            else {
                // It was never sent: a plan is made again from the journal.
                try onDisk { () throws(DiskError) in try disk.remove(file) }
                continue
            }
            try send(manifest, tenant)
        }
    }

    private func files(of tenant: TenantName) -> WaitingFiles { WaitingFiles(disk: disk, tenant: tenant) }

    private func send(_ planned: ArchiveManifest, _ tenant: TenantName) throws(ArchiveError) {
        var manifest = planned
        let keep = Retention(until: manifest.retainUntil, isHeld: manifest.isHeld)
        manifest.version = try target.put(
            manifest.name.object, try files(of: tenant).object(size: manifest.size, digest: manifest.digest), keep: keep
        )
        _ = try target.put(manifest.name.manifest, ArchiveContent(manifest.bytes), keep: keep)
        metrics.objects.add()
        metrics.records.add(manifest.records.count)
        metrics.bytes.add(manifest.size)
        state.next[tenant] = max(archived(of: tenant), manifest.records.upperBound + 1)
        try save()
        try files(of: tenant).remove()
    }

    private func save() throws(ArchiveError) {
        var next = state
        // While a tenant is being sent, its lines are open still: then the place is that of an earlier moment.
        next.position = position
        let bytes = next.bytes
        let kept = try onDisk { () throws(DiskError) in try disk.contentsIfThere(of: Self.stateName) }
        if kept == bytes { return }
        try onDisk { () throws(DiskError) in try disk.replace(Self.stateName, with: bytes) }
        state = next
    }
}
