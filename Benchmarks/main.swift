import Glibc

// Measures one topic, or all: `docket-bench [intake [EVENTS [FORM]] | journal [RECORDS] | normalize [SECONDS] | store-index [EVENTS]]`.

let topic = CommandLine.arguments.dropFirst().first ?? "all"
let amount = CommandLine.arguments.count > 2 ? Double(CommandLine.arguments[2]) : nil
let forms =
    CommandLine.arguments.count > 3 ? [Form.Kind(rawValue: CommandLine.arguments[3]) ?? .protobuf] : Form.Kind.allCases

switch topic {
case "intake": IntakeBenchmark.run(events: Int(amount ?? 500_000), forms: forms)
case "journal": JournalBenchmark.run(records: Int(amount ?? 4_000_000))
case "normalize": NormalizeBenchmark.run(seconds: amount ?? 2)
case "store-index": try StoreIndexBenchmark.run(events: Int(amount ?? 1_000_000))
case "all":
    IntakeBenchmark.run(events: 500_000, forms: forms)
    JournalBenchmark.run(records: 4_000_000)
    NormalizeBenchmark.run(seconds: 2)
    try StoreIndexBenchmark.run(events: 1_000_000)
default:
    print(
        "use: docket-bench [intake [EVENTS [protobuf|gzip|json|grpc]] | journal [RECORDS] | normalize [SECONDS] | store-index [EVENTS]]"
    )
    exit(2)
}
