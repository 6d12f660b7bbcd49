import Codecs
import Network
import Platform

/// Writes what a sender of events is told.
enum EventsAnswer {
    static func json(_ status: Int, _ body: JSONValue) -> HTTPResponse {
        HTTPResponse(status, headers: headers, body: Array(body.text.utf8))
    }

    /// Clients of Elasticsearch do not speak with a server that does not say this.
    private static var headers: HTTPHeaders {
        ["content-type": "application/json", "x-elastic-product": "Elasticsearch"]
    }

    // MARK: Events one a line

    /// As OTLP tells of a part that was not taken: in success, so that nobody sends the rest again.
    static func success(_ list: EventList) -> HTTPResponse {
        let accepted = JSONValue.Member("accepted", .integer(Int64(list.events.count)))
        return json(200, .object([accepted] + (list.refused == 0 ? [] : [partial(list)])))
    }

    /// Every event was refused.
    static func failure(_ list: EventList) -> HTTPResponse {
        json(400, .object([.init("accepted", 0), partial(list)]))
    }

    private static func partial(_ list: EventList) -> JSONValue.Member {
        let refusals = list.refusals.map { refusal -> JSONValue in
            ["line": .integer(Int64(refusal.line)), "reason": .string(refusal.reason)]
        }
        let message = list.refusals.first.map { "line \($0.line): \($0.reason)" } ?? ""
        return .init(
            "partialSuccess",
            .object([
                .init("rejectedEvents", .integer(Int64(list.refused))), .init("errorMessage", .string(message)),
                .init("rejected", .array(refusals)),
            ]))
    }

    // MARK: Elasticsearch's bulk format

    /// One answer for each action, in their order.
    static func bulk(_ list: BulkList, index: String?, in bytes: RawSpan) -> HTTPResponse {
        var out = ByteBuffer(capacity: 64 + list.items.count * 64)
        out.append("{\"took\":0,\"errors\":")
        out.append(list.items.contains { $0.refusal != nil } ? "true" : "false")
        out.append(",\"items\":[")
        for (place, item) in list.items.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            out.append("{\"")
            out.append(text: item.action.rawValue)
            out.append("\":{\"_index\":")
            if let name = item.index { append(name, in: bytes, to: &out) } else { out.append(jsonString: index ?? "") }
            // Text that was checked as JSON, between its quotes: it needs no other escapes.
            if let id = item.id {
                out.append(",\"_id\":")
                append(id, in: bytes, to: &out)
            }
            append(item.refusal, of: item, to: &out)
            out.append("}}")
        }
        out.append("]}")
        return HTTPResponse(200, headers: headers, body: out.array)
    }

    private static func append(_ text: ByteRange, in bytes: RawSpan, to out: inout ByteBuffer) {
        out.append(UInt8(ascii: "\""))
        out.append(bytes[text])
        out.append(UInt8(ascii: "\""))
    }

    private static func append(_ refusal: BulkList.Refusal?, of item: BulkList.Item, to out: inout ByteBuffer) {
        guard let refusal else { return out.append(",\"_version\":1,\"result\":\"created\",\"status\":201") }
        out.append(",\"status\":400,\"error\":{\"type\":")
        out.append(jsonString: refusal.type)
        out.append(",\"reason\":")
        out.append(jsonString: "line \(item.line): \(refusal.reason)")
        out.append("}")
    }

    // MARK: Nothing was taken

    /// In the shape of Elasticsearch's errors, which every client of these paths reads, or a person does.
    static func failure(_ refusal: IntakeRefusal) -> HTTPResponse {
        let status = status(of: refusal)
        let type =
            switch refusal.reason {
            case .unauthenticated, .forbidden: "security_exception"
            case .rate, .busy, .unavailable: "es_rejected_execution_exception"
            case .tooLarge: "content_too_long_exception"
            default: "illegal_argument_exception"
            }
        var response = json(
            status,
            [
                "error": ["type": .string(type), "reason": .string(refusal.message)],
                "status": .integer(Int64(status)),
            ])
        refusal.addHeaders(to: &response, allowing: "POST")
        return response
    }

    /// Shippers wait and send again after 429, and after nothing else so reliably.
    private static func status(of refusal: IntakeRefusal) -> Int { refusal.reason == .busy ? 429 : refusal.status }
}
