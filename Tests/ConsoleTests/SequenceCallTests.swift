import Codecs
import Network
import Platform
import Query
import TestKit
import Testing

/// Searches in EQL.
struct SequenceCallTests {
    private func ask(_ sample: SampleConsole, _ query: String, _ more: [(String, JSONValue)] = []) async throws
        -> HTTPResponse
    {
        try await sample.call("/api/v1/search", QueryCallTests.body(query, [("language", "eql")] + more))
    }

    @Test func `events stand in the order of time, the newest of them`() async throws {
        let sample = try SampleConsole()
        let query = #"any where user.email == "user1@example.com""#
        let json = try await ask(sample, query, [("size", 3)]).json()
        #expect(json["hits"]?.array?.compactMap { $0["id"]?.string } == ["evt_7", "evt_4", "evt_1"])
        #expect(json["total"] == 3)
        #expect(json["partial"] == false)
        let oldest = try await ask(sample, query, [("size", 1), ("sort", "oldest"), ("fields", ["user.email"])]).json()
        #expect(oldest["hits"]?[0]?["id"] == "evt_118")
        #expect(oldest["hits"]?[0]?["document"] == ["user": ["email": "user1@example.com"]])
    }

    @Test func `sequences have their keys and an event for each step`() async throws {
        let sample = try SampleConsole()
        let query = """
            sequence by gen_ai.tool.name with maxspan=5m
              [any where user.email == "user1@example.com"] [any where user.email == "user0@example.com"]
            """
        let json = try await ask(sample, query, [("size", 2)]).json()
        let sequences = try #require(json["sequences"]?.array)
        #expect(sequences.map { $0["join_keys"] } == [["Bash"], ["Bash"]])
        #expect(sequences.last?["events"]?.array?.compactMap { $0["id"]?.string } == ["evt_1", "evt_0"])
        #expect(json["hits"] == nil)
        let lines = try await ask(sample, query, [("format", "ndjson"), ("size", 2)]).text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(try JSONValue(parsing: String(lines[1])) == sequences.last)
        #expect(try JSONValue(parsing: String(lines[2]))["docket"]?["total"] == 2)
    }

    @Test func `a wrong query has its kind and place`() async throws {
        let sample = try SampleConsole()
        let parsing = try await ask(sample, "any where (a")
        #expect(parsing.status == 400)
        #expect(try parsing.json()["error"]?["type"] == "parsing_exception")
        let unknown = try await ask(sample, #"any where user.emial == "x""#).json()["error"]
        #expect(unknown?["type"] == "verification_exception")
        #expect(unknown?["column"] == 11)
    }

    @Test func `each tenant sees its own events only`() async throws {
        let sample = try SampleConsole()
        let body = QueryCallTests.body("any where true", [("language", "eql"), ("size", 1_000)])
        let other = [("authorization", "Bearer \(SampleConsole.otherToken)")]
        let json = try await sample.send(.post, "/api/v1/search", other, body: body).json()
        #expect(json["hits"]?.array?.compactMap { $0["id"]?.string } == ["evt_1000"])
    }
}
