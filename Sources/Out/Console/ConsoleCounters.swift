import Platform

/// Numbers about the console itself.
struct ConsoleCounters: Sendable {
    let requests: Counter
    let searches: Counter
    let refused: Counter
    let busy: Counter
    let signIns: Counter

    init(_ list: MetricList?) {
        let list = list ?? MetricList()
        requests = list.counter("docket_console_requests_total", "Requests for pages and calls of the API.")
        searches = list.counter("docket_console_searches_total", "Questions to the store.")
        refused = list.counter("docket_console_refused_total", "Requests without a right credential.")
        busy = list.counter("docket_console_busy_total", "Requests that found all workers busy.")
        signIns = list.counter("docket_console_sign_ins_total", "People who signed in.")
    }
}
