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
        The first start makes a token for the tenant `default`, keeps its hash and prints it once;
        DOCKET_BOOTSTRAP_TOKEN in the environment chooses it.
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
        do throws(StartError) {
            let flow = try options.flow()
            let chosen = Environment["DOCKET_BOOTSTRAP_TOKEN"]
            let token = try flow.bootstrapToken(chosen: chosen)
            let serving = try flow.serve()
            terminal.out(Self.welcome(serving.addresses, options.configuration, token: token, chosen: chosen != nil))
            wait(serving)
            serving.stop()
            return .done
        } catch {
            terminal.error("docket serve: \(error)")
            return .couldNot
        }
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

    private static func welcome(
        _ addresses: [String], _ configuration: Configuration, token: String?, chosen: Bool
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
        if let token {
            out += "\n\nA token for the tenant `default`. It is shown this once; keep it:\n\n  \(token)"
        }
        if let http {
            let shown = token ?? (chosen ? "$DOCKET_BOOTSTRAP_TOKEN" : "YOUR_TOKEN")
            out += """


                Claude Code sends its telemetry here with:

                  export CLAUDE_CODE_ENABLE_TELEMETRY=1
                  export OTEL_LOGS_EXPORTER=otlp OTEL_METRICS_EXPORTER=otlp
                  export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
                  export OTEL_EXPORTER_OTLP_ENDPOINT=\(scheme)://\(http)
                  export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer \(shown)"
                """
        }
        return out + "\n"
    }
}
