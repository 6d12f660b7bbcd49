import Platform

/// The words behind `docket simulate organization`.
struct OrganizationArguments {
    var people = 40
    var days = 7
    var seed: UInt64 = 1
    /// `nil` for a story that ends with the past.
    var speed: Double?
    var until: Timestamp?
    var otlp: String?
    var token: String?
    var attacks = Set(Attack.allCases)
    var gaps = Set(Gap.allCases)
    var lateness = Timestamp.Span.seconds(60)
    var manifest: String?
    /// The API, when it is to be served.
    var api: ComplianceSimulator.Options?

    init(_ words: [String]) throws(WrongUse) {
        var feed = ComplianceSimulator.Options()
        var place = 0
        while place < words.count {
            let name = words[place]
            place += 1
            if name == "--at-once" {
                speed = nil
                continue
            }
            guard Self.names.contains(name) else { throw WrongUse(reason: "there is no option \(name)") }
            guard place < words.count else { throw WrongUse(reason: "\(name) needs a value") }
            try take(name, words[place], &feed)
            place += 1
        }
        if otlp != nil, token == nil {
            throw WrongUse(reason: "--otlp needs a token: say --token, or set DOCKET_TOKEN")
        }
        guard api != nil else { return }
        feed.seed = seed
        feed.people = people
        feed.count = 0
        api = feed
    }

    static let help = """
        An organization that lives: people in their time zones sign in, work with Claude Code and Cowork, and leave.
        Sends their telemetry to a receiver, serves the Activity Feed that belongs to it, and writes down the truth.
        Without --otlp and --serve it only says how much there would be.

          --people N           default 40
          --days N             days that have passed when it begins, told at once; default 7
          --until TIME         where the past ends; default the last full hour, now with --speed
          --seed N             the same seed and the same --until give the same bytes; default 1
          --at-once            ends with the past; that is the default
          --speed FACTOR       goes on, this much faster than the clock, until Control-C or SIGTERM
          --otlp URL           where telemetry goes to, such as http://127.0.0.1:4318
          --token TOKEN        for --otlp; better in DOCKET_TOKEN, where nobody sees it in a list of processes
          --serve PORT         serves the feed on 127.0.0.1, 0 for any free port, until Control-C or SIGTERM
          --key KEY            the key that the feed takes; default \(SimulatedKey.standard.text)
          --rate-limit N       requests of the feed a minute; default 600
          --faults LIST        faults of the feed, as of docket simulate api; default none
          --fault-chance P     how often a request meets a fault, 0 to 1; default 0.15
          --attacks LIST       names with commas between them, all or none; default all:
        \(listed(Attack.allCases.map(\.rawValue)))
          --gaps LIST          names with commas between them, all or none; default all:
        \(listed(Gap.allCases.map(\.rawValue)))
          --lateness SECONDS   how long after its time a late activity is listed; default 60
          --manifest FILE      what was sent and what was planted, as JSON

        Example:  DOCKET_TOKEN=… docket simulate organization --days 7 --otlp http://127.0.0.1:4318 --manifest truth.json
        Exit:     0 told, or ended by a signal, 1 the receiver does not take it, 2 wrong use or the port is taken
        """

    private static func listed(_ names: [String]) -> String {
        var lines: [String] = [""]
        for name in names {
            if lines[lines.count - 1].utf8.count + name.utf8.count > 70 { lines.append("") }
            lines[lines.count - 1] += " " + name
        }
        return lines.map { String(repeating: " ", count: 22) + $0 }.joined(separator: "\n")
    }

    private static let names: Set<String> = [
        "--people", "--days", "--seed", "--speed", "--until", "--otlp", "--token", "--serve", "--key", "--rate-limit",
        "--faults", "--fault-chance", "--attacks", "--gaps", "--lateness", "--manifest",
    ]

    private mutating func take(
        _ name: String, _ value: String, _ feed: inout ComplianceSimulator.Options
    ) throws(WrongUse) {
        switch name {
        case "--people": people = try Self.number(name, value, 3...5_000)
        case "--days": days = try Self.number(name, value, 1...366)
        case "--seed": seed = UInt64(try Self.number(name, value, 0...Int.max))
        case "--speed":
            guard let factor = Double(value), (0.01...100_000).contains(factor) else {
                throw WrongUse(reason: "--speed needs a number from 0.01 to 100000")
            }
            speed = factor
        case "--until":
            guard let time = RFC3339.parse(value.utf8) else {
                throw WrongUse(reason: "--until needs a time like 2026-10-08T09:00:00Z")
            }
            until = time
        case "--otlp":
            guard value.hasPrefix("http://") || value.hasPrefix("https://") else {
                throw WrongUse(reason: "--otlp needs an address like http://127.0.0.1:4318")
            }
            otlp = value
        case "--token": token = value
        case "--serve":
            feed.port = try Self.number(name, value, 0...65_535)
            api = feed
        case "--key": feed.keys = [SimulatedKey(value)]
        case "--rate-limit": feed.requestsPerMinute = try Self.number(name, value, 1...1_000_000)
        case "--faults":
            feed.faults = try Self.list(name, value)
            guard feed.faults.isDisjoint(with: Self.ownFaults) else {
                let own = Self.ownFaults.map(\.rawValue).sorted().joined(separator: ", ")
                throw WrongUse(reason: "the story itself says what is created when: \(own) are of docket simulate api")
            }
        case "--fault-chance":
            guard let chance = Double(value), (0...1).contains(chance) else {
                throw WrongUse(reason: "--fault-chance needs a number from 0 to 1")
            }
            feed.faultChance = chance
        case "--attacks": attacks = try Self.list(name, value)
        case "--gaps": gaps = try Self.list(name, value)
        case "--lateness": lateness = .seconds(Int64(try Self.number(name, value, 0...86_400)))
        default: manifest = value
        }
    }

    /// What would change the activities, or their ids, of a story.
    private static let ownFaults: Set<SimulatedFault> = [.late, .equalTimes, .selfNoise]

    static func number(_ name: String, _ value: String, _ range: ClosedRange<Int>) throws(WrongUse) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw WrongUse(reason: "\(name) needs a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Names with commas between them, `all` or `none`.
    static func list<Name: RawRepresentable<String> & CaseIterable & Hashable>(
        _ option: String, _ value: String
    ) throws(WrongUse) -> Set<Name> {
        if value == "all" { return Set(Name.allCases) }
        if value == "none" { return [] }
        var names: Set<Name> = []
        for text in value.split(separator: ",") {
            guard let name = Name(rawValue: String(text)) else {
                throw WrongUse(reason: "\(option): there is no \(text)")
            }
            names.insert(name)
        }
        return names
    }
}
