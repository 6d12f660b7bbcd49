import Codecs
import Events
import Foundation
import TestKit
import Testing

@testable import Pipeline

@Suite struct `Documents in other schemas` {
    // MARK: Nothing is lost

    @Test(arguments: try GoldenCase.all(of: "normalize"), [Schema.ocsf, .cim])
    func `Every value of a document is in the translated one`(_ golden: GoldenCase, _ schema: Schema) throws {
        let stream = try #require(try golden.text("stream.txt"))
        let input = try #require(try golden.text("input.ndjson"))
        for mode in [Normalizer.Mode.full, .conformance] {
            let documents = try Mapped(input, stream: stream, mode).documents
            let translated = try Mapped(input, stream: stream, mode, schema: schema)
            try #require(documents.count == translated.documents.count)
            for (place, document) in documents.enumerated() {
                let there = Self.words(in: translated.documents[place])
                for word in Self.words(in: document) where !there.contains(word) {
                    // Moments and lengths of time become milliseconds, and three outcomes become words and numbers.
                    guard schema == .ocsf, Self.isSaidOtherwise(word, there) else {
                        Issue.record("\(word) of \(golden.testDescription) is not in \(translated.lines[place])")
                        continue
                    }
                }
            }
        }
    }

    /// All scalars, as text.
    private static func words(in value: JSONValue) -> Set<String> {
        switch value {
        case .object(let members): members.reduce(into: []) { $0.formUnion(words(in: $1.value)) }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(words(in: $1)) }
        case .string(let text): [text]
        case .null: []
        default: [value.text]
        }
    }

    private static func isSaidOtherwise(_ word: String, _ there: Set<String>) -> Bool {
        if let nanoseconds = Int64(word) { return there.contains("\(nanoseconds / 1_000_000)") }
        let otherwise = [
            "success": "Success", "failure": "Failure", "unknown": "Unknown", "accept": "Allowed", "reject": "Denied",
        ]
        return otherwise[word].map(there.contains) ?? word.hasSuffix("Z")
    }

    @Test(arguments: 0..<100)
    func `Whatever comes in becomes one object without a name twice`(_ seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        let names = [
            "event.name", "tool_name", "tool_input", "decision", "status", "success", "user.email", "user.id", "error",
            "model", "input_tokens", "a.b", "a", "action", "user", "tool_use_id", "x.y.z", "", ".",
        ]
        var attributes: [(String, AnyValue)] = []
        for _ in 0..<dice.roll(14) { attributes.append((dice.pick(names), .random(&dice))) }
        if dice.roll(2) == 0 {
            attributes.append(("event.name", .text(dice.pick(["tool_result", "auth", "api_error"]))))
        }
        let batch = try LogForm(attributes: attributes).batch(.json)
        for schema in [Schema.ocsf, .cim] {
            let mapped = Mapped(batch, .full, schema: schema)
            try #require(mapped.documents.count == 1)
            #expect(Self.hasEachNameOnce(mapped.document), "\(mapped.lines)")
            if schema == .ocsf { #expect(mapped.document["class_uid"] != nil) }
        }
    }

    private static func hasEachNameOnce(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let members):
            Set(members.map(\.key)).count == members.count && members.allSatisfy { hasEachNameOnce($0.value) }
        case .array(let elements): elements.allSatisfy(hasEachNameOnce)
        default: true
        }
    }

    @Test func `Attributes that nobody knows keep their names`() throws {
        let activity = """
            {"id":"a","type":"brand_new_thing","created_at":"2026-10-08T08:15:18Z",\
            "actor":{"type":"user_actor","user_id":"user_1","left":1},"unheard":{"of":[1,{"b":"c"}]}}
            """
        let ocsf = try Mapped(activity, stream: "anthropic.audit", .full, schema: .ocsf).document
        #expect(ocsf.at("unmapped.anthropic.audit.metadata.unheard")?.text == #"{"of":[1,{"b":"c"}]}"#)
        #expect(ocsf.at("unmapped.anthropic.audit.actor.left") == 1)
        let cim = try Mapped(activity, stream: "anthropic.audit", .full, schema: .cim).document
        #expect(cim["anthropic.audit.metadata"]?.text == #"{"unheard":{"of":[1,{"b":"c"}]}}"#)
        #expect(cim["anthropic.audit.actor.left"] == 1)
    }

    // MARK: The tables

    /// Constructing a writer reads the tables, and a wrong row ends the process: so does this test.
    @Test(arguments: Schema.allCases)
    func `Every table can be read`(_ schema: Schema) throws {
        #expect(try Mapped("{}", stream: "anthropic.audit", .full, schema: schema).documents.count == 1)
    }

    @Test func `Every class of OCSF is used, and every type of activity has one`() throws {
        let tables = try #require(SchemaTables(.ocsf))
        let named = Set(tables.classes.rows.map { $0[0] })
        #expect(Set(tables.events.rows.map { $0[2] }) == named)
        for row in tables.events.rows where row[3] != "99 Other" {
            let parts = row[3].split(separator: " ", maxSplits: 1)
            #expect(parts.count == 2 && Int(parts[0]) != nil, "\(row)")
        }
        for type in try Self.activityTypes() {
            let actor = #""created_at":"2026-10-08T08:15:18Z","actor":{"type":"user_actor"}"#
            let activity = #"{"id":"a","type":"\#(type)",\#(actor)}"#
            let document = try Mapped(activity, stream: "anthropic.audit", .full, schema: .ocsf).document
            #expect(document["class_uid"] != 0, "\(type) is only a base event")
            #expect(document["type_uid"] != nil)
        }
    }

    /// The types that Elastic's package knows.
    private static func activityTypes(file: String = #filePath) throws -> [String] {
        let root = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Content/activity-categories.csv"), encoding: .utf8)
        return text.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }.filter { $0 != "*" }
    }

    // MARK: Parts

    @Test(arguments: [
        ("a*|b", "abc", true), ("a*|b", "b", true), ("a*|b", "bc", false), ("*_failed", "login_failed", true),
        ("*_failed", "_faile", false), ("ab*ba", "aba", false), ("ab*ba", "abba", true), ("*", "", true),
        ("", "", false),
        ("*api_key_*", "api_key_created", true), ("*api_key_*", "admin_api_key_created", true), ("*a*b*", "ba", false),
        ("*a*b*c", "xaxbxc", true), ("a*b*b", "ab", false),
    ])
    func `A pattern takes words with stars`(_ pattern: String, _ text: String, _ isMatch: Bool) {
        #expect(TextPattern(pattern).matches(text) == isMatch)
    }

    @Test(arguments: [
        ("a@b.example", true), ("a.b+c@d-e.example.com", true), ("a@b", false), ("@b.c", false), ("a@.c", false),
        ("a@b.", false), ("a b@c.d", false), ("a@b@c.d", false), ("a@b_c.d", false), ("", false), ("a\"@b.c", false),
    ])
    func `Only what OCSF calls a mail address is one`(_ text: String, _ isMail: Bool) {
        var text = text
        let found = text.withUTF8 { unsafe MailAddress.isValid(UnsafeRawBufferPointer($0).bytes) }
        #expect(found == isMail)
    }

    /// A sender can make up names of events without end.
    @Test func `What is remembered of actions has a bound`() throws {
        let translation = try #require(Translation.standard(.ocsf))
        var choice = RuleChoice()
        for number in 0..<3 * RuleChoice.limit {
            var action = "action_\(number)_created"
            let place = action.withUTF8 { unsafe choice.place(of: UnsafeRawBufferPointer($0).bytes, translation) }
            #expect(choice.kept[place].events.last == translation.events.count - 1)
            try #require(choice.kept.count <= RuleChoice.limit)
        }
    }

    @Test func `A value that does not suit an attribute stays among the rest`() throws {
        let activity = """
            {"id":"a","type":"compliance_api_accessed","created_at":"2026-10-08T08:15:18Z","request_method":"BREW",\
            "actor":{"type":"unauthenticated_user_actor","unauthenticated_email_address":"no address"}}
            """
        let document = try Mapped(activity, stream: "anthropic.audit", .full, schema: .ocsf).document
        #expect(document.at("actor.user.email_addr") == nil)
        #expect(document.at("actor.user.name") == "no address")
        #expect(document.at("http_request.http_method") == nil)
        #expect(document.at("unmapped.http.request.method") == "BREW")
    }
}
