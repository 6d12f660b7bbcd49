import Codecs
import Events
import Platform

extension Normalizer {
    /// A chat or a session.
    mutating func fillListing(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        guard let (outcome, stream) = listings.map(bytes, entry.range, into: &document) else {
            return fillUnread("this is no chat and no session", .sessions, entry, batch, admission, into: &document)
        }
        finish(outcome, stream, entry, batch, admission, into: &document)
        return stream
    }

    /// What all documents have in common that are made of answers of the Compliance API.
    mutating func finish(
        _ outcome: Outcome, _ stream: StreamName, _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch,
        _ admission: Admission?, into document: inout Document
    ) {
        finish(outcome, entry, unsafe batch.storage.span.bytes, into: &document)
        let rules = activities.rules
        document.set(fields.eventModule, text: rules.labels[rules.module])
        document.set(fields.eventDataset, text: stream.text)
        document.set(fields.streamType, text: rules.labels[rules.streamType])
        document.set(fields.streamDataset, text: stream.text)
        document.set(fields.docketIdentity, text: rules.labels[rules.credentialBound])
        addEnvelope(entry, batch, admission, into: &document)
        addIDOfBytes(entry, batch, into: document)
    }
}
