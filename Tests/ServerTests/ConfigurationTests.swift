import Events
import Foundation
import Intake
import Network
import Platform
import TestKit
import Testing

@testable import Server

@Suite struct `Configurations` {
    /// A file that goes away with the value.
    private final class File {
        let path: String
        init(_ text: String) throws {
            path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml").path
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func read(
        _ text: String, environment: [String: String] = Configurations.keys
    ) throws -> Configuration {
        let file = try File(text)
        return try withExtendedLifetime(file) { try Configuration(file: file.path, environment: environment) }
    }

    /// Why a text is refused, without the name of its file.
    private func flaw(_ text: String, environment: [String: String] = Configurations.keys) -> String? {
        do {
            _ = try read(text, environment: environment)
            return nil
        } catch let error as ConfigurationError {
            return "\(error.line):\(error.column): \(error.message)"
        } catch {
            return "\(error)"
        }
    }

    private static let keys = [
        "FEED_KEY": "sk-ant-api01-a", "ADMIN_KEY": "sk-ant-admin01-a", "MODEL_KEY": "sk-ant-api03-a",
    ]

    // MARK: Every key

    /// The value of a setting in a file that is right otherwise, and where it stands.
    private static func file(
        _ setting: Setting, _ value: String, _ certificates: Certificates? = nil
    ) -> (text: String, place: String) {
        let parts = setting.path.split(separator: ".")
        guard !["feeds", "analytics"].contains(parts[0]) else {
            let isConsole = parts[2] == "api" && value == "console"
            let key = parts[2] == "key" ? "" : "    key: { env: \(isConsole ? "ADMIN" : "FEED")_KEY }\n"
            return ("\(parts[0]):\n  - \(parts[2]): \(value)\n" + key, "2:\(parts[2].count + 7)")
        }
        let lists = [
            "witnesses": [("url", witness[0]), ("key", witness[1])],
            "retention": [("streams", "anthropic.audit"), ("keep", "30d")],
        ]
        if parts.count > 3, let members = lists[String(parts[1])] {
            let lines = members.filter { $0.0 != parts[3] }.map { "      \($0.0): \($0.1)\n" }.joined()
            return (
                "\(parts[0]):\n  \(parts[1]):\n    - \(parts[3]): \(value)\n" + lines, "3:\(parts[3].count + 9)"
            )
        }
        var text = ""
        for (depth, part) in parts.enumerated() {
            text +=
                String(repeating: "  ", count: depth) + "\(part):" + (depth < parts.count - 1 ? "\n" : " \(value)\n")
        }
        let indent = 2 * (parts.count - 1)
        let place = "\(parts.count):\(indent + (parts.last?.count ?? 0) + 3)"
        return (text + others(setting, certificates), place)
    }

    /// Where a witness is, and its key.
    private static let witness = [
        "https://witness.example.com",
        "witness.example.com/w1+43faae91+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ]

    /// What must stand in the same file so that the value of a setting can be right.
    private static func others(_ setting: Setting, _ certificates: Certificates?) -> String {
        switch setting.path {
        case "otlp.body_limit": return "limits: { in_flight_size: 1GiB }\n"
        case "limits.in_flight_size": return "otlp: { body_limit: 1KiB }\n"
        default: break
        }
        if setting.path.hasPrefix("archive.") {
            let secrets = ["archive.s3.access_key": "secret_key", "archive.s3.secret_key": "access_key"]
            let other = secrets[setting.path].map { "    \($0): { env: FEED_KEY }\n" } ?? ""
            let places = ["to: /archive", "keys: none"].filter {
                !setting.path.hasSuffix(".\($0.prefix { $0 != ":" })")
            }
            return other + places.map { "  \($0)\n" }.joined()
        }
        if setting.path.hasPrefix("oidc.") {
            let needed = [
                "issuer: https://idp.example.com", "client_id: docket", "console: https://docket.example.com",
                "role: viewer",
            ]
            return needed.filter { !setting.path.hasSuffix(".\($0.prefix { $0 != ":" })") }.map { "  \($0)\n" }.joined()
        }
        guard let certificates, setting.path.contains(".tls.") else { return "" }
        let all = [
            ("certificate", certificates.server), ("key", certificates.serverKey),
            ("client_authority", certificates.authority), ("client_certificates", "required"),
        ]
        return all.filter { !setting.path.hasSuffix(".\($0.0)") }.map { "    \($0.0): \($0.1)\n" }.joined()
    }

    /// The path of a file with this in it.
    private static func written(_ name: String, _ text: String) -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "docket-test-\(name)-\(getpid()).yaml")
        try? Data(text.utf8).write(to: file, options: .atomic)
        return file.path
    }

