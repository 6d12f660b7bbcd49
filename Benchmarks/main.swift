import Glibc

// Measures one topic: `docket-bench normalize [SECONDS]`, `docket-bench store-index [EVENTS]`.

let topic = CommandLine.arguments.dropFirst().first ?? ""
let events = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 1_000_000 : 1_000_000
let seconds = CommandLine.arguments.count > 2 ? Double(CommandLine.arguments[2]) ?? 2 : 2

switch topic {
case "normalize": NormalizeBenchmark.run(seconds: seconds)
case "store-index": try StoreIndexBenchmark.run(events: events)
default:
    print("use: docket-bench normalize [SECONDS] | store-index [EVENTS]")
    exit(2)
}
