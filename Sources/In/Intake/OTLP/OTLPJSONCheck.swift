import Codecs

/// Checks that a JSON record has the shape that readers rely on, and its grammar on the way.
enum OTLPJSONCheck {
    /// - Returns: why the record is refused; `nil` for a good one, and the cursor is behind it.
    static func record(_ bytes: RawSpan, _ cursor: inout JSONCursor) -> String? {
        do throws(JSONError) {
            var isFirst = true
            try cursor.enterObject(in: bytes)
            while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
                let name = bytes[key.range]
                if name.isEqual(to: "attributes") {
                    guard try attributes(bytes, &cursor) else { return "`attributes` is not a list of keys and values" }
                } else if isTime(name) {
                    guard try isWholeNumber(bytes, &cursor) else { return "a time is not a whole number" }
                } else {
                    try cursor.skip(in: bytes, below: 1)
                }
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static func isTime(_ name: RawSpan) -> Bool {
        name.isEqual(to: "timeUnixNano") || name.isEqual(to: "observedTimeUnixNano")
            || name.isEqual(to: "startTimeUnixNano") || name.isEqual(to: "endTimeUnixNano")
    }

    private static func attributes(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        switch try cursor.kind(in: bytes) {
        case .null:
            _ = try cursor.word(in: bytes)
            return true
        case .array: break
        default: return false
        }
        var isFirst = true
        try cursor.enterArray(in: bytes)
        while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
            if try CompactAttribute(bytes, &cursor) != nil { continue }
            guard try cursor.kind(in: bytes) == .object, try attribute(bytes, &cursor) else { return false }
        }
        return true
    }

    private static func attribute(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        var isFirst = true
        var hasKey = false
        try cursor.enterObject(in: bytes)
        while let name = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let kind = try cursor.kind(in: bytes)
            if bytes[name.range].isEqual(to: "key") {
                hasKey = kind == .string
            } else if bytes[name.range].isEqual(to: "value") {
                guard kind == .object || kind == .null else { return false }
            }
            // Record, list, pair.
            try cursor.skip(in: bytes, below: 3)
        }
        return hasKey
    }

    /// OTLP/JSON writes 64-bit numbers as text; Claude's clients write some of them bare.
    private static func isWholeNumber(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        switch try cursor.kind(in: bytes) {
        case .string:
            let text = try cursor.string(in: bytes)
            return text.range.isEmpty || isUnsigned(bytes[text.range])
        case .number: return isUnsigned(bytes[try cursor.number(in: bytes)])
        case .null:
            _ = try cursor.word(in: bytes)
            return true
        default: return false
        }
    }

    private static func isUnsigned(_ text: RawSpan) -> Bool {
        guard (1...20).contains(text.byteCount) else { return false }
        for place in 0..<text.byteCount where !(48...57).contains(text[place]) { return false }
        return true
    }
}
