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
