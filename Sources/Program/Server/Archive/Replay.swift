import Archive
import ArchiveFormat
import Codecs
public import Events
import Journal
import Ledger
import Lookup
import Pipeline
public import Platform
import Store

/// Runs records of the past through today's mapping.
public final class Replay {
    private let range: Range<Timestamp>
    private let tenant: TenantName?
    private var normalizer: Normalizer
    private var documents = DocumentGroup()
    public private(set) var records = 0

    /// - Parameter range: when the records were accepted.
    /// - Parameter tenant: `nil` for all.
    public init(
        _ range: Range<Timestamp>, tenant: TenantName?, configuration: Configuration, clock: any Clock, log: Log
    ) {
        self.range = range
        self.tenant = tenant
        let enrichment = EnrichmentFiles(
            configuration.enrichment, clock: clock, log: log, metrics: MetricList())
        normalizer = Normalizer(enricher: enrichment.current, digest: EventDigests.make())
    }

    /// Where the records come from.
    public enum Source {
        /// The journal of a data directory; also beside a server, as far as it is in the logs.
        case journal(of: String)
        /// Each object is verified before anything of it is mapped.
        case archive(ArchiveAudit)
    }

    /// Gives the documents, one after another.
    public func documents(
        of source: Source, log: Log, _ emit: (StreamName, borrowing Document) -> Void
    ) throws(StartError) {
        try batches(of: source, log: log) { batch in
            records += batch.batch.entries.count
            normalizer.mapAll(of: batch, into: &documents) { _, stream, document in emit(stream, document) }
        }
    }

    /// Puts the documents into the places of those that a store has of the same records, for each tenant at one moment.
    ///
    /// - Returns: how many there are now, and how many there were.
    func exchange(
        _ source: Source, in writer: StoreWriter, log: Log
    ) throws(StartError) -> (added: Int, removed: Int) {
        var sequences: [TenantName: SequenceSet] = [:]
        try batches(of: source, log: log) { batch in
            let range = batch.firstSequence..<batch.firstSequence + UInt64(batch.batch.entries.count)
            sequences[batch.batch.tenant, default: SequenceSet()].formUnion(SequenceSet(range))
        }
        var (added, removed) = (0, 0)
        do {
            for (tenant, wanted) in sequences.sorted(by: { $0.key < $1.key }) {
                let replay = try StoreReplay(writer, tenant: tenant, sequences: wanted)
                try batches(of: source, log: log) { batch in
                    guard batch.batch.tenant == tenant else { return }
                    records += batch.batch.entries.count
                    try normalizer.mapAll(of: batch, into: &documents) { index, stream, document in
                        try replay.append(
                            document, stream: stream, of: batch, sequence: batch.firstSequence + UInt64(index))
                    }
                }
                let result = try replay.finish()
                added += result.added
                removed += result.removed
            }
        } catch {
            throw StartError("\(error)")
        }
        return (added, removed)
    }

    // MARK: Records

    private func batches(
        of source: Source, log: Log, _ use: (JournaledBatch) throws -> Void
    ) throws(StartError) {
        do {
            switch source {
            case .journal(let data): try journal(of: data, log, use)
            case .archive(let audit): try archive(audit, use)
            }
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError("\(error)")
        }
    }

    private func journal(of data: String, _ log: Log, _ use: (JournaledBatch) throws -> Void) throws {
        guard FolderDisk.isFolder("\(data)/ledger") else {
            throw StartError("there are no records in `\(data)`; --data says where the data directory is")
        }
        let view = try LedgerView(disk: FolderDisk(folder: "\(data)/ledger"))
        let journal = Journal.reading(FolderDisk(folder: "\(data)/journal"), upTo: view.position, log: log)
        let reader = JournalReader(journal, from: .start)
        while let batch = try reader.next() {
            if range.contains(batch.accepted), tenant == nil || batch.batch.tenant == tenant { try use(batch) }
        }
    }

    private func archive(_ audit: ArchiveAudit, _ use: (JournaledBatch) throws -> Void) throws {
        for name in try audit.reader.manifests(tenant: tenant?.text) {
            let manifest = try audit.reader.manifest(name)
            guard manifest.accepted.upperBound >= range.lowerBound, manifest.accepted.lowerBound < range.upperBound
            else { continue }
            var found: [GatheredRecords.Batch] = []
            var gathered = GatheredRecords()
            _ = try audit.verify(name, needsKeys: true) { record in
                // What was erased says nothing, and its place stays empty.
                guard record.text != nil, range.contains(record.line.accepted) else { return }
                if let full = gathered.add(record, limit: 1 << 20) { found.append(full) }
            }
            if let rest = gathered.take() { found.append(rest) }
            for batch in found {
                try use(
                    JournaledBatch(
                        batch: batch.batch, firstSequence: batch.first, accepted: batch.accepted, position: .start,
                        end: .start))
            }
        }
    }
}
