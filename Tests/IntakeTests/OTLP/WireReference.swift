/// OTLP over protobuf read the slow and obvious way, against which the splitter can be held.
///
/// - Source: protobuf.dev, *Encoding*; opentelemetry-proto v1, `logs/v1/logs.proto`.
enum WireReference {
    /// The records of an export request, those that are kept and how many are not; `nil` when the request as a
    /// whole cannot be read.
    static func split(_ body: [UInt8]) -> (kept: [[UInt8]], refused: Int)? {
        var kept: [[UInt8]] = []
        var refused = 0
        guard let groups = fields(body[...]) else { return nil }
        for group in groups where group.number == 1 {
            guard let parts = group.bytes.flatMap({ fields($0) }), isEachBytes(parts) else { return nil }
            let resource = parts.last { $0.number == 1 }?.bytes ?? []
            for scope in parts where scope.number == 2 {
                guard let inner = scope.bytes.flatMap({ fields($0) }), isEachBytes(inner) else { return nil }
                let facts = inner.last { $0.number == 1 }?.bytes ?? []
                let isGood = isMessage(resource, .resource) && isMessage(facts, .scope)
                for record in inner where record.number == 2 {
                    if isGood, isMessage(record.bytes!, .record) {
                        kept.append(Array(record.bytes!))
                    } else {
                        refused += 1
                    }
                }
            }
        }
        return (kept, refused)
    }

    private static func isEachBytes(_ fields: [Field]) -> Bool {
        fields.allSatisfy { ![1, 2].contains($0.number) || $0.bytes != nil }
    }

    // MARK: The wire

    struct Field {
        let number: UInt64
        let wire: UInt64
        let bytes: ArraySlice<UInt8>?
    }

    static func fields(_ bytes: ArraySlice<UInt8>) -> [Field]? {
        var rest = bytes
        var fields: [Field] = []
        while !rest.isEmpty {
            guard let key = varint(&rest), (1..<(1 << 29)).contains(key >> 3) else { return nil }
            var payload: ArraySlice<UInt8>?
            let size: UInt64
            switch key & 7 {
            case 0:
                guard varint(&rest) != nil else { return nil }
                size = 0
            case 1: size = 8
            case 2:
                guard let length = varint(&rest) else { return nil }
                size = length
            case 5: size = 4
            default: return nil
            }
            guard size <= UInt64(rest.count) else { return nil }
            if key & 7 == 2 { payload = rest.prefix(Int(size)) }
            rest = rest.dropFirst(Int(size))
            fields.append(Field(number: key >> 3, wire: key & 7, bytes: payload))
        }
        return fields
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for place in 0..<10 {
            guard let byte = rest.popFirst() else { return nil }
            if place == 9, byte > 1 { return nil }
            value |= UInt64(byte & 0x7F) << (7 * UInt64(place))
            if byte < 0x80 { return value }
        }
        return nil
    }

    // MARK: The messages of logs

    private indirect enum Kind {
        case resource, scope, record, value, list, pairs, pair
        case text, varint, fixed64, unknown

        func of(_ number: UInt64) -> Kind {
            let known: [UInt64: Kind] =
                switch self {
                case .resource: [1: .pair]
                case .scope: [1: .text, 2: .text, 3: .pair]
                case .record: [1: .fixed64, 2: .varint, 3: .text, 5: .value, 6: .pair, 11: .fixed64, 12: .text]
                case .value: [1: .text, 2: .varint, 3: .varint, 4: .fixed64, 5: .list, 6: .pairs]
                case .list: [1: .value]
                case .pairs: [1: .pair]
                case .pair: [1: .text, 2: .value]
                default: [:]
                }
            return known[number] ?? .unknown
        }
    }

    private static func isMessage(_ bytes: ArraySlice<UInt8>, _ kind: Kind, depth: Int = 0) -> Bool {
        guard depth <= 48, let fields = fields(bytes) else { return false }
        return fields.allSatisfy { field in
            let inner = kind.of(field.number)
            switch inner {
            case .unknown: return true
            case .varint: return field.wire == 0
            case .fixed64: return field.wire == 1
            case .text: return field.bytes.map(isText) ?? false
            default: return field.bytes.map { isMessage($0, inner, depth: depth + 1) } ?? false
            }
        }
    }
    /// UTF-8, and half of a surrogate pair as three bytes, which is let through.
    private static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        var text = Array(bytes)
        for place in text.indices.dropLast(2)
        where text[place] == 0xED && text[place + 1] & 0xE0 == 0xA0 && text[place + 2] & 0xC0 == 0x80 {
            text.replaceSubrange(place...place + 2, with: [0xEF, 0xBF, 0xBD])
        }
        return String(validating: text, as: UTF8.self) != nil
    }
}
