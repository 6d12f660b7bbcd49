import Codecs

/// Writes a message of OTLP as protobuf or as JSON. What is written is said once, with both its name and its number.
///
/// - Shape: 64-bit times are texts in JSON, ids are hexadecimal digits, whole numbers are bare, as Claude Code
///   writes them.
struct TelemetryPen: ~Copyable {
    enum Encoding: String, Sendable { case protobuf, json }

    let encoding: Encoding
    private var json = ByteBuffer(capacity: 4_096)
    private var isFirst = true
    private var protobuf = ProtobufWriter()

    init(_ encoding: Encoding) { self.encoding = encoding }

    /// The bytes of a whole message.
    static func bytes(_ encoding: Encoding, _ body: (inout TelemetryPen) -> Void) -> [UInt8] {
        var pen = TelemetryPen(encoding)
        if encoding == .protobuf {
            body(&pen)
            return pen.protobuf.array
        }
        pen.json.append(UInt8(ascii: "{"))
        body(&pen)
        pen.json.append(UInt8(ascii: "}"))
        return pen.json.array
    }

    mutating func message(_ name: String, _ number: Int, _ body: (inout TelemetryPen) -> Void) {
        if encoding == .protobuf { return inner(number, body) }
        key(name)
        object(body)
    }

    mutating func list<Item>(
        _ name: String, _ number: Int, _ items: some Sequence<Item>, _ body: (inout TelemetryPen, Item) -> Void
    ) {
        if encoding == .protobuf {
            for item in items { inner(number) { body(&$0, item) } }
            return
        }
        key(name)
        json.append(UInt8(ascii: "["))
        for (place, item) in items.enumerated() {
            if place > 0 { json.append(UInt8(ascii: ",")) }
            object { body(&$0, item) }
        }
        json.append(UInt8(ascii: "]"))
    }

    mutating func text(_ name: String, _ number: Int, _ value: String) {
        if encoding == .protobuf { return protobuf.text(number, value) }
        key(name)
        json.append(jsonString: value)
    }

    mutating func id(_ name: String, _ number: Int, _ value: [UInt8]) {
        if encoding == .protobuf { return protobuf.bytes(number, value) }
        text(name, number, SimulatedOrganization.hex(value))
    }

    /// Nanoseconds since 1970.
    mutating func time(_ name: String, _ number: Int, _ value: Int64) {
        if encoding == .protobuf { return protobuf.fixed64(number, UInt64(bitPattern: value)) }
        text(name, number, String(value))
    }

    mutating func whole(_ name: String, _ number: Int, _ value: Int64) {
        if encoding == .protobuf { return protobuf.varint(number, UInt64(bitPattern: value)) }
        key(name)
        json.append(decimal: value)
    }

    mutating func flag(_ name: String, _ number: Int, _ value: Bool) {
        if encoding == .protobuf { return protobuf.varint(number, value ? 1 : 0) }
        key(name)
        value ? json.append("true" as StaticString) : json.append("false" as StaticString)
    }

    mutating func number(_ name: String, _ number: Int, _ value: Double) {
        if encoding == .protobuf { return protobuf.fixed64(number, value.bitPattern) }
        key(name)
        json.append(text: "\(value)")
    }

    private mutating func inner(_ number: Int, _ body: (inout TelemetryPen) -> Void) {
        var inner = TelemetryPen(.protobuf)
        body(&inner)
        protobuf.bytes(number, inner.protobuf.out.bytes)
    }

    private mutating func key(_ name: String) {
        if !isFirst { json.append(UInt8(ascii: ",")) }
        isFirst = false
        json.append(jsonString: name)
        json.append(UInt8(ascii: ":"))
    }

    private mutating func object(_ body: (inout TelemetryPen) -> Void) {
        json.append(UInt8(ascii: "{"))
        isFirst = true
        body(&self)
        isFirst = false
        json.append(UInt8(ascii: "}"))
    }
}
