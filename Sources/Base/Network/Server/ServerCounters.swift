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
    /// Certificates that were read again while the server ran.
    public let certificatesRenewed: Counter
    /// The same, where what was read could not be used.
    public let certificatesRefused: Counter

    /// - Parameter metrics: where they are also listed, as `docket_http_…`.
    public init(_ metrics: MetricList? = nil) {
        func counter(_ name: String, _ help: String, _ labels: [(String, String)] = []) -> Counter {
            metrics?.counter(name, help, labels: labels) ?? Counter()
        }
        func gauge(_ name: String, _ help: String) -> Gauge { metrics?.gauge(name, help) ?? Gauge() }
        connections = gauge("docket_http_connections", "Open connections.")
        accepted = counter("docket_http_accepted_total", "Connections accepted.")
        requests = counter("docket_http_requests_total", "Requests passed to a handler.")
        refused = counter(
            "docket_http_refused_total", "Requests that the server or a gate answered before any handler.")
        secondAnswers = counter("docket_http_second_answers_total", "Answers dropped because there was one already.")
        unanswered = counter("docket_http_unanswered_total", "Requests that no handler answered.")
        inFlightBytes = gauge("docket_http_in_flight_bytes", "Bytes of bodies not answered yet.")
        func reloads(_ result: String) -> Counter {
            counter("docket_tls_reloads_total", "Certificates read again, by what came of it.", [("result", result)])
        }
        certificatesRenewed = reloads("success")
        certificatesRefused = reloads("failure")
    }
}
