import Codecs
import Glibc
import Platform

/// `docket simulate organization`: people who work, and some who do what they should not.
enum OrganizationCommand {
    static func run(_ words: [String]) -> Int32 {
        do throws(WrongUse) {
            var given = words
            if !given.contains("--token"), let token = unsafe getenv("DOCKET_TOKEN") {
                given += ["--token", unsafe String(cString: token)]
            }
            return tell(try OrganizationArguments(given))
        } catch {
            SimulateCommand.say("docket simulate organization: \(error.reason)\n\n\(OrganizationArguments.help)", to: 2)
            return 2
        }
    }

    private static func tell(_ arguments: OrganizationArguments) -> Int32 {
        let stop = StopSignal()
        let clock = SystemClock()
        var feed: ComplianceSimulator?
        if let options = arguments.api {
            do {
                feed = try ComplianceSimulator(options)
            } catch {
                SimulateCommand.say("docket simulate organization: \(error)", to: 2)
                return 2
            }
        }
        let now = clock.now()
        let hour = Timestamp.Span.hours(1).nanoseconds
        let present =
            arguments.until ?? (arguments.speed == nil ? Timestamp(nanoseconds: now.nanoseconds / hour * hour) : now)
        let story = LivingOrganization.Story(
            seed: arguments.seed, people: arguments.people, start: present - .days(Int64(arguments.days)),
            days: arguments.days, attacks: arguments.attacks, gaps: arguments.gaps)
        var run = OrganizationRun(
            story, pace: Pace(present: present, begin: now, factor: arguments.speed ?? 1),
            livesOn: arguments.speed != nil, lateness: arguments.lateness, feed: feed,
            sender: arguments.otlp.flatMap { url in arguments.token.map { OTLPSender(url: url, token: $0) } },
            clock: clock)
        if let feed, let options = arguments.api {
            run.listPast()
            feed.start()
            SimulateCommand.say(
                "simulated Compliance API: \(feed.url)\nkey:                      \(options.keys[0].text)", to: 1)
        }
        defer { feed?.stop() }
        var code: Int32 = 0
        do throws(OrganizationRun.Failure) {
            try run.run(pause: { !stop.comes(within: $0) }) { run in
                if let file = arguments.manifest { _ = write(run.manifest, to: file) }
                say(run, since: now, clock)
            }
            if feed != nil, arguments.speed == nil { stop.wait() }
        } catch {
            SimulateCommand.say("docket simulate organization: \(error.reason)", to: 2)
            code = 1
        }
        if let file = arguments.manifest, !write(run.manifest, to: file) { return 2 }
        return code
    }

    private static func say(_ run: borrowing OrganizationRun, since start: Timestamp, _ clock: SystemClock) {
        let milliseconds = max(1, (clock.now() - start).nanoseconds / 1_000_000)
        let count = run.manifest.sent.total
        SimulateCommand.say(
            """
            told: \(count) records in \(run.requests) requests of \(run.bytes) bytes, \
            \(run.manifest.attacks.count) attacks, \(run.manifest.gaps.count) gaps
            took: \(milliseconds) ms, \(Int64(count) * 1_000 / milliseconds) records a second
            """, to: 1)
    }

    private static func write(_ manifest: Manifest, to file: String) -> Bool {
        SimulateCommand.write([manifest.json.text], to: file)
    }
}
