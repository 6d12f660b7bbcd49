import Codecs
import Events
import Integrity
import Network
import Platform
import TestKit
import Testing

@testable import Intake

/// What each answer of the API to a question for content means.
struct ContentReaderTests {
    /// A server that answers the same to everything, and a reader that asks it. Waiting takes no time.
    final class Bench: Sendable {
        let server: HTTPServer
        let client = HTTPClient()
        let targets = Locked<[String]>([])

        init(_ answer: @escaping @Sendable (String) -> HTTPResponse) throws {
            let targets = targets
            server = try HTTPServer(
                listeners: [
                    Listener("127.0.0.1", port: 0) { request, responder in
                        targets.withLock { $0.append(request.target) }
                        responder.send(answer(request.target))
                    }
                ], log: Log("test", least: .error) { _ in })
            server.start()
        }

        deinit {
            client.stop()
            server.stop(grace: .seconds(1))
        }

        func reader() -> ContentReader {
            var feed = FeedConfiguration(key: FeedKey("sk-ant-api01-x"))
            feed.url = "http://\(server.addresses[0])"
            let clock = TestClock()
            return ContentReader(
                feed,
                with: PollerMeans(
                    sink: RecordSinkDouble(), client: client, clock: clock,
                    budget: FeedBudget(requestsPerMinute: 1_000_000), log: Log("test", least: .error, write: { _ in }),
                    wait: { span in
                        clock.advance(span)
                        return true
                    }, chance: { 0.5 }), objectBytes: 1_000, metrics: MetricList())
        }

        /// What became of a question for a file, in one word and more.
        func file() async -> String {
            var reader = reader()
            do throws(ContentEnd) {
                switch try await reader.content(of: HeldFile(kind: .generatedFile, id: "f/1")) {
                case .there(let bytes): return "there \(bytes.count)"
                case .missing(let cause): return "missing \(cause)"
                case .placeUnknown: return "place unknown"
                }
            } catch {
                guard case .fault(let fault) = error else { return "stopping" }
                return "fault \(fault.code.rawValue) \(fault.detail)"
            }
        }
    }

    private static func response(
        _ status: Int, _ headers: [(String, String)] = [], _ body: [UInt8] = [1, 2, 3]
    ) -> HTTPResponse {
        var response = HTTPResponse(status, body: body)
        for (name, value) in headers { response.headers.set(name, value) }
        return response
    }

    @Test(
        arguments: [
            (200, "", "", "there 3", 1),
            (200, "content-md5", "Uonf2o4sWiWmMd5nBF3oWQ==", "fault answer-not-understood", 8),
            (200, "content-md5", "UonfKBuIlPsWPb0qH0MPZw==", "fault answer-not-understood", 8),
            (400, "", "", "place unknown", 1), (404, "", "", "missing not there (404)", 1),
            (410, "", "", "missing gone (410)", 1), (401, "", "", "fault credentials-refused", 1),
            (403, "", "", "fault credentials-refused", 1), (429, "retry-after", "1", "fault rate-limited", 8),
            (503, "", "", "fault unreachable", 8), (500, "x-should-retry", "false", "missing the API fails at it", 1),
        ])
    func `each kind of answer has its meaning`(
        status: Int, name: String, value: String, meaning: String, requests: Int
    ) async throws {
        let bench = try Bench { _ in Self.response(status, name.isEmpty ? [] : [(name, value)]) }
        let found = await bench.file()
        #expect(found.hasPrefix(meaning), "\(found)")
        #expect(bench.targets.withLock { $0.count } == requests)
        #expect(
            bench.targets.withLock { $0.first } == "/v1/compliance/apps/chats/generated-files/f%2F1/content",
            "an id is no path")
        if status == 403 { #expect(found.contains("read:compliance_user_data")) }
    }

    @Test func `a file comes with the digest that the API says`() async throws {
        let bytes = Array("a file".utf8)
        let sum = unsafe MD5.digest(of: bytes.span.bytes)
        let digest = unsafe Integrity.Base64.text(of: sum.span.bytes)
        let bench = try Bench { _ in Self.response(200, [("content-md5", digest)], bytes) }
        #expect(await bench.file() == "there 6")
    }

    @Test func `a file that is too large is told, and asked for once`() async throws {
        let bench = try Bench { _ in Self.response(200, [], [UInt8](repeating: 0, count: 1_001)) }
        #expect(await bench.file() == "missing larger than legal_hold.object_size")
        #expect(bench.targets.withLock { $0.count } == 1)
    }

    @Test func `messages that are too much for one answer are asked for in smaller pages`() async throws {
        let bench = try Bench { target in
            let isSmall = target.contains("limit=10&")
            let text = isSmall ? "few" : String(repeating: "much ", count: 6 << 20)
            let page: JSONValue = ["data": [["id": "m", "text": .string(text)]], "has_more": false]
            return Self.response(200, [], Array(page.text.utf8))
        }
        var reader = bench.reader()
        let time = Timestamp(milliseconds: 0)
        guard case .there(let page) = try await reader.messages(of: "c", from: time, until: time, place: nil) else {
            Issue.record("there is a page")
            return
        }
        #expect(page.count == 1 && page.next == nil)
        #expect(bench.targets.withLock { $0.count } == 3)
    }

    @Test func `files beside messages are named by what is asked for`() throws {
        let text = """
            {"data":[{"id":"m","files":[{"id":"f1"},{"name":"none"}],"generated_files":null,\
            "artifacts":[{"id":"a","version_id":"v1"}]}],"has_more":true,"last_id":"m"}
            """
        let body = Array(text.utf8)
        let page = MessagePage(try APIPage(body, lists: ["data"], paging: .cursor), body)
        #expect(page.files == [HeldFile(kind: .file, id: "f1"), HeldFile(kind: .artifact, id: "v1")])
        #expect(page.next == "m" && page.body == body)
    }

    @Test(
        arguments: [
            "{\"data\":[],\"has_more\":true}", "{\"data\":[]}", "{\"data\":{},\"has_more\":false}", "[]", "",
        ])
    func `a page that says there is more and not where is none`(text: String) {
        #expect(throws: JSONError.self) {
            try APIPage(Array(text.utf8), lists: ["data"], paging: .cursor)
        }
    }
}
