import Codecs
import Network
import Platform
import Query
import TestKit
import Testing

/// Hits as lines of NDJSON and CSV.
struct ExportCallTests {
    static let sizes: [Int] = [0, 1, 1_000, 1_001, 2_499, 2_500, 2_501]

    @Test(arguments: sizes)
    func `lines end with one about all of them`(size: Int) async throws {
        let events = (0..<2_500).map { SampleConsole.event($0, minutesAgo: Int64($0)) }
        let sample = try SampleConsole(events)
        let answer = try await sample.call("/api/v1/search", #"{"size":\#(size),"format":"ndjson"}"#)
        #expect(answer.status == 200)
        var lines = answer.text.split(separator: "\n").map(String.init)
        let last = try JSONValue(parsing: lines.removeLast())["docket"]
        #expect(lines.count == min(size, 2_500))
        #expect(last?["total"] == 2_500)
        #expect(last?["partial"] == false)
        #expect(last?["warnings"] == [])
        // What it gives leads on.
        guard let next = last?["next"]?.string else {
            #expect(size == 0 || size > 2_500)
            return
        }
        let more = try await sample.call("/api/v1/search", #"{"size":1,"after":"\#(next)"}"#).json()
        let expected: [JSONValue] = size < 2_500 ? [.string("evt_\(size)")] : []
        #expect(more["hits"]?.array?.compactMap { $0["id"] } == expected)
    }

    @Test func `CSV has the columns that are asked for`() async throws {
        let event = SampleConsole.event(7, minutesAgo: 1, [("message", "=cmd,\"x\"\r\ny")])
        let sample = try SampleConsole([event])
        let answer = try await sample.call(
            "/api/v1/search",
            #"{"format":"csv","fields":["user.email","claude_code.events.tool_name","message","event.o*","nothing"]}"#)
        #expect(answer.headers["content-type"]?.hasPrefix("text/csv") == true)
        #expect(
            answer.text == "user.email,claude_code.events.tool_name,message,event.outcome,nothing\r\n"
                + "user1@example.com,Bash,\"'=cmd,\"\"x\"\"\r\ny\",success,\r\n")
        let usual = try await sample.call("/api/v1/search", "{}", [("accept", "text/csv")])
        #expect(
            usual.text == "@timestamp,event.action,user.email,event.outcome,gen_ai.tool.name,event.id\r\n"
                + "2026-10-08T08:14:18.137Z,tool_result,user1@example.com,success,Bash,evt_7\r\n")
        #expect(usual.headers["docket-total"] == "1")
    }

    @Test func `many rows of CSV have one head`() async throws {
        let events = (0..<2_500).map { SampleConsole.event($0, minutesAgo: Int64($0)) }
        let sample = try SampleConsole(events)
        let answer = try await sample.call("/api/v1/search", #"{"format":"csv","size":5000,"fields":["event.id"]}"#)
        let lines = answer.text.split(separator: "\r\n")
        #expect(lines.count == 2_501)
        #expect(lines[0] == "event.id")
        #expect(Set(lines[1...]).count == 2_500)
        // In pages: no engine is asked for all at once.
        #expect(sample.engine.requests.withLock { $0.map(\.limit) } == [1_000, 1_000, 1_000])
    }

    @Test func `documents have the fields that are asked for`() async throws {
        let sample = try SampleConsole()
        let json = try await sample.call("/api/v1/search", #"{"size":1,"fields":["user.*","event.id","none"]}"#).json()
        #expect(
            json["hits"]?[0]?["document"] == ["event": ["id": "evt_0"], "user": ["email": "user0@example.com"]])
        let lines = try await sample.call(
            "/api/v1/search", #"{"size":1,"fields":["event"]}"#, [("accept", "application/x-ndjson")])
        #expect(lines.text == #"{"event":{"id":"evt_0","action":"tool_result","outcome":"success"}}"# + "\n")
    }

    @Test func `the names of before mean the same`() async throws {
        let sample = try SampleConsole()
        let old = try await sample.call("/api/v1/search", #"{"limit":2,"order":"oldest"}"#).json()
        let new = try await sample.call("/api/v1/search", #"{"size":2,"sort":"oldest","language":"kql"}"#).json()
        #expect(old["hits"] == new["hits"])
        #expect(new["hits"]?[0]?["id"] == "evt_119")
    }

    @Test func `each tenant sees its own events only`() async throws {
        let sample = try SampleConsole()
        let other = [("authorization", "Bearer \(SampleConsole.otherToken)")]
        let search = try await sample.send(.post, "/api/v1/search", other, body: "{}").json()
        #expect(search["hits"]?.array?.compactMap { $0["id"]?.string } == ["evt_1000"])
        let values = try await sample.send(.post, "/api/v1/fields", other, body: #"{"field":"event.action"}"#).json()
        #expect(values["values"] == [["value": "tool_result", "count": 1]])
        let histogram = try await sample.send(.post, "/api/v1/histogram", other, body: #"{"by":"user.email"}"#).json()
        #expect(histogram["total"] == 1)
        #expect(histogram["series"]?.array?.count == 1)
        #expect(try await sample.send(.get, "/api/v1/events/evt_1", other).status == 404)
    }
}
