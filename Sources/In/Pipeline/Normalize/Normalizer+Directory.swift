import Codecs
import Events
import Platform

extension Normalizer {
    /// A change of the directory.
    mutating func fillDirectory(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        guard let outcome = directory.map(bytes, entry.range, into: &document) else {
            return fillUnread(
                "this is no change of the directory", .directory, entry, batch, admission, into: &document)
        }
        finish(outcome, .directory, entry, batch, admission, into: &document)
        return .directory
    }
}
