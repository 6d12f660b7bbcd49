import Archive
import ArchiveFormat
import Codecs
public import Events
import Journal
import Ledger
import Lookup
import Pipeline
public import Platform

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

    /// The records of a data directory; also beside a server, as far as they are in the logs.
    public func journal(
        of data: String, log: Log, _ emit: (StreamName, borrowing Document) -> Void
    ) throws(StartError) {
        guard FolderDisk.isFolder("\(data)/ledger") else {
            throw StartError("there are no records in `\(data)`; --data says where the data directory is")
        }
        do {
            let view = try LedgerView(disk: FolderDisk(folder: "\(data)/ledger"))
            let journal = Journal.reading(FolderDisk(folder: "\(data)/journal"), upTo: view.position, log: log)
            let reader = JournalReader(journal, from: .start)
            while let batch = try reader.next() {
                if range.contains(batch.accepted), tenant == nil || batch.batch.tenant == tenant { map(batch, emit) }
            }
        } catch {
            throw StartError("\(error)")
        }
    }

    /// The records of an archive. Each object is verified before anything of it is mapped.
    public func archive(
        _ audit: ArchiveAudit, _ emit: (StreamName, borrowing Document) -> Void
    ) throws(StartError) {
        do {
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
                    map(
                        JournaledBatch(
                            batch: batch.batch, firstSequence: batch.first, accepted: batch.accepted, position: .start,
                            end: .start), emit)
                }
            }
        } catch {
            throw StartError("\(error)")
        }
    }

    private func map(_ batch: JournaledBatch, _ emit: (StreamName, borrowing Document) -> Void) {
        records += batch.batch.entries.count
        normalizer.mapAll(of: batch, into: &documents) { _, stream, document in emit(stream, document) }
    }
}
