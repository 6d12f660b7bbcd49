/// One key that a configuration may hold: the same row serves reading, messages and documentation.
public struct Setting: Sendable {
    public enum Kind: Sendable, Equatable {
        case text
        /// `127.0.0.1:4318`, `[::1]:4318` or `off`.
        case address
        /// `16MiB`, `500MB`, `65536`.
        case bytes(ClosedRange<Int>)
        /// `500ms`, `30s`, `5m`, `24h`, `90d`.
        case duration
        /// The same, or `0s` where no time at all has a meaning.
        case durationOrZero
        /// A duration from one to another, both as they would be written.
        case time(String, String)
        case number(ClosedRange<Int>)
        /// `true` or `false`.
        case flag
        case texts
        /// Origins of web pages: `https://office.example.com`, or `*` for any.
        case origins
        /// The path of a file that must be there.
        case file
        /// The path of a file that may come later.
        case path
        case choice([String])
        /// A credential, pointed at and never written here: `{ file: PATH }` or `{ env: NAME }`.
        case secret
    }

    /// Dotted; `*` stands for any element of a list.
    public let path: String
    public let kind: Kind
    /// As it would be written; empty where there is none.
    public let standard: String
    /// What it is for, one or two sentences.
    public let meaning: String

    init(_ path: String, _ kind: Kind, _ standard: String, _ meaning: String) {
        self.path = path
        self.kind = kind
        self.standard = standard
        self.meaning = meaning
    }
}

extension Setting {
    /// All keys, in the order in which the documentation shows them.
    public static let all =
        intake + tls("otlp") + redaction + console + tls("console") + openID + limits + keeping + archive + enrichment
        + feeds
        + analytics + hold

    private static let intake: [Setting] = [
        Setting("data", .text, "", "The data directory. The option --data replaces it."),

        Setting("otlp.http", .address, "127.0.0.1:4318", "Where OTLP over HTTP is taken."),
        Setting("otlp.grpc", .address, "127.0.0.1:4317", "Where OTLP over gRPC is taken."),
        Setting(
            "otlp.body_limit", .bytes(1 << 10...1 << 30), "16MiB",
            "The largest request as it comes over the wire. A larger one is answered with 413."),
        Setting(
            "otlp.unpacked_limit", .bytes(1 << 10...32 << 20), "16MiB",
            "The largest request after it is unpacked. A larger one is answered with 413."),
        Setting(
            "otlp.requests_per_second", .number(1...1_000_000), "10000",
            "Requests of one tenant. Above it, senders are told to come again."),
        Setting(
            "otlp.cors_origins", .origins, "",
            "Web pages that may send telemetry from a browser, such as add-ins of Office; empty for none."),
    ]

    private static let redaction = [
        Setting(
            "redaction.mode", .choice(["on", "off"]), "on",
            "Whether content is looked through for secrets and personal data. When it is off, all content is withheld: it "
                + "is never kept in the clear."),
        Setting("redaction.policy", .file, "", "What is done with what is found: rules by tenant, source and field."),
        Setting(
            "redaction.detectors", .file, "",
            "A file of detectors of one's own, besides those that Docket brings along."),
    ]

    private static let console = [
        Setting("console.address", .address, "127.0.0.1:8600", "Where the console and its API are."),
        Setting(
            "console.searches", .number(1...64), "4",
            "Searches that run at a time, and exports that run besides them."),
        Setting(
            "console.waiting", .number(1...10_000), "64",
            "Searches that wait for that. Above it, the answer is to come again."),
        Setting(
            "console.dashboards", .path, "",
            "A folder of dashboards of one's own as JSON; empty for `dashboards` in the data directory."),
        Setting(
            "console.recorded", .choice(["all", "people"]), "all",
            "Whose reading goes into the record: everybody's, or only that of people who are signed in to the pages, and "
                + "not of programs with a token."),
    ]

