import Codecs
import Events
import Pipeline
import Testing

@Suite struct `Events of other systems` {
    private static func mapped(_ text: String, index: String = "", _ enricher: (any Enricher)? = nil) -> Mapped {
        mapped([text], index: index, enricher)
    }

    private static func mapped(_ texts: [String], index: String = "", _ enricher: (any Enricher)? = nil) -> Mapped {
        var storage = Array(index.utf8)
        let resource = ByteRange(start: 0, count: storage.count)
        var entries: [RecordBatch.Entry] = []
        for text in texts {
            let range = ByteRange(start: storage.count, count: text.utf8.count)
            storage += text.utf8
            entries.append(.init(kind: .event, encoding: .json, context: 0, range: range))
        }
        return Mapped(
            RecordBatch(
                tenant: .default, source: "events-http", storage: storage,
                contexts: [.init(resource: resource, credential: "cred_1", peer: "192.0.2.7")], entries: entries),
            .full, enricher)
    }

    /// Says what it was asked.
    private struct Echo: Enricher {
        private static let city = FieldCatalog.standard.known("source.geo.city_name")
        private static let agent = FieldCatalog.standard.known("user_agent.name")

        func addPlace(of address: RawSpan, to document: inout Document) {
            document.set(Self.city, text: "city of \(String(decoding: address.array, as: UTF8.self))")
        }

        func addAgent(_ userAgent: RawSpan, to document: inout Document) {
            document.set(Self.agent, text: "agent \(String(decoding: userAgent.array, as: UTF8.self))")
        }
    }

