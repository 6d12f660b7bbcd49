import Intake
import Platform
import TestKit
import Testing

@testable import Server

/// What a configuration must say before anything is held.
struct HoldSettingsTests {
    private static func read(_ lines: String, key: String = "sk-ant-api01-x") throws(ConfigurationError)
        -> HoldConfiguration?
    {
        guard let folder = try? TemporaryFolder() else { return nil }
        let recipients = "# of legal\n\(HoldKeeperTests.recipient)\n"
        _ = try? folder.write("recipients", Array(recipients.utf8))
        _ = try? folder.write("none", Array("AGE-SECRET-KEY-1\n".utf8))
        let text = """
            feeds:
              - key: { env: FEED_KEY }
            legal_hold:
            \(lines.replacing("FOLDER", with: folder.path))
            """
        _ = try? folder.write("docket.yaml", Array(text.utf8))
        return try Configuration(
            file: folder.file("docket.yaml"), environment: ["FEED_KEY": key, "HOLD_KEY": "sk-ant-api01-hold"]
        ).hold
    }

    private static let whole = """
          enabled: true
          feed: anthropic-feed
          archive: /srv/hold
          recipients: FOLDER/recipients
        """

    @Test func `it is off until it is turned on`() throws {
        #expect(try Self.read("  objects: 7") == nil)
        #expect(try Self.read(Self.whole.replacing("true", with: "false")) == nil)
    }

    @Test func `what is said arrives, and what is not has its default`() throws {
        let usual = try #require(try Self.read(Self.whole))
        #expect(usual.archive == "/srv/hold" && usual.recipients == [HoldKeeperTests.recipient])
        #expect(usual.feed.key == FeedKey("sk-ant-api01-x") && usual.limits.objects == 100_000)
        #expect(usual.limits.bytes == 50 << 30 && usual.limits.objectSize == 64 << 20)
        let said = try #require(
            try Self.read(Self.whole + "\n  key: { env: HOLD_KEY }\n  objects: 7\n  bytes: 2MiB\n  object_size: 1MiB"))
        #expect(said.feed.key == FeedKey("sk-ant-api01-hold") && said.limits.objects == 7)
        #expect(said.limits.bytes == 2 << 20 && said.limits.objectSize == 1 << 20)
    }

    @Test(
        arguments: [
            ("feed: anthropic-feed", "feed: other", "`anthropic-feed`"),
            ("archive: /srv/hold", "archive: hold", "whole path"),
            ("  recipients: FOLDER/recipients", "", "who can open"), ("FOLDER/recipients", "FOLDER/gone", "gone"),
            ("FOLDER/recipients", "FOLDER/none", "line 1"),
        ])
    func `what is missing is named, with what to write`(from: String, to: String, words: String) {
        #expect {
            try Self.read(Self.whole.replacing(from, with: to))
        } throws: { error in
            "\(error)".contains(words)
        }
    }

    @Test func `an Admin API key reads no content`() {
        #expect {
            try Self.read(Self.whole, key: "sk-ant-admin01-x")
        } throws: { error in
            "\(error)".contains("Compliance Access Key")
        }
    }
}
