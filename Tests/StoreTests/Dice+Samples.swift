import Codecs
import Events
import Platform
import TestKit

/// Random documents over a few fields of each type, so that queries find some of them.
extension Dice {
    static let keywords = ["event.action", "user.name", "user.email", "url.domain"]
    static let longs = ["anthropic.audit.amount", "anthropic.audit.limit_usd"]
    static let double = "claude_code.events.cost_usd"
    static let boolean = "anthropic.audit.approved"
    static let date = "anthropic.audit.from_date"
    static let flattened = ["resource.attributes", "anthropic.audit.updates"]
    static let known =
        keywords + longs + flattened + [double, boolean, date, "tags", "related.ip", "source.ip", "message"]

    mutating func sample(_ number: Int) -> SampleDocument {
        var document = SampleDocument([])
        func add(_ name: String, _ value: SampleDocument.Value) {
            document.entries.append(.init(name: name, value: value))
        }
        if roll(10) > 0 { add("@timestamp", .date(moment())) }
        if roll(10) > 0 { add("event.id", .text("id-\(pick(["a", "ä", "z"]))-\(number)")) }
        for name in Self.known where roll(3) == 0 {
            let isMany = ["tags", "related.ip"].contains(name)
            let count = isMany ? 1 + roll(3) : roll(20) == 0 ? 2 : 1
            for _ in 0..<count { add(name, roll(12) == 0 ? anyValue() : suitingValue(name)) }
        }
        for _ in 0..<roll(5) { add(pick(Self.awkwardNames), anyValue()) }
        if roll(10) == 0 { add("resource.attributes.\(pick(["k", "host.arch", "host"]))", anyValue()) }
        if roll(30) == 0 { add("event.id", .long(5)) }
        if roll(30) == 0 { add("@timestamp", .text("no time")) }
        shuffle(&document.entries)
        return document
    }

    private mutating func shuffle(_ entries: inout [SampleDocument.Entry]) { entries.shuffle(using: &self) }

    mutating func moment() -> Timestamp {
        // Few moments, so that many documents share one.
        Timestamp(nanoseconds: 1_791_447_318_000_000_000 + Int64(roll(40)) * 3_600_000_000_000 + Int64(roll(2)))
    }

    private mutating func suitingValue(_ name: String) -> SampleDocument.Value {
        switch name {
        case _ where Self.longs.contains(name): .long(pick([0, 1, 2, 5, 200, .max, .min]))
        case Self.double: roll(5) == 0 ? .long(Int64(roll(3))) : .double(Double(roll(9)) / 4)
        case Self.boolean: .boolean(roll(2) == 0)
        // Also before 1970, and between two milliseconds.
        case Self.date:
            .date(roll(4) == 0 ? Timestamp(nanoseconds: Int64(roll(5)) * -43_200_000_500_000) : moment())
        case "source.ip", "related.ip": .text(address())
        case _ where Self.flattened.contains(name): .json(object(depth: 2))
        default: roll(15) == 0 ? .broken([0x61, 0xED, 0xA0, 0xBD, 0x62], "a\u{FFFD}b") : .text(awkwardText())
        }
    }

    private mutating func anyValue() -> SampleDocument.Value {
        switch roll(12) {
        case 0: .long(pick([0, 1, 200, 1 << 60]))
        case 1: .double(pick([0, 0.25, -1.5, 1e300, .infinity, .nan]))
        case 2: .boolean(roll(2) == 0)
        case 3: .date(moment())
        case 4: .json(object(depth: 3))
        case 5: .json(.array([.string(awkwardText()), .integer(7), .null, .array([.bool(true)])]))
        case 6: .text(address())
        case 7:
            .text(pick(["200", "1.5", "true", "2026-10-08T08:15:18Z", "10.0.0.01", "::FFFF:10.0.0.1", "2001:DB8::1"]))
        case 8: .broken([0xED, 0xB0, 0x80], "\u{FFFD}")
        default: .text(awkwardText())
        }
    }

    mutating func address() -> String {
        pick(["10.0.0.1", "10.0.0.2", "10.200.0.1", "192.168.7.9", "2001:db8::1", "2001:db8:0:1::", "::1", "fe80::a:b"])
    }