    /// Only where they are needed: making them takes a while.
    private static func certificates(_ setting: Setting) throws -> Certificates? {
        setting.path.contains(".tls.") ? try Certificates() : nil
    }

    private static func right(_ setting: Setting, _ certificates: Certificates?) -> [String] {
        switch setting.kind {
        case .path where setting.path == "console.dashboards": ["dashboards", "own"]
        case .text where setting.path == "archive.s3.endpoint": ["https://s3.example.com", "http://127.0.0.1:9000"]
        case .text where setting.path == "ledger.witnesses.*.url": [witness[0], "http://127.0.0.1:8650/"]
        case .text where setting.path == "ledger.witnesses.*.key": [witness[1]]
        case .text where setting.path == "oidc.issuer": ["https://idp.example.com/main", "http://127.0.0.1:8080"]
        case .text where setting.path == "oidc.console": ["https://docket.example.com", "'http://localhost:8600/'"]
        case .texts where setting.path == "oidc.scopes": ["[openid]", "[openid, groups]"]
        case .texts where setting.path == "oidc.domains": ["[]", "[example.com, example.org]"]
        case .text where setting.path == "store.retention.*.streams": ["anthropic.audit", "'logs-*,-anthropic.cost'"]
        case .text: [setting.standard.isEmpty ? "text" : setting.standard]
        case .address: ["127.0.0.1:1", "'[::1]:65535'", "'off'", "0.0.0.0:0"]
        case .bytes(let range): ["\(range.lowerBound)", "\(range.upperBound)", setting.standard]
        case .duration: [setting.standard.isEmpty ? "30d" : setting.standard]
        case .durationOrZero: [setting.standard, "0s"]
        case .time(let shortest, let longest):
            [shortest, longest] + (setting.standard.isEmpty ? [] : [setting.standard])
        case .number(let range): ["\(range.lowerBound)", "\(range.upperBound)", setting.standard]
        // Alone it is refused: it needs all the others. HoldSettingsTests has it.
        case .flag where setting.path == "legal_hold.enabled": ["false"]
        case .flag: ["true", "false"]
        case .texts where setting.path == "analytics.*.reports": ["[users]", "[usage, cost]"]
        case .texts where setting.path == "analytics.*.group_by": ["[]", "[model, product]"]
        case .texts: ["[]", "[a, b]"]
        case .origins: ["[]", "['*']", "[https://office.example.com, 'https://127.0.0.1:8443']"]
        case .file where setting.path == "redaction.policy": [Self.written("policy", "rules: []\n")]
        case .file where setting.path == "redaction.detectors":
            [Self.written("detectors", "group: person\ndetectors: []\n")]
        case .file:
            switch (setting.path.split(separator: ".").last, certificates) {
            case ("certificate", let certificates?): [certificates.server]
            case ("key", let certificates?): [certificates.serverKey]
            case (_, let certificates?): [certificates.authority]
            case (_, nil): []
            }
        case .path: ["/nowhere/file.mmdb"]
        case .choice(let words): words
        case .secret: ["{ env: FEED_KEY }"]
        }
    }

