import Codecs
import Platform

/// The figures of an organization that does not exist, day by day. The same seed gives the same figures.
///
/// Figures of a day change while it is young: each revision raises some of them, and one of its people comes to light
/// only with the first.
struct SimulatedReports: Sendable {
    enum Report: String, Sendable, CaseIterable {
        case users, summaries, skills, connectors, plugins, artifacts
        case projects = "apps/chat/projects"
        case usage = "usage_report"
        case cost = "cost_report"
        case userUsage = "user_usage_report"
        case userCost = "user_cost_report"
        case messages = "usage_report/messages"
        case consoleCost = "console/cost_report"
        case claudeCode = "usage_report/claude_code"

        var isConsole: Bool { [.messages, .consoleCost, .claudeCode].contains(self) }
        /// Whether rows stand in buckets.
        var hasBuckets: Bool { [.usage, .cost, .messages, .consoleCost].contains(self) }
        var isMoney: Bool { hasBuckets || self == .userUsage || self == .userCost }
    }

    let seed: UInt64
    private let organization: SimulatedOrganization
    /// Revisions of each day, those in its first week and all of them.
    private var revisions: [Int: (early: Int, all: Int)] = [:]
    /// How often figures were revised.
    private(set) var revision = 0

    static let models = ["claude-opus-4-6", "claude-sonnet-4-5", "claude-haiku-4-5"]
    private static let products = ["chat", "claude_code", "cowork"]
    /// The most groups of a bucket that are listed.
    static let groupLimit = 100

    init(seed: UInt64) {
        self.seed = seed
        organization = SimulatedOrganization(seed: seed, people: 12)
    }

    /// Figures of the last days change.
    mutating func revise(at now: Timestamp) {
        revision += 1
        let today = Self.day(of: now)
        for day in today - 28...today {
            let known = revisions[day] ?? (0, 0)
            revisions[day] = (known.early + (day >= today - 5 ? 1 : 0), known.all + 1)
        }
    }

    /// Figures of engagement are final after a week.
    private func revision(of day: Int, _ report: Report) -> Int {
        let known = revisions[day] ?? (0, 0)
        return report.isMoney || report == .claudeCode ? known.all : known.early
    }

    static func day(of moment: Timestamp) -> Int {
        let civil = Civil(moment)
        return Civil.days(year: civil.year, month: civil.month, day: civil.day)
    }

    static func midnight(_ day: Int) -> String { moment(day, 0) }

    /// Some minutes after the start of a day: `2026-10-08T07:30:00Z`.
    static func moment(_ day: Int, _ minutes: Int) -> String {
        "\(RFC3339.text(Timestamp(nanoseconds: (Int64(day) * 1_440 + Int64(minutes)) * 60_000_000_000)).prefix(19))Z"
    }

    /// The rows of a day, as they are listed.
    ///
    /// - Parameter part: a part of the day, from a minute on so many; in most of them nobody did anything.
    func rows(
        _ report: Report, _ day: Int, groups: Set<String>, in part: (minute: Int, count: Int)? = nil
    ) -> [JSONValue] {
        var figures = Figures(seed: seed, report: report, day: day, revision: revision(of: day, report))
        if let part {
            let (hour, minute) = part.minute.quotientAndRemainder(dividingBy: 60)
            guard (8..<18).contains(hour), part.count == 60 || minute % 20 == hour else { return [] }
            // What was counted at nine turns out to be of another organization.
            if hour == 9, figures.revision > 1 { return [] }
            figures.seed ^= Draws.mixed(UInt64(part.minute + 1))
        }
        switch report {
        case .users: return people(figures).map { user($0, figures) }
        case .summaries: return [summary(day, figures)]
        case .skills: return named("skill_name", ["pdf", "xlsx", "review"], figures, count: "invocation_count")
        case .connectors: return named("connector_name", ["atlassian", "github"], figures, count: "read_call_count")
        case .plugins: return named("plugin_name", ["formatter", "linter"], figures, count: "invocation_count")
        case .artifacts: return named("artifact_type", ["code", "document"], figures, count: "artifacts_created_count")
        case .projects: return named("project_id", ["claude_proj_1", "claude_proj_2"], figures, count: "message_count")
        case .usage, .cost, .messages, .consoleCost: return split(report, groups, figures)
        case .userUsage, .userCost:
            return people(figures).flatMap { person in
                split(report, groups, figures.of(person)).map { row in
                    .object([.init("actor", actor(person))] + (row.members ?? []))
                }
            }
        case .claudeCode: return people(figures).flatMap { code($0, day, figures.of($0)) }
        }
    }

    // MARK: Rows

    private struct Figures {
        var seed: UInt64
        let report: Report
        let day: Int
        let revision: Int
        var person = 0

        func of(_ person: Int) -> Figures {
            var figures = self
            figures.person = person + 1
            return figures
        }

        /// A figure that is the same each time, and greater after a revision if it is one that is revised.
        func number(_ name: String, below limit: Int = 100_000) -> Int64 {
            var state = Draws.mixed(seed ^ UInt64(day) &* 0x9e37_79b9)
            for byte in "\(report.rawValue) \(person) \(name)".utf8 { state = Draws.mixed(state ^ UInt64(byte)) }
            let base = Int64(state % UInt64(limit))
            return state % 3 == 0 ? base + Int64(revision) * 7 : base
        }

