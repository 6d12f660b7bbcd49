@testable import Network

/// HTTP/2 frames behind the preface, also as gRPC calls.
///
/// - Must hold: a body is never longer than the limit; a gRPC message is what its frame says; no byte stays
///   on the budget.
final class HTTP2Target: FuzzTarget {
    private let board: Switchboard
    private static let bodyBytes = 512

    init() {
        var limits = ServerLimits()
        limits.headBytes = 1_024
        limits.headFields = 16
        limits.targetBytes = 256
        limits.bodyBytes = Self.bodyBytes
        limits.streamsPerConnection = 16
        board = Switchboard(limits)
    }

    /// - Parameter input: the selector is the length of the first read.
    func run(_ input: RawSpan) throws(Violation) {
        let bytes = HTTP2Session.preface + input.payload
        for (pieces, answers) in [([], .atOnce), ([Int(input.selector)], .afterEachPiece)]
            as [([Int], Switchboard.Answers)]
        {
            let heard = try board.hear(bytes, pieces: pieces, answers) { HTTP2Session($0) }
            for request in heard.requests {
                try Violation.unless(request.body.count <= Self.bodyBytes, "a body above the limit")
                guard let message = try? GRPC.message(of: request) else { continue }
                try Violation.unless(message.bytes.count == request.body.count - 5, "a message of another length")
            }
        }
        try Violation.unless(board.heldBytes == 0, "\(board.heldBytes) bytes stay on the budget")
    }
}
