import Archive
import ArchiveFormat
import Codecs
public import Events
import Integrity
import Journal
import Ledger
public import Platform

/// Makes a data directory again from an archive: the journal with the same sequences, and the logs over it.
public struct ArchiveRestore {
    private let audit: ArchiveAudit
    private let data: String
    private let clock: any Clock

    /// Records of one frame.
    private static let batchBytes = 1 << 20

    /// What came of it.
    public struct Result: Sendable {
        public var records: [TenantName: UInt64] = [:]
        /// How many records the checkpoint covers that proves the log of a tenant; 0 when it is newer than the archive.
        public var proven: [TenantName: UInt64] = [:]
        public var withoutContent: UInt64 = 0
        public var withoutKey: UInt64 = 0
    }

    /// - Parameter data: a directory that has no journal and no logs.
    public init(_ audit: ArchiveAudit, into data: String, clock: any Clock) {
        self.audit = audit
        self.data = data
        self.clock = clock
    }

    public func run(tenant: String?) throws(StartError) -> Result {
        do {
            for part in ["journal", "ledger"] where FolderDisk.isFolder("\(data)/\(part)") {
                throw StartError("`\(data)` has a folder `\(part)` already; restore into a new directory")
            }
            let manifests = try audit.reader.manifests(tenant: tenant)
            guard !manifests.isEmpty else { throw StartError("there is nothing in the archive") }
            var order = ArchiveSequence()
            for name in manifests { if let finding = order.follow(name) { throw StartError("\(finding)") } }
            for part in ["journal", "ledger"] { try FolderDisk.makeFolder("\(data)/\(part)") }
            return try write(manifests)
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError("\(error)")
        }
    }

    private func write(_ manifests: [ArchiveName]) throws -> Result {
        var result = Result()
        let journal = try JournalRestorer(disk: FolderDisk(folder: "\(data)/journal"), clock: clock)
        let instance = try self.instance(manifests)
        let ledger = LedgerRestorer(disk: FolderDisk(folder: "\(data)/ledger"), instance: instance)
        var notes: [TenantName: [(size: UInt64, note: SignedNote)]] = [:]
        for name in manifests {
            var leaves: [UInt8] = []
            var gathered = GatheredRecords()
            var trouble: (any Error)?
            let manifest = try audit.verify(name, needsKeys: false) { record in
                if trouble != nil { return }
                leaves += record.line.leafBytes
                if record.lacksKey { result.withoutKey += 1 }
                if record.text == nil { result.withoutContent += 1 }
                do {
                    if let full = gathered.add(record, limit: Self.batchBytes) { try Self.write(full, journal) }
                } catch {
                    trouble = error
                }
            }
            if let trouble { throw trouble }
            if let rest = gathered.take() { try Self.write(rest, journal) }
            guard let tenant = TenantName(name.tenant),
                let leaf = unsafe Leaf(
                    bytes: leaves.span.bytes.extracting(0..<Leaf.size))
            else { throw StartError("`\(name.manifest)` has no records") }
            let checkpoint = try audit.checkpoint(of: manifest)
            if notes[tenant] == nil {
                let size = (manifests.last { $0.tenant == name.tenant }?.records.upperBound ?? 0) + 1
                try ledger.begin(tenant, id: leaf.log, size: size) { audit.file($0) }
            }
            try ledger.append(leaves, to: tenant)
            notes[tenant, default: []].append((checkpoint.size, try SignedNote(parsing: manifest.checkpoint)))
            result.records[tenant] = name.records.upperBound + 1
        }
        var proven: [TenantName: SignedNote] = [:]
        for (tenant, all) in notes {
            // A checkpoint over more than is there would prove nothing of it.
            let fitting = all.filter { $0.size <= result.records[tenant] ?? 0 }.max { $0.size < $1.size }
            result.proven[tenant] = fitting?.size ?? 0
            proven[tenant] = fitting?.note
        }
        let end = try journal.finish(next: result.records)
        try ledger.finish(checkpoints: proven, position: end)
        return result
    }

    /// What the names of all logs begin with, by a checkpoint that was signed.
    private func instance(_ manifests: [ArchiveName]) throws -> KeyName {
        let checkpoint = try audit.checkpoint(of: try audit.reader.manifest(manifests[0]))
        guard let instance = Self.instance(of: checkpoint.origin) else {
            throw StartError("the checkpoints of the archive name no log")
        }
        return instance
    }

    /// The name in front of `/t/ID`.
    private static func instance(of origin: String) -> KeyName? {
        let parts = origin.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[parts.count - 2] == "t" else { return nil }
        return KeyName(parts.dropLast(2).joined(separator: "/"))
    }

    private static func write(_ batch: GatheredRecords.Batch, _ journal: JournalRestorer) throws(JournalError) {
        try journal.append(batch.batch, firstSequence: batch.first, accepted: batch.accepted)
    }
}

/// Puts records together that came together, so that the journal does not have a frame for each.
struct GatheredRecords {
    struct Batch {
        var batch: RecordBatch
        let first: UInt64
        let accepted: Timestamp
    }

    private var open: Batch?

    /// - Returns: a batch that is complete, since the record does not belong to it.
    mutating func add(_ record: ArchiveAudit.Record, limit: Int) -> Batch? {
        guard let content = record.line.content else {
            // Lost: its sequence is left out.
            return take()
        }
        let source = SourceName(content.source)
        let text = record.text
        let redaction = RedactionFacts(of: record.line.leaf)
        var done: Batch?
        if let here = open,
            here.batch.source != source || here.accepted != record.line.accepted
                || here.first + UInt64(here.batch.entries.count) != record.line.sequence
                || here.batch.storage.count >= limit || here.batch.bookmark != nil
                || here.batch.redaction?.rules != redaction?.rules
        {
            done = take()
        }
        var here =
            open
            ?? Batch(
                batch: RecordBatch(
                    tenant: record.tenant, source: source, redaction: redaction),
                first: record.line.sequence, accepted: record.line.accepted)
        // What was erased is a record without bytes.
        let kind = RecordKind(rawValue: content.kind) ?? .ecs
        let encoding = text.flatMap { RecordEncoding(rawValue: $0.encoding) } ?? .erased
        here.batch.bookmark = text?.bookmark
        let context = Self.context(of: text, in: &here.batch)
        let start = here.batch.storage.count
        here.batch.storage += text?.record ?? []
        here.batch.entries.append(
            .init(
                kind: kind, encoding: encoding, context: context,
                range: ByteRange(start: start, count: here.batch.storage.count - start)))
        open = here
        return done
    }

    mutating func take() -> Batch? {
        defer { open = nil }
        return open
    }

    /// The context of the record before, where it is the same.
    private static func context(of text: RecordText?, in batch: inout RecordBatch) -> UInt32 {
        let resource = text?.resource ?? []
        let scope = text?.scope ?? []
        if let last = batch.contexts.last, last.credential == text?.credential ?? "", last.peer == text?.peer ?? "",
            Array(batch.storage[last.resource.range]) == resource, Array(batch.storage[last.scope.range]) == scope
        {
            return UInt32(batch.contexts.count - 1)
        }
        func add(_ bytes: [UInt8]) -> ByteRange {
            defer { batch.storage += bytes }
            return ByteRange(start: batch.storage.count, count: bytes.count)
        }
        batch.contexts.append(
            .init(
                resource: add(resource), scope: add(scope), credential: text?.credential ?? "", peer: text?.peer ?? ""))
        return UInt32(batch.contexts.count - 1)
    }
}
