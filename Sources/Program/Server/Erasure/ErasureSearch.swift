import Events
import Journal
import Pipeline
import Platform
import Query
import Store

/// Finds the records of an order: those whose events the query finds, and those that say the same once more and were
/// therefore never shown.
enum ErasureSearch {
    /// Events of one order, so that what is remembered of them has a bound.
    private static let mostEvents = 1_000_000

    static func places(
        _ order: ErasureOrder, in search: StoreSearch
    ) throws(ErasureFailure) -> [(sequence: UInt64, id: String)] {
        let places: [(sequence: UInt64, id: String)]
        do throws(SearchError) {
            places = try search.places(SearchRequest(tenant: order.tenant.text, text: order.query))
        } catch {
            throw .failed("the records cannot be found: \(error)")
        }
        guard places.count <= mostEvents else {
            throw .failed(
                "\(places.count) events are more than \(mostEvents); erase them in parts, such as month by month")
        }
        return places
    }

    /// Reads the journal for records of the same events.
    static func sequences(
        of places: [(sequence: UInt64, id: String)], _ tenant: TenantName, in journal: Journal,
        upTo end: JournalPosition, isEnding: () -> Bool
    ) throws(ErasureFailure) -> SequenceSet {
        var sequences = SequenceSet(places.lazy.map(\.sequence))
        let ids = Set(places.lazy.map(\.id))
        let field = FieldCatalog.standard.known("event.id")
        var normalizer = Normalizer(digest: EventDigests.make())
        var documents = DocumentGroup()
        let reader = JournalReader(journal, from: .start)
        var repeated: [UInt64] = []
        do throws(Fault) {
            while reader.end < end, let batch = try reader.next() {
                if isEnding() { throw Fault(.stopping, .stop, "The server is stopping.") }
                guard batch.batch.tenant == tenant else { continue }
                normalizer.mapAll(of: batch, into: &documents) { index, _, document in
                    guard let id = document.text(field), ids.contains(id) else { return }
                    repeated.append(batch.firstSequence + UInt64(index))
                }
            }
        } catch {
            if case .stopping = error.code { throw .ending }
            throw .failed("\(error)")
        }
        for sequence in repeated { sequences.insert(sequence) }
        return sequences
    }
}
