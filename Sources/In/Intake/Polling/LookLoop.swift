import Events
import Platform

/// Looks at something from time to time, until the task is cancelled or a person must act.
struct LookLoop {
    let source: SourceName
    /// From the start of one look to the start of the next.
    let interval: Timestamp.Span
    let means: PollerMeans
    let faults: FaultCounters
    /// Told when a person must act.
    let isStopped: Gauge

    /// - Parameter onFault: told why a look did not come to its end.
    /// - Parameter look: gives false when it is time to end.
    func run(
        onFault: (Fault) async -> Void = { _ in }, _ look: () async throws(Fault) -> Bool
    ) async {
        while !Task.isCancelled {
            let began = means.clock.steady()
            var pause = interval
            do throws(Fault) {
                guard try await look() else { return }
                pause = max(interval - (means.clock.steady() - began), .seconds(0))
            } catch {
                faults.count(error)
                await onFault(error)
                if error.remedy == .stop {
                    means.log.error("this is not read any more", ("source", "\(source)"), ("fault", "\(error)"))
                    isStopped.set(1)
                    return
                }
                means.log.warning("this was not read", ("source", "\(source)"), ("fault", "\(error)"))
            }
            guard await means.wait(pause) else { return }
        }
    }
}
