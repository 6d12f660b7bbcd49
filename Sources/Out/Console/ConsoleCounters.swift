import Platform

/// Numbers about the console itself.
struct ConsoleCounters: Sendable {
    let requests: Counter
    let searches: Counter
    let refused: Counter
    let busy: Counter
    let gone: Counter
    let signIns: Counter
    let failedSignIns: Counter
    let delayed: Counter

    init(_ list: MetricList?) {
        let list = list ?? MetricList()
        requests = list.counter("docket_console_requests_total", "Requests for pages and calls of the API.")
        searches = list.counter("docket_console_searches_total", "Questions to the store.")
        refused = list.counter("docket_console_refused_total", "Requests without a right credential.")
        busy = list.counter("docket_console_busy_total", "Requests that found all workers busy.")
        gone = list.counter(
            "docket_console_clients_gone_total", "Calls of the API whose client left before it had its answer.")
        signIns = list.counter("docket_console_sign_ins_total", "People who signed in.")
        failedSignIns = list.counter("docket_console_failed_sign_ins_total", "Attempts to sign in that failed.")
        delayed = list.counter(
            "docket_console_delayed_sign_ins_total", "Attempts to sign in that were told to come again later.")
    }
}
