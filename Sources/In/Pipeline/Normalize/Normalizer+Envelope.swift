import Codecs
import Detect
import Events
import Platform

/// What documents of every kind have.
extension Normalizer {
    /// A record that is no message of its kind: kept whole, with the reason.
    mutating func fillUnread(
        _ message: String, _ stream: StreamName, _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch,
        _ admission: Admission?, into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        // What a reader had set before it gave up is not to be trusted.
        document.removeAll()
        var outcome = Outcome()
        outcome.fail(message, fields, &document)
        document.set(fields.ecsVersion, text: Literal.bytes("9.3.0"))
        finish(outcome, entry, bytes, into: &document)
        if fixes.contains(.envelope) {
            document.set(fields.eventDataset, text: stream.text)
            addEnvelope(entry, batch, admission, into: &document)
            addIDOfBytes(entry, batch, into: document)
        }
        return stream
    }

    /// A document without an id gets one from the bytes of its record.
    mutating func addIDOfBytes(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, into document: borrowing Document
    ) {
        guard !document.has(fields.eventID) else { return }
        let bytes = unsafe batch.storage.span.bytes
        identity.addBytes(bytes[entry.range], entry.kind.rawValue, batch.tenant, entry.context)
    }

    /// Kind, tags and the original.
    func finish(
        _ outcome: Outcome, _ entry: RecordBatch.Entry, _ bytes: RawSpan, into document: inout Document
    ) {
        if outcome.isFailed {
            document.set(fields.eventKind, text: Literal.bytes("pipeline_error"))
        } else if outcome.isEvent {
            document.set(fields.eventKind, text: Literal.bytes("event"))
        }
        if outcome.isUnknown { document.set(fields.tags, text: Literal.bytes("unknown_event")) }
        if outcome.isUnconverted { document.set(fields.tags, text: Literal.bytes("conversion_failed")) }
        if outcome.isFailed || outcome.isMarked {
            document.set(fields.tags, text: Literal.bytes("preserve_original_event"))
        }
        if outcome.isFailed || outcome.isMarked || outcome.wantsOriginal {
            addOriginal(entry, bytes, into: &document)
        }
    }

    /// The record as it was received: its text, or base 64 of its bytes.
    func addOriginal(_ entry: RecordBatch.Entry, _ bytes: RawSpan, into document: inout Document) {
        if entry.encoding != .protobuf { return document.set(fields.eventOriginal, text: bytes[entry.range]) }
        var text = ByteBuffer(capacity: entry.range.count * 4 / 3 + 4)
        Base64.append(bytes[entry.range], to: &text)
        document.set(fields.eventOriginal, text: text.bytes)
    }

    func addEnvelope(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) {
        document.set(fields.docketTenant, text: batch.tenant.text)
        document.set(fields.docketSource, text: batch.source.text)
        let isImported = entry.kind == .ecs
        if !isImported || !document.has(fields.streamNamespace) {
            document.set(fields.streamNamespace, text: batch.tenant.text)
        }
        let place = Int(entry.context)
        if batch.contexts.indices.contains(place) {
            document.set(fields.docketCredential, text: batch.contexts[place].credential)
            document.set(fields.docketPeer, text: batch.contexts[place].peer)
        }
        if let redaction = batch.redaction(of: entry) { addRedaction(redaction, batch, into: &document) }
        guard let admission else { return }
        document.set(fields.docketSequence, long: Int64(truncatingIfNeeded: admission.sequence))
        if !isImported || !document.has(fields.eventIngested) {
            document.set(fields.eventIngested, date: admission.accepted)
        }
        if !document.has(fields.timestamp) { document.set(fields.timestamp, date: admission.accepted) }
    }

    private func addRedaction(
        _ redaction: RedactionFacts.Entry, _ batch: borrowing RecordBatch, into document: inout Document
    ) {
        for detector in redaction.detectors { document.set(fields.redactionDetectors, text: detector) }
        if redaction.detectors.contains(where: Self.secrets.contains) {
            document.set(fields.tags, text: Literal.bytes("secret_detected"))
        }
        document.set(fields.redactionCount, long: Int64(redaction.count))
        document.set(fields.redactionWithheld, long: Int64(redaction.withheld))
        if let facts = batch.redaction { document.set(fields.redactionPolicy, text: facts.rulesText) }
    }

    /// Detectors of keys and passwords.
    private static let secrets = Set(DetectorSet.standard.detectors.filter { $0.group == .secret }.map(\.id))
}
