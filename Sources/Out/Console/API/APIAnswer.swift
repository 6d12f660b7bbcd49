import Codecs
import Network
import Platform
import Query

/// Answers of the JSON API. Documents go out byte for byte as they are stored.
enum APIAnswer {
    static func hits(_ answer: SearchAnswer, limit: Int) -> HTTPResponse {
        var out = ByteBuffer(capacity: 1_024 + answer.hits.reduce(0) { $0 + $1.document.count + 160 })
        out.append("{\"total\":" as StaticString)
        out.append(decimal: Int64(answer.total))
        out.append(",\"partial\":" as StaticString)
        out.append(text: String(answer.isPartial))
        out.append(",\"took_milliseconds\":" as StaticString)
        out.append(decimal: Int64(answer.tookMilliseconds))
        out.append(",\"warnings\":" as StaticString)
        JSONValue.array(answer.warnings.map { .string($0) }).write(to: &out)
        if let last = answer.hits.last, answer.hits.count == limit {
            out.append(",\"next\":" as StaticString)
            out.append(jsonString: last.place.text)
        }
        out.append(",\"hits\":[" as StaticString)
        for (place, hit) in answer.hits.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            append(hit, to: &out)
        }
        out.append("]}\n" as StaticString)
        return json(out)
    }

    private static func append(_ hit: SearchHit, to out: inout ByteBuffer) {
        out.append("{\"id\":" as StaticString)
        out.append(jsonString: hit.id)
        out.append(",\"time\":\"" as StaticString)
        out.append(text: RFC3339.text(hit.time, digits: 9))
        out.append("\",\"stream\":" as StaticString)
        out.append(jsonString: hit.stream)
        out.append(",\"document\":" as StaticString)
        out.append(hit.document)
        out.append(UInt8(ascii: "}"))
    }

    static func event(_ hit: SearchHit) -> HTTPResponse {
        HTTPResponse(200, headers: ["content-type": "application/json"], body: hit.document + [10])
    }

    static func histogram(_ histogram: Histogram) -> HTTPResponse {
        var out = ByteBuffer(capacity: 64 + histogram.buckets.count * 56)
        out.append("{\"bucket_milliseconds\":" as StaticString)
        out.append(decimal: histogram.bucket.nanoseconds / 1_000_000)
        out.append(",\"total\":" as StaticString)
        out.append(decimal: Int64(histogram.buckets.reduce(0) { $0 + $1.count }))
        out.append(",\"buckets\":[" as StaticString)
        for (place, bucket) in histogram.buckets.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            out.append("{\"start\":\"" as StaticString)
            out.append(text: RFC3339.text(bucket.start))
            out.append("\",\"count\":" as StaticString)
            out.append(decimal: Int64(bucket.count))
            out.append(UInt8(ascii: "}"))
        }
        out.append("]}\n" as StaticString)
        return json(out)
    }

    private static func json(_ out: borrowing ByteBuffer) -> HTTPResponse {
        HTTPResponse(200, headers: ["content-type": "application/json"], body: out.array)
    }

    /// What stands above lines: `docket-total` is how many events the query finds, whatever the limit.
    static func linesHead(_ answer: SearchAnswer) -> HTTPResponse {
        let head = HTTPResponse(
            200, headers: ["content-type": "application/x-ndjson", "docket-total": String(answer.total)])
        return answer.isPartial ? head.with("docket-partial", "true") : head
    }

    /// One document a line.
    static func lines(_ hits: [SearchHit]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(hits.reduce(0) { $0 + $1.document.count + 1 })
        for hit in hits {
            out += hit.document
            out.append(10)
        }
        return out
    }

    /// Whether a client asks for a line a document.
    static func wantsLines(_ request: HTTPRequest) -> Bool {
        request.headers.all("accept").contains { $0.lowercased().contains("application/x-ndjson") }
    }
}