    @Test(
        arguments: [
            (#"{"source":{"ip":"192.0.2.9"},"user_agent.original":"curl/8"}"#, "city of 192.0.2.9", "agent curl/8"),
            (#"{"source":{"ip":"192.0.2.9","geo":{"country_iso_code":"NL"}}}"#, nil, nil),
            (
                #"{"source":{"ip":"192.0.2.9","as":{"number":7}},"user_agent":{"original":"x","os":{"name":"Linux"}}}"#,
                nil, nil
            ),
            (#"{"source":{"ip":"here","address":"192.0.2.9"},"user_agent":{"original":""}}"#, nil, nil),
            (#"{"source":{"ip":9},"user_agent":{"original":["a","b"]}}"#, nil, nil),
        ] as [(String, String?, String?)])
    func `have a place and an agent as activities have, where the sender does not say it`(
        _ text: String, _ city: String?, _ agent: String?
    ) {
        let found = Self.mapped(text, Echo()).document
        #expect(found.at("source.geo.city_name")?.string == city)
        #expect(found.at("user_agent.name")?.string == agent)
        let plain = Self.mapped(text).document
        #expect(plain.at("event.id") == found.at("event.id"), "what is known of an address changes no id")
    }

    @Test func `keep known fields with their types and all others by their names`() {
        let found = Self.mapped(
            #"{"@timestamp":"2026-03-02T10:00:00.5Z","event":{"action":"user.session.start","outcome":"success","#
                + #""category":["authentication"]},"source.ip":"192.0.2.9","user":{"name":"Jo@example.com"},"#
                + #""okta":{"transaction":{"id":"t1"},"n":3,"list":[{"a":null,"b":1}]}}"#
        ).document
        #expect(found["@timestamp"] == "2026-03-02T10:00:00.500Z")
        #expect(found.at("event.action") == "user.session.start")
        #expect(found.at("event.category") == ["authentication"])
        #expect(found.at("event.kind") == "event")
        #expect(found.at("source.ip") == "192.0.2.9")
        #expect(found.at("okta.transaction.id") == "t1" || found["okta.transaction.id"] == "t1")
        #expect(found.at("user.key") == "jo@example.com")
        #expect(found.at("docket.tenant") == "default" && found.at("docket.source") == "events-http")
        #expect(found.at("docket.credential") == "cred_1" && found.at("docket.identity") == "client-claimed")
        #expect(found.at("data_stream.namespace") == "default")
    }

    @Test(arguments: [
        (#""email":"Jo@example.com","id":"7""#, "[]", ["Jo@example.com", "7"]),
        (#""name":"jo""#, #"["jo","boss"]"#, ["jo", "boss"]),
        (#""name":"jo@example.com""#, "null", ["jo@example.com"]),
    ])
    func `name their person where erasure looks for him`(_ user: String, _ related: String, _ names: [String]) {
        let found = Self.mapped(#"{"user":{\#(user)},"related":{"user":\#(related)}}"#)
        #expect(found.document.at("related.user") == .array(names.map { .string($0) }), "\(found.lines)")
    }

    @Test(arguments: [
        (#"{"data_stream.dataset":"okta.system","event":{"dataset":"x"}}"#, "logs-a.b-c", "okta.system"),
        (#"{"event":{"dataset":"okta.system"}}"#, "logs-a.b-c", "okta.system"),
        (#"{"a":1}"#, "logs-okta.system-default", "okta.system"),
        (#"{"a":1}"#, "filebeat-9.3.0-2026.03.02", "filebeat-9.3.0-2026.03.02"),
        (#"{"a":1}"#, "", "generic"),
        (#"{"a":1}"#, "docket.record", "generic"),
        (#"{"a":1}"#, "logs-anthropic.audit-default", "generic"),
    ])
    func `are of the stream that they say, or that their index is called after`(
        _ event: String, _ index: String, _ dataset: String
    ) {
        let found = Self.mapped(event, index: index)
        #expect(found.document.at("data_stream.dataset") == .string(dataset))
        #expect(found.document.at("data_stream.type") == "logs")
        #expect(found.streams == ["ecs.events"])
    }

    @Test(arguments: [
        (#"{"docket":{"tenant":"other","sequence":5}}"#, "docket.tenant", JSONValue.string("default")),
        (#"{"docket.credential":"other"}"#, "docket.credential", "cred_1"),
        (#"{"d\u006fcket.credential":"other"}"#, "docket.credential", "cred_1"),
        (#"{"data_stream":{"namespace":"other"}}"#, "data_stream.namespace", "default"),
        (#"{"data_stream":{"dataset":"anthropic.audit"}}"#, "data_stream.dataset", "generic"),
        (#"{"event":{"dataset":"docket.record"}}"#, "event.dataset", "generic"),
        (#"{"event":{"dataset":["anthropic.audit"]}}"#, "event.dataset", "generic"),
        (#"{"event":{"dataset":"anthr\u006fpic.audit"}}"#, "event.dataset", "generic"),
        (#"{"event":{"module":"claude_code"}}"#, "event.module", .null),
        (#"{"event":{"ingested":"2020-01-01T00:00:00Z"}}"#, "event.ingested", "2026-09-21T14:13:20.000Z"),
        (#"{"user":{"key":"boss@example.com"}}"#, "user.key", .null),
        (#"{"data_stream":2}"#, "data_stream.namespace", "default"),
        (#"{"event":["docket"]}"#, "event.dataset", "generic"),
        (#"{"user":"boss@example.com"}"#, "user.key", .null),
    ])
    func `cannot speak for Docket, its sources or another tenant; what they tried is kept aside`(
        _ event: String, _ field: String, _ value: JSONValue
    ) throws {
        let found = Self.mapped(event)
        #expect(found.document.at(field) ?? .null == value, "\(found.lines)")
        #expect(found.lines[0].contains("imported"), "\(found.lines)")
    }

    @Test(arguments: ["anthropic.audit_log.actor_info", "anthropic.audit.type", "claude_code.tool_name"])
    func `have no fields of Anthropic's sources`(_ field: String) {
        let nested = field.split(separator: ".").reversed().reduce(#"{"x":"forged"}"#) { "{\"\($1)\":\($0)}" }
        for event in [nested, #"{"\#(field)":"forged"}"#] {
            let found = Self.mapped(event)
            #expect(found.document.at(field) == nil, "\(found.lines)")
            #expect(found.lines[0].contains("forged"))
        }
    }

    @Test(arguments: [#""yesterday""#, "null", "true", #"{"x":1}"#, "99999999999999999999", "1.5", #"["2026-03-02"]"#])
    func `without a time have that of their receipt, and say so`(_ time: String) {
        let found = Self.mapped(#"{"a":1,"@timestamp":\#(time)}"#)
        #expect(found.document["@timestamp"] == "2026-09-21T14:13:20.000Z", "\(found.lines)")
        #expect(found.document["tags"] == ["no_timestamp"], "\(found.lines)")
        #expect(Self.mapped(#"{"@timestamp":1772445600500}"#).document["@timestamp"] == "2026-03-02T10:00:00.500Z")
    }

    private static func id(_ text: String) -> JSONValue? { mapped(text).document.at("event.id") }

    @Test func `have the same id when they are sent again in another order, nested or dotted`() {
        let time = #""@timestamp":"2026-03-02T10:00:00Z""#
        let first = Self.id(#"{\#(time),"event":{"id":"e1","action":"a"},"x":{"b":1,"a":[1,2]},"n":"m"}"#)
        #expect(first?.string?.hasPrefix("evt_") == true)
        let again = Self.id(#"{"n":"m","x.a":[1, 2],"x":{"b":1},"event":{"action":"a"},"event.id":"e1",\#(time)}"#)
        #expect(again == first)
        for other in [
            #"{\#(time),"event":{"id":"e1","action":"b"},"x":{"b":1,"a":[1,2]},"n":"m"}"#,
            #"{\#(time),"event":{"id":"e2","action":"a"},"x":{"b":1,"a":[1,2]},"n":"m"}"#,
            #"{\#(time),"event":{"id":"e1","action":"a"},"x":{"b":1,"a":[2,1]},"n":"m"}"#,
            #"{\#(time),"event":{"id":"e1","action":"a"},"x":{"b":"1","a":[1,2]},"n":"m"}"#,
            #"{\#(time),"event":{"id":"e1","action":"a"},"x":{"c":1,"a":[1,2]},"n":"m"}"#,
        ] { #expect(Self.id(other) != first) }
    }

    @Test func `cannot choose the id of another record`() {
        let found = Self.mapped(#"{"event":{"id":"activity_1"}}"#).document
        #expect(found.at("event.id") != "activity_1")
        #expect(found.at("imported.event.id") == "activity_1" || found["imported.event.id"] == "activity_1")
    }

    @Test func `that say the same twice in one request are two, and so are those without a time`() {
        let same = Self.mapped([#"{"@timestamp":0,"a":1}"#, #"{"@timestamp":0,"a":1}"#]).documents
        #expect(same[0].at("event.id") != same[1].at("event.id"))
        let untimed = Self.mapped([#"{"a":1}"#, #"{"a":1}"#]).documents
        #expect(untimed[0].at("event.id") != untimed[1].at("event.id"))
        // Whatever came before: an event with a time is the same wherever it stands in the log, one without is not.
        for (event, isSame) in [(#"{"@timestamp":0,"a":1}"#, true), (#"{"a":1}"#, false)] {
            let later = Self.mapped([#"{"b":1}"#, event]).documents[1]
            #expect((later.at("event.id") == Self.id(event)) == isSame)
        }
    }

    @Test(arguments: ["", "[", "5", #"{"a":"#, "\u{FEFF}{}"])
    func `that cannot be read, as in a damaged journal, are kept whole`(_ text: String) {
        let found = Self.mapped(text).document
        #expect(found.at("event.kind") == "pipeline_error")
        #expect(found.at("data_stream.namespace") == "default")
    }
}