    private static func wrong(_ setting: Setting) -> [String] {
        switch setting.kind {
        case .text, .path: ["[]", "{ a: b }"]
        case .address: ["localhost:1", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1", ":80", "[a]", "''"]
        case .bytes(let range):
            [
                "\(range.lowerBound - 1)", "\(range.upperBound + 1)", "-1", "1.5MiB", "MiB", "16 mib", "9999999999GiB",
                "[]",
            ]
        case .durationOrZero: ["0", "00s", "0m", "-0s"]
        case .duration: ["5", "s", "1.5s", "-1s", "0s", "1w", "1 s", "99999999s", "40000d", "[]"]
        case .time(_, let longest):
            ["9ms", "\((SettingReader.span(longest)?.nanoseconds ?? 0) / 1_000_000_000 + 1)s", "5", "0s", "1.5s", "[]"]
        case .number(let range): ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "many", "1.5", "[]"]
        case .flag: ["maybe", "1"]
        case .texts: ["a", "[[a]]", "{ a: b }"]
        case .origins:
            [
                "https://a.example.com", "[a.example.com]", "[http://a.example.com]", "['https://']",
                "['https://a.example.com/']", "['https://a:0']", "['https://a:65536']", "['https://a:b']",
                "['https://a:1:2']", "['https://a b']", "['*', 5]", "{ a: b }",
            ]
        case .file: ["/nowhere/file.pem", "''", "/", "[]"]
        case .choice: ["LOUD", "''", "[]"]
        case .secret:
            ["text", "{ env: MISSING }", "{ file: /nowhere/key }", "{ vault: a }", "{ env: A, file: b }", "[]"]
        }
    }

