public import Platform

/// What a server counts.
public struct ServerCounters: Sendable {
    public let connections: Gauge
    public let accepted: Counter
    public let requests: Counter
    /// Requests that the server itself refused, before any handler saw them.
    public let refused: Counter
    /// Answers to a request that had one already. They are dropped; the number says that a handler is wrong.
    public let secondAnswers: Counter
    /// Requests whose responder was dropped without an answer: the client got 500.
    public let unanswered: Counter
    public let inFlightBytes: Gauge

    /// - Parameter metrics: where they are also listed, as `docket_http_…`.
    public init(_ metrics: MetricList? = nil) {
        func counter(_ name: String, _ help: String) -> Counter { metrics?.counter(name, help) ?? Counter() }
        func gauge(_ name: String, _ help: String) -> Gauge { metrics?.gauge(name, help) ?? Gauge() }
        connections = gauge("docket_http_connections", "Open connections.")
        accepted = counter("docket_http_accepted_total", "Connections accepted.")
        requests = counter("docket_http_requests_total", "Requests passed to a handler.")
        refused = counter("docket_http_refused_total", "Requests refused before any handler.")
        secondAnswers = counter("docket_http_second_answers_total", "Answers dropped because there was one already.")
        unanswered = counter("docket_http_unanswered_total", "Requests that no handler answered.")
        inFlightBytes = gauge("docket_http_in_flight_bytes", "Bytes of bodies not answered yet.")
    }
}
