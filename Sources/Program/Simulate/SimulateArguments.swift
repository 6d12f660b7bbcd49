import Platform

/// The words behind `docket simulate`.
struct SimulateArguments {
    var options = ComplianceSimulator.Options()
    var truthFile: String?

    init(_ words: [String]) throws(WrongUse) {
        options.port = 8_700
        guard words.first == "api" else {
            throw WrongUse(reason: "there is no \(words.first ?? "nothing") to simulate; say api")
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
        "--faults",
        "--fault-chance", "--truth",
    ]

    private mutating func take(_ name: String, _ value: String) throws(WrongUse) {
        switch name {
        case "--port": options.port = try Self.number(name, value, 0...65_535)
        case "--activities": options.count = try Self.number(name, value, 0...5_000_000)
        case "--hours": options.before = .hours(Int64(try Self.number(name, value, 1...52_608)))
        case "--per-minute": options.perMinute = try Self.number(name, value, 0...600_000)
        case "--seed": options.seed = UInt64(try Self.number(name, value, 0...Int.max))
        case "--key": options.keys = [SimulatedKey(value)]
        case "--rate-limit": options.requestsPerMinute = try Self.number(name, value, 1...1_000_000)
        case "--report-limit": options.reportRequestsPerMinute = try Self.number(name, value, 1...1_000_000)
        case "--fault-chance":
            guard let chance = Double(value), (0...1).contains(chance) else {
                throw WrongUse(reason: "--fault-chance needs a number from 0 to 1")
            }
            options.faultChance = chance
        case "--truth": truthFile = value
        default: options.faults = try Self.faults(value)
        }
    }

    private static func number(_ name: String, _ value: String, _ range: ClosedRange<Int>) throws(WrongUse) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw WrongUse(reason: "\(name) needs a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func faults(_ value: String) throws(WrongUse) -> Set<SimulatedFault> {
        if value == "all" { return Set(SimulatedFault.allCases) }
        var faults: Set<SimulatedFault> = []
        for name in value.split(separator: ",") {
            guard let fault = SimulatedFault(rawValue: String(name)) else {
                throw WrongUse(reason: "there is no fault \(name)")
            }
            faults.insert(fault)
        }
        return faults
    }
}
