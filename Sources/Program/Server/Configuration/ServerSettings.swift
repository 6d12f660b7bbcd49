extension Setting {
    /// The four keys of a section whose listeners can speak TLS.
    static func tls(_ section: String) -> [Setting] {
        [
            Setting(
                "\(section).tls.certificate", .file, "",
                "PEM: the certificate of the server, then its chain. With it, TLS is spoken and nothing else."),
            Setting("\(section).tls.key", .file, "", "PEM: the key of the certificate, without a passphrase."),
            Setting(
                "\(section).tls.client_authority", .file, "",
                "PEM: the authorities whose client certificates are believed."),
            Setting(
                "\(section).tls.client_certificates", .choice(["ignored", "optional", "required"]), "ignored",
                "Whether clients show a certificate."),
        ]
    }

    /// How much of everything the server takes: `ServerLimits`, field by field, and the grace at the end.
    static let limits: [Setting] = [
        Setting(
            "limits.head_size", .bytes(1 << 10...1 << 20), "32KiB", "The head of a request. Above it: 431."),
        Setting("limits.head_fields", .number(8...1_000), "100", "Fields of one head. Above it: 431."),
        Setting("limits.target_size", .bytes(256...64 << 10), "8KiB", "Path and query of a request. Above it: 414."),
        Setting(
            "limits.connections", .number(1...1_000_000), "4096",
            "Connections of all listeners together. One more is told 503 and closed."),
        Setting(
            "limits.streams", .number(1...1_000), "128", "Requests at the same time over one HTTP/2 connection."),
        Setting(
            "limits.idle_time", .time("10ms", "1h"), "75s", "How long a connection may lie still between requests."),
        Setting("limits.head_time", .time("10ms", "10m"), "10s", "How long a head, or a TLS handshake, may take."),
        Setting("limits.body_time", .time("10ms", "1h"), "60s", "How long a body may take, however steadily it drips."),
        Setting(
            "limits.stall_time", .time("10ms", "1h"), "30s",
            "How long a client may take nothing of an answer that waits for it."),
        Setting(
            "limits.requests_per_connection", .number(1...1_000_000_000), "1000000",
            "Requests over one connection; with the last it is closed."),
        Setting(
            "limits.in_flight_size", .bytes(1 << 10...64 << 30), "64MiB",
            "Bodies that are not answered yet, over the whole server. Above it, senders are told to come again. "
                + "At least `otlp.body_limit`."),
        Setting(
            "limits.grace", .time("10ms", "1h"), "10s", "How long requests that have begun may take at SIGTERM."),
    ]
}
