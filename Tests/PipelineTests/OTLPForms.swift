import Codecs
import Events
import TestKit

@testable import Intake

/// An OpenTelemetry value of a test, written in either encoding.
indirect enum AnyValue: Sendable {
    case nothing
    case text(String)
    case flag(Bool)
    case whole(Int64)
    case number(Double)
    case bytes([UInt8])
    case list([AnyValue])
    case object([(String, AnyValue)])

    /// A value nobody thought of.
    static func random(_ dice: inout Dice, depth: Int = 0) -> AnyValue {
        switch dice.roll(depth < 3 ? 9 : 6) {
        case 0: .nothing
        case 1: .text(Self.text(&dice))
        case 2: .flag(dice.roll(2) == 0)
        case 3: .whole(Int64(truncatingIfNeeded: dice.next()))
        case 4: .number(Double(dice.roll(1_000_000)) / 64)
        case 5: .text(String(dice.roll(100_000)))
        case 6: .bytes((0..<dice.roll(9)).map { _ in UInt8(dice.roll(256)) })
        case 7: .list((0..<dice.roll(4)).map { _ in random(&dice, depth: depth + 1) })
        default: .object((0..<dice.roll(4)).map { _ in (Self.text(&dice), random(&dice, depth: depth + 1)) })
        }
    }

    static func text(_ dice: inout Dice) -> String {
        let letters = Array("abz.\"\\/\n\té€😀{}[]:, 0\u{1}_")
        return String((0..<dice.roll(12)).map { _ in dice.pick(letters) })
    }

    func write(to writer: inout ProtobufWriter) {
        switch self {
        case .nothing: return
        case .text(let text): writer.text(1, text)
        case .flag(let flag): writer.varint(2, flag ? 1 : 0)
        case .whole(let number): writer.varint(3, UInt64(bitPattern: number))
        case .number(let number): writer.fixed64(4, number.bitPattern)
        case .bytes(let bytes): writer.bytes(7, bytes)
        case .list(let values): writer.message(5) { list in for value in values { list.message(1, value.write) } }
        case .object(let members): writer.message(6) { list in for member in members { Self.write(member, 1, &list) } }
        }
    }

    static func write(_ member: (String, AnyValue), _ field: Int, _ writer: inout ProtobufWriter) {
        writer.message(field) { pair in
            pair.text(1, member.0)
            pair.message(2, member.1.write)
        }
    }

    var json: JSONValue {
        switch self {
        case .nothing: [:]
        case .text(let text): ["stringValue": .string(text)]
        case .flag(let flag): ["boolValue": .bool(flag)]
        case .whole(let number): ["intValue": .string(String(number))]
        case .number(.infinity): ["doubleValue": "Infinity"]
        case .number(-.infinity): ["doubleValue": "-Infinity"]
        case .number(let number): ["doubleValue": number.isNaN ? "NaN" : .double(number)]
        case .bytes(let bytes):
            {
                var text = ByteBuffer()
                unsafe Base64.append(bytes.span.bytes, to: &text)
                return ["bytesValue": .string(text.text)]
            }()
        case .list(let values): ["arrayValue": ["values": .array(values.map(\.json))]]
        case .object(let members): ["kvlistValue": ["values": .array(members.map(Self.json))]]
        }
    }

    static func json(_ member: (String, AnyValue)) -> JSONValue {
        ["key": .string(member.0), "value": member.1.json]
    }

    /// The texts and numbers in it that a document must show.
    var leaves: [String] {
        switch self {
        case .nothing, .bytes: []
        case .text(let text): text.isEmpty ? [] : [text]
        case .flag: []
        case .whole(let number): [String(number)]
        case .number(let number): [number.description]
        case .list(let values): values.flatMap(\.leaves)
        case .object(let members): members.flatMap { $0.1.leaves }
        }
    }
}

/// One log record with its resource and scope, in either encoding.
struct LogForm: Sendable {
    var attributes: [(String, AnyValue)]
    var resource: [(String, AnyValue)] = [("service.name", .text("claude-code"))]
    var scope = "com.anthropic.claude_code.events"
    var time: UInt64 = 1_791_447_318_137_000_000
    var body = AnyValue.nothing
    /// How often the record stands in the request.
    var count = 1