    private mutating func object(depth: Int) -> JSONValue {
        let keys = ["k", "host", "host.arch", "arch", "type", "a.b", "quo\"te", "", "ü"]
        return .object(
            (0..<(1 + roll(3))).reduce(into: [JSONValue.Member]()) { members, _ in
                let key = pick(keys)
                if !members.contains(where: { $0.key == key }) { members.append(.init(key, json(depth: depth))) }
            })
    }

    private mutating func json(depth: Int) -> JSONValue {
        switch roll(depth > 0 ? 8 : 5) {
        case 0: .integer(Int64(roll(5)))
        case 1: .bool(roll(2) == 0)
        case 2: .null
        case 3, 4: .string(pick(["arm64", "admin", "a", "Disk full", "x\u{0}\"\\", "10.0.0.1"]))
        case 5: .array((0..<roll(3)).map { _ in json(depth: depth - 1) })
        default: object(depth: depth - 1)
        }
    }

    // MARK: Queries

    mutating func query(depth: Int) -> String {
        guard depth > 0, roll(4) > 0 else { return test() }
        switch roll(3) {
        case 0: return "(\(query(depth: depth - 1)) and \(query(depth: depth - 1)))"
        case 1: return "(\(query(depth: depth - 1)) or \(query(depth: depth - 1)))"
        default: return "not (\(query(depth: depth - 1)))"
        }
    }

    private mutating func name() -> String {
        let names = Self.keywords + ["tags", "message"] + Self.flattened
        let open = [
            "resource.attributes.host.arch", "resource.attributes.host", "resource.attributes.k", "vendor.color",
            "anthropic.audit.updates.type", "anthropic.audit.updates.a.b", "vendor.deep.color.k", "a", "a.b", "a.b.c",
            "a.b.k", "user", "resource.attributes.*", "*.arch", "user*", "vendor.*", "resource.*", "anthropic.audit.u*",
        ]
        let escaped = Self.awkwardNames.filter { !$0.isEmpty && $0 != "*" && !$0.contains("\n") }
        switch roll(5) {
        case 0, 1: return pick(names)
        case 2, 3: return pick(open)
        default: return Self.quoted(pick(escaped))
        }
    }

    private mutating func test() -> String {
        let sign = pick(["<", "<=", ">", ">="])
        let text = pick(["arm64", "admin", "a", "true", "5", "200", awkwardText(), awkwardText()])
        switch roll(16) {
        case 14, 15:
            let inner = pick([
                "k: *", "k: 1 and not arch: *", "host: { arch: arm64 }", "\(Self.quoted(text))", "*: a*",
                "type: a or k > 1",
            ])
            let path = pick([
                "resource.attributes", "resource.attributes.host", "anthropic.audit.updates", "a", "a.b", "vendor.deep",
                "anthropic.audit.updates.a.b", "vendor",
            ])
            return "\(path): { \(inner) }"
        case 0: return "\(name()): *"
        case 1, 2, 3: return "\(name()): \(Self.quoted(text))"
        case 4: return "\(name()): \(pick(["a*", "*a*", "*l*", "*64", "d*k*", "*0*"]))"
        case 5: return "\(name()): (\(Self.quoted(text)) or \(Self.quoted(awkwardText())))"
        case 6: return "\(pick(["event.action", "vendor.color", "resource.attributes.k"])) \(sign) \(Self.quoted(text))"
        case 7: return "\(pick(Self.longs + [Self.double, "vendor.count", "a.b"])) \(sign) \(roll(5)).5"
        case 8: return "\(pick(Self.longs)): (\(roll(3)) or 200)"
        case 9:
            return "\(pick(["@timestamp", Self.date])) \(sign) \(pick(["now", "now/d", "2026-10", "2026-10-08||-1d"]))"
        case 10:
            let value = pick(["10.0.0.1", "10.0.0.0/8", "\"2001:db8::/48\"", "\"::/0\"", "10.*", "\"2001:db8::1\""])
            return "\(pick(["source.ip", "related.ip"])): \(value)"
        case 11: return "\(pick(["source.ip", "related.ip"])) \(sign) \"\(address())\""
        case 12: return "\(Self.boolean): \(pick(["true", "false", "*"]))"
        default: return pick([Self.quoted(text), "*arm*", "Disk full", "d*", "200"])
        }
    }

    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
