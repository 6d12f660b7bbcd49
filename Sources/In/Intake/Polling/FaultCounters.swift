import Events
import Platform

/// What went wrong in a poller, counted by its code.
struct FaultCounters: Sendable {
    private let counters: [Fault.Code: Counter]

    init(_ metrics: MetricList, _ name: String, labels: [(String, String)]) {
        var counters: [Fault.Code: Counter] = [:]
        for code in Fault.Code.allCases {
            counters[code] = metrics.counter(
                name, "Failed requests and appends.", labels: labels + [("code", code.rawValue)])
        }
        self.counters = counters
    }

    func count(_ fault: Fault) { counters[fault.code]?.add() }
}
