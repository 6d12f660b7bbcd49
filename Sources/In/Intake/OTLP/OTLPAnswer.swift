import Codecs
import Network
import Platform

/// Writes what OTLP says an answer looks like.
///
/// - Source: OTLP 1.x, *Full Success*, *Partial Success*, *Failures*; google/rpc/status.proto and
///   error_details.proto.
enum OTLPAnswer {
    static func success(_ head: OTLPHead, refused: Int, reason: String?) -> HTTPResponse {
        let message = reason ?? ""
        if head.isJSON {
            let body: JSONValue =
                refused == 0
                ? [:]
                : [
                    "partialSuccess": .object([
                        .init(head.signal.rejectedName, .string("\(refused)")), .init("errorMessage", .string(message)),
                    ])
                ]
            return HTTPResponse(200, headers: ["content-type": "application/json"], body: Array(body.text.utf8))
        }
        var writer = ProtobufWriter()
        if refused > 0 {
            writer.message(1) { partial in
                partial.varint(1, UInt64(refused))
                partial.text(2, message)
            }
        }
        return head.isCall
            ? GRPC.answer(writer.array)
            : HTTPResponse(200, headers: ["content-type": "application/x-protobuf"], body: writer.array)
    }

    static func failure(_ refusal: IntakeRefusal, _ request: HTTPRequest) -> HTTPResponse {
        if GRPC.isCall(request) {
            let details = refusal.retryAfter.map { status(refusal, retryAfter: $0) }
            return GRPC.failure(refusal.grpc, refusal.message, details: details)
        }
        let isJSON = request.headers["content-type"]?.lowercased().hasPrefix("application/json") ?? false
        var response =
            isJSON
            ? HTTPResponse(
                refusal.status, headers: ["content-type": "application/json"],
                body: Array(
                    (["code": .integer(Int64(refusal.grpc.rawValue)), "message": .string(refusal.message)] as JSONValue)
                        .text.utf8))
            : HTTPResponse(
                refusal.status, headers: ["content-type": "application/x-protobuf"],
                body: status(refusal, retryAfter: nil))
        refusal.addHeaders(to: &response, allowing: "POST")
        return response
    }

    /// A `google.rpc.Status`.
    private static func status(_ refusal: IntakeRefusal, retryAfter: Timestamp.Span?) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.varint(1, UInt64(refusal.grpc.rawValue))
        writer.text(2, refusal.message)
        if let retryAfter {
            writer.message(3) { any in
                any.text(1, "type.googleapis.com/google.rpc.RetryInfo")
                any.message(2) { info in
                    info.message(1) { duration in
                        duration.varint(1, UInt64(retryAfter.nanoseconds / 1_000_000_000))
                        duration.varint(2, UInt64(retryAfter.nanoseconds % 1_000_000_000))
                    }
                }
            }
        }
        return writer.array
    }
}
