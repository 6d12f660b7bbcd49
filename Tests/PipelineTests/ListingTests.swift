import Codecs
import Detect
import Events
import Testing

@testable import Pipeline

/// What becomes of the listings of chats and sessions.
struct ListingTests {
    private static func batch(_ record: String) -> RecordBatch {
        let bytes = Array(record.utf8)
        return RecordBatch(
            tenant: .default, source: "anthropic-feed.chats", storage: bytes,
            contexts: [.init(credential: "anthropic-feed", peer: "api.anthropic.com")],
            entries: [
                .init(kind: .listing, encoding: .json, context: 0, range: ByteRange(start: 0, count: bytes.count))
            ])
    }

    private static func mapped(_ record: String) -> (document: JSONValue, stream: String) {
        let mapped = Mapped(batch(record), .full)
        return (mapped.document, mapped.streams[0])
    }

    private static let chat = """
        {"type":"chat_listed","created_at":"2026-10-08T09:00:00.000000Z","organization_uuid":"u-1","object_type":"chat",\
        "object_id":"claude_chat_1","chat":{"id":"claude_chat_1","created_at":"2026-10-08T08:00:00Z",\
        "updated_at":"2026-10-08T09:00:00.000000Z","deleted_at":null,"model":"claude-sonnet-4-5",\
        "organization_uuid":"u-1","name":"Key sk-ant-api03-NAME","user":{"id":"user_1","email_address":"P1@example.com"}}}
        """

    @Test func `a chat says whose it is, when and with which model`() {
        let (document, stream) = Self.mapped(Self.chat)
        #expect(stream == "anthropic.chats")
        #expect(document["@timestamp"] == "2026-10-08T09:00:00.000Z")
        #expect(document["event"]?["action"] == "chat_listed" && document["event"]?["kind"] == "state")
        #expect(document["event"]?["dataset"] == "anthropic.chats" && document["event"]?["module"] == "anthropic")
        #expect(document["organization"]?["id"] == "u-1")
        #expect(document["user"]?["id"] == "user_1" && document["user"]?["email"] == "P1@example.com")
        #expect(document["user"]?["key"] == "p1@example.com")
        #expect(document["related"]?["user"] == ["P1@example.com", "user_1"])
        let own = document["anthropic"]?["chats"]
        #expect(own?["id"] == "claude_chat_1" && own?["model"] == "claude-sonnet-4-5")
        #expect(own?["created_at"] == "2026-10-08T08:00:00.000Z" && own?["deleted_at"] == nil)
        #expect(own?["object"]?["user"]?["id"] == "user_1")
        #expect(document["event"]?["id"]?.string?.hasPrefix("evt_") == true)
    }

    @Test(arguments: [("local_session", "local"), ("remote_session", "remote")])
    func `a session says where it runs`(kind: String, place: String) {
        let (document, stream) = Self.mapped(
            """
            {"type":"\(kind)_listed","created_at":"2026-10-08T09:00:00Z","object_type":"\(kind)","object_id":"s",\
            "session":{"id":"s","status":"running","product_surface":"cowork","created_at":"2026-10-08T09:00:00Z",\
            "updated_at":"not a time"}}
            """)
        #expect(stream == "anthropic.sessions")
        #expect(document["event"]?["category"] == ["session"] && document["event"]?["type"] == ["info"])
        let own = document["anthropic"]?["sessions"]
        #expect(own?["place"]?.string == place && own?["status"] == "running" && own?["product_surface"] == "cowork")
        #expect(document["tags"] == ["conversion_failed"])
    }

    @Test(arguments: ["[]", "{", "{\"type\":\"chat_listed\",\"object_type\":\"chat\",\"chat\":7}"])
    func `what is none is kept whole, with the reason`(record: String) {
        let (document, _) = Self.mapped(record)
        #expect(document["event"]?["kind"] == "pipeline_error" && document["event"]?["original"]?.string == record)
    }

    @Test func `a name that is kept is looked through, and who and when are not`() throws {
        let record = Self.chat
        var redactor = RecordRedactor(.standard)
        var facts = RedactionFacts(rules: RedactionPolicy().version)
        let rules = SourceRules(RedactionPolicy(isOn: false), tenant: "default", source: "anthropic-feed.chats")
        let redacted = try #require(redactor.redact(Self.batch(record), rules, MaskWriter(key: nil), &facts))
        let chat = try JSONValue(parsing: Array(redacted.storage[redacted.entries[0].range.range]))["chat"]
        #expect(chat?["name"]?.string?.contains("sk-ant") == false)
        #expect(chat?["user"]?["email_address"] == "P1@example.com" && chat?["id"] == "claude_chat_1")
        #expect(facts.entries.first?.withheld == 1)
    }
}
