import Events
import Glibc
import Intake
import Journal
import Network
import Platform
import Simulate

// Polls a simulated organization over HTTP into a journal on disk, until all is durable.
//
//     swift run -c release FeedBenchmark [activities] [page size]
//
// The simulator runs in the same process, so its work is in the processor time. The budget of requests is
// lifted: what is measured is the program, not the API's limit. The journal is made in the working directory.

let words = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let count = words.first ?? 200_000
let pageSize = words.count > 1 ? words[1] : 1_000

var options = ComplianceSimulator.Options()
options.count = count
options.requestsPerMinute = 1_000_000
let simulator = try ComplianceSimulator(options)
simulator.start()

let folder = "feed-benchmark-\(getpid())"
try FolderDisk.makeFolder(folder)
let quiet = Log("benchmark", least: .error)
let metrics = MetricList()
let journal = try Journal(
    disk: FolderDisk(folder: folder), clock: SystemClock(), metrics: JournalMetrics(metrics), log: quiet)

var configuration = FeedConfiguration(key: FeedKey(SimulatedKey.standard.text))
configuration.url = simulator.url
configuration.batchSize = pageSize
configuration.requestsPerMinute = 1_000_000
let poller = FeedPoller(configuration, sink: journal, client: HTTPClient(), log: quiet, metrics: metrics)

func processorSeconds() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

let clock = SystemClock()
let startedProcessor = processorSeconds()
let started = clock.steady()
let task = Task { await poller.run() }
while (journal.counts[.default] ?? 0) < UInt64(count) { usleep(1_000) }
let wall = Double((clock.steady() - started).nanoseconds) / 1e9
let processor = processorSeconds() - startedProcessor
task.cancel()
await task.value
journal.stop()
simulator.stop()

func rounded(_ number: Double, _ digits: Int) -> String {
    var power = 1.0
    for _ in 0..<digits { power *= 10 }
    return "\((number * power).rounded() / power)"
}
print("activities        \(count) in pages of \(pageSize), \(simulator.requests) requests")
print("wall              \(rounded(wall, 2)) s, \(Int(Double(count) / wall)) activities/s")
print("processor         \(rounded(processor, 2)) s with the simulator, \(Int(Double(count) / processor)) activities/s")
for name in try FolderDisk(folder: folder).names() { unsafe unlink("\(folder)/\(name)") }
unsafe rmdir(folder)
