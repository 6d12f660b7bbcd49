import Network

/// Lets web pages of chosen origins send telemetry: the agents inside Office run in a browser's view.
///
/// A browser asks before it sends (preflight), without the credential that it will send. Pages of other
/// origins get no leave, and a browser keeps from them whatever is answered.
///
/// - Source: Fetch Standard, *CORS protocol*, <https://fetch.spec.whatwg.org/#http-cors-protocol>.
public struct CORS: Sendable {
    /// How long a browser may remember the leave. Chromium takes no more. - Unit: seconds
    private static let maxAge = 7_200

    /// What exporters in browsers send: OTLP's own fields, credentials, and the context of a trace, which
    /// instrumentation adds to every request of a page.
    private static let headers = """
        authorization, baggage, content-encoding, content-type, traceparent, tracestate, user-agent, x-api-key
        """

    private let origins: Set<String>
    private let isForAll: Bool

    /// - Parameter origins: each one ``isOrigin(_:)``.
    public init(origins: [String] = []) {
        self.origins = Set(origins.map(Self.asSent))
        isForAll = origins.contains("*")
    }

    /// Whether this is `*` or an origin that a browser can send: `https://`, a host, a port if need be.
    public static func isOrigin(_ text: String) -> Bool {
        guard text != "*" else { return true }
        guard text.lowercased().hasPrefix("https://") else { return false }
        let parts = text.dropFirst(8).split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !parts[0].isEmpty, parts[0].utf8.allSatisfy(isHostByte) else {
            return false
        }
        return parts.count == 1 || Int(parts[1]).map { (1...65_535).contains($0) } == true
    }

    /// As browsers write it: in small letters, without the port that goes without saying.
    private static func asSent(_ origin: String) -> String {
        let origin = origin.lowercased()
        return origin.hasSuffix(":443") ? String(origin.dropLast(4)) : origin
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// Whether a browser asks what it may send.
    func isPreflight(_ request: HTTPRequest) -> Bool {
        request.method == .options && request.headers.contains("origin")
            && request.headers.contains("access-control-request-method")
    }

    /// The origin of a request, if pages from there may send.
    func origin(of request: HTTPRequest) -> String? {
        guard let origin = request.headers["origin"] else { return nil }
        return isForAll || origins.contains(origin) ? origin : nil
    }

    /// The leave that a preflight from this origin asks for.
    func leave(to origin: String) -> HTTPResponse {
        HTTPResponse(
            204,
            headers: [
                "access-control-allow-origin": origin, "access-control-allow-methods": "POST",
                "access-control-allow-headers": Self.headers, "access-control-max-age": "\(Self.maxAge)",
                "vary": "Origin",
            ])
    }

    /// The answer as a page may read it, if the request came from one that may send.
    func readable(_ response: HTTPResponse, by request: HTTPRequest) -> HTTPResponse {
        guard request.headers.contains("origin") else { return response }
        var response = response
        response.headers.append("vary", "Origin")
        guard let origin = origin(of: request) else { return response }
        response.headers.append("access-control-allow-origin", origin)
        response.headers.append("access-control-expose-headers", "Retry-After")
        return response
    }
}
