import Codecs
import Events
import Platform

extension Normalizer {
    /// A row of a report. Its id is that of what it is about, so that new figures take the place of the old ones.
    mutating func fillReportRow(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        let context = batch.contexts[Int(entry.context)]
        guard let shared = try? JSONValue(parsing: Array(batch.storage[context.resource.range])),
            let facts = ReportFacts(shared)
        else {
            return fillUnread(
                "the report of the row is not known", .analytics, entry, batch, admission, into: &document)
        }
        let stream = facts.report.stream
        let row: JSONValue
        do throws(JSONError) {
            row = try JSONValue(parsing: Array(batch.storage[entry.range.range]))
            try documents.read(
                bytes, entry.range, by: .file, below: ReportMapper.root(of: stream), into: &document)
        } catch {
            return fillUnread(
                "the row is not a JSON object: \(error)", stream, entry, batch, admission, into: &document)
        }
        let outcome = reports.map(row, facts, of: batch.source, into: &document)
        finish(outcome, entry, bytes, into: &document)
        guard fixes.contains(.envelope) else { return stream }
        addEnvelope(entry, batch, admission, into: &document)
        identity.addReportRow(facts, ReportMapper.key(of: row), batch.source, batch.tenant, entry.context)
        return stream
    }
}
