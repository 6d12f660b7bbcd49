import Codecs
import Platform
import Testing

@testable import Simulate

struct TelemetryRequestTests {
    static let time = Timestamp(milliseconds: 1_791_446_400_123)

    static func origin(_ encoding: TelemetryPen.Encoding) -> TelemetryOrigin {
        TelemetryOrigin(
            resource: [TelemetryAttribute("service.name", "claude-code")],
            standard: [TelemetryAttribute("user.email", "who@example.com")], version: "2.1.294", encoding: encoding)
    }

    static let log = TelemetryLog(
        name: "api_request", time: time, sequence: 4,
        attributes: [
            TelemetryAttribute("größe", "\"groß\"\n"), TelemetryAttribute("input_tokens", 12),
            TelemetryAttribute("cost_usd", 0.25), TelemetryAttribute("is_plugin", true),
            TelemetryAttribute("reasons", .texts(["a", "b"])),
        ], attack: nil)

    @Test func `a log in JSON is what Claude Code writes`() throws {
        let value = try JSONValue(parsing: Self.origin(.json).body(.logs([Self.log])) { $0 })
        let group = try #require(value["resourceLogs"]?[0])
        #expect(group["resource"]?["attributes"]?[0]?["value"]?["stringValue"]?.string == "claude-code")
        let scope = try #require(group["scopeLogs"]?[0])
        #expect(scope["scope"]?.text == #"{"name":"com.anthropic.claude_code.events","version":"2.1.294"}"#)
        let record = try #require(scope["logRecords"]?[0])
        #expect(record["timeUnixNano"]?.string == "1791446400123000000")
        #expect(record["body"]?["stringValue"]?.string == "claude_code.api_request")
        let attributes = try #require(record["attributes"]?.array)
        #expect(
            attributes.map { "\($0["key"]?.string ?? "") \($0["value"]?.text ?? "")" } == [
                #"user.email {"stringValue":"who@example.com"}"#, #"event.name {"stringValue":"api_request"}"#,
                #"event.timestamp {"stringValue":"2026-10-08T08:00:00.123Z"}"#, #"event.sequence {"intValue":4}"#,
                #"größe {"stringValue":"\"groß\"\n"}"#, #"input_tokens {"intValue":12}"#,
                #"cost_usd {"doubleValue":0.25}"#, #"is_plugin {"boolValue":true}"#,
                #"reasons {"arrayValue":{"values":[{"stringValue":"a"},{"stringValue":"b"}]}}"#,
            ])
    }

    @Test func `a log in protobuf is read as the same`() throws {
        let bytes = Self.origin(.protobuf).body(.logs([Self.log])) { $0 }
        let span = unsafe bytes.span.bytes
        let resources = try Self.field(1, of: ByteRange(start: 0, count: bytes.count), span)
        let scopes = try Self.field(2, of: resources, span)
        let record = try Self.field(2, of: scopes, span)
        var reader = OTLPReader()
        let log = try reader.readLog(span, record, .protobuf)
        #expect(log.time == UInt64(Self.time.nanoseconds))
        let names = log.attributes.range.map { place in
            let name = reader.bytes(of: reader.attributes[place].key, in: span)
            return String(decoding: (0..<name.byteCount).map { name[$0] }, as: UTF8.self)
        }
        #expect(
            names == [
                "user.email", "event.name", "event.timestamp", "event.sequence", "größe", "input_tokens", "cost_usd",
                "is_plugin", "reasons",
            ])
        #expect(reader.attributes[log.attributes.range.lowerBound + 5].value.kind == .integer)
    }

    private static func field(_ number: Int, of range: ByteRange, _ span: RawSpan) throws -> ByteRange {
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: span) {
            if field.number == number { return field.range }
        }
        throw Missing()
    }

    private struct Missing: Error {}

    @Test func `points are deltas with their start, by metric`() throws {
        let points = [TelemetryMetric.tokens, .cost, .tokens].enumerated().map { place, metric in
            TelemetryPoint(
                metric: metric, start: Self.time, time: Self.time + .seconds(60), value: Double(place) + 0.5,
                attributes: [TelemetryAttribute("type", "input")])
        }
        let value = try JSONValue(parsing: Self.origin(.json).body(.metrics(points)) { $0 })
        let metrics = try #require(value["resourceMetrics"]?[0]?["scopeMetrics"]?[0]?["metrics"]?.array)
        #expect(metrics.map { $0["name"]?.string } == ["claude_code.cost.usage", "claude_code.token.usage"])
        #expect(metrics.map { $0["unit"]?.string } == ["USD", "tokens"])
        let sum = try #require(metrics[1]["sum"])
        #expect(sum["aggregationTemporality"]?.integer == 1 && sum["isMonotonic"]?.bool == true)
        #expect(sum["dataPoints"]?.array?.map { $0["asDouble"] } == [.double(0.5), .double(2.5)])
        #expect(sum["dataPoints"]?[0]?["startTimeUnixNano"]?.string == "1791446400123000000")
        #expect(sum["dataPoints"]?[0]?["timeUnixNano"]?.string == "1791446460123000000")
    }

    @Test func `spans have ids of hexadecimal digits, and say what failed`() throws {
        let span = TelemetrySpan(
            name: "claude_code.tool", trace: [UInt8](repeating: 0xab, count: 16), id: [0, 1, 2, 3, 4, 5, 6, 7],
            parent: [9, 9, 9, 9, 9, 9, 9, 9], start: Self.time, end: Self.time + .milliseconds(5), attributes: [],
            failure: "Error:1")
        let value = try JSONValue(parsing: Self.origin(.json).body(.traces([span])) { $0 })
        let written = try #require(value["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?[0])
        #expect(written["traceId"]?.string == "abababababababababababababababab")
        #expect(written["spanId"]?.string == "0001020304050607")
        #expect(written["parentSpanId"]?.string == "0909090909090909")
        #expect(written["status"]?.text == #"{"message":"Error:1","code":2}"#)
    }
}
