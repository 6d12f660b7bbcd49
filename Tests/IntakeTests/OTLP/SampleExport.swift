import Codecs
import TestKit

/// Export requests of random shape, the same in both encodings.
struct SampleExport {
    private var dice: Dice

    init(seed: UInt64) { dice = Dice(seed: seed) }

    indirect enum Value {
        case text(String), flag(Bool), whole(Int64), real(Double), list([Value]), pairs([(String, Value)])
    }

    struct Record {
        var time: UInt64
        var body: String
        var attributes: [(String, Value)]
    }

    /// Groups by resource, in them groups by scope, in them records.
    mutating func request() -> [[[Record]]] {
        (0..<dice.roll(3) + 1).map { _ in
            (0..<dice.roll(3) + 1).map { _ in (0..<dice.roll(5)).map { _ in record() } }
        }
    }

    private mutating func record() -> Record {
        Record(
            time: dice.next() >> 2, body: "claude_code.\(word())",
            attributes: (0..<dice.roll(6)).map { _ in (word(), value(depth: 0)) })
    }

    private mutating func word() -> String {
        dice.pick(["tool_result", "täglich", "日本", "🙂", "", "a\"b\\c", "session.id", "line\nfeed"])
    }

    private mutating func value(depth: Int) -> Value {
        switch dice.roll(depth < 3 ? 6 : 4) {
        case 0: .text(word())
        case 1: .flag(dice.roll(2) == 1)
        case 2: .whole(Int64(bitPattern: dice.next()))
        case 3: .real(Double(dice.roll(1_000)) / 8)
        case 4: .list((0..<dice.roll(3)).map { _ in value(depth: depth + 1) })
        default: .pairs((0..<dice.roll(3)).map { _ in (word(), value(depth: depth + 1)) })
        }
    }

    // MARK: Encodings

    static func protobuf(_ request: [[[Record]]]) -> [UInt8] {
        var out = ProtobufWriter()
        for group in request {
            out.message(1) { resource in
                resource.message(1) { $0.message(1) { pair("service.name", .text("claude-code"), &$0) } }
                for records in group {
                    resource.message(2) { scope in
                        scope.message(1) { $0.text(1, "com.anthropic.claude_code.events") }
                        for record in records { scope.message(2) { write(record, &$0) } }
                    }
                }
            }
        }
        return out.array
    }

    private static func write(_ record: Record, _ out: inout ProtobufWriter) {
        out.fixed64(1, record.time)
        out.message(5) { $0.text(1, record.body) }
        for (key, value) in record.attributes { out.message(6) { pair(key, value, &$0) } }
        out.fixed64(11, record.time)
    }

    private static func pair(_ key: String, _ value: Value, _ out: inout ProtobufWriter) {
        out.text(1, key)
        out.message(2) { write(value, &$0) }
    }

    private static func write(_ value: Value, _ out: inout ProtobufWriter) {
        switch value {
        case .text(let text): out.text(1, text)
        case .flag(let flag): out.varint(2, flag ? 1 : 0)
        case .whole(let whole): out.varint(3, UInt64(bitPattern: whole))
        case .real(let real): out.fixed64(4, real.bitPattern)
        case .list(let values):
            out.message(5) { list in for value in values { list.message(1) { write(value, &$0) } } }
        case .pairs(let pairs):
            out.message(6) { list in for (key, value) in pairs { list.message(1) { pair(key, value, &$0) } } }
        }
    }

    static func json(_ request: [[[Record]]]) -> [UInt8] {
        let groups = request.map { group -> JSONValue in
            let scopes = group.map { records -> JSONValue in
                [
                    "scope": ["name": "com.anthropic.claude_code.events"],
                    "logRecords": .array(records.map(json)),
                ]
            }
            return [
                "resource": ["attributes": .array([pair("service.name", .text("claude-code"))])],
                "scopeLogs": .array(scopes),
            ]
        }
        let value: JSONValue = ["resourceLogs": .array(groups)]
        return Array(value.text.utf8)
    }

    private static func json(_ record: Record) -> JSONValue {
        [
            "timeUnixNano": .string("\(record.time)"), "body": ["stringValue": .string(record.body)],
            "attributes": .array(record.attributes.map { pair($0.0, $0.1) }),
        ]
    }

    private static func pair(_ key: String, _ value: Value) -> JSONValue {
        ["key": .string(key), "value": json(value)]
    }

    private static func json(_ value: Value) -> JSONValue {
        switch value {
        case .text(let text): ["stringValue": .string(text)]
        case .flag(let flag): ["boolValue": .bool(flag)]
        case .whole(let whole): ["intValue": .integer(whole)]
        case .real(let real): ["doubleValue": .double(real)]
        case .list(let values): ["arrayValue": ["values": .array(values.map(json))]]
        case .pairs(let pairs): ["kvlistValue": ["values": .array(pairs.map { pair($0.0, $0.1) })]]
        }
    }
}

/// What a bad wire, a bad client or a bad person does to a body.
struct Mutation {
    private var dice: Dice

    init(seed: UInt64) { dice = Dice(seed: seed) }

    mutating func applied(to body: [UInt8]) -> [UInt8] {
        var body = body
        for _ in 0..<dice.roll(3) + 1 where !body.isEmpty {
            let place = dice.roll(body.count)
            switch dice.roll(7) {
            case 0: body[place] ^= 1 << UInt8(dice.roll(8))
            case 1: body[place] = UInt8(dice.roll(256))
            case 2: body.insert(UInt8(dice.roll(256)), at: place)
            case 3: body.remove(at: place)
            case 4: body.removeSubrange(place...)
            case 5:
                let end = min(body.count, place + dice.roll(40))
                body.insert(contentsOf: Array(body[place..<end]), at: dice.roll(body.count))
            default: body[place] = dice.pick([0x00, 0xFF, 0x80, 0x7F, 0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x5D, 0x2C])
            }
        }
        return body
    }
}