    private static let keeping = [
        Setting(
            "journal.segment_size", .bytes(1 << 20...1 << 33), "128MiB",
            "A new file of the journal is begun behind this size."),
        Setting(
            "journal.queue_size", .bytes(1 << 20...1 << 32), "64MiB",
            "Records that wait to be written. Behind it, senders are told to come again."),
        Setting(
            "journal.free_percent", .number(1...50), "8",
            "The share of the disk that must stay free. Below it nothing is accepted."),
        Setting(
            "journal.content_free_percent", .number(1...70), "15",
            "The share of the disk below which logs and traces are told to come again, and activities and metrics are "
                + "still accepted. Never less than `journal.free_percent`."),

        Setting(
            "store.hot_memory", .bytes(1 << 20...1 << 36), "12MiB",
            "Memory of the documents that are not in Parquet files yet."),
        Setting(
            "store.hot_time", .duration, "1h", "How long a document stays out of the Parquet files at the most."),
        Setting("store.engine_memory", .bytes(64 << 20...1 << 40), "256MiB", "Memory that the query engine may use."),
        Setting("store.engine_threads", .number(1...1_024), "2", "Threads that the query engine may use."),
        Setting(
            "store.retention.*.streams", .text, "",
            "Patterns of streams, such as `logs-claude_code.*`. The first rule whose patterns fit counts; a stream without "
                + "one is kept for ever."),
        Setting(
            "store.retention.*.keep", .time("1d", "36500d"), "", "How long documents of these streams are kept."),
        Setting("store.search_time", .duration, "30s", "How long one search or query may take."),
        Setting(
            "store.lists", .path, "",
            "A folder of lists as CSV that queries join events with, such as `list_mcp_approved.csv`; empty for none."),

        Setting(
            "ledger.name", .text, "",
            "What the names of all logs begin with, such as `docket.example.com`. Chosen once; empty for one by chance."
        ),
        Setting(
            "ledger.signer", .text, "",
            "The socket of a signer that runs elsewhere on this machine; empty for one of our own."),
        Setting("ledger.witnesses.*.url", .text, "", "Where a witness is asked: `/add-checkpoint` is put behind it."),
        Setting("ledger.witnesses.*.key", .text, "", "The key that its cosignatures are verified with."),
        Setting(
            "ledger.witnesses.*.authority", .path, "",
            "PEM: the authorities whose certificate it shows, instead of the system's."),
        Setting(
            "ledger.quorum", .number(0...100), "0",
            "How many of the witnesses must have cosigned a checkpoint; 0 for more than half of them."),
        Setting(
            "ledger.heartbeat", .time("1s", "24h"), "1m",
            "How long the log of a tenant rests before a record says that there was nothing, so that it shows when the "
                + "end of a log is cut off."),
        Setting(
            "integrity.interval", .durationOrZero, "1h",
            "How often the server compares records with what was signed of them: first those that nobody has compared "
                + "yet, then all of them again in turn. `0s` for only when somebody asks."),

        Setting(
            "log.level", .choice(["debug", "info", "warning", "error"]), "info",
            "The least important lines that are written."),
    ]

    private static let enrichment = [
        Setting(
            "enrich.geo.city", .path, "",
            "A database of places in MaxMind's format, such as GeoLite2-City.mmdb. A new file is taken over while the "
                + "server runs; without one, `source.geo` is not set."),
        Setting(
            "enrich.geo.asn", .path, "",
            "A database of networks in MaxMind's format, such as GeoLite2-ASN.mmdb; without one, `source.as` is not set."
        ),
    ]

