import Codecs
import Events
import Network
import Platform
import Synchronization
import Testing

@testable import Intake

@Suite struct `Events over HTTP` {
    /// Keeps what it is given, or refuses it.
    private final class Shelf: RecordSink {
        let batches = Locked<[RecordBatch]>([])
        let fault = Locked<Fault?>(nil)
        func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void) {
            if let fault = fault.withLock({ $0 }) { return done(.failure(fault)) }
            batches.withLock { $0.append(batch) }
            done(.success(()))
        }
        func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]? { nil }
    }

    private let shelf = Shelf()
    private let intake: EventsIntake

    init() {
        intake = EventsIntake(
            sink: shelf, limits: .init(bodyBytes: 100_000, unpackedBytes: 100_000), metrics: MetricList()
        ) { request, use in
            switch ShownCredential(request.headers)?.secret {
            case "right" where use == .events:
                .success(Credential(id: "cred_1", tenant: TenantName("acme")!, uses: [.events]))
            case "fast": .failure(AdmissionRefusal(.rate, for: use, retryAfter: .milliseconds(1_500)))
            case "laptop": .failure(AdmissionRefusal(.use, for: use))
            case nil: .failure(AdmissionRefusal(.missing, for: use))
            default: .failure(AdmissionRefusal(.unknown, for: use))
            }
        }
    }

    private func answer(
        _ body: String = "", to target: String = "/v1/events", _ method: HTTPMethod = .post,
        type: String = "application/x-ndjson", secret: String? = "right", gzip: Bool = false
    ) -> HTTPResponse {
        var headers: HTTPHeaders = ["content-type": type]
        if let secret { headers.append("authorization", "Bearer \(secret)") }
        if gzip { headers.append("content-encoding", "gzip") }
        let text = Array(body.utf8)
        let packed = gzip ? unsafe Gzip().compress(text.span.bytes) : text
        var request = HTTPRequest(method, target, headers: headers, body: packed, peer: Peer(address: "192.0.2.7"))
        guard intake.takes(request) else { return HTTPResponse(599) }
        if let refusal = intake.gate(&request) { return refusal }
        let answers = Locked<[HTTPResponse]>([])
        intake.answer(request) { response in answers.withLock { $0.append(response) } }
        return answers.withLock { $0 }.first ?? HTTPResponse(599)
    }

    private func json(_ response: HTTPResponse) throws -> JSONValue { try JSONValue(parsing: response.body) }

    @Test(arguments: [false, true])
    func `are kept byte for byte, with the credential and the sender`(_ gzip: Bool) throws {
        let response = answer("{\"a\": 1}\nx\n{\"b\":2}", gzip: gzip)
        #expect(response.status == 200)
        let body = try json(response)
        #expect(body["accepted"] == 2)
        #expect(body["partialSuccess"]?["rejectedEvents"] == 1)
        #expect(body["partialSuccess"]?["rejected"]?[0]?["line"] == 2)
        let batch = try #require(shelf.batches.withLock { $0 }.first)
        #expect(batch.tenant.text == "acme" && batch.contexts[0].credential == "cred_1")
        #expect(batch.contexts[0].peer == "192.0.2.7")
        let kept = batch.entries.map { String(decoding: batch.storage[$0.range.range], as: UTF8.self) }
        #expect(kept == ["{\"a\": 1}", "{\"b\":2}"])
        #expect(batch.entries.allSatisfy { $0.kind == .event })
    }

    @Test func `that are all refused are answered with an error, and none with success`() throws {
        #expect(answer("x\ny").status == 400)
        #expect(answer("").status == 200)
        #expect(try json(answer(" \n")) == ["accepted": 0])
        #expect(shelf.batches.withLock { $0 }.isEmpty)
    }

    @Test func `in the bulk format are answered one by one, in their order`() throws {
        let response = answer(
            """
            {"create":{"_index":"logs-okta.system-default","_id":"q\\"1"}}
            {"a":1}
            {"index":{}}
            {"b":
            {"create":{}}
            {"c":3}
            """, to: "/filebeat-9.3.0/_bulk")
        #expect(response.status == 200)
        #expect(response.headers["x-elastic-product"] == "Elasticsearch")
        let body = try json(response)
        #expect(body["errors"] == true)
        let items = try #require(body["items"]?.array)
        #expect(items.map { $0.members?.first?.value["status"]?.integer } == [201, 400, 201])
        #expect(items[0]["create"]?["_index"] == "logs-okta.system-default")
        #expect(items[0]["create"]?["_id"] == "q\"1")
        #expect(items[1]["index"]?["error"]?["type"] == "document_parsing_exception")
        #expect(items[2]["create"]?["_index"] == "filebeat-9.3.0")
        let batch = try #require(shelf.batches.withLock { $0 }.first)
        let indices = batch.entries.map { entry in
            String(decoding: batch.storage[batch.contexts[Int(entry.context)].resource.range], as: UTF8.self)
        }
        #expect(indices == ["logs-okta.system-default", "filebeat-9.3.0"])
    }

    @Test(arguments: [
        ("/v1/events", "laptop", 403), ("/v1/events", "wrong", 401), ("/v1/events", nil, 401), ("/_bulk", "fast", 429),
        ("/other/v1/events", "right", 403), ("/acme/v1/events", "right", 200), ("/Big/_bulk", "right", 400),
        ("/_cat/_bulk", "right", 400),
    ])
    func `are taken from who may send them, and for his own tenant alone`(
        _ target: String, _ secret: String?, _ status: Int
    ) {
        let response = answer("{\"a\":1}", to: target, secret: secret)
        #expect(response.status == status)
        #expect((response.headers["www-authenticate"] != nil) == (status == 401))
        #expect((response.headers["retry-after"] != nil) == (status == 429))
        #expect(shelf.batches.withLock { $0.count } == (status == 200 ? 1 : 0))
    }

    @Test func `are refused for another method, another content or too large a body`() {
        #expect(answer(to: "/v1/events", .get).status == 405)
        #expect(answer("{\"a\":1}", type: "text/plain").status == 415)
        #expect(answer("{\"a\":\"" + String(repeating: "x", count: 100_000) + "\"}", gzip: true).status == 413)
        let many = String(repeating: "{\"a\":1}\n", count: 12_000)
        #expect(answer(many).status == 200)
        #expect(answer(String(repeating: "{}\n", count: 20_001)).status == 413)
        let indices = (0...256).map { "{\"create\":{\"_index\":\"i\($0)\"}}\n{\"a\":1}\n" }.joined()
        #expect(answer(indices, to: "/_bulk").status == 413)
    }

    @Test func `wait when the journal is busy: shippers send again after 429`() throws {
        shelf.fault.withLock { $0 = Fault(.journalBusy, .again(after: .seconds(3)), "The journal is busy.") }
        for target in ["/v1/events", "/_bulk"] {
            let response = answer("{\"create\":{}}\n{\"a\":1}", to: target)
            #expect(response.status == 429)
            #expect(response.headers["retry-after"] == "3")
            #expect(try json(response)["error"]?["type"] == "es_rejected_execution_exception")
        }
        shelf.fault.withLock { $0 = Fault(.diskFailed, .stop, "The disk failed.") }
        #expect(answer("{\"a\":1}").status == 503)
    }

    @Test func `shippers learn what they ask before they send, when they may send`() throws {
        let hello = answer(to: "/", .get)
        #expect(hello.status == 200 && hello.headers["x-elastic-product"] == "Elasticsearch")
        #expect(try json(hello)["version"]?["number"] == .string(ElasticsearchQuestion.spoken))
        #expect(try json(answer(to: "/_license", .get))["license"]?["status"] == "active")
        #expect(try json(answer(to: "/_cluster/health", .get))["status"] == "green")
        #expect(answer(to: "/", .get, secret: nil).status == 401)
        #expect(answer(to: "/", .delete).status == 405)
    }

    @Test(arguments: ["/v1/logs", "/_search", "/index/_doc", "/a/b/_bulk", "/_bulk/", "/v1/events/x"])
    func `are not looked for at other paths`(_ path: String) {
        #expect(!intake.takes(HTTPRequest(.post, path)))
    }
}
