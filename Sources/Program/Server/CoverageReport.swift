import Events
public import Intake
import Journal
public import Platform

/// Reads what of each source is in the journal of a data directory, also beside the server that writes it.
public enum CoverageReport {
    /// - Parameter span: the hours that are asked for.
    public static func read(
        data: String, configuration: Configuration, span: Range<Timestamp>, now: Timestamp
    ) throws(StartError) -> [CoverageRow] {
        let folder = "\(data)/journal"
        guard FolderDisk.isFolder(folder) else {
            throw StartError("there is no journal in `\(data)`; --data says where the data directory is")
        }
        // A server writes a heartbeat when it has nothing else to write.
        let silence = max(
            Timestamp.Span.minutes(5), Timestamp.Span(nanoseconds: 3 * configuration.ledgerHeartbeat.nanoseconds))
        var ledger = CoverageLedger(span, now: now, silence: silence)
        do {
            let reader = JournalReader(try Journal.reading(FolderDisk(folder: folder)), from: .start)
            while let batch = try reader.next() { ledger.follow(batch) }
        } catch {
            throw StartError("\(error)")
        }
        return ledger.rows
    }
}
