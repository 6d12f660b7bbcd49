import Codecs
import Glibc
import Platform

/// `docket simulate organization`: people who work, and some who do what they should not.
enum OrganizationCommand {
    static let help = """
        docket simulate organization [options]

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
        \(names(Attack.allCases.map(\.rawValue)))
          --gaps LIST          names with commas between them, all or none; default all:
        \(names(Gap.allCases.map(\.rawValue)))
          --lateness SECONDS   how long after its time a late activity is listed; default 60
          --manifest FILE      what was sent and what was planted, as JSON

        Example:  DOCKET_TOKEN=… docket simulate organization --days 7 --otlp http://127.0.0.1:4318 --manifest truth.json
        Exit:     0 told, or ended by a signal, 1 the receiver does not take it, 2 wrong use or the port is taken
        """

    private static func names(_ names: [String]) -> String {
        var lines: [String] = [""]
        for name in names {
            if lines[lines.count - 1].utf8.count + name.utf8.count > 70 { lines.append("") }
            lines[lines.count - 1] += " " + name
        }
        return lines.map { String(repeating: " ", count: 22) + $0 }.joined(separator: "\n")
    }

    static func run(_ words: [String]) -> Int32 {
        do throws(WrongUse) {
            var given = words
            if !given.contains("--token"), let token = unsafe getenv("DOCKET_TOKEN") {
                given += ["--token", unsafe String(cString: token)]
            }
            return tell(try OrganizationArguments(given))
        } catch {
            SimulateCommand.say("docket simulate organization: \(error.reason)\n\n\(help)", to: 2)
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
