import Codecs
import Events

extension Normalizer {
    /// An event of another system, in Elastic Common Schema as far as its shipper speaks it.
    ///
    /// What the sender says of time, stream and person stays; what only Docket can say is Docket's.
    mutating func fillEvent(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        do throws(JSONError) {
            try documents.read(bytes, entry.range, by: .sender, into: &document)
        } catch {
            return fillUnread(
                "the event is not a JSON object: \(error)", .events, entry, batch, admission, into: &document)
        }
        let isTimed = document.has(fields.timestamp)
        identity.addDocument(
            document, names: documents.names, received: isTimed ? nil : admission?.sequence, batch.tenant,
            entry.context)
        if !isTimed { document.set(fields.tags, text: Literal.bytes("no_timestamp")) }
        if !document.has(fields.ecsVersion) { document.set(fields.ecsVersion, text: Literal.bytes("9.3.0")) }
        if !document.has(fields.eventKind) { document.set(fields.eventKind, text: Literal.bytes("event")) }
        let place = Int(entry.context)
        let context = batch.contexts.indices.contains(place) ? batch.contexts[place] : RecordBatch.Context()
        addDataset(bytes[context.resource], into: &document)
        document.set(fields.docketIdentity, text: Literal.bytes("client-claimed"))
        addPerson(into: &document)
        sentEnrichment.add(to: &document)
        addEnvelope(entry, batch, admission, into: &document)
        return .events
    }

    /// The stream that the event says it is of, else the one that the index is called after.
    private func addDataset(_ index: RawSpan, into document: inout Document) {
        if !document.has(fields.streamType) { document.set(fields.streamType, text: Literal.bytes("logs")) }
        let claimed = document.text(fields.streamDataset) ?? document.text(fields.eventDataset)
        let dataset = claimed ?? Self.dataset(ofIndex: index) ?? "generic"
        if !document.has(fields.streamDataset) { document.set(fields.streamDataset, text: dataset) }
        if !document.has(fields.eventDataset) { document.set(fields.eventDataset, text: dataset) }
    }

    /// `logs-okta.system-default` is an index of the dataset `okta.system`; any other name is the dataset itself.
    private static func dataset(ofIndex index: RawSpan) -> String? {
        let name = index.text
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        let isStream = parts.count == 3 && ["logs", "metrics", "traces", "synthetics"].contains(parts[0])
        let dataset = isStream ? String(parts[1]) : name
        let bytes = Array(dataset.utf8)
        return dataset.isEmpty || (unsafe SentNames.isOwn(stream: bytes.span.bytes)) ? nil : dataset
    }

    /// The person by the address, which all sources have; identity providers use it as the name of the account, too.
    private func addPerson(into document: inout Document) {
        let name = document.text(fields.userName) ?? ""
        let email = document.text(fields.userEmail) ?? (name.contains("@") ? name : "")
        // Erasure looks for a person there.
        for text in [email, name, document.text(fields.userID) ?? ""] { relate(text, into: &document) }
        let key = Array(email.utf8)
        let none = RawSpan()
        unsafe Person.setKeys(
            fields, email: key.span.bytes, accountID: none, accountUUID: none, userID: none, in: &document)
    }

    private func relate(_ name: String, into document: inout Document) {
        for entry in document.entries where entry.field == fields.relatedUser {
            if document.bytes[entry.value].text == name { return }
        }
        document.set(fields.relatedUser, text: name)
    }
}