    @Test(arguments: Setting.all.map(\.path))
    func `Every key takes what its documentation says`(path: String) throws {
        let setting = try #require(Setting.all.first { $0.path == path })
        let certificates = try Self.certificates(setting)
        let values = Self.right(setting, certificates)
        #expect(!values.isEmpty)
        for value in values { #expect(flaw(Self.file(setting, value, certificates).text) == nil, "\(value)") }
    }

    @Test(
        arguments: Setting.all.map(\.path).filter { path in
            !path.contains(".tls.") && ["otlp.", "console.", "limits."].contains { path.hasPrefix($0) }
        })
    func `Every key of the server changes something`(path: String) throws {
        let setting = try #require(Setting.all.first { $0.path == path })
        let results = try Self.right(setting, nil).map { String(reflecting: try read(Self.file(setting, $0).text)) }
        #expect(Set(results).count > 1)
    }

    @Test(arguments: Setting.all.map(\.path))
    func `Every wrong value is refused where it stands`(path: String) throws {
        let setting = try #require(Setting.all.first { $0.path == path })
        let certificates = try Self.certificates(setting)
        for value in Self.wrong(setting) {
            let (text, place) = Self.file(setting, value, certificates)
            let refusal = try #require(flaw(text), "\(value)")
            let line = place.prefix { $0 != ":" }
            // A secret is refused at the word in it that is wrong.
            #expect(refusal.hasPrefix(setting.kind == .secret ? "\(line):" : "\(place): "), "\(value): \(refusal)")
        }
    }

    @Test(arguments: Setting.all.map(\.path))
    func `A slip of the finger is told with the key that was meant`(path: String) throws {
        let last = try #require(path.split(separator: ".").last)
        guard last.count > 3 else { return }
        let slip = last.dropLast(2) + String(last.suffix(2).reversed())
        guard slip != last else { return }
        let setting = try #require(Setting.all.first { $0.path == path })
        let certificates = try Self.certificates(setting)
        let value = Self.right(setting, certificates)[0]
        let text = Self.file(setting, value, certificates).text.replacing("\(last):", with: "\(slip):")
        let refusal = try #require(flaw(text))
        #expect(refusal.contains("`\(slip)` is not a key") && refusal.contains("did you mean `\(last)`?"), "\(refusal)")
    }

    @Test func `Every default is what the documentation says`() throws {
        var text = ""
        var section = ""
        let own = ["feeds.", "analytics.", "archive."]
        for setting in Setting.all
        where !own.contains(where: { setting.path.hasPrefix($0) }) && !setting.standard.isEmpty {
            let parts = setting.path.split(separator: ".")
            if section != parts[0] {
                section = String(parts[0])
                text += "\(section):\n"
            }
            text += "  \(parts[1]): "
            text += parts.count == 2 ? "\(setting.standard)\n" : "{ \(parts[2]): \(setting.standard) }\n"
        }
        let (written, usual) = (try read(text), Configuration())
        #expect(String(reflecting: written) == String(reflecting: usual))
    }

    @Test func `Every default of a feed is what the documentation says`() throws {
        var text = "feeds:\n  - key: { env: FEED_KEY }\n"
        for setting in Setting.all where setting.path.hasPrefix("feeds") && !setting.standard.isEmpty {
            text += "    \(setting.path.dropFirst(8)): \(setting.standard)\n"
        }
        let (written, usual) = (try read(text), try read("feeds:\n  - key: { env: FEED_KEY }\n"))
        #expect(String(reflecting: written.feeds) == String(reflecting: usual.feeds))
    }

    @Test func `Every default of reports is what the documentation says`() throws {
        var text = "analytics:\n  - key: { env: FEED_KEY }\n"
        for setting in Setting.all where setting.path.hasPrefix("analytics") && !setting.standard.isEmpty {
            text += "    \(setting.path.dropFirst(12)): \(setting.standard)\n"
        }
        let (written, usual) = (try read(text), try read("analytics:\n  - key: { env: FEED_KEY }\n"))
        #expect(String(reflecting: written.analytics) == String(reflecting: usual.analytics))
    }

    static let wrongReports: [(String, [String])] = [
        ("key: { env: ADMIN_KEY }", ["2:10", "Admin API key", "say `api: console`", "read:analytics"]),
        ("key: { env: MODEL_KEY }", ["2:10", "Claude API key (sk-ant-api03-…)", "for models"]),
        ("{ api: console, key: { env: FEED_KEY } }", ["sk-ant-api01-…", "say `api: enterprise`", "sk-ant-admin01-…"]),
        ("{ key: { env: FEED_KEY }, reports: [users, claude_code] }", ["`claude_code` is a report of `api: console`"]),
        (
            "{ key: { env: FEED_KEY }, reports: [revenue] }",
            ["there is no report `revenue`; there are users, summaries"]
        ),
        ("{ key: { env: FEED_KEY }, reports: [] }", ["must name a report"]),
        ("{ key: { env: FEED_KEY }, group_by: [colour] }", ["can be split by `colour`", "rbac_group_id"]),
        ("{ key: { env: FEED_KEY }, look_back: 400d }", ["1d to 365d"]),
        ("{ key: { env: FEED_KEY }, look_back: 36h }", ["in whole days"]),
        ("{ key: { env: FEED_KEY }, interval: 1s }", ["60s to 1d"]),
        ("{ key: { env: FEED_KEY }, tenant: No Tenant }", ["`No Tenant` is not a tenant name"]),
        ("name: x", ["needs a `key`"]),
        ("{ key: { env: FEED_KEY } }\n  - { key: { env: FEED_KEY } }", ["two sources of reports have the name"]),
    ]

    @Test(arguments: wrongReports)
    func `Reports that cannot be read are refused in words that help`(text: String, words: [String]) throws {
        let refusal = try #require(flaw("analytics:\n  - \(text)\n"))
        for word in words { #expect(refusal.contains(word), "\(refusal)") }
        #expect(!Self.keys.values.contains { refusal.contains($0) })
    }

    @Test func `Every default of an archive is what the documentation says`() throws {
        let least = "archive:\n  to: /archive\n  keys: none\n"
        var text = least
        for setting in Setting.all where setting.path.hasPrefix("archive.") && !setting.standard.isEmpty {
            let parts = setting.path.split(separator: ".")
            if parts.count == 2 { text += "  \(parts[1]): \(setting.standard)\n" }
        }
        text += "  s3: { region: us-east-1, path_style: false }\n"
        let (written, usual) = (try read(text), try read(least))
        #expect(String(reflecting: written.archive) == String(reflecting: usual.archive))
    }

    @Test func `The guide has the table of this program`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let guide = try String(contentsOf: root.appending(path: "docs/guides/configuration.md"), encoding: .utf8)
        #expect(guide.contains(Setting.table.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    // MARK: Values

    @Test func `Values arrive where they belong`() throws {
        let read = try read(
            """
            data: /srv/docket
            otlp: { http: '[::1]:1', grpc: 'off', body_limit: 2MiB }
            log: { level: error }
            feeds:
              - name: one
                tenant: acme
                key: { env: FEED_KEY }
                interval: 5m
                settle: 1s
                overlap_interval: 30s
                remembered_ids: 100
                activity_types: [a, b]
            """)
        #expect(read.data == "/srv/docket")
        #expect(read.otlpHTTP?.description == "[::1]:1")
        #expect(read.otlpGRPC == nil)
        #expect(read.console?.description == "127.0.0.1:8600")
        #expect(read.bodyLimit == 2 << 20)
        #expect(read.logLevel == .error)
        let feed = try #require(read.feeds.first)
        #expect(feed.name.text == "one" && feed.tenant.text == "acme")
        #expect(feed.interval == .minutes(5) && feed.settle == .seconds(1))
        #expect(feed.overlapInterval == .seconds(30) && feed.rememberedIDs == 100)
        #expect(feed.activityTypes == ["a", "b"])
    }

    @Test func `Limits arrive where they belong`() throws {
        let read = try read(
            """
            otlp: { unpacked_limit: 1MiB, requests_per_second: 7, cors_origins: ['https://a.example.com'] }
            limits:
              head_size: 2KiB
              head_fields: 9
              target_size: 300
              connections: 10
              streams: 11
              idle_time: 12s
              head_time: 13s
              body_time: 14s
              stall_time: 15s
              requests_per_connection: 16
              in_flight_size: 17MiB
              grace: 18s
            """)
        let limits = read.limits
        #expect(read.unpackedLimit == 1 << 20 && read.requestsPerSecond == 7)
        #expect(read.corsOrigins == ["https://a.example.com"])
        #expect(limits.headBytes == 2_048 && limits.headFields == 9 && limits.targetBytes == 300)
        #expect(limits.connections == 10 && limits.streamsPerConnection == 11)
        #expect(limits.idleTime == .seconds(12) && limits.headTime == .seconds(13))
        #expect(limits.bodyTime == .seconds(14) && limits.stallTime == .seconds(15))
        #expect(limits.requestsPerConnection == 16 && limits.inFlightBytes == 17 << 20)
        #expect(read.grace == .seconds(18))
    }

    // MARK: TLS

    /// A section `otlp.tls` of these lines.
    private func tls(_ lines: String...) -> String {
        "otlp:\n  tls:\n" + lines.map { "    \($0)\n" }.joined()
    }

    @Test(arguments: ["otlp", "console"])
    func `Certificates arrive where they belong`(section: String) throws {
        let files = try Certificates()
        let read = try read(
            """
            \(section):
              tls:
                certificate: \(files.server)
                key: \(files.serverKey)
                client_authority: \(files.authority)
                client_certificates: optional
            """)
        let (given, other) = section == "otlp" ? (read.otlpTLS, read.consoleTLS) : (read.consoleTLS, read.otlpTLS)
        let tls = try #require(given)
        #expect(other == nil)
        #expect(tls.certificateFile == files.server && tls.keyFile == files.serverKey)
        #expect(tls.clientAuthorityFile == files.authority && tls.clientCertificates == .optional)
    }

    @Test func `Keys of TLS that do not go together are refused with what is missing`() throws {
        let files = try Certificates()
        let (certificate, key) = ("certificate: \(files.server)", "key: \(files.serverKey)")
        let authority = "client_authority: \(files.authority)"
        let rows: [(String, place: String, said: String)] = [
            (tls(certificate), "3:18", "`otlp.tls.certificate` needs its key; give `otlp.tls.key`"),
            (tls(key), "3:10", "give `otlp.tls.certificate` as well"),
            (tls(authority), "3:23", "give `otlp.tls.certificate` as well"),
            (tls("client_certificates: required"), "3:26", "give `otlp.tls.certificate` as well"),
            (tls(certificate, key, "client_certificates: required"), "5:26", "give `otlp.tls.client_authority`"),
            (tls(certificate, key, "client_certificates: optional"), "5:26", "give `otlp.tls.client_authority`"),
            (tls(certificate, key, authority), "5:23", "set `otlp.tls.client_certificates` to `required`"),
        ]
        for row in rows {
            let flaw = try #require(self.flaw(row.0), "\(row.0)")
            #expect(flaw.hasPrefix("\(row.place): ") && flaw.contains(row.said), "\(flaw)")
        }
        #expect(flaw(tls("client_certificates: ignored")) == nil)
        #expect(flaw(tls(certificate, key, authority, "client_certificates: ignored")) == nil)
    }

    @Test func `Files of TLS that cannot be used are refused with the reason`() throws {
        let files = try Certificates()
        let (certificate, key) = ("certificate: \(files.server)", "key: \(files.serverKey)")
        let wrong = try files.folder.write("wrong.pem", Array("nonsense".utf8))
        let sealed = files.folder.file("sealed.key")
        #expect(
            Shell.run("openssl", "pkey", "-in", files.serverKey, "-aes256", "-passout", "pass:a", "-out", sealed).code
                == 0)
        let rows: [(String, place: String, said: String)] = [
            (tls(certificate, "key: \(files.clientKey)"), "4:10", "client.key cannot be used (key values mismatch)"),
            (tls(certificate, "key: /nowhere/a.key"), "4:10", "/nowhere/a.key cannot be used (No such file"),
            (tls(certificate, "key: \(wrong)"), "4:10", "as PEM, without a passphrase"),
            (tls(certificate, "key: \(sealed)"), "4:10", "as PEM, without a passphrase"),
            (tls("certificate: \(wrong)", key), "3:18", "the certificate as PEM, then its chain"),
            (tls("certificate: /nowhere/a.pem", key), "3:18", "/nowhere/a.pem cannot be used (No such file"),
            (
                tls(certificate, key, "client_certificates: required", "client_authority: \(wrong)"), "6:23",
                "the certificates of the authorities as PEM"
            ),
        ]
        for row in rows {
            let flaw = try #require(self.flaw(row.0), "\(row.0)")
            #expect(flaw.hasPrefix("\(row.place): ") && flaw.contains(row.said), "\(flaw)")
        }
    }

    @Test func `Listeners that others can read along at are known`() throws {
        let files = try Certificates()
        let pair = "certificate: \(files.server), key: \(files.serverKey)"
        func open(_ text: String) throws -> [String] { try read(text).listenersInClear.map(\.key) }
        #expect(try open("").isEmpty)
        #expect(try open("otlp: { http: '0.0.0.0:1', grpc: 'off' }\n") == ["otlp.http"])
        #expect(
            try open("otlp: { http: '[::1]:1', grpc: '[::]:1' }\nconsole: { address: '192.0.2.1:1' }\n") == [
                "otlp.grpc", "console.address",
            ])
        let both = "otlp: { http: '0.0.0.0:1', tls: { \(pair) } }\nconsole: { address: '0.0.0.0:2' }\n"
        #expect(try open(both) == ["console.address"])
        #expect(try open("console: { address: '0.0.0.0:2', tls: { \(pair) } }\n").isEmpty)
    }

