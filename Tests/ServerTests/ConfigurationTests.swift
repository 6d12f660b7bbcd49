import Events
import Foundation
import Intake
import Platform
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
        _ text: String, environment: [String: String] = ["FEED_KEY": "sk-ant-api01-a"]
    ) throws -> Configuration {
        let file = try File(text)
        return try withExtendedLifetime(file) { try Configuration(file: file.path, environment: environment) }
    }

    /// Why a text is refused, without the name of its file.
    private func flaw(_ text: String, environment: [String: String] = ["FEED_KEY": "sk-ant-api01-a"]) -> String? {
        do {
            _ = try read(text, environment: environment)
            return nil
        } catch let error as ConfigurationError {
            return "\(error.line):\(error.column): \(error.message)"
        } catch {
            return "\(error)"
        }
    }

    // MARK: Every key

    /// The value of a setting in a file that is right otherwise, and where it stands.
    private static func file(_ setting: Setting, _ value: String) -> (text: String, place: String) {
        let parts = setting.path.split(separator: ".")
        guard parts.first == "feeds" else {
            guard parts.count == 2 else { return ("\(parts[0]): \(value)\n", "1:\(parts[0].count + 3)") }
            return ("\(parts[0]):\n  \(parts[1]): \(value)\n", "2:\(parts[1].count + 5)")
        }
        let key = parts[2] == "key" ? "" : "    key: { env: FEED_KEY }\n"
        return ("feeds:\n  - \(parts[2]): \(value)\n" + key, "2:\(parts[2].count + 7)")
    }

    private static func right(_ setting: Setting) -> [String] {
        switch setting.kind {
        case .text: [setting.standard.isEmpty ? "text" : setting.standard]
        case .address: ["127.0.0.1:1", "'[::1]:65535'", "'off'", "0.0.0.0:0"]
        case .bytes(let range): ["\(range.lowerBound)", "\(range.upperBound)", setting.standard]
        case .duration: [setting.standard]
        case .number(let range): ["\(range.lowerBound)", "\(range.upperBound)", setting.standard]
        case .flag: ["true", "false"]
        case .texts: ["[]", "[a, b]"]
        case .choice(let words): words
        case .secret: ["{ env: FEED_KEY }"]
        }
    }

    private static func wrong(_ setting: Setting) -> [String] {
        switch setting.kind {
        case .text: ["[]", "{ a: b }"]
        case .address: ["localhost:1", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1", ":80", "[a]", "''"]
        case .bytes(let range):
            [
                "\(range.lowerBound - 1)", "\(range.upperBound + 1)", "-1", "1.5MiB", "MiB", "16 mib", "9999999999GiB",
                "[]",
            ]
        case .duration: ["5", "s", "1.5s", "-1s", "0s", "1w", "1 s", "99999999s", "40000d", "[]"]
        case .number(let range): ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "many", "1.5", "[]"]
        case .flag: ["maybe", "1"]
        case .texts: ["a", "[[a]]", "{ a: b }"]
        case .choice: ["LOUD", "''", "[]"]
        case .secret:
            ["text", "{ env: MISSING }", "{ file: /nowhere/key }", "{ vault: a }", "{ env: A, file: b }", "[]"]
        }
    }

    @Test(arguments: Setting.all.map(\.path))
    func `Every key takes what its documentation says`(path: String) throws {
        let setting = try #require(Setting.all.first { $0.path == path })
        for value in Self.right(setting) {
            #expect(flaw(Self.file(setting, value).text) == nil, "\(value)")
        }
    }

    @Test(arguments: Setting.all.map(\.path))
    func `Every wrong value is refused where it stands`(path: String) throws {
        let setting = try #require(Setting.all.first { $0.path == path })
        for value in Self.wrong(setting) {
            let (text, place) = Self.file(setting, value)
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
        let text = Self.file(setting, Self.right(setting)[0]).text.replacing("\(last):", with: "\(slip):")
        let refusal = try #require(flaw(text))
        #expect(refusal.contains("`\(slip)` is not a key") && refusal.contains("did you mean `\(last)`?"), "\(refusal)")
    }

    @Test func `Every default is what the documentation says`() throws {
        var text = ""
        var section = ""
        for setting in Setting.all where !setting.path.hasPrefix("feeds") && !setting.standard.isEmpty {
            let parts = setting.path.split(separator: ".")
            if section != parts[0] {
                section = String(parts[0])
                text += "\(section):\n"
            }
            text += "  \(parts[1]): \(setting.standard)\n"
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
