import Codecs
import Network
import Platform
import Query

/// Answers of the JSON API. Documents go out byte for byte as they are stored.
enum APIAnswer {
    static func hits(_ answer: SearchAnswer, limit: Int, _ selection: FieldSelection? = nil) -> HTTPResponse {
        var out = ByteBuffer(capacity: 1_024 + answer.hits.reduce(0) { $0 + $1.document.count + 160 })
        let next = answer.hits.count == limit ? answer.hits.last?.place : nil
        // All but the closing brace.
        let head = JSONValue.object(remarks(answer, next: next)).text.dropLast()
        out.append(text: String(head))
        out.append(",\"hits\":[" as StaticString)
        for (place, hit) in answer.hits.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            hit.write(selection?.document(hit.document), to: &out)
        }
        out.append("]}\n" as StaticString)
        return json(out.array)
    }

    /// What is said about all hits together.
    static func remarks(_ answer: SearchAnswer, next: SearchPlace?) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("total", .integer(Int64(answer.total))), .init("partial", .bool(answer.isPartial)),
            .init("took_milliseconds", .integer(Int64(answer.tookMilliseconds))),
            .init("warnings", QueryWarnings.json(answer.warnings, answer.remarks)),
        ]
        if let next { members.append(.init("next", .string(next.text))) }
        return members
    }

    static func event(_ hit: SearchHit) -> HTTPResponse { json(hit.document + [10]) }

    /// - Parameter series: the same counts for single values of a field.
    static func histogram(_ histogram: Histogram, _ series: ValueSeries? = nil) -> HTTPResponse {
        let buckets = histogram.buckets.map { bucket -> JSONValue in
            ["start": .string(RFC3339.text(bucket.start)), "count": .integer(Int64(bucket.count))]
        }
        var members: [JSONValue.Member] = [
            .init("bucket_milliseconds", .integer(histogram.bucket.nanoseconds / 1_000_000)),
            .init("total", .integer(Int64(histogram.buckets.reduce(0) { $0 + $1.count }))),
            .init("buckets", .array(buckets)),
        ]
        if let series { members += series.members(starts: histogram.buckets.map(\.start)) }
        return json(.object(members))
    }

    static func json(_ value: JSONValue) -> HTTPResponse { json(Array((value.text + "\n").utf8)) }

    static func json(_ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(200, headers: ["content-type": AnswerFormat.json.contentType], body: body)
    }
}
