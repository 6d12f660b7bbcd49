import Codecs
import Events
import Glibc
import Lookup
import Pipeline
import Platform

/// What it costs to know what user agents are and where addresses are.
enum EnrichmentBenchmark {
    /// - Parameter city: a database of places to look addresses up in; without one places are left out.
    static func run(seconds: Double, city: String?, network: String?) throws {
        let (memory, began) = (Self.memory(), Meter.cpuSeconds())
        let first = Enrichment(mode: .full)
        print("patterns made ready: \(Int((Meter.cpuSeconds() - began) * 1e3)) ms, \(Self.memory() - memory) KiB")
        let agents = Self.agents(count: 100_000)
        rate("user agents, each new", seconds, agents.count) { document, place in
            let agent = agents[place]
            unsafe first.addAgent(agent.span.bytes, to: &document)
        }
        let few = Array(agents.prefix(2_000))
        rate("user agents, 2,000 again and again", seconds, few.count) { document, place in
            let agent = few[place]
            unsafe first.addAgent(agent.span.bytes, to: &document)
        }
        let database = try city.map { try AddressDatabase(path: $0, .city) }
        let networks = try network.map { try AddressDatabase(path: $0, .network) }
        let full = Enrichment(mode: .full, city: database, network: networks)
        if database != nil || networks != nil {
            let addresses = Self.addresses(count: 100_000)
            rate("addresses", seconds, addresses.count) { document, place in
                let address = addresses[place]
                unsafe full.addPlace(of: address.span.bytes, to: &document)
            }
        }
        let activities = Self.activities(people: 2_000)
        NormalizeBenchmark.measure("anthropic.audit of 2,000 people, not enriched", activities, seconds)
        NormalizeBenchmark.measure("anthropic.audit of 2,000 people, enriched", activities, seconds, .ecs, full)
    }

    private static func rate(
        _ name: String, _ seconds: Double, _ count: Int, _ body: (inout Document, Int) -> Void
    ) {
        var document = Document()
        let meter = Meter()
        let end = Meter.cpuSeconds() + seconds
        var done = 0
        while Meter.cpuSeconds() < end {
            for _ in 0..<1_000 {
                document.removeAll()
                body(&document, done % count)
                done += 1
            }
        }
        meter.report(name, events: done, bytesIn: 0, bytesOut: 0)
    }

    /// The most that the process ever had, in KiB.
    private static func memory() -> Int {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }

    // MARK: Input

    /// An activity of each of many people, who have an address and a user agent of their own.
    private static func activities(people: Int) -> RecordBatch {
        let who = Array(zip(agents(count: people), addresses(count: people)))
        return NormalizeBenchmark.activities(
            who.enumerated().map { number, person in
                """
                {"id":"activity_01ExampleActivity\(number)","created_at":"2026-10-08T08:09:10.812446Z",\
                "organization_id":"org_abc123","organization_uuid":"abcdef01-4567-89ab-cdef-0123456789ab",\
                "actor":{"type":"user_actor","email_address":"user\(number)@example.com","user_id":"user_\(number)",\
                "ip_address":"\(String(decoding: person.1, as: UTF8.self))",\
                "user_agent":"\(String(decoding: person.0, as: UTF8.self))"},\
                "type":"claude_chat_created","claude_chat_id":"claude_chat_ijk012","claude_project_id":"claude_proj_art274"}
                """
            })
    }

    /// Browsers of many versions, tools, phones.
    static func agents(count: Int) -> [[UInt8]] {
        (0..<count).map { number in
            let (major, build) = (100 + number % 47, number)
            let text =
                switch number % 8 {
                case 0:
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/\(major).0.\(build).1 Safari/537.36"
                case 1:
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/\(major).0.0.0 Safari/537.36 Edg/\(major).0.\(build).1"
                case 2: "Mozilla/5.0 (X11; Linux x86_64; rv:\(major).0) Gecko/20100101 Firefox/\(major).\(build)"
                case 3:
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_\(major) like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E\(build) Safari/604.1"
                case 4:
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Claude/1.0.\(build) Chrome/\(major).0.7204.251 Electron/37.10.3 Safari/537.36"
                case 5: "claude-cli/2.1.\(build) (external, cli)"
                case 6: "python-requests/2.\(build).0"
                default:
                    "Mozilla/5.0 (Linux; Android 14; Pixel \(major)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/\(major).0.\(build).0 Mobile Safari/537.36"
                }
            return Array(text.utf8)
        }
    }

    static func addresses(count: Int) -> [[UInt8]] {
        (0..<count).map { number in
            // Spread over all of IPv4.
            let mixed = UInt32(truncatingIfNeeded: number) &* 0x9E37_79B1
            return Array("\(mixed >> 24).\(mixed >> 16 & 255).\(mixed >> 8 & 255).\(mixed & 255)".utf8)
        }
    }
}
