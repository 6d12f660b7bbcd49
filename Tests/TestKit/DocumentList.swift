import Codecs
public import Platform
public import Query

/// A list of documents as a store that lends them.
public struct DocumentList: EventReader {
    private let hits: [SearchHit]
    private let schema: FieldSchema

    public init(_ data: ConformanceCase.Data) {
        schema = data.schema
        var rows: [(hit: SearchHit, sequence: Int64)] = []
        for (place, document) in data.documents.enumerated() {
            let time = (document["@timestamp"] ?? document["timestamp"]).flatMap(Self.time) ?? .init(nanoseconds: 0)
            let sequence = document["event.sequence"]?.integer ?? document["event"]?["sequence"]?.integer ?? .min
            rows.append(
                (
                    SearchHit(
                        id: data.id(place), time: time, stream: "", document: Array(document.text.utf8)), sequence
                ))
        }
        // A sort that keeps the order of equals, which `sort` does not promise.
        hits = rows.enumerated().sorted {
            ($0.element.hit.time, $0.element.sequence, $0.offset)
                < ($1.element.hit.time, $1.element.sequence, $1.offset)
        }.map(\.element.hit)
    }

    private static func time(_ value: JSONValue) -> Timestamp? {
        value.integer.map { Timestamp(milliseconds: $0) } ?? value.string.flatMap { RFC3339.parse($0.utf8) }
    }

    public func read(_ request: EventReadRequest, _ body: (SearchHit) -> Bool) throws(SearchError) {
        for hit in hits {
            if let from = request.from, hit.time < from { continue }
            if let to = request.to, hit.time >= to { continue }
            guard let value = try? JSONValue(parsing: hit.document),
                request.filter.matches(JSONDocument(value, schema: schema))
            else { continue }
            guard body(hit) else { return }
        }
    }

    public func events(
        at places: [SearchPlace], tenant: String, cancellation: Cancellation?
    ) throws(SearchError) -> [SearchHit] {
        hits.filter { places.contains($0.place) }
    }
}
