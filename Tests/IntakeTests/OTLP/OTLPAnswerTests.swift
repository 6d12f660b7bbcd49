import Codecs
import Events
import Network
import Platform
import Testing

@testable import Intake

@Suite struct `OTLP answers` {
    /// Keeps what it is given.
    private final class Shelf: RecordSink {
        let batches = Locked<[RecordBatch]>([])
        func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void) {
            batches.withLock { $0.append(batch) }
            done(.success(()))
        }
        func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]? { nil }
    }

    private let asked = Counter()
    private let intake: OTLPIntake

    init() {
        let asked = asked
        intake = OTLPIntake(
            sink: Shelf(), limits: .init(bodyBytes: 1_000, unpackedBytes: 1_000), metrics: MetricList()
        ) { request, use in
            asked.add()
            switch ShownCredential(request.headers)?.secret {
            case "right": return .success(Credential(id: "cred_1", tenant: TenantName("acme")!))
            case "traces": return .failure(AdmissionRefusal(use == .traces ? .revoked : .use, for: use))
            case "fast": return .failure(AdmissionRefusal(.rate, for: use, retryAfter: .milliseconds(1_500)))
            case "costly": return .failure(AdmissionRefusal(.busy, for: use, retryAfter: .milliseconds(125)))
            case nil: return .failure(AdmissionRefusal(.missing, for: use))
            default: return .failure(AdmissionRefusal(.unknown, for: use))
            }
        }
    }

    private func gate(_ request: HTTPRequest) -> HTTPResponse? {
        var request = request
        return intake.gate(&request)
    }

    private func request(
        _ method: HTTPMethod = .post, _ target: String = "/v1/logs", type: String? = "application/json",
        encoding: String? = nil, credential: String? = "Bearer right", http2: Bool = false
    ) -> HTTPRequest {
        var headers = HTTPHeaders()
        if let type { headers.append("content-type", type) }
        if let encoding { headers.append("content-encoding", encoding) }
        if let credential { headers.append("authorization", credential) }
        var peer = Peer()
        if http2 { peer.version = .http2 }
        return HTTPRequest(method, target, headers: headers, peer: peer)
    }

    /// The fields of a `google.rpc.Status`.
    private func status(_ response: HTTPResponse) throws -> (code: UInt64, message: String) {
        let span = unsafe response.body.span.bytes
        if response.headers["content-type"] == "application/json" {
            let value = try JSONValue(parsing: response.body)
            return (UInt64(value["code"]?.integer ?? 0), value["message"]?.string ?? "")
        }
        #expect(response.headers["content-type"] == "application/x-protobuf")
        var cursor = ProtobufCursor(ByteRange(start: 0, count: span.byteCount))
        var found: (code: UInt64, message: String) = (0, "")
        while let field = try cursor.next(in: span) {
            if field.number == 1 { found.code = field.bits }
            if field.number == 2 { found.message = span[field.range].text }
        }
        return found
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: HTTPRequest
        let status: Int
        let code: UInt64
    }

    private func wrong() -> [Wrong] {
        [
            Wrong(testDescription: "path", request: request(.post, "/v2/logs"), status: 404, code: 12),
            Wrong(testDescription: "two folders", request: request(.post, "/a/b/v1/logs"), status: 404, code: 12),
            Wrong(testDescription: "method", request: request(.get), status: 405, code: 12),
            Wrong(testDescription: "type", request: request(type: "text/plain"), status: 415, code: 3),
            Wrong(testDescription: "no type", request: request(type: nil), status: 415, code: 3),
            Wrong(testDescription: "encoding", request: request(encoding: "br"), status: 415, code: 3),
            Wrong(testDescription: "no credential", request: request(credential: nil), status: 401, code: 16),
            Wrong(testDescription: "scheme", request: request(credential: "Digest right"), status: 401, code: 16),
            Wrong(testDescription: "token", request: request(credential: "Bearer wrong"), status: 401, code: 16),
            Wrong(testDescription: "use", request: request(credential: "Bearer traces"), status: 403, code: 7),
            Wrong(
                testDescription: "revoked", request: request(.post, "/v1/traces", credential: "Bearer traces"),
                status: 401, code: 16),
            Wrong(testDescription: "rate", request: request(credential: "Bearer fast"), status: 429, code: 8),
            Wrong(testDescription: "busy", request: request(credential: "Bearer costly"), status: 503, code: 8),
            Wrong(testDescription: "tenant", request: request(.post, "/other/v1/logs"), status: 403, code: 7),
        ]
    }

    @Test func `The gate says what is wrong in the encoding of the request`() throws {
        for wrong in wrong() {
            let response = try #require(gate(wrong.request), "\(wrong.testDescription)")
            #expect(response.status == wrong.status, "\(wrong.testDescription)")
            let status = try self.status(response)
            #expect(status.code == wrong.code, "\(wrong.testDescription)")
            #expect(!status.message.isEmpty)
            #expect((response.headers["www-authenticate"] != nil) == (wrong.status == 401))
            #expect((response.headers["allow"] == "POST") == (wrong.status == 405))
            let pause = [429: "2", 503: "1"][wrong.status]
            #expect(response.headers["retry-after"] == pause, "\(wrong.testDescription)")
        }
    }

    @Test func `The gate opens for what is right`() {
        #expect(gate(request()) == nil)
        #expect(gate(request(.post, "/acme/v1/logs")) == nil)
        #expect(gate(request(type: "application/json; charset=utf-8")) == nil)
        #expect(gate(request(type: "application/x-protobuf", encoding: "GZIP")) == nil)
        #expect(gate(request(encoding: "zstd")) == nil)
        #expect(gate(request(credential: "Basic YW55Ym9keTpyaWdodA==")) == nil)
        let method = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
        #expect(gate(request(.post, method, type: "application/grpc", http2: true)) == nil)
    }

    @Test func `The credential is asked for once, by the gate, also when the body is refused behind it`() {
        var request = request()
        #expect(intake.gate(&request) == nil)
        #expect(asked.value == 1)
        #expect(intake.gate(&request) == nil)
        #expect(intake.refusal(.tooSlow, request).status == 408)
        #expect(asked.value == 1)
        // A body that is refused by its stated length alone comes by no gate.
        #expect(intake.refusal(.tooLarge, self.request()).status == 413)
        #expect(asked.value == 2)
    }

    private static let refusals: [(BodyRefusal, Int, Int)] = [(.tooLarge, 413, 8), (.tooSlow, 408, 4), (.busy, 503, 8)]

    @Test(arguments: refusals)
    func `A body that the server does not take is refused in OTLP's words`(
        reason: BodyRefusal, status: Int, code: Int
    ) throws {
        for type in ["application/json", "application/x-protobuf"] {
            let response = intake.refusal(reason, request(type: type))
            #expect(response.status == status)
            #expect(try self.status(response).code == UInt64(code))
            #expect((response.headers["retry-after"] == "1") == (reason == .busy))
        }
        let method = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
        let call = intake.refusal(reason, request(.post, method, type: "application/grpc", http2: true))
        #expect(call.headers["grpc-status"] == "\(code)")
        // With a RetryInfo a client sends it again; one that is too large would come for ever.
        #expect((call.headers["grpc-status-details-bin"] != nil) == (reason == .busy))
        #expect(intake.refusal(reason, request(credential: nil)).status == 401)
    }

    @Test func `Success is an empty message, or says how many were left out`() throws {
        for signal in OTLPSignal.allCases {
            let json = OTLPAnswer.success(
                try OTLPHead(request(.post, "/v1/\(signal.rawValue)")), refused: 0, reason: nil)
            #expect(json.status == 200 && json.body == Array("{}".utf8))
            let partly = OTLPAnswer.success(
                try OTLPHead(request(.post, "/v1/\(signal.rawValue)")), refused: 7, reason: "because")
            let partial = try JSONValue(parsing: partly.body)["partialSuccess"]
            #expect(partial?[signal.rejectedName]?.string == "7")
            #expect(partial?["errorMessage"]?.string == "because")
        }
        let head = try OTLPHead(request(type: "application/x-protobuf"))
        #expect(OTLPAnswer.success(head, refused: 0, reason: nil).body.isEmpty)
        #expect(
            OTLPAnswer.success(head, refused: 7, reason: "no").body
                == [0x0A, 6, 0x08, 7, 0x12, 2, 0x6E, 0x6F])
    }

    private static let faults: [(Fault.Remedy, Int, String?)] = [
        (.again(after: .milliseconds(1_500)), 503, "2"), (.again(), 503, "1"), (.stop, 503, "30"), (.aside, 413, nil),
    ]

    @Test(arguments: faults)
    func `What the journal says becomes an answer`(remedy: Fault.Remedy, status: Int, retryAfter: String?) {
        let refusal = IntakeRefusal(Fault(.diskFull, remedy, "The disk is full."))
        let response = OTLPAnswer.failure(refusal, request())
        #expect(response.status == status)
        #expect(response.headers["retry-after"] == retryAfter)
        let call = OTLPAnswer.failure(
            refusal, request(.post, "/a.B/C", type: "application/grpc", http2: true))
        #expect(call.headers["grpc-status"] == (remedy == .stop ? "14" : "8"))
        // RetryInfo, without which a client takes RESOURCE_EXHAUSTED for the end.
        #expect((call.headers["grpc-status-details-bin"] != nil) == (retryAfter != nil))
    }
}
