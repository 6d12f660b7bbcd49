import Events
import Network
import Platform
import Simulate
import TestKit

@testable import Intake

/// A simulated API, a sink, and the means to start pollers on them, one after another. Time is the test's: waiting turns
/// the clock.
protocol PollerBench: AnyObject, Sendable {
    var clock: TestClock { get }
    var simulator: ComplianceSimulator { get }
    var sink: RecordSinkDouble { get }
    var client: HTTPClient { get }
    var lines: Locked<[String]> { get }
}

extension PollerBench {
    static func simulator(_ options: ComplianceSimulator.Options, _ clock: TestClock) throws -> ComplianceSimulator {
        let simulator = try ComplianceSimulator(options, clock: clock)
        simulator.start()
        return simulator
    }

    var log: Log {
        let lines = lines
        return Log("test", least: .debug) { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
    }

    /// What a poller works with that is started now.
    func means(sink: (any RecordSink)? = nil, budget: FeedBudget = FeedBudget()) -> PollerMeans {
        PollerMeans(
            sink: sink ?? self.sink, client: client, clock: clock, budget: budget, log: log, wait: wait,
            chance: { 0.5 })
    }

    private var wait: PollerMeans.Wait {
        let clock = clock
        return { span in
            clock.advance(span)
            await Task.yield()
            return !Task.isCancelled
        }
    }

    /// Lets a poller run until a condition holds, then stops it.
    ///
    /// - Returns: whether the condition held in time.
    func run(
        withinSeconds seconds: Int = 30, _ poll: @escaping @Sendable () async -> Void,
        until condition: @Sendable () -> Bool
    ) async -> Bool {
        let task = Task { await poll() }
        let held = await eventually(withinSeconds: seconds, condition, isolation: nil)
        task.cancel()
        sink.end()
        await task.value
        sink.restart()
        return held
    }
}
