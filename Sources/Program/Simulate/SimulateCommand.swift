import Glibc
import Platform

/// `docket simulate`: an organization that does not exist, to practice on.
public enum SimulateCommand {
    public static let name = "simulate"
    public static let summary = "Serve an organization that does not exist, shaped like Anthropic's API."
    public static let help = """
        docket simulate api [options]

        Serves GET /v1/compliance/activities and the listings of the directory (organizations, users, roles, groups,
        settings) as the Compliance API does: pages, cursors, filters, keys, a budget of requests, and faults if asked
        for. Ends with Control-C or SIGTERM.

          --port N             port on 127.0.0.1; default 8700, 0 for any free one
          --activities N       activities that are there from the start; default 2500
          --hours N            how far back they reach; default 20
          --per-minute N       activities that are added while it runs; default 0
          --drift SECONDS      change something in the directory this often; default never
          --seed N             the same seed gives the same organization; default 1
          --key KEY            the key that is taken; default \(SimulatedKey.standard.text)
          --rate-limit N       requests a minute; default 600
          --faults LIST        names with commas between them, or all:
                               \(SimulatedFault.allCases.map(\.rawValue).joined(separator: " "))
          --fault-chance P     how often a request meets a fault, 0 to 1; default 0.15
          --truth FILE         write the id of each activity to this file when it ends, one a line
          --until-signal       said for clearness; it is what happens anyway

        Example:  docket simulate api --activities 100000 --faults late,rate-storm
        Exit:     0 ended by a signal, 2 wrong use or the port is taken
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
        do throws(WrongUse) {
            return serve(try SimulateArguments(arguments))
        } catch {
            say("docket simulate: \(error.reason)\n\n\(help)", to: 2)
            return 2
        }
    }

    private static func serve(_ arguments: SimulateArguments) -> Int32 {
        // Before there is any other thread, so that all inherit it and the signal comes here.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGINT)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
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
            """, to: 1)
        var signal: Int32 = 0
        unsafe sigwait(&signals, &signal)
        simulator.stop()
        say("answered \(simulator.requests) requests", to: 1)
        guard let file = arguments.truthFile else { return 0 }
        return write(simulator.truth, to: file) ? 0 : 2
    }

    private static func write(_ ids: [String], to file: String) -> Bool {
        guard let handle = unsafe fopen(file, "w") else {
            say("docket simulate: \(file) cannot be written", to: 2)
            return false
        }
        for id in ids { unsafe fputs(id + "\n", handle) }
        return unsafe fclose(handle) == 0
    }

    private static func say(_ text: String, to descriptor: Int32) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// Words of the command line that cannot be understood.
struct WrongUse: Error, Equatable { let reason: String }
