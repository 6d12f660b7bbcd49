/// A parent organization with two organizations and the people, keys and machines in them. Nobody in it exists.
struct SimulatedOrganization: Sendable {
    /// The same person in the feed, in reports, in the directory and at work.
    struct Person: Sendable {
        let id: String
        let email: String
        let name: String
        /// One of ``SimulatedDirectory/organizationRoles``; the directory changes it.
        var role: String
        let address: String
        let agent: String
        /// Index of the organization.
        let home: Int

        var isAdministrator: Bool { role == "owner" || role == "admin" }

        /// - Parameter number: the first is the owner, the next two are administrators.
        init(id: String, email: String, number: Int, address: String, agent: String, home: Int) {
            self.id = id
            self.email = email
            name = email.prefix { $0 != "@" }.split(separator: "-").map {
                $0.prefix(1).uppercased() + $0.dropFirst()
            }.joined(separator: " ")
            role = number == 0 ? "owner" : number < 3 ? "admin" : "user"
            self.address = address
            self.agent = agent
            self.home = home
        }
    }

    struct Unit: Sendable {
        let id: String
        let uuid: String
    }

    let people: [Person]
    let units: [Unit]
    let keys: [String]
    let serviceAccounts: [String]

    private static let teams = ["analyst", "engineer", "designer", "counsel", "support", "finance", "admin"]
    private static let agents = [
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
            + "Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            + "Version/18.6 Mobile/15E148 Safari/604.1",
        "Claude/1.15962.1 (darwin; arm64)", "claude-code/2.1.294 (linux; x64)",
    ]

    init(seed: UInt64, people count: Int = 40) {
        var draws = Draws(seed: seed ^ 0x6f72_6761)
        units = (0..<2).map { _ in
            Unit(id: ActivityID.other("org", &draws), uuid: Self.uuid(&draws))
        }
        people = (0..<count).map { number in
            Person(
                id: ActivityID.other("user", &draws), email: "\(draws.one(of: Self.teams))-\(number + 1)@example.com",
                number: number,
                address: Self.address(&draws), agent: draws.one(of: Self.agents), home: number % 5 == 0 ? 1 : 0)
        }
        keys = (0..<6).map { _ in ActivityID.other("apikey", &draws) }
        serviceAccounts = (0..<4).map { _ in ActivityID.other("svac", &draws) }
    }

    /// Out of the blocks that documentation may use: RFC 5737 and RFC 3849.
    static func address(_ draws: inout Draws) -> String {
        let last = 1 + draws.number(below: 254)
        return switch draws.number(below: 4) {
        case 0: "192.0.2.\(last)"
        case 1: "198.51.100.\(last)"
        case 2: "203.0.113.\(last)"
        default: "2001:db8::\(String(last, radix: 16))"
        }
    }

    static func uuid(_ draws: inout Draws) -> String {
        let digits = hex(draws.next()) + hex(draws.next())
        let bytes = Array(digits.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return "\(part(0..<8))-\(part(8..<12))-4\(part(13..<16))-a\(part(17..<20))-\(part(20..<32))"
    }

    static func hex(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
