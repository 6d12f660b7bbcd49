import Platform

/// The words behind `docket simulate`.
struct SimulateArguments {
    var options = ComplianceSimulator.Options()
    var truthFile: String?

    init(_ words: [String]) throws(WrongUse) {
        options.port = 8_700
        guard words.first == "api" else {
            throw WrongUse(reason: "there is no \(words.first ?? "nothing") to simulate; say api or organization")
        }
        var place = 1
        while place < words.count {
            let name = words[place]
            place += 1
            if name == "--until-signal" { continue }
            guard Self.names.contains(name) else { throw WrongUse(reason: "there is no option \(name)") }
            guard place < words.count else { throw WrongUse(reason: "\(name) needs a value") }
            try take(name, words[place])
            place += 1
        }
    }

    private static let names: Set<String> = [
        "--port", "--activities", "--hours", "--per-minute", "--seed", "--key", "--rate-limit", "--report-limit",
        "--faults", "--fault-chance", "--lateness", "--scopes", "--truth", "--drift",
    ]

    private mutating func take(_ name: String, _ value: String) throws(WrongUse) {
        switch name {
        case "--port": options.port = try OrganizationArguments.number(name, value, 0...65_535)
        case "--activities": options.count = try OrganizationArguments.number(name, value, 0...5_000_000)
        case "--hours": options.before = .hours(Int64(try OrganizationArguments.number(name, value, 1...52_608)))
        case "--per-minute": options.perMinute = try OrganizationArguments.number(name, value, 0...600_000)
        case "--seed": options.seed = UInt64(try OrganizationArguments.number(name, value, 0...Int.max))
        case "--key": options.keys = [SimulatedKey(value)]
        case "--rate-limit": options.requestsPerMinute = try OrganizationArguments.number(name, value, 1...1_000_000)
        case "--report-limit":
            options.reportRequestsPerMinute = try OrganizationArguments.number(name, value, 1...1_000_000)
        case "--fault-chance":
            guard let chance = Double(value), (0...1).contains(chance) else {
                throw WrongUse(reason: "--fault-chance needs a number from 0 to 1")
            }
            options.faultChance = chance
        case "--lateness":
            options.lateness = .seconds(Int64(try OrganizationArguments.number(name, value, 1...604_800)))
        case "--drift":
            options.driftEvery = .seconds(Int64(try OrganizationArguments.number(name, value, 1...86_400)))
        case "--scopes":
            options.keys = options.keys.map {
                SimulatedKey($0.text, scopes: Set(value.split(separator: ",").map(String.init)))
            }
        case "--truth": truthFile = value
        default: options.faults = try OrganizationArguments.list(name, value)
        }
    }
}
