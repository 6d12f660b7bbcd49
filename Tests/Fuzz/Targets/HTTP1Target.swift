@testable import Network

/// HTTP/1.1 connections, cut into reads in every way.
///
/// - Must hold: the requests are the same however the bytes are cut and whenever the handler answers; a
///   request is framed in exactly one way, so that nobody in front of the server can be of another opinion;
///   the requests written anew are the requests again; no byte stays on the budget.
final class HTTP1Target: FuzzTarget {
    private let board: Switchboard

    init() {
        var limits = ServerLimits()
        limits.headBytes = 1_024
        limits.headFields = 16
        limits.targetBytes = 256
        limits.bodyBytes = 512
        board = Switchboard(limits)
    }

    /// - Parameter input: the selector says how the bytes are cut.
    func run(_ input: RawSpan) throws(Violation) {
        let bytes = input.payload
        let whole = try hear(bytes, pieces: [], .atOnce)
        let first = Int(input.selector)
        try same(whole, try hear(bytes, pieces: [first], .atOnce), "cut in two")
        try same(whole, try hear(bytes, pieces: [], .afterEachPiece), "answered later")
        try same(whole, try hear(bytes, pieces: pieces(first, bytes.count), .afterEachPiece), "cut and answered later")
        for request in whole.requests { try judge(request) }
        try repeatAll(whole)
        try Violation.unless(board.heldBytes == 0, "\(board.heldBytes) bytes stay on the budget")
    }

    /// Lengths that follow from one number; mostly short ones.
    private func pieces(_ seed: Int, _ count: Int) -> [Int] {
        var state = UInt32(seed) &+ 1
        return (0..<min(count, 64)).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 24) % (seed & 1 == 0 ? 4 : 32) + 1
        }
    }

    private func hear(_ bytes: [UInt8], pieces: [Int], _ answers: Switchboard.Answers) throws(Violation) -> Heard {
        try board.hear(bytes, pieces: pieces, answers) { HTTP1Session($0) }
    }

    private func same(_ left: Heard, _ right: Heard, _ how: String) throws(Violation) {
        try Violation.unless(
            left.requests.count == right.requests.count && left.hasEnded == right.hasEnded
                && zip(left.requests, right.requests).allSatisfy { Self.same($0, $1) },
            "\(left.requests.count) requests in one piece, \(right.requests.count) others when \(how)")
    }

    private static func same(_ left: HTTPRequest, _ right: HTTPRequest) -> Bool {
        left.method == right.method && left.target == right.target && left.headers == right.headers
            && left.body == right.body && left.peer == right.peer
    }

    /// RFC 9112 sections 3.2, 6.1 and 6.3, without the parser's help.
    private func judge(_ request: HTTPRequest) throws(Violation) {
        let lengths = request.headers.all("content-length")
        let codings = request.headers.all("transfer-encoding")
        try Violation.unless(lengths.count <= 1, "two lengths")
        try Violation.unless(codings.isEmpty || lengths.isEmpty, "a length and a transfer coding")
        try Violation.unless(
            codings.isEmpty || codings.count == 1 && codings[0].lowercased() == "chunked", "a transfer coding")
        if let length = lengths.first {
            try Violation.unless(
                !length.isEmpty && length.utf8.allSatisfy { (0x30...0x39).contains($0) }
                    && Int(length) == request.body.count, "a length that is not the body's")
        }
        try Violation.unless(codings.count + lengths.count > 0 || request.body.isEmpty, "a body without a length")
        let hosts = request.headers.all("host").count
        try Violation.unless(hosts == 1 || hosts == 0 && request.peer.version == .http10, "\(hosts) hosts")
        try Violation.unless(
            request.target.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a target with other bytes")
        for (name, value) in request.headers {
            try Violation.unless(!name.isEmpty && name.utf8.allSatisfy(HTTPHeaders.isTokenByte), "a name")
            try Violation.unless(
                value.utf8.allSatisfy { $0 != 0x0A && $0 != 0x0D && $0 != 0 }, "a value that ends a line")
        }
    }

    private func repeatAll(_ heard: Heard) throws(Violation) {
        guard !heard.requests.isEmpty else { return }
        // Only the last one may end the connection, or the others would not have come.
        let again = try hear(heard.requests.flatMap { Self.written($0) }, pieces: [], .atOnce)
        try Violation.unless(
            again.requests.count == heard.requests.count, "\(heard.requests.count) requests are \(again.requests.count)"
        )
        for (left, right) in zip(heard.requests, again.requests) {
            try Violation.unless(
                left.method == right.method && left.target == right.target && left.body == right.body,
                "a request is another when it is written again")
        }
    }

    /// With a length instead of chunks, which may be a little longer than before: the limits allow for it.
    private static func written(_ request: HTTPRequest) -> [UInt8] {
        var out = Array("\(request.method.name) \(request.target) HTTP/\(request.peer.version.rawValue)\r\n".utf8)
        request.headers.forEachField { name, value in
            let text = String(decoding: name, as: UTF8.self).lowercased()
            guard text != "content-length", text != "transfer-encoding" else { return }
            out += name + Array(": ".utf8) + value + Array("\r\n".utf8)
        }
        if !request.body.isEmpty { out += Array("Content-Length: \(request.body.count)\r\n".utf8) }
        return out + Array("\r\n".utf8) + request.body
    }
}
