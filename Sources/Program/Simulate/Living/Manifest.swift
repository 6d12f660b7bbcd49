import Codecs
import Platform

/// The truth about a story that was told: what was sent, and what was planted in it. Tests compare it with what arrived.
///
/// - Shape: see `docs/guides/simulate.md`.
struct Manifest {
    /// How many records of each stream there are in each hour.
    struct Counts {
        private(set) var streams: [String: [Int64: Int]] = [:]

        mutating func add(_ stream: String, _ time: Timestamp) {
            let hour = time.nanoseconds / Timestamp.Span.hours(1).nanoseconds
            streams[stream, default: [:]][hour, default: 0] += 1
        }

        var total: Int { streams.values.reduce(0) { $0 + $1.values.reduce(0, +) } }
    }

    struct Planted {
        var events: [JSONValue] = []
        var lost = Counts()
        var repeated = Counts()
        var user = ""
    }

    /// In a story that goes on, the first of each kind are kept, so that memory is bounded.
    static let mostPlanted = 2_000

    let story: LivingOrganization.Story
    let until: Timestamp
    private(set) var sent = Counts()
    private(set) var attacks: [Attack.Mark: Planted] = [:]
    private(set) var gaps: [Gap.Mark: Planted] = [:]
    private(set) var secrets: [PlantedSecret] = []

    init(_ story: LivingOrganization.Story, until: Timestamp) {
        self.story = story
        self.until = until
    }

    // MARK: Taking note

    mutating func add(_ secret: PlantedSecret) {
        if secrets.count < Self.mostPlanted { secrets.append(secret) }
    }

    mutating func add(
        _ planned: PlannedActivity, id: String, created: Timestamp, visible: Timestamp, by user: String
    ) {
        sent.add(Self.feed, created)
        let event: JSONValue = [
            "stream": .string(Self.feed), "id": .string(id), "name": .string(planned.type),
            "time": .string(RFC3339.text(created, digits: 6)), "listed": .string(RFC3339.text(visible, digits: 6)),
        ]
        if let attack = planned.attack { note(attack, event, by: user) }
        if let gap = planned.gap { note(gap, by: user) { $0.events.append(event) } }
    }

    mutating func add(_ export: LivingExport, by user: String, _ moment: (Timestamp) -> Timestamp) {
        if let gap = export.fate.gap {
            note(gap, by: user) { planted in
                for time in export.times {
                    if export.fate.copies == 0 { planted.lost.add(export.stream, moment(time)) }
                    if export.fate.copies == 2 { planted.repeated.add(export.stream, moment(time)) }
                }
                guard gap.gap != .silentExporter else { return }
                planted.events += export.logs.map { Self.event($0, of: export, moment) }
            }
        }
        guard export.fate.copies > 0 else { return }
        for time in export.times { sent.add(export.stream, moment(time)) }
        for log in export.logs {
            if let attack = log.attack { note(attack, Self.event(log, of: export, moment), by: user) }
        }
    }

    private static func event(_ log: TelemetryLog, of export: LivingExport, _ moment: (Timestamp) -> Timestamp)
        -> JSONValue
    {
        [
            "stream": .string(export.stream), "session": .string(export.session),
            "sequence": .integer(Int64(log.sequence)), "name": .string(log.name),
            "time": .string(RFC3339.text(moment(log.time))),
        ]
    }

    private mutating func note(_ attack: Attack.Mark, _ event: JSONValue, by user: String) {
        guard attacks[attack] != nil || attacks.count < Self.mostPlanted else { return }
        attacks[attack, default: Planted(user: user)].events.append(event)
    }

    private mutating func note(_ gap: Gap.Mark, by user: String, _ change: (inout Planted) -> Void) {
        guard gaps[gap] != nil || gaps.count < Self.mostPlanted else { return }
        change(&gaps[gap, default: Planted(user: user)])
    }

    static let feed = "anthropic.audit"

    // MARK: Writing

    var json: JSONValue {
        let attacks = self.attacks.sorted {
            ($0.key.day, $0.key.attack.rawValue) < ($1.key.day, $1.key.attack.rawValue)
        }
        let gaps = self.gaps.sorted { ($0.key.day, $0.key.gap.rawValue) < ($1.key.day, $1.key.gap.rawValue) }
        return [
            "seed": .string(String(story.seed)), "people": .integer(Int64(story.people)),
            "from": .string(RFC3339.text(story.start)), "until": .string(RFC3339.text(until)),
            "streams": sent.json,
            "attacks": .array(
                attacks.map { mark, planted in
                    [
                        "attack": .string(mark.attack.rawValue), "day": .integer(Int64(mark.day)),
                        "families": .array(mark.attack.families.map(JSONValue.string)), "user": .string(planted.user),
                        "events": .array(planted.events),
                    ]
                }),
            "gaps": .array(
                gaps.map { mark, planted in
                    [
                        "gap": .string(mark.gap.rawValue), "day": .integer(Int64(mark.day)),
                        "user": .string(planted.user), "lost": planted.lost.json, "repeated": planted.repeated.json,
                        "events": .array(planted.events),
                    ]
                }),
            "secrets": .array(secrets.map { .string($0.core) }),
        ]
    }
}

extension Manifest.Counts {
    var json: JSONValue {
        .object(
            streams.sorted { $0.key < $1.key }.map { stream, hours in
                var days: [String: Int] = [:]
                let listed = hours.sorted { $0.key < $1.key }.map { hour, count in
                    let text = RFC3339.text(Timestamp(nanoseconds: 0) + .hours(hour))
                    days[String(text.prefix(10)), default: 0] += count
                    return JSONValue.Member(String(text.prefix(19)) + "Z", .integer(Int64(count)))
                }
                return JSONValue.Member(
                    stream,
                    [
                        "total": .integer(Int64(hours.values.reduce(0, +))),
                        "days": .object(
                            days.sorted { $0.key < $1.key }.map { JSONValue.Member($0, .integer(Int64($1))) }),
                        "hours": .object(listed),
                    ])
            })
    }
}

extension LivingExport {
    var logs: [TelemetryLog] { if case .logs(let logs) = signal { logs } else { [] } }

    /// The moment of each record, by which it is found.
    var times: [Timestamp] {
        switch signal {
        case .logs(let logs): logs.map(\.time)
        case .metrics(let points): points.map(\.time)
        case .traces(let spans): spans.map(\.start)
        }
    }
}
