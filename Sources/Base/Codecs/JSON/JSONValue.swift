/// JSON as a tree, for configuration, answers and tests. Never on the way of an event: it costs more
/// than everything else together.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    /// Members in the order they stood in; of equal keys the last counts.
    case object([Member])

    public struct Member: Sendable, Equatable {
        public let key: String
        public let value: JSONValue
        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    public init(parsing bytes: [UInt8]) throws(JSONError) {
        let span = unsafe bytes.span.bytes
        if let flaw = UTF8Text.firstFlaw(in: span, ByteRange(start: 0, count: span.byteCount)) {
            throw JSONError(.badUTF8, at: flaw)
        }
        var cursor = JSONCursor(span)
        // One pass checks the grammar and the depth, so that the recursion below is bounded.
        try cursor.skip(in: span)
        try cursor.finish(in: span)
        cursor = JSONCursor(span)
        self = try Self.read(&cursor, span)
    }

    /// The value at a cursor whose text was checked before.
    public static func read(_ cursor: inout JSONCursor, _ bytes: RawSpan) throws(JSONError) -> JSONValue {
        switch try cursor.kind(in: bytes) {
        case .object:
            var members: [Member] = []
            var isFirst = true
            try cursor.enterObject(in: bytes)
            while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
                members.append(Member(JSONText.string(key, in: bytes), try read(&cursor, bytes)))
            }
            return .object(members)
        case .array:
            var elements: [JSONValue] = []
            var isFirst = true
            try cursor.enterArray(in: bytes)
            while try cursor.nextElement(in: bytes, isFirst: &isFirst) { elements.append(try read(&cursor, bytes)) }
            return .array(elements)
        case .string: return .string(JSONText.string(try cursor.string(in: bytes), in: bytes))
        case .number:
            let range = try cursor.number(in: bytes)
            if let whole = JSONNumber.int64(bytes[range]) { return .integer(whole) }
            return .double(JSONNumber.double(bytes[range]) ?? .infinity)
        case .true, .false, .null:
            switch try cursor.word(in: bytes) {
            case .true: return .bool(true)
            case .false: return .bool(false)
            default: return .null
            }
        }
    }

    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    public var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    public var isNull: Bool { self == .null }

    /// Compact text.
    public var text: String {
        var out = ByteBuffer()
        write(to: &out)
        return out.text
    }

    public func write(to out: inout ByteBuffer) {
        switch self {
        case .null: out.append("null" as StaticString)
        case .bool(let flag): flag ? out.append("true" as StaticString) : out.append("false" as StaticString)
        case .integer(let number): out.append(decimal: number)
        case .double(let number): out.append(jsonNumber: number)
        case .string(let text): out.append(jsonString: text)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { out.append(UInt8(ascii: ",")) }
                element.write(to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                if place > 0 { out.append(UInt8(ascii: ",")) }
                out.append(jsonString: member.key)
                out.append(UInt8(ascii: ":"))
                member.value.write(to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
    public init(nilLiteral: ()) { self = .null }
}
