import Glibc
import Pipeline
import Platform
import Server

/// `docket serve`: takes telemetry in, keeps it, and serves the console.
struct ServeCommand: Command {
    static let name = "serve"
    static let summary = "Take telemetry in, keep it, serve the console."
    static let help = """
        docket serve [--config FILE] [--data DIR]

        \(DataOptions.help)

        Listens on 127.0.0.1: OTLP over gRPC at 4317 and over HTTP at 4318, the console at 8600.
        The first start makes two tokens for the tenant `default`, one to search and one to send, keeps their
        hashes and prints them once. DOCKET_BOOTSTRAP_TOKEN in the environment chooses one for both instead.
        Ends at SIGTERM or SIGINT, after what was begun is finished. Reads its certificates again at SIGHUP,
        and by itself when their files have changed.
        """

    /// How often the certificates' files are looked at.
    private static let look = Timestamp.Span.seconds(2)

    private let signals: Signals
    let options: DataOptions

    init(_ words: inout Words) throws {
        signals = Signals()
        options = try DataOptions(&words)
    }

    func run(_ terminal: Terminal) -> ExitCode {
        forbidCores()
        do throws(StartError) {
            let flow = try options.flow()
            let chosen = Environment["DOCKET_BOOTSTRAP_TOKEN"]
            let tokens = try flow.bootstrap(chosen: chosen)
            let serving = try flow.serve()
            let senders = "docket tokens create --name laptops --data \(options.data)"
            let shown = tokens?.sending ?? (chosen == nil ? "YOUR_SENDING_TOKEN" : "$DOCKET_BOOTSTRAP_TOKEN")
            terminal.out(
                Self.welcome(
                    serving.addresses, options.configuration, search: tokens?.search, sending: shown, senders: senders,
                    hasPeople: flow.hasPeople, data: options.data))
            wait(serving)
            serving.stop()
            return .done
        } catch {
            terminal.error("docket serve: \(error)")
            return .couldNot
        }
    }

    /// What is in memory and not yet redacted must not get to the disk with it.
    private func forbidCores() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }

    /// Until the end is asked for. This thread has nothing else to do, so it looks after the certificates.
    private func wait(_ serving: Flow.Serving) {
        while true {
            switch signals.next(within: Self.look) {
            case .stop: return
            case .reload: serving.renewCertificates(always: true)
            case nil: serving.renewCertificates(always: false)
            }
        }
    }

    /// - Parameters:
    ///   - search: a new token for people, if one was made.
    ///   - sending: the token in the lines for Claude Code, or what to put in its place.
    ///   - senders: the command that makes a token for senders.
    ///   - hasPeople: whether anybody can sign in with a password.
    private static func welcome(
        _ addresses: [String], _ configuration: Configuration, search: String?, sending: String, senders: String,
        hasPeople: Bool, data: String
    ) -> String {
        var left = addresses[...]
        let grpc = configuration.otlpGRPC == nil ? nil : left.popFirst()
        let http = configuration.otlpHTTP == nil ? nil : left.popFirst()
        let console = configuration.console == nil ? nil : left.popFirst()
        let scheme = configuration.otlpTLS == nil ? "http" : "https"
        var out = "docket \(Docket.version) is running\n"
        if let console { out += "\n  console     \(configuration.consoleTLS == nil ? "http" : "https")://\(console)/" }
        if let http { out += "\n  OTLP/HTTP   \(scheme)://\(http)" }
        if let grpc { out += "\n  OTLP/gRPC   \(grpc)\(configuration.otlpTLS == nil ? "" : " (TLS)")" }
        if let search {
            out += """


                Two tokens, shown this once; keep them. For the console and docket search:

                  \(search)

                For sending (`\(senders)` makes more of its kind):

                  \(sending)
                """
        } else {
            out += "\n\nA token for sending is made by\n\n  \(senders)"
        }
        if configuration.console != nil, !hasPeople {
            out += """


                People sign in to the console with a name and a password once there is one:

                  docket user add YOU@EXAMPLE.COM --role admin --data \(data)
                """
        }
        if let http {
            out += """


                Claude Code sends its telemetry here with:

                  export CLAUDE_CODE_ENABLE_TELEMETRY=1
                  export OTEL_LOGS_EXPORTER=otlp OTEL_METRICS_EXPORTER=otlp
                  export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
                  export OTEL_EXPORTER_OTLP_ENDPOINT=\(scheme)://\(http)
                  export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer \(sending)"
                """
        }
        return out + "\n"
    }
}
