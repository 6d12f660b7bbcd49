import Codecs
import Events
import Platform

extension Normalizer {
    mutating func fillActivity(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        var outcome = activities.map(bytes, entry.range, into: &document)
        if outcome.isCollectorError {
            // A collection error is no activity: it keeps what the collector said and nothing is added.
            try? documents.read(bytes, entry.range, by: .file, into: &document)
        } else {
            // The compatible pipeline keeps the original of every activity.
            outcome.wantsOriginal = outcome.wantsOriginal || !fixes.contains(.envelope)
            finish(outcome, entry, bytes, into: &document)
        }
        guard fixes.contains(.envelope) else { return .audit }
        let rules = activities.rules
        document.set(fields.eventModule, text: rules.labels[rules.module])
        document.set(fields.eventDataset, text: rules.labels[rules.dataset])
        document.set(fields.streamType, text: rules.labels[rules.streamType])
        document.set(fields.streamDataset, text: rules.labels[rules.dataset])
        document.set(fields.docketIdentity, text: rules.labels[rules.credentialBound])
        activities.addPerson(bytes, into: &document)
        addEnvelope(entry, batch, admission, into: &document)
        addIDOfBytes(entry, batch, into: document)
        return .audit
    }

    mutating func fillRow(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        let place = Int(entry.context)
        let context = batch.contexts.indices.contains(place) ? batch.contexts[place] : RecordBatch.Context()
        let outcome = auditLog.map(bytes, entry.range, header: context.resource, into: &document)
        finish(outcome, entry, bytes, into: &document)
        guard fixes.contains(.envelope) else { return .auditLog }
        let events = auditLog.events
        document.set(fields.eventModule, text: events.labels[events.module])
        document.set(fields.eventDataset, text: events.labels[events.dataset])
        document.set(fields.streamType, text: events.labels[events.streamType])
        document.set(fields.streamDataset, text: events.labels[events.dataset])
        document.set(fields.docketIdentity, text: events.labels[events.credentialBound])
        auditLog.addPerson(into: &document)
        addEnvelope(entry, batch, admission, into: &document)
        identity.addRow(auditLog.cells, repeated: bytes[context.scope], batch.tenant, entry.context)
        return .auditLog
    }

    /// A document that is in Elastic Common Schema already.
    mutating func fillDocument(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        do throws(JSONError) {
            try documents.read(bytes, entry.range, by: entry.kind.isOwn ? .own : .file, into: &document)
        } catch {
            return fillUnread(
                "the document is not a JSON object: \(error)", .imported, entry, batch, admission, into: &document)
        }
        if fixes.contains(.envelope) {
            addEnvelope(entry, batch, admission, into: &document)
            addIDOfBytes(entry, batch, into: document)
        }
        return entry.kind.isOwn ? entry.kind.ownStream : .imported
    }
}
