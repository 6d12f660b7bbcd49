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
        finish(outcome, entry, bytes, into: &document)
        let rules = activities.rules
        document.set(fields.eventModule, text: rules.labels[rules.module])
        document.set(fields.eventDataset, text: StreamName.directory.text)
        document.set(fields.streamType, text: rules.labels[rules.streamType])
        document.set(fields.streamDataset, text: StreamName.directory.text)
        document.set(fields.docketIdentity, text: rules.labels[rules.credentialBound])
        addEnvelope(entry, batch, admission, into: &document)
        addIDOfBytes(entry, batch, into: document)
        return .directory
    }
}