    private static let tooSmall: [(String, String)] = [
        ("limits: { in_flight_size: 1MiB }\n", "1:27"), ("otlp:\n  body_limit: 65MiB\n", "2:15"),
        ("otlp: { body_limit: 3MiB }\nlimits: { in_flight_size: 2MiB }\n", "2:27"),
    ]

    @Test(arguments: tooSmall)
    func `One body must have room in flight`(text: String, place: String) throws {
        let flaw = try #require(self.flaw(text))
        #expect(flaw.hasPrefix("\(place): `limits.in_flight_size` ("))
        #expect(flaw.contains("must be at least `otlp.body_limit`"))
    }

    // MARK: Files

    @Test(arguments: ["", "\n", "# nothing\n", "otlp:\n", "feeds:\n", "feeds: []\n", "---\n"])
    func `An empty file is a configuration`(text: String) throws {
        let (written, usual) = (try read(text), Configuration())
        #expect(String(reflecting: written) == String(reflecting: usual))
    }

    private static let wrongFiles: [(String, String)] = [
        ("nonsense\n", "1:1: "), ("- a\n", "1:1: "), ("otlp: 5\n", "1:7: `otlp` must be a table of keys"),
        ("feeds: 5\n", "1:8: `feeds` must be a list"), ("feeds: {}\n", "1:8: `feeds` must be a list"),
        ("feeds:\n  - 5\n", "2:5: "), ("data: a\ndata: b\n", "2:1: "), ("data: [a\n", "2:1: "), ("a: *b\n", "1:4: "),
        ("feeds:\n  - url: https://example.com\n", "2:10: a feed needs a `key`"),
        ("feeds:\n  - key: { env: FEED_KEY }\n    tenant: No Tenant\n", "3:13: `No Tenant` is not a tenant name"),
        ("feeds:\n  - key: { env: FEED_KEY }\n    url: example.com\n", "3:10: "),
        ("feeds:\n  - key: { env: FEED_KEY }\n    interval: 1s\n", "3:15: "),
        ("feeds:\n  - key: { env: FEED_KEY }\n  - key: { env: FEED_KEY }\n", "3:10: two feeds have the name"),
        ("ledger:\n  witnesses:\n    - url: ftp://a\n", "3:12: a witness needs a `url`"),
        ("ledger:\n  witnesses:\n    - url: \(witness[0])\n", "3:12: a witness needs its `key`"),
        ("ledger:\n  witnesses:\n    - url: \(witness[0])\n      key: a+b+c\n", "4:12: a witness needs its `key`"),
        (
            "ledger:\n  witnesses:\n    - { url: \(witness[0]), key: \(witness[1]) }\n    - { url: b, key: c }\n",
            "4:14: a witness needs a `url`"
        ),
        (
            "ledger:\n  quorum: 2\n  witnesses:\n    - { url: \(witness[0]), key: \(witness[1]) }\n",
            "2:11: `ledger.quorum` is 2, and `ledger.witnesses` names 1"
        ),
        (
            "ledger:\n  witnesses:\n    - { url: \(witness[0]), key: \(witness[1]) }\n    - { url: \(witness[0]), key: \(witness[1]) }\n",
            "4:48: a witness counts once"
        ),
    ]

