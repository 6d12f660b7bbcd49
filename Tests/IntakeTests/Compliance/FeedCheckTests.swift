import Network
import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

/// What `docket check --online` says of a key.
struct FeedCheckTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let key: String
        var known: String?
        var scopes: Set<String> = [SimulatedKey.activities]
        let isGood: Bool
        let words: [String]
        var testDescription: String { "\(key) \(scopes.sorted())" }
    }

    static let rows: [Row] = [
        Row(
            key: "sk-ant-api01-a", isGood: true,
            words: ["Claude Enterprise", "May read the Activity Feed", "599 of 600 requests"]),
        Row(
            key: "sk-ant-admin01-a", isGood: true,
            words: ["made in the Claude Console", "nothing else", "May read the Activity Feed"]),
        Row(
            key: "sk-ant-api03-a", isGood: false,
            words: ["Claude API key", "Use a Compliance Access Key", "cannot read the feed"]),
        Row(key: "nonsense", isGood: false, words: ["unknown kind", "Use a Compliance Access Key"]),
        Row(
            key: "sk-ant-api01-b", known: "sk-ant-api01-a", isGood: false,
            words: ["Compliance Access Key is wrong, or was deleted"]),
        Row(
            key: "sk-ant-api01-a", scopes: ["read:compliance_org_data"], isGood: false,
            words: ["It needs the scope read:compliance_activities", "make a new Compliance Access Key"]),
        Row(
            key: "sk-ant-admin01-a", scopes: [], isGood: false,
            words: ["only if the Compliance API was on when the key was made"]),
    ]

    @Test(arguments: rows)
    func `a key is told by its kind and by what it may do, and never shown`(row: Row) async throws {
        var options = ComplianceSimulator.Options()
        options.count = 1
        options.keys = [SimulatedKey(row.known ?? row.key, scopes: row.scopes)]
        let simulator = try ComplianceSimulator(options)
        simulator.start()
        defer { simulator.stop() }
        var configuration = FeedConfiguration(key: FeedKey(row.key))
        configuration.url = simulator.url
        let findings = await Self.run(configuration)
        let text = findings.map(\.text).joined(separator: "\n")
        #expect(findings.allSatisfy(\.isGood) == row.isGood, "\(text)")
        for words in row.words { #expect(text.contains(words), "\(text)") }
        #expect(!text.contains(row.key))
    }

    @Test func `a server that is not there is said`() async throws {
        let simulator = try ComplianceSimulator(seed: 1, count: 1)
        simulator.start()
        simulator.stop()
        var configuration = FeedConfiguration(key: FeedKey("sk-ant-api01-a"))
        configuration.url = simulator.url
        let findings = await Self.run(configuration)
        #expect(findings.last?.isGood == false && findings.last?.text.contains("cannot be reached") == true)
    }

    /// Asking blocks, so on a thread of its own.
    static func run(_ configuration: FeedConfiguration) async -> [FeedCheck.Finding] {
        await withCheckedContinuation { waiter in
            OwnThread.start("check") {
                let client = HTTPClient()
                waiter.resume(returning: FeedCheck.run(configuration, client: client, at: SystemClock().now()))
                client.stop()
            }
        }
    }
}
