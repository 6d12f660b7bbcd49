import Codecs
import Events
import Testing

@testable import Pipeline

/// What becomes of the changes of a directory.
struct DirectoryTests {
    private static func mapped(_ record: String) -> (document: JSONValue, stream: String) {
        let bytes = Array(record.utf8)
        let batch = RecordBatch(
            tenant: .default, source: "anthropic-feed.directory", storage: bytes,
            contexts: [.init(credential: "anthropic-feed", peer: "api.anthropic.com")],
            entries: [
                .init(
                    kind: .directory, encoding: .json, context: 0, range: ByteRange(start: 0, count: bytes.count))
            ])
        let mapped = Mapped(batch, .full)
        return (mapped.document, mapped.streams[0])
    }

    @Test func `another role is a change of the person, with before and after`() {
        let (document, stream) = Self.mapped(
            """
            {"type":"user_changed","created_at":"2026-10-08T09:00:00.000000Z","after":"2026-10-08T08:00:00Z",\
            "organization_uuid":"u-1","object_type":"user","object_id":"user_1","object":{"id":"user_1",\
            "email":"p1@example.com","organization_role":"owner","full_name":null},\
            "changes":[{"name":"organization_role","before":"user"}]}
            """)
        #expect(stream == "anthropic.directory")
        #expect(document["@timestamp"] == "2026-10-08T09:00:00.000Z")
        #expect(document["event"]?["action"] == "user_changed" && document["event"]?["kind"] == "event")
        #expect(document["event"]?["category"] == ["iam"] && document["event"]?["type"] == ["user", "change"])
        #expect(document["event"]?["dataset"] == "anthropic.directory" && document["event"]?["module"] == "anthropic")
        #expect(document["organization"]?["id"] == "u-1")
        let target = document["user"]?["target"]
        #expect(target?["id"] == "user_1" && target?["email"] == "p1@example.com" && target?["roles"] == ["owner"])
        #expect(document["related"]?["user"] == ["p1@example.com", "user_1"])
        let own = document["anthropic"]?["directory"]
        #expect(own?["changes"] == [["name": "organization_role", "before": "user", "after": "owner"]])
        #expect(own?["changed_fields"] == ["organization_role"])
        #expect(own?["not_before"] == "2026-10-08T08:00:00.000Z" && own?["object_type"] == "user")
        #expect(own?["object"]?["full_name"] == nil && own?["object"]?["organization_role"] == "owner")
        #expect(document["docket"]?["identity"] == "credential-bound")
        #expect(document["event"]?["id"]?.string?.hasPrefix("evt_") == true)
        #expect(document["tags"] == nil)
    }

    struct Meaning: Sendable, CustomTestStringConvertible {
        let kind: String
        let what: String
        let categories: JSONValue
        let types: JSONValue
        var testDescription: String { "\(kind) \(what)" }
    }

    static let meanings = [
        Meaning(kind: "setting", what: "changed", categories: ["configuration"], types: ["change"]),
        Meaning(kind: "organization", what: "added", categories: ["configuration"], types: ["creation"]),
        Meaning(kind: "member", what: "removed", categories: ["iam"], types: ["group", "deletion"]),
        Meaning(kind: "group", what: "added", categories: ["iam"], types: ["group", "creation"]),
        Meaning(kind: "role", what: "removed", categories: ["iam"], types: ["admin", "deletion"]),
        Meaning(kind: "permission", what: "added", categories: ["iam"], types: ["admin", "creation"]),
        Meaning(kind: "api_key", what: "changed", categories: ["iam", "configuration"], types: ["change"]),
        Meaning(kind: "user", what: "found", categories: ["iam"], types: ["user", "info"]),
    ]

    @Test(arguments: meanings)
    func `each kind of object has its meaning`(meaning: Meaning) {
        let (document, _) = Self.mapped(
            """
            {"type":"\(meaning.kind)_\(meaning.what)","created_at":"2026-10-08T09:00:00Z","object_type":"\(meaning.kind)",\
            "object_id":"x","parent_id":"g"}
            """)
        #expect(document["event"]?["category"] == meaning.categories && document["event"]?["type"] == meaning.types)
        #expect(document["event"]?["kind"] == (meaning.what == "found" ? "state" : "event"))
        #expect(document["tags"] == nil)
        if meaning.kind == "member" { #expect(document["group"]?["id"] == "g") }
    }

    @Test func `a kind that came since is told as unknown`() {
        let (document, _) = Self.mapped(
            "{\"type\":\"robot_added\",\"created_at\":\"2026-10-08T09:00:00Z\",\"object_type\":\"robot\",\"object_id\":\"x\"}"
        )
        #expect(document["tags"] == ["unknown_event"] && document["event"]?["type"] == ["creation"])
    }

    @Test(arguments: ["[]", "{", "{\"type\":\"user_added\"}"])
    func `what is no change is kept whole, with the reason`(record: String) {
        let (document, stream) = Self.mapped(record)
        #expect(stream == "anthropic.directory" && document["event"]?["kind"] == "pipeline_error")
        #expect(document["event"]?["original"]?.string == record)
    }
}