    @Test(arguments: wrongFiles)
    func `A wrong file is refused at its place`(text: String, start: String) throws {
        let refusal = try #require(flaw(text))
        #expect(refusal.hasPrefix(start), "\(refusal)")
    }

    @Test func `A file that is not there is said by its name`() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(file: "/nowhere/docket.yaml", environment: [:])
        }
        #expect(error?.description.hasPrefix("/nowhere/docket.yaml:1:1: ") == true)
    }

    @Test func `A secret may be a file, and no message shows it`() throws {
        let key = try File("sk-ant-api01-secret\n")
        let text = "feeds:\n  - key: { file: \(key.path) }\n"
        #expect(flaw(text) == nil)
        #expect(flaw("feeds:\n  - key: sk-ant-api01-secret\n")?.contains("secret\n") == false)
        #expect(flaw("feeds:\n  - key: sk-ant-api01-secret\n")?.contains("sk-ant-api01-secret") == false)
        #expect(flaw(text + "    interval: 1s\n")?.contains("sk-ant-api01-secret") == false)
        #expect(!String(reflecting: try read(text)).contains("sk-ant-api01-secret"))
        let empty = try File("\n")
        #expect(flaw("feeds:\n  - key: { file: \(empty.path) }\n") != nil)
        withExtendedLifetime((key, empty)) {}
    }
}
