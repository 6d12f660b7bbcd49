import Glibc

// Measures one topic, or all.

let use = """
    use: docket-bench [TOPIC]

      intake [EVENTS [protobuf|gzip|json|grpc]]
      evidence [GIGABYTES]
      events [EVENTS]
      enrich [SECONDS [CITY.mmdb ASN.mmdb]]
      feed [ACTIVITIES]
      journal [RECORDS]
      normalize [SECONDS [INPUT]]
      redact [SECONDS [FILE]]
      reports [DAYS]
      sources [ACTIVITIES]
      store [EVENTS [plain|varied [FOLDER]]]
      organization [PEOPLE [FOLDER]]
    """
let words = Array(CommandLine.arguments.dropFirst())
let topic = words.first ?? "all"
let amount = words.count > 1 ? Double(words[1]) : nil
let choice = words.count > 2 ? words[2] : nil
let forms = choice.map { [Form.Kind(rawValue: $0) ?? .protobuf] } ?? Form.Kind.allCases

switch topic {
case "intake": IntakeBenchmark.run(events: Int(amount ?? 500_000), forms: forms)
case "enrich":
    try EnrichmentBenchmark.run(seconds: amount ?? 2, city: choice, network: words.count > 3 ? words[3] : nil)
case "events": EventsBenchmark.run(events: Int(amount ?? 300_000))
case "reports": ReportsBenchmark.run(days: Int(amount ?? 365))
case "sources": SourcesBenchmark.run(activities: Int(amount ?? 500_000))
case "evidence": EvidenceBenchmark.run(gigabytes: amount ?? 1)
case "feed": FeedBenchmark.run(activities: Int(amount ?? 1_000_000))
case "journal": JournalBenchmark.run(records: Int(amount ?? 4_000_000))
case "normalize": NormalizeBenchmark.run(seconds: amount ?? 2, only: choice ?? "")
case "redact": RedactBenchmark.run(seconds: amount ?? 2, file: choice)
case "organization": try OrganizationBenchmark.run(people: Int(amount ?? 400), kept: choice)
case "store":
    try StoreBenchmark.run(
        events: Int(amount ?? 5_000_000), isVaried: choice == "varied", kept: words.count > 3 ? words[3] : nil)
case "all":
    IntakeBenchmark.run(events: 500_000, forms: forms)
    FeedBenchmark.run(activities: 1_000_000)
    ReportsBenchmark.run(days: 365)
    EventsBenchmark.run(events: 300_000)
    SourcesBenchmark.run(activities: 500_000)
    JournalBenchmark.run(records: 4_000_000)
    EvidenceBenchmark.run(gigabytes: 1)
    NormalizeBenchmark.run(seconds: 2)
    RedactBenchmark.run(seconds: 2)
    try EnrichmentBenchmark.run(seconds: 2, city: nil, network: nil)
    try StoreBenchmark.run(events: 5_000_000)
default:
    print(use)
    exit(2)
}
