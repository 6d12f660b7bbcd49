import Events
import Platform
import Query
import TestKit

extension FieldSchema {
    /// One field or two of each type.
    static let sample = FieldSchema([
        Field("@timestamp", .date),
        Field("event.action", .keyword),
        Field("user.name", .keyword),
        Field("user.is_admin", .boolean),
        Field("url.domain", .keyword),
        Field("process.command_line", .keyword),
        Field("gen_ai.tool.name", .keyword, aliases: ["claude_code.events.tool_name"]),
        Field("tags", .keyword, isMultiValued: true),
        Field("message", .text),
        Field("http.response.status_code", .long),
        Field("sizes", .long, isMultiValued: true),
        Field("cost.usd", .double),
        Field("source.ip", .ip),
        Field("related.ip", .ip, isMultiValued: true),
        Field("source.geo.location", .geoPoint),
        Field("anthropic.audit.metadata", .flattened),
    ])
}

extension Timestamp {
    /// 2026-10-08T08:15:18.137Z, a Thursday.
    static let sample = Timestamp(milliseconds: 1_791_447_318_137)
}

/// An event for filters, with its fields by name. What the schema does not know is an open attribute.
struct SampleDocument: FilterDocument {
    var fields: [String: [FieldValue]]

    init(_ fields: [String: [FieldValue]]) { self.fields = fields }

    func values(of field: FieldReference) -> [FieldValue] {
        switch field {
        case .column(let column): fields[column.name] ?? []
        case .attribute(let name), .member(_, let name): fields[name] ?? []
        case .members(let column, let pattern):
            fields.filter { $0.key.hasPrefix(column.name + ".") && pattern.matches($0.key) }.flatMap(\.value)
        case .attributes(let pattern):
            fields.filter { isOpen($0.key) && pattern.matches($0.key) }.flatMap(\.value)
        }
    }

    private func isOpen(_ name: String) -> Bool {
        FieldSchema.sample.field(named: name) == nil && !name.hasPrefix("anthropic.audit.metadata.")
    }

    func searchableTexts() -> [String] {
        fields.filter { name, _ in
            guard let field = FieldSchema.sample.field(named: name) else { return true }
            return [.keyword, .text, .ip].contains(field.type)
        }
        .flatMap(\.value).compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
}

extension Dice {
    private static let words = [
        "a", "b", "Disk", "full", "100%", "x_y", "it's", "é", "10.0.0.1", "-7", "42", "*", "\\",
    ]

    mutating func text() -> String {
        (0..<(1 + roll(3))).map { _ in pick(Self.words) }.joined(separator: pick(["", " ", "."]))
    }

    mutating func pattern() -> Wildcard { Wildcard((0..<(2 + roll(2))).map { _ in roll(2) == 0 ? "" : text() }) }

    mutating func address() -> String {
        pick(["10.0.0.1", "10.0.0.2", "10.200.0.1", "192.168.7.9", "2001:db8::1", "2001:db8:0:1::", "::1", "fe80::a:b"])
    }

    mutating func document() -> SampleDocument {
        var fields: [String: [FieldValue]] = [:]
        func perhaps(_ name: String, _ dice: inout Dice, _ value: (inout Dice) -> FieldValue) {
            guard dice.roll(3) > 0 else { return }
            let isMultiValued = FieldSchema.sample.field(named: name)?.isMultiValued ?? true
            fields[name] = (0..<(isMultiValued ? 1 + dice.roll(3) : 1)).map { _ in value(&dice) }
        }
        for name in ["event.action", "user.name", "tags", "message", "vendor.color", "anthropic.audit.metadata.k"] {
            perhaps(name, &self) { .text($0.text()) }
        }
        perhaps("http.response.status_code", &self) { .integer(Int64($0.roll(5))) }
        perhaps("sizes", &self) { .integer(Int64($0.roll(5))) }
        perhaps("cost.usd", &self) { .double(Double($0.roll(8)) / 4) }
        perhaps("user.is_admin", &self) { .boolean($0.roll(2) == 0) }
        perhaps("@timestamp", &self) { .date(.sample + .hours(Int64($0.roll(96) - 48))) }
        perhaps("source.ip", &self) { .text($0.address()) }
        perhaps("related.ip", &self) { .text($0.address()) }
        return SampleDocument(fields)
    }

    /// The text of a query that suits the sample schema.
    mutating func query(depth: Int) -> String {
        guard depth > 0, roll(4) > 0 else { return test() }
        switch roll(3) {
        case 0: return "(\(query(depth: depth - 1)) and \(query(depth: depth - 1)))"
        case 1: return "(\(query(depth: depth - 1)) or \(query(depth: depth - 1)))"
        default: return "not (\(query(depth: depth - 1)))"
        }
    }

    private mutating func test() -> String {
        let sign = pick(["<", "<=", ">", ">="])
        let quoted = KQLSpelling.quoted(text())
        let name = pick([
            "event.action", "user.name", "tags", "message", "vendor.color", "anthropic.audit.metadata.k",
            "anthropic.audit.metadata", "vendor.*", "user*",
        ])
        switch roll(12) {
        case 0: return "\(name): *"
        case 1, 2: return "\(name): \(quoted)"
        case 3: return "\(name): \(KQLSpelling.pattern(pattern()))"
        case 4: return "\(name): (\(KQLSpelling.plain(text())) or \(quoted))"
        case 5: return "\(pick(["event.action", "tags", "vendor.color", "message"])) \(sign) \(quoted)"
        case 6:
            return "\(pick(["http.response.status_code", "sizes", "cost.usd", "vendor.color"])) \(sign) \(roll(5)).5"
        case 7: return "\(pick(["http.response.status_code", "sizes"])): (\(roll(5)) or \(roll(5)))"
        case 8: return "@timestamp \(sign) \(pick(["now", "now/d", "2026-10", "2026-10-08||-1d"]))"
        case 9:
            let value = pick(["10.0.0.1", "10.0.0.0/8", "\"2001:db8::/48\"", "\"::/0\"", "10.*"])
            return "\(pick(["source.ip", "related.ip"])): \(value)"
        case 10: return "\(pick(["source.ip", "related.ip"])) \(sign) \"\(address())\""
        default: return pick(["\(quoted)", "\(KQLSpelling.pattern(pattern()))", "user.is_admin: true"])
        }
    }
}

/// Literals of KQL as text.
enum KQLSpelling {
    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    static func plain(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("*", with: "\\*")
    }

    static func pattern(_ pattern: Wildcard) -> String { pattern.pieces.map(plain).joined(separator: "*") }
}
