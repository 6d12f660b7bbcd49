import Codecs
import Events
import Foundation
import Lookup
import Platform
import TestKit
import Testing

@testable import Pipeline

@Suite struct `User agents` {
    /// Name, version, device and system, as documents have them; `-` for what is not there.
    private static func read(_ text: String, _ style: UserAgentStyle = .elastic) -> String {
        let reader = UserAgentReader(.standard, like: style, metrics: EnrichmentMetrics(MetricList()))
        return text.withBytes { Self.text(reader.read($0)) }
    }

    private static func text(_ agent: UserAgent?) -> String {
        guard let agent else { return "nothing" }
        let bytes = unsafe agent.bytes.span.bytes
        let parts = [
            agent.name, agent.version, agent.device, agent.systemName, agent.systemVersion, agent.systemFull,
        ]
        return parts.map { $0.isEmpty ? "-" : bytes[$0].text }.joined(separator: " | ")
    }

    /// The anchors are what Elastic's own test of the package `anthropic` expects.
    @Test(arguments: [
        ("python-requests/2.32.0", "Python Requests | 2.32 | Other | - | - | -"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36",
            "Other | - | Mac | Mac OS X | 10.15.7 | Mac OS X 10.15.7"
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "Other | - | Other | Linux | - | -"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Chrome | 142.0.0.0 | Other | Windows | 10 | Windows 10"
        ),
        // A number that is there and empty ends the version.
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Firefox | 145.0 | Other | Linux | - | -"
        ),
        ("curl/8.5.0", "curl | 8.5.0 | Other | - | - | -"), ("claude-code/2.1.294", "Other | - | Other | - | - | -"),
        ("\u{1}", "Other | - | Other | - | - | -"),
    ])
    func `A sample is read as Elasticsearch reads it`(text: String, expected: String) {
        #expect(Self.read(text) == expected)
    }

    @Test func `What patterns leave to the reader differs by style`() {
        let phone = "Mozilla/5.0 (Linux; U; Android 2.3.6; de-de; SAMSUNG GT-S5360/S5360XXLK1 Build/GINGERBREAD)"
        #expect(Self.read(phone, .elastic).contains("| Samsung $2 |"))
        #expect(Self.read(phone, .specification).contains("| Samsung GT-S5360 |"))
    }

    // MARK: The cases of uap-core

    private struct Case {
        let text: String
        let name: String
        /// The numbers of the version up to the first that is missing.
        let version: String
        let hasThreeNumbers: Bool
    }

    private static func cases(_ path: String, numbers: [String]) throws -> [Case] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "/usr/share/uap-core/\(path)")))
        let root = try YAMLParser.parse(bytes)
        guard case .mapping(let members) = root.content,
            case .sequence(let elements)? = members.first(where: { $0.key.text == "test_cases" })?.value.content
        else { return [] }
        return elements.compactMap { element in
            guard case .mapping(let members) = element.content else { return nil }
            let values = members.reduce(into: [String: String]()) { $0[$1.key.text ?? ""] = $1.value.text ?? "" }
            let version = numbers.map { values[$0] ?? "" }.prefix { !$0.isEmpty }
            return Case(
                text: values["user_agent_string"] ?? "", name: values["family"] ?? "",
                version: version.joined(separator: "."), hasThreeNumbers: version.count == 3)
        }
    }

    @Test(arguments: [
        ("tests/test_ua.yaml", 200), ("test_resources/firefox_user_agent_strings.yaml", 200),
        ("test_resources/opera_mini_user_agent_strings.yaml", 100), ("test_resources/pgts_browser_list.yaml", 5_000),
        ("test_resources/podcasting_user_agent_strings.yaml", 100),
    ])
    func `Browsers of uap-core's cases are told`(path: String, least: Int) throws {
        // uap-core's own tests look at three numbers, and patterns may tell a fourth.
        let cases = try Self.cases(path, numbers: ["major", "minor", "patch"])
        #expect(cases.count >= least)
        check(cases, canGoOn: true) { (agent, bytes) in (bytes[agent.name].text, bytes[agent.version].text) }
    }

    @Test(arguments: [("tests/test_os.yaml", 400), ("test_resources/additional_os_tests.yaml", 20)])
    func `Systems of uap-core's cases are told`(path: String, least: Int) throws {
        let cases = try Self.cases(path, numbers: ["major", "minor", "patch", "patch_minor"])
        #expect(cases.count >= least)
        check(cases) { (agent, bytes) in
            (agent.systemName.isEmpty ? "Other" : bytes[agent.systemName].text, bytes[agent.systemVersion].text)
        }
    }

    @Test func `Devices of uap-core's cases are told`() throws {
        let cases = try Self.cases("tests/test_device.yaml", numbers: [])
        #expect(cases.count >= 15_000)
        check(cases) { (agent, bytes) in (bytes[agent.device].text, "") }
    }

    /// - Parameter canGoOn: a version with three known numbers may have a fourth.
    private func check(_ cases: [Case], canGoOn: Bool = false, _ part: (UserAgent, RawSpan) -> (String, String)) {
        let reader = UserAgentReader(.standard, like: .specification, metrics: EnrichmentMetrics(MetricList()))
        for known in cases {
            guard let agent = known.text.withBytes({ reader.read($0) }) else {
                Issue.record("nothing is known of \(known.text)")
                continue
            }
            let bytes = unsafe agent.bytes.span.bytes
            let (name, version) = part(agent, bytes)
            #expect(name == known.name, "\(known.text)")
            let goesOn = canGoOn && known.hasThreeNumbers && version.hasPrefix(known.version + ".")
            #expect(version == known.version || goesOn, "\(known.text)")
        }
    }

    // MARK: Bounds

    @Test func `The patterns that the program carries are few to try for a text`() {
        let rules = UserAgentRules.standard
        #expect(rules.rules.count > 1_000)
        #expect(rules.patterns.unfilteredCount < 40)
    }

    @Test func `A user agent that is too long is counted and not read`() {
        let metrics = MetricList()
        let reader = UserAgentReader(.standard, like: .elastic, metrics: EnrichmentMetrics(metrics))
        for count in [UserAgentReader.longest, UserAgentReader.longest + 1, 1 << 20] {
            let text = String(("curl/8.5.0 " + String(repeating: "(", count: count)).prefix(count))
            #expect(text.withBytes { reader.read($0) } == nil || count == UserAgentReader.longest)
        }
        #expect(metrics.exposition().contains("docket_user_agents_total{result=\"too_long\"} 2\n"))
        #expect(metrics.exposition().contains("docket_user_agents_total{result=\"read\"} 1\n"))
    }

    @Test(arguments: [
        "a", "bot ", "Mozilla/5.0 (Linux; Android 4; ", "; ", "[FB;", "/1.", "spide", "Opera Mobi Opera/",
        "SAMSUNG SM-",
        "-iPad/1.1.1 ", "AppleWebKit Mobile ", "\u{0}\r\n", "\u{FFFD}é小",
    ])
    func `No text makes the patterns give up`(piece: String) {
        let metrics = MetricList()
        let reader = UserAgentReader(.standard, like: .elastic, metrics: EnrichmentMetrics(metrics))
        for count in [1, 10, UserAgentReader.longest / piece.utf8.count] {
            #expect(String(repeating: piece, count: count).withBytes { reader.read($0) } != nil)
        }
        #expect(metrics.exposition().contains("docket_user_agents_total{result=\"too_costly\"} 0\n"))
    }

    @Test func `A pattern that gives up leaves nothing known, and that is remembered`() throws {
        let rules = try UserAgentRules(
            parsing: Array(
                """
                user_agent_parsers:
                  - regex: '(x+x+)+[yz]'
                os_parsers:
                  - regex: '(x)'
                device_parsers: []
                """.utf8))
        let metrics = MetricList()
        let reader = UserAgentReader(rules, like: .elastic, metrics: EnrichmentMetrics(metrics))
        let text = String(repeating: "x", count: 500)
        #expect(text.withBytes { reader.read($0) } == nil)
        #expect(text.withBytes { reader.read($0) } == nil)
        #expect(metrics.exposition().contains("docket_user_agents_total{result=\"too_costly\"} 1\n"))
        #expect(metrics.exposition().contains("docket_user_agents_total{result=\"remembered\"} 1\n"))
    }

    @Test func `What is remembered is what was read`() {
        let metrics = MetricList()
        let reader = UserAgentReader(.standard, like: .elastic, metrics: EnrichmentMetrics(metrics))
        // More than are remembered, each twice in a row and once more behind all others.
        let texts = (0..<6_000).map { "curl/\($0).1.0" } + ["", "curl/1.1.0 "]
        let answers = texts.map { text in text.withBytes { Self.text(reader.read($0)) } }
        for (text, answer) in zip(texts, answers).reversed() {
            #expect(text.withBytes { Self.text(reader.read($0)) } == answer)
            #expect(text.withBytes { Self.text(reader.read($0)) } == answer)
        }
        #expect(answers[5_999] == "curl | 5999.1.0 | Other | - | - | -")
    }

    @Test(arguments: 0..<4)
    func `Any bytes can be read`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let reader = UserAgentReader(.standard, like: .specification, metrics: EnrichmentMetrics(MetricList()))
        let pieces = ["Mozilla/5.0", "Android", "Chrome/", "bot", "; ", "1.2", "\u{0}", "\u{7F}"].map { Array($0.utf8) }
        for _ in 0..<300 {
            var text: [UInt8] = []
            for _ in 0..<dice.roll(30) {
                text += dice.roll(2) == 0 ? dice.pick(pieces) : [UInt8(truncatingIfNeeded: dice.roll(256))]
            }
            #expect(unsafe reader.read(text.span.bytes) != nil)
        }
    }

    // MARK: Rules

    @Test(arguments: [
        ("[]", "line 1: there is no list `user_agent_parsers`"),
        ("user_agent_parsers: 5", "line 1: `user_agent_parsers` must be a list"),
        ("user_agent_parsers:\n  - a", "line 2: a rule must be a table of keys"),
        ("user_agent_parsers:\n  - family_replacement: a", "line 2: a rule without `regex`"),
        ("user_agent_parsers:\n  - regex: '(a'", "line 2: missing closing parenthesis behind byte 2"),
    ])
    func `A flaw of the file is told with its line`(text: String, expected: String) {
        #expect(throws: UserAgentRulesError.self) { try UserAgentRules(parsing: Array(text.utf8)) }
        do throws(UserAgentRulesError) {
            _ = try UserAgentRules(parsing: Array(text.utf8))
        } catch {
            #expect(error.description == expected)
        }
    }
}

extension String {
    fileprivate func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        let bytes = Array(utf8)
        return unsafe body(bytes.span.bytes)
    }
}
