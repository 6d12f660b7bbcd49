public import Events
import Journal
import Pipeline
import Store

/// Which record an event is.
extension Evidence {
    /// The record of a document, by the document's `event.id`: from the files of the store, and for what is in no file
    /// yet from the end of the journal, mapped again. No server is asked.
    ///
    /// The store only helps to find it. What is proven is the record; who wants to know that it is the right one reads
    /// what the proof shows.
    ///
    /// - Returns: its sequence; `nil` when there is no such event.
    public func sequence(ofEvent id: String, tenant: TenantName) throws(StartError) -> UInt64? {
        do {
            switch try StoreLookup(path: "\(data)/store").record(ofEvent: id, tenant: tenant) {
            case .sequence(let sequence): return sequence
            case .unknown(let position): return try sequence(ofEvent: id, tenant, mappingFrom: position)
            }
        } catch {
            throw StartError("\(error)")
        }
    }

    private func sequence(
        ofEvent id: String, _ tenant: TenantName, mappingFrom position: JournalPosition
    ) throws -> UInt64? {
        // Ids are made of what was received; what is known of addresses is no part of them.
        var normalizer = Normalizer(digest: EventDigests.make())
        var group = DocumentGroup()
        let field = FieldCatalog.standard.known("event.id")
        let reader = JournalReader(journal, from: position)
        while let batch = try reader.next() {
            guard batch.batch.tenant == tenant else { continue }
            var found: Int?
            normalizer.mapAll(of: batch, into: &group) { index, _, document in
                if found == nil, document.text(field) == id { found = index }
            }
            if let found { return batch.firstSequence + UInt64(found) }
        }
        return nil
    }
}
