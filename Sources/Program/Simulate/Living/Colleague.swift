import Platform

/// A person of the simulated organization at work: where, when, on which machine.
struct Colleague: Sendable {
    let number: Int
    let person: SimulatedOrganization.Person
    let unit: SimulatedOrganization.Unit
    /// What the clock on the wall is ahead of UTC. It stays the same all year.
    let zone: Timestamp.Span
    /// When the day begins, on that clock.
    let begin: Timestamp.Span
    /// How many sessions a day has at the most.
    let sessions: Int
    let code: TelemetryOrigin
    let cowork: TelemetryOrigin
    /// Share of the sessions that are Claude Code's; the others are Cowork's.
    let codeShare: Double

    init(_ number: Int, of organization: SimulatedOrganization, seed: UInt64) {
        var draws = Draws(seed: seed ^ 0x636f_6c6c, of: UInt64(number))
        let person = organization.people[number]
        let unit = organization.units[person.home]
        self.number = number
        self.person = person
        self.unit = unit
        zone = .hours(Int64(draws.one(of: [-8, -5, -5, 0, 1, 1, 1, 2, 5, 9])))
        begin = .minutes(Int64(8 * 60 + draws.number(below: 90)))
        let isEngineer = person.email.hasPrefix("engineer") || person.email.hasPrefix("admin")
        sessions = isEngineer ? 4 : 2
        codeShare = isEngineer ? 0.95 : 0.15
        let standard = [
            TelemetryAttribute(
                "user.id", SimulatedOrganization.hex((0..<32).map { _ in UInt8(draws.number(below: 256)) })),
            TelemetryAttribute("organization.id", unit.uuid), TelemetryAttribute("user.email", person.email),
            TelemetryAttribute("user.account_uuid", SimulatedOrganization.uuid(&draws)),
            TelemetryAttribute("user.account_id", person.id),
        ]
        let machine = draws.one(of: Self.machines)
        let terminal = draws.one(of: ["xterm-256color", "vscode", "iTerm.app", "gnome-terminal"])
        let encoding: TelemetryPen.Encoding = draws.isTrue(0.5) ? .protobuf : .json
        code = TelemetryOrigin(
            resource: machine + [
                TelemetryAttribute("service.name", "claude-code"), TelemetryAttribute("service.version", Self.version),
            ],
            standard: standard + [TelemetryAttribute("terminal.type", terminal)], version: Self.version,
            encoding: encoding)
        let desk =
            [TelemetryAttribute("claude.deployment_mode", "1p")] + machine + [
                TelemetryAttribute("service.name", "cowork"), TelemetryAttribute("service.version", "1.22209.3"),
            ]
        cowork = TelemetryOrigin(
            resource: desk,
            standard: desk + standard + [TelemetryAttribute("terminal.type", "non-interactive")], version: "2.1.294",
            encoding: encoding)
    }

    private static let version = "2.1.294"
    private static let machines: [[TelemetryAttribute]] = [
        ("arm64", "darwin", "25.5.0"), ("amd64", "linux", "6.1.0-40-amd64"), ("amd64", "windows", "10.0.26100"),
    ].map {
        [
            TelemetryAttribute("host.arch", $0.0), TelemetryAttribute("os.type", $0.1),
            TelemetryAttribute("os.version", $0.2),
        ]
    }

    /// When a day of the calendar begins here. Days are counted since 1970.
    func midnight(_ day: Int) -> Timestamp {
        Timestamp(nanoseconds: 0) + .days(Int64(day)) - zone
    }

    /// Every zone is less than this from UTC.
    static let widestZone = Timestamp.Span.hours(14)
}
