/// The JSON side of ``OTLPReader``.
///
/// Claude's exporters write times as text and integers as numbers; collectors in between change both. So a
/// number is taken in either form everywhere, and both spellings of a name that proto3 JSON allows are known.
extension OTLPReader {
    mutating func jsonLog(_ bytes: RawSpan, _ range: ByteRange) throws(JSONError) -> OTLPLog {
        var log = OTLPLog()
        var cursor = JSONCursor(range)
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            switch name.byteCount {
            case 10 where name.isEqual(to: "attributes"): try jsonAttributes(bytes, &cursor)
            case 12 where name.isEqual(to: "timeUnixNano"): log.time = try jsonUnsigned(bytes, &cursor)
            case 20 where name.isEqual(to: "observedTimeUnixNano"),
                23 where name.isEqual(to: "observed_time_unix_nano"):
                log.observedTime = try jsonUnsigned(bytes, &cursor)
            case 4 where name.isEqual(to: "body"): log.body = try jsonValue(bytes, &cursor)
            case 9 where name.isEqual(to: "eventName"), 10 where name.isEqual(to: "event_name"):
                log.eventName = try jsonText(bytes, &cursor)
            case 7 where name.isEqual(to: "traceId"), 8 where name.isEqual(to: "trace_id"):
                log.traceID = try jsonID(bytes, &cursor)
            case 6 where name.isEqual(to: "spanId"), 7 where name.isEqual(to: "span_id"):
                log.spanID = try jsonID(bytes, &cursor)
            case 5 where name.isEqual(to: "flags"): log.flags = try jsonUnsigned(bytes, &cursor)
            case 14 where name.isEqual(to: "severityNumber"), 15 where name.isEqual(to: "severity_number"):
                log.severityNumber = try jsonEnumeration(bytes, &cursor)
            case 12 where name.isEqual(to: "severityText"), 13 where name.isEqual(to: "severity_text"):
                log.severityText = try jsonText(bytes, &cursor)
            case 14 where name.isEqual(to: "time_unix_nano"): log.time = try jsonUnsigned(bytes, &cursor)
            case 22 where name.isEqual(to: "droppedAttributesCount"),
                24 where name.isEqual(to: "dropped_attributes_count"):
                log.droppedAttributes = try jsonUnsigned(bytes, &cursor)
            default: try cursor.skip(in: bytes)
            }
        }
        return log
    }

    mutating func jsonOrigin(_ bytes: RawSpan, _ range: ByteRange) throws(JSONError) -> OTLPOrigin {
        var origin = OTLPOrigin()
        var cursor = JSONCursor(range)
        if try isNull(bytes, &cursor) { return origin }
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            if name.isEqual(to: "attributes") {
                try jsonAttributes(bytes, &cursor)
            } else if name.isEqual(to: "name") {
                origin.name = try jsonText(bytes, &cursor)
            } else if name.isEqual(to: "version") {
                origin.version = try jsonText(bytes, &cursor)
            } else {
                try cursor.skip(in: bytes)
            }
        }
        return origin
    }

    /// A list of KeyValue objects, added to ``attributes``.
    mutating func jsonAttributes(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) {
        if try isNull(bytes, &cursor) { return }
        try cursor.enterArray(in: bytes)
        var isFirst = true
        while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
            if let attribute = try compactAttribute(bytes, &cursor) {
                attributes.append(attribute)
                continue
            }
            try cursor.enterObject(in: bytes)
            var key = OTLPText.empty
            var value = OTLPValue.empty
            var isFirstMember = true
            while let member = try cursor.nextMember(in: bytes, isFirst: &isFirstMember) {
                let name = bytes[member.range]
                if name.isEqual(to: "key") {
                    key = try jsonText(bytes, &cursor)
                } else if name.isEqual(to: "value") {
                    value = try jsonValue(bytes, &cursor)
                } else {
                    try cursor.skip(in: bytes)
                }
            }
            attributes.append(OTLPAttribute(key: key, value: value))
        }
    }

    private mutating func compactAttribute(
        _ bytes: RawSpan, _ cursor: inout JSONCursor
    ) throws(JSONError) -> OTLPAttribute? {
        let start = cursor
        guard let attribute = try CompactAttribute(bytes, &cursor) else { return nil }
        switch attribute.value {
        case .text(let text):
            return OTLPAttribute(
                key: unescape(attribute.key, in: bytes), value: OTLPValue(.string, text: unescape(text, in: bytes)))
        case .number(let range):
            guard let number = JSONNumber.int64(bytes[range]) else {
                cursor = start
                return nil
            }
            return OTLPAttribute(
                key: unescape(attribute.key, in: bytes), value: OTLPValue(.integer, bits: UInt64(bitPattern: number)))
        }
    }

    /// An AnyValue object. Of several members the last counts.
    mutating func jsonValue(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> OTLPValue {
        if try isNull(bytes, &cursor) { return .empty }
        try cursor.enterObject(in: bytes)
        var value = OTLPValue.empty
        var isFirst = true
        while let member = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[member.range]
            switch OTLPValueName(name) {
            case .string:
                if try isNull(bytes, &cursor) { continue }
                value = OTLPValue(.string, text: try jsonText(bytes, &cursor))
            case .integer: value = try jsonNumber(bytes, &cursor, whole: true)
            case .double: value = try jsonNumber(bytes, &cursor, whole: false)
            case .boolean: value = try jsonBoolean(bytes, &cursor)
            case .array: value = OTLPValue(.array, text: OTLPText(try cursor.skip(in: bytes)))
            case .object: value = OTLPValue(.object, text: OTLPText(try cursor.skip(in: bytes)))
            case .bytes:
                let text = try jsonText(bytes, &cursor)
                value = OTLPValue(.bytes, text: decodedBase64(text, bytes))
            case nil: try cursor.skip(in: bytes)
            }
        }
        return value
    }

    // MARK: Scalars

    mutating func jsonText(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> OTLPText {
        if try isNull(bytes, &cursor) { return .empty }
        return unescape(try cursor.string(in: bytes), in: bytes)
    }

    /// Hexadecimal digits, in either case; in lower case, as protobuf's ids become, one id is one text.
    mutating func jsonID(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> OTLPText {
        let text = try jsonText(bytes, &cursor)
        guard Self.hasCapitals(self.bytes(of: text, in: bytes)) else { return text }
        let start = memory.count
        for place in 0..<text.range.count {
            // The text may be in the memory that is being written, so it is looked up for each byte.
            let byte = self.bytes(of: text, in: bytes)[place]
            memory.append((0x41...0x46).contains(byte) ? byte | 0x20 : byte)
        }
        return OTLPText(ByteRange(start: start, count: memory.count - start), isCopied: true)
    }

    private static func hasCapitals(_ digits: RawSpan) -> Bool {
        digits.byteOffsets.contains { (0x41...0x46).contains(digits[$0]) }
    }

    /// A number that may be written as text.
    mutating func jsonNumber(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, whole: Bool
    ) throws(JSONError) -> OTLPValue {
        let start = cursor.place
        let range: ByteRange
        switch try cursor.kind(in: bytes) {
        case .number: range = try cursor.number(in: bytes)
        case .string: range = try cursor.string(in: bytes).range
        case .null:
            _ = try cursor.word(in: bytes)
            return .empty
        default: throw JSONError(.wrongKind, at: start)
        }
        if whole, let number = JSONNumber.int64(bytes[range]) {
            return OTLPValue(.integer, bits: UInt64(bitPattern: number))
        }
        guard let number = Self.double(bytes[range]) else { throw JSONError(.wrongKind, at: start) }
        if whole, let exact = Int64(exactly: number) { return OTLPValue(.integer, bits: UInt64(bitPattern: exact)) }
        return OTLPValue(.double, bits: number.bitPattern)
    }

    private static func double(_ text: RawSpan) -> Double? {
        if let number = JSONNumber.double(text) { return number }
        if text.isEqual(to: "NaN") { return .nan }
        if text.isEqual(to: "Infinity") { return .infinity }
        if text.isEqual(to: "-Infinity") { return -.infinity }
        return nil
    }

    private mutating func jsonBoolean(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> OTLPValue {
        let start = cursor.place
        switch try cursor.kind(in: bytes) {
        case .true, .false, .null:
            switch try cursor.word(in: bytes) {
            case .true: return OTLPValue(.boolean, bits: 1)
            case .false: return OTLPValue(.boolean, bits: 0)
            default: return .empty
            }
        case .string:
            let text = bytes[try cursor.string(in: bytes).range]
            if text.isEqual(to: "true") { return OTLPValue(.boolean, bits: 1) }
            if text.isEqual(to: "false") { return OTLPValue(.boolean, bits: 0) }
            throw JSONError(.wrongKind, at: start)
        default: throw JSONError(.wrongKind, at: start)
        }
    }

    /// A number without a sign, as a number or as text.
    mutating func jsonUnsigned(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> UInt64 {
        let start = cursor.place
        let range: ByteRange
        switch try cursor.kind(in: bytes) {
        case .number: range = try cursor.number(in: bytes)
        case .string: range = try cursor.string(in: bytes).range
        case .null:
            _ = try cursor.word(in: bytes)
            return 0
        default: throw JSONError(.wrongKind, at: start)
        }
        if range.isEmpty { return 0 }
        if let number = JSONNumber.int64(bytes[range]), number >= 0 { return UInt64(number) }
        // Beyond 63 bits, or with a fraction or an exponent.
        guard let number = JSONNumber.double(bytes[range]), let exact = UInt64(exactly: number) else {
            throw JSONError(.wrongKind, at: start)
        }
        return exact
    }

    /// An enumeration: its number, or its name ending in a number that this reader does not know, which is 0.
    mutating func jsonEnumeration(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> Int64 {
        if try cursor.kind(in: bytes) == .string {
            let text = try cursor.string(in: bytes)
            return JSONNumber.int64(bytes[text.range]) ?? OTLPEnumeration.number(of: bytes[text.range])
        }
        return Int64(truncatingIfNeeded: try jsonUnsigned(bytes, &cursor))
    }

    mutating func isNull(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        guard try cursor.kind(in: bytes) == .null else { return false }
        _ = try cursor.word(in: bytes)
        return true
    }

    private mutating func decodedBase64(_ text: OTLPText, _ bytes: RawSpan) -> OTLPText {
        let start = memory.count
        let count = text.range.count
        for place in 0..<count {
            // The text may be in the memory that is being written, so it is looked up for each byte.
            let byte = self.bytes(of: text, in: bytes)[place]
            memory.append(byte)
        }
        let decoded = Base64.decodeInPlace(&memory, from: start)
        return OTLPText(ByteRange(start: start, count: decoded), isCopied: true)
    }
}

/// The member of an AnyValue that is set.
enum OTLPValueName {
    case string, boolean, integer, double, array, object, bytes

    @inline(__always) init?(_ name: RawSpan) {
        switch name.byteCount {
        case 11 where name.isEqual(to: "stringValue"), 12 where name.isEqual(to: "string_value"): self = .string
        case 8 where name.isEqual(to: "intValue"), 9 where name.isEqual(to: "int_value"): self = .integer
        case 9 where name.isEqual(to: "boolValue"), 10 where name.isEqual(to: "bool_value"): self = .boolean
        case 11 where name.isEqual(to: "doubleValue"), 12 where name.isEqual(to: "double_value"): self = .double
        case 10 where name.isEqual(to: "arrayValue"), 11 where name.isEqual(to: "array_value"): self = .array
        case 11 where name.isEqual(to: "kvlistValue"), 12 where name.isEqual(to: "kvlist_value"): self = .object
        case 10 where name.isEqual(to: "bytesValue"), 11 where name.isEqual(to: "bytes_value"): self = .bytes
        default: return nil
        }
    }
}

/// Names that some writers put where a number belongs.
enum OTLPEnumeration {
    private static let names: [(StaticString, Int64)] = [
        ("SPAN_KIND_INTERNAL", 1), ("SPAN_KIND_SERVER", 2), ("SPAN_KIND_CLIENT", 3), ("SPAN_KIND_PRODUCER", 4),
        ("SPAN_KIND_CONSUMER", 5), ("STATUS_CODE_OK", 1), ("STATUS_CODE_ERROR", 2),
        ("AGGREGATION_TEMPORALITY_DELTA", 1), ("AGGREGATION_TEMPORALITY_CUMULATIVE", 2),
        ("SEVERITY_NUMBER_TRACE", 1), ("SEVERITY_NUMBER_DEBUG", 5), ("SEVERITY_NUMBER_INFO", 9),
        ("SEVERITY_NUMBER_WARN", 13), ("SEVERITY_NUMBER_ERROR", 17), ("SEVERITY_NUMBER_FATAL", 21),
    ]

    static func number(of name: RawSpan) -> Int64 {
        for (known, number) in names where name.isEqual(to: known) { return number }
        return 0
    }
}
