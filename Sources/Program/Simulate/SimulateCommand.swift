import Glibc
import Platform

/// `docket simulate`: an organization that does not exist, to practice on.
public enum SimulateCommand {
    public static let name = "simulate"
    public static let summary = "Let an organization live that does not exist, or serve its API."
    public static let help = """
        docket simulate api [options]
        docket simulate organization [options]

        docket simulate api:

        Serves GET /v1/compliance/activities, the listings of the directory (organizations, users, roles, groups,
        settings), chats with their messages and files, and sessions as the Compliance API does: pages, cursors,
        filters, keys, a budget of requests, and faults if asked for; and the reports below /v1/organizations as the
        Analytics, Usage and Cost APIs do, with keys of their own. POST /simulate/revise changes their figures of the
        last month, POST /simulate/drift something of the directory. Ends with Control-C or SIGTERM.

          --port N             port on 127.0.0.1; default 8700, 0 for any free one
          --activities N       activities that are there from the start; default 2500
          --hours N            how far back they reach; default 20
          --per-minute N       activities that are added while it runs; default 0
          --drift SECONDS      change something in the directory this often; default never
          --seed N             the same seed gives the same organization; default 1
          --key KEY            the key that is taken; default \(SimulatedKey.standard.text)
          --rate-limit N       requests a minute; default 600
          --report-limit N     requests for reports a minute; default 60
          --faults LIST        names with commas between them, or all:
                               \(SimulatedFault.allCases.map(\.rawValue).joined(separator: " "))
          --fault-chance P     how often a request meets a fault, 0 to 1; default 0.15
          --lateness SECONDS   how late the latest of the late activities are; default 480
          --scopes LIST        what the key may do; default \(SimulatedKey.activities). Behind --key
          --truth FILE         write the id of each activity to this file when it ends, one a line
          --until-signal       said for clearness; it is what happens anyway

        Example:  docket simulate api --activities 100000 --faults late,rate-storm
        Exit:     0 ended by a signal, 2 wrong use or the port is taken

        docket simulate organization:

        \(OrganizationArguments.help)
        """

    /// Runs until a signal comes.
    ///
    /// - Parameter arguments: what follows `simulate`.
    /// - Returns: the exit code.
    public static func run(_ arguments: [String]) -> Int32 {
        if arguments.contains("--help") || arguments.isEmpty {
            say(help, to: arguments.isEmpty ? 2 : 1)
            return arguments.isEmpty ? 2 : 0
        }
        if arguments.first == "organization" { return OrganizationCommand.run(Array(arguments.dropFirst())) }
        do throws(WrongUse) {
            return serve(try SimulateArguments(arguments))
        } catch {
            say("docket simulate: \(error.reason)\n\n\(help)", to: 2)
            return 2
        }
    }

    private static func serve(_ arguments: SimulateArguments) -> Int32 {
        let stop = StopSignal()
        let simulator: ComplianceSimulator
        do {
            simulator = try ComplianceSimulator(arguments.options)
        } catch {
            say("docket simulate: \(error)", to: 2)
            return 2
        }
        simulator.start()
        say(
            """
            simulated Compliance API: \(simulator.url)
            key:                      \(arguments.options.keys[0].text)
            activities:               \(arguments.options.count) of seed \(arguments.options.seed)
            keys for reports:         \(arguments.options.reportKeys.map(\.text).joined(separator: " "))
            """, to: 1)
        stop.wait()
        simulator.stop()
        say("answered \(simulator.requests) requests", to: 1)
        guard let file = arguments.truthFile else { return 0 }
        return write(simulator.truth, to: file) ? 0 : 2
    }

    /// Writes lines.
    static func write(_ lines: [String], to file: String) -> Bool {
        guard let handle = unsafe fopen(file, "w") else {
            say("docket simulate: \(file) cannot be written", to: 2)
            return false
        }
        for line in lines { unsafe fputs(line + "\n", handle) }
        return unsafe fclose(handle) == 0
    }

    static func say(_ text: String, to descriptor: Int32) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// Words of the command line that cannot be understood.
struct WrongUse: Error, Equatable { let reason: String }