    func batch(_ encoding: RecordEncoding) throws -> RecordBatch {
        switch encoding {
        case .json, .csv, .erased:
            let record: JSONValue = [
                "timeUnixNano": .string(String(time)), "body": body.json,
                "attributes": .array(attributes.map(AnyValue.json)),
            ]
            let records = [JSONValue](repeating: record, count: count)
            let request: JSONValue = [
                "resourceLogs": [
                    [
                        "resource": ["attributes": .array(resource.map(AnyValue.json))],
                        "scopeLogs": [["scope": ["name": .string(scope)], "logRecords": .array(records)]],
                    ]
                ]
            ]
            return try Mapped.batch(json: request.text, .logs)
        case .protobuf:
            var writer = ProtobufWriter()
            writer.message(1) { group in
                group.message(1) { writer in for pair in resource { AnyValue.write(pair, 1, &writer) } }
                group.message(2) { scoped in
                    scoped.message(1) { $0.text(1, scope) }
                    for _ in 0..<count {
                        scoped.message(2) { record in
                            record.fixed64(1, time)
                            record.message(5, body.write)
                            for pair in attributes { AnyValue.write(pair, 6, &record) }
                        }
                    }
                }
            }
            let bytes = writer.array
            return Mapped.batch(try ProtobufSplitter.split(unsafe bytes.span.bytes, .logs), bytes)
        }
    }
}

/// One metric with its points, in either encoding.
struct MetricForm: Sendable {
    struct Point: Sendable {
        var attributes: [(String, AnyValue)] = []
        var start: UInt64 = 1_791_447_318_000_000_000
        var time: UInt64 = 1_791_447_378_000_000_000
        var value = 1.0
    }

    var points: [Point]
    var name = "claude_code.token.usage"
    var temporality: UInt64 = 1
    var resource: [(String, AnyValue)] = [("service.name", .text("claude-code"))]

    func batch(_ encoding: RecordEncoding) throws -> RecordBatch {
        encoding == .protobuf ? try protobuf() : try json()
    }

    private func json() throws -> RecordBatch {
        let points = points.map { point -> JSONValue in
            [
                "startTimeUnixNano": .string(String(point.start)), "timeUnixNano": .string(String(point.time)),
                "asDouble": .double(point.value), "attributes": .array(point.attributes.map(AnyValue.json)),
            ]
        }
        let sum: JSONValue = [
            "aggregationTemporality": .integer(Int64(temporality)), "isMonotonic": true, "dataPoints": .array(points),
        ]
        let request: JSONValue = [
            "resourceMetrics": [
                [
                    "resource": ["attributes": .array(resource.map(AnyValue.json))],
                    "scopeMetrics": [
                        [
                            "scope": ["name": "com.anthropic.claude_code"],
                            "metrics": [["name": .string(name), "unit": "tokens", "sum": sum]],
                        ]
                    ],
                ]
            ]
        ]
        return try Mapped.batch(json: request.text, .metrics)
    }

    private func protobuf() throws -> RecordBatch {
        var writer = ProtobufWriter()
        writer.message(1) { group in
            group.message(1) { writer in for pair in resource { AnyValue.write(pair, 1, &writer) } }
            group.message(2) { scoped in
                scoped.message(1) { $0.text(1, "com.anthropic.claude_code") }
                scoped.message(2) { metric in
                    metric.text(1, name)
                    metric.text(3, "tokens")
                    metric.message(7) { sum in
                        for point in points { sum.message(1) { Self.write(point, &$0) } }
                        sum.varint(2, temporality)
                        sum.varint(3, 1)
                    }
                }
            }
        }
        let bytes = writer.array
        return Mapped.batch(try ProtobufSplitter.split(unsafe bytes.span.bytes, .metrics), bytes)
    }

    private static func write(_ point: Point, _ writer: inout ProtobufWriter) {
        writer.fixed64(2, point.start)
        writer.fixed64(3, point.time)
        writer.fixed64(4, point.value.bitPattern)
        for pair in point.attributes { AnyValue.write(pair, 7, &writer) }
    }
}
