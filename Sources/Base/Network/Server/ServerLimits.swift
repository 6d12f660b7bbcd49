public import Platform

/// How much of everything one server takes. Each limit has a name, so that a refusal can say which it was.
public struct ServerLimits: Sendable {
    /// Request line and fields of one head, and the trailers of a chunked body. Above it: 431.
    ///
    /// - Unit: bytes   - Range: 1,024 … 1,048,576   - Default: 32,768
    public var headBytes = 32 << 10

    /// Fields of one head. Above it: 431.
    ///
    /// - Unit: fields   - Range: 8 … 1,000   - Default: 100
    public var headFields = 100

    /// The request target. Above it: 414.
    ///
    /// - Unit: bytes   - Range: 256 … 65,536   - Default: 8,192
    public var targetBytes = 8 << 10

    /// One body as it comes over the wire. Above it: 413, gRPC status 8. A listener may set its own.
    ///
    /// - Unit: bytes   - Range: 0 … 1 GiB   - Default: 16 MiB
    public var bodyBytes = 16 << 20

    /// Connections over all listeners. Above it a new one is told 503 and closed.
    ///
    /// - Unit: connections   - Range: 1 … 1,000,000   - Default: 4,096
    public var connections = 4_096

    /// How long a connection may lie still between requests. It is closed without a word.
    ///
    /// - Range: 10 ms … 1 h   - Default: 75 s
    public var idleTime: Timestamp.Span = .seconds(75)

    /// From the first byte of a head, or the start of a TLS handshake, to its last. Above it: 408.
    ///
    /// - Range: 10 ms … 10 min   - Default: 10 s
    public var headTime: Timestamp.Span = .seconds(10)

    /// From the end of the head to the end of the body, however steadily it drips. Above it: 408.
    ///
    /// - Range: 10 ms … 1 h   - Default: 60 s
    public var bodyTime: Timestamp.Span = .seconds(60)

    /// How long a client may take not one byte of an answer that waits for it. Above it: closed.
    ///
    /// - Range: 10 ms … 1 h   - Default: 30 s
    public var stallTime: Timestamp.Span = .seconds(30)

    /// Requests over one connection; the last answer says `Connection: close`, or GOAWAY.
    ///
    /// - Unit: requests   - Range: 1 …   - Default: 1,000,000
    public var requestsPerConnection = 1_000_000

    /// Requests at the same time over one HTTP/2 connection. Above it the stream is refused.
    ///
    /// - Unit: streams   - Range: 1 … 1,000   - Default: 128
    public var streamsPerConnection = 128

    /// Bodies that have arrived, wholly or in part, and are not answered yet, over the whole server.
    /// Above it: 503 with `Retry-After`, gRPC status 8.
    ///
    /// - Unit: bytes   - Range: `bodyBytes` …   - Default: 64 MiB
    public var inFlightBytes = 64 << 20

    public init() {}

    /// What a Content-Length gets at once; the rest of the room must be earned by sending. - Unit: bytes
    static let reservedBytes = 1 << 20

    /// The shortest of the times, which decides how often the loops look at their clocks.
    var shortestMilliseconds: Int {
        let shortest = [idleTime, headTime, bodyTime, stallTime].map(\.nanoseconds).min() ?? 0
        return max(1, Int(shortest / 1_000_000))
    }
}

extension Timestamp.Span {
    /// Whole milliseconds, never negative.
    var milliseconds: UInt64 { UInt64(max(0, nanoseconds) / 1_000_000) }
}