        /// Cents with six digits behind the point.
        func cents(_ name: String) -> String {
            let fraction = String(number(name + " fraction", below: 1_000_000) % 1_000_000)
            return "\(number(name)).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"
        }
    }

    /// Whoever did something on that day.
    private func people(_ figures: Figures) -> [Int] {
        let all = organization.people.indices.filter { ($0 + figures.day) % 3 != 0 }
        return figures.revision > 0 ? all : Array(all.dropLast())
    }

    private func actor(_ number: Int) -> JSONValue {
        let person = organization.people[number]
        return [
            "type": "user_actor", "user_id": .string(person.id), "email": .string(person.email), "deleted": false,
        ]
    }

    private func user(_ number: Int, _ figures: Figures) -> JSONValue {
        let person = organization.people[number]
        let own = figures.of(number)
        return [
            "user": ["type": "user", "id": .string(person.id), "email_address": .string(person.email)],
            "chat_metrics": [
                "message_count": .integer(own.number("chat")), "thinking_message_count": 0,
            ],
            "claude_code_metrics": [
                "core_metrics": ["commit_count": .integer(own.number("commits", below: 50))]
            ],
            "web_search_count": .integer(own.number("searches", below: 90)), "distinct_user_count": nil,
        ]
    }

    private func summary(_ day: Int, _ figures: Figures) -> JSONValue {
        [
            "starting_at": .string(Self.midnight(day)), "ending_at": .string(Self.midnight(day + 1)),
            "daily_active_user_count": .integer(figures.number("active", below: 500)),
            "daily_adoption_rate": .double(0.25), "assigned_seat_count": 500,
        ]
    }

    private func named(_ member: String, _ names: [String], _ figures: Figures, count: String) -> [JSONValue] {
        names.map { name in
            .object([
                .init(member, .string(name)), .init(count, .integer(figures.number(name))),
                .init("distinct_user_count", .integer(figures.number(name + " users", below: 400))),
            ])
        }
    }

    /// A row for each product and model, as far as figures are split by them.
    private func split(_ report: Report, _ groups: Set<String>, _ figures: Figures) -> [JSONValue] {
        // On some days there are more groups than are listed.
        let isWide = figures.day % 7 == 0 && report.hasBuckets && groups.contains("model")
        let models = isWide ? (0..<60).map { "claude-simulated-\($0)" } : Self.models
        var rows: [JSONValue] = []
        for product in groups.contains("product") ? Self.products : [""] {
            for model in groups.contains("model") || groups.contains("description") ? models : [""] {
                rows.append(row(report, groups, product, model, figures))
            }
        }
        // The last one drops out when figures are revised again.
        if figures.revision > 1, rows.count > 1 { rows.removeLast() }
        return Array(rows.prefix(Self.groupLimit))
    }

    private func row(
        _ report: Report, _ groups: Set<String>, _ product: String, _ model: String, _ figures: Figures
    ) -> JSONValue {
        var members: [JSONValue.Member] = []
        if groups.contains("product") { members.append(.init("product", .string(product))) }
        if groups.contains("model") { members.append(.init("model", .string(model))) }
        if groups.contains("description") { members.append(.init("description", .string("\(model) usage"))) }
        if groups.contains("workspace_id") { members.append(.init("workspace_id", .null)) }
        let name = "\(product) \(model)"
        switch report {
        case .cost, .userCost, .consoleCost:
            members.append(.init("amount", .string(figures.cents(name))))
            if report != .consoleCost { members.append(.init("list_amount", .string(figures.cents(name + " list")))) }
            members.append(.init("currency", "USD"))
        default:
            for count in ["uncached_input_tokens", "output_tokens", "cache_read_input_tokens"] {
                members.append(.init(count, .integer(figures.number("\(name) \(count)"))))
            }
            members.append(
                .init(
                    "cache_creation",
                    [
                        "ephemeral_5m_input_tokens": .integer(figures.number(name + " 5m")),
                        "ephemeral_1h_input_tokens": 0,
                    ]))
        }
        return .object(members)
    }

    private func code(_ number: Int, _ day: Int, _ figures: Figures) -> [JSONValue] {
        [false, true].map { isRemote in
            [
                "date": .string(Self.midnight(day)),
                "actor": [
                    "type": "user_actor", "email_address": .string(organization.people[number].email),
                ],
                "organization_id": .string(organization.units[0].uuid), "customer_type": "api",
                "terminal_type": "vscode", "is_remote": .bool(isRemote),
                "core_metrics": [
                    "num_sessions": .integer(figures.number("sessions \(isRemote)", below: 20)),
                    "lines_of_code": ["added": .integer(figures.number("added \(isRemote)")), "removed": 1],
                ],
                "model_breakdown": .array(
                    Self.models.prefix(2).map { model in
                        [
                            "model": .string(model),
                            "tokens": ["input": .integer(figures.number("\(model) \(isRemote)")), "output": 5],
                            "estimated_cost": [
                                "currency": "USD",
                                "amount": .double(Double(figures.number("cost \(model) \(isRemote)")) / 4),
                            ],
                        ]
                    }),
            ]
        }
    }
}