    private static let feeds = [
        Setting("feeds.*.name", .text, "anthropic-feed", "The name of the source in metrics and documents."),
        Setting("feeds.*.tenant", .text, "default", "Whose data it is."),
        Setting("feeds.*.key", .secret, "", "The Compliance Access Key or Admin API key."),
        Setting("feeds.*.url", .text, "https://api.anthropic.com", "The base address of the API."),
        Setting("feeds.*.interval", .duration, "60s", "How often new activities are asked for."),
        Setting(
            "feeds.*.initial_interval", .duration, "24h",
            "How far back the first run reaches; the API keeps six years, `2190d`. What is older than a day is read when "
                + "the present leaves time for it. A longer time later reads what is missing."),
        Setting(
            "feeds.*.overlap", .durationOrZero, "10m",
            "How far back is asked again for activities that the API lists late. What is there already is dropped. `0s`: "
                + "never; late activities are missed then."),
        Setting("feeds.*.overlap_interval", .duration, "5m", "How often that is done."),
        Setting(
            "feeds.*.settle", .durationOrZero, "60s",
            "How long an activity may take until the API lists it. Windows of time end that long before now."),
        Setting(
            "feeds.*.look_back", .durationOrZero, "96h",
            "How far back activities of Access Transparency are looked for, which may be listed two business days late. "
                + "`0s`: never."),
        Setting("feeds.*.look_back_interval", .duration, "12h", "How often that is done."),
        Setting(
            "feeds.*.parent", .text, "",
            "The parent organization, by any word. Feeds with the same share its requests; empty for all feeds of the "
                + "tenant that ask the same host."),
        Setting(
            "feeds.*.self_noise", .choice(["keep", "count", "drop"]), "keep",
            "What becomes of the activities that say that Docket asked for activities: kept; only counted; or left out by "
                + "the server, and with them all calls of the Compliance API by others."),
        Setting(
            "feeds.*.remembered_ids", .number(100...200_000), "20000",
            "Activities that are remembered to tell late ones from known ones."),
        Setting("feeds.*.batch_size", .number(1...5_000), "1000", "Activities of one page."),
        Setting(
            "feeds.*.requests_per_minute", .number(1...600), "300",
            "Requests at the most. The API allows an organization 600, shared by all of its clients."),
        Setting("feeds.*.activity_types", .texts, "", "Only these types are kept; empty for all."),
        Setting("feeds.*.actor_ids", .texts, "", "Only these actors; empty for all."),
        Setting("feeds.*.organization_ids", .texts, "", "Only these organizations; empty for all."),
        Setting(
            "feeds.*.directory", .time("1m", "7d"), "",
            "How often the directory is looked at, to tell who came, left or got another role, and which setting changed; "
                + "without it never. It needs a Compliance Access Key."),
        Setting(
            "feeds.*.chats", .time("1m", "7d"), "",
            "How often chats are listed: whose, when, with which model; never what was said. Without it never. It needs "
                + "a Compliance Access Key."),
        Setting(
            "feeds.*.sessions", .time("1m", "7d"), "",
            "How often sessions of Cowork and Claude Code are listed, on people's machines and in the cloud; without it "
                + "never. It needs a Compliance Access Key."),
        Setting(
            "feeds.*.titles", .flag, "false",
            "Whether the names of chats and the titles of sessions are kept, looked through as all content. Otherwise they "
                + "are left out before anything is written."),
        Setting("feeds.*.timeout", .duration, "120s", "How long one request may take."),
    ]

    /// The documentation of all keys, as `docs/guides/configuration.md` holds it.
    public static var table: String {
        var out = "| Key | Value | Default | Meaning |\n| --- | --- | --- | --- |\n"
        for setting in all {
            let standard = setting.standard.isEmpty ? "" : "`\(setting.standard)`"
            out += "| `\(setting.path)` | \(setting.kind.words) | \(standard) | \(setting.meaning) |\n"
        }
        return out
    }
}

extension Setting.Kind {
    /// What may be written, for documentation and messages.
    var words: String {
        switch self {
        case .text: "text"
        case .address: "address and port, or `off`"
        case .bytes: "size, such as `16MiB`"
        case .duration: "time, such as `30s`, `5m`, `24h`"
        case .durationOrZero: "time, such as `30s`, `5m`, `24h`, or `0s`"
        case .time(let shortest, let longest): "time, `\(shortest)` to `\(longest)`"
        case .number(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .flag: "`true` or `false`"
        case .texts: "list of texts"
        case .origins: "list of origins such as `https://office.example.com`, or `*`"
        case .file, .path: "path of a file"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .secret: "`{ file: PATH }` or `{ env: NAME }`"
        }
    }
}
