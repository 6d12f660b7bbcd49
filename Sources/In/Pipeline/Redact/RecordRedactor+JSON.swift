import Codecs

extension RecordRedactor {
    /// The value at a cursor, which moves behind it.
    ///
    /// - Parameter isTelemetry: whether objects with a key and a value are attributes, as in OTLP/JSON.
    mutating func walkJSON(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, isTelemetry: Bool, depth: Int
    ) throws(JSONError) {
        guard depth < Self.depthLimit else { throw JSONError(.tooDeep, at: cursor.place) }
        switch try cursor.kind(in: bytes) {
        case .string: leaf(try cursor.string(in: bytes), in: bytes)
        case .number, .true, .false, .null: try cursor.skip(in: bytes)
        case .array:
            var isFirst = true
            try cursor.enterArray(in: bytes)
            while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
                try walkJSON(bytes, &cursor, isTelemetry: isTelemetry, depth: depth + 1)
            }
        case .object: try walkObject(bytes, &cursor, isTelemetry: isTelemetry, depth: depth)
        }
    }

    private mutating func walkObject(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, isTelemetry: Bool, depth: Int
    ) throws(JSONError) {
        let (outer, outerStart) = (path.count, nameStart)
        let attribute = isTelemetry ? try Self.attributeName(bytes, cursor) : nil
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            if isTelemetry {
                if let attribute {
                    if name.isEqual(to: "key") {
                        try cursor.skip(in: bytes)
                        continue
                    }
                    if name.isEqual(to: "value") { append(attribute, in: bytes, outer) }
                } else if outer == nameStart || !Self.isWrapper(name) {
                    nameStart = outer
                    if !Self.holdsAttributes(name) {
                        path.append("otlp." as StaticString)
                        path.append(name)
                    }
                }
            } else {
                append(key, in: bytes, outer)
            }
            try walkJSON(bytes, &cursor, isTelemetry: isTelemetry, depth: depth + 1)
            path.truncate(to: outer)
            nameStart = outerStart
        }
    }

    private mutating func append(_ name: JSONCursor.Text, in bytes: RawSpan, _ outer: Int) {
        path.truncate(to: outer)
        if outer > nameStart { path.append(UInt8(ascii: ".")) }
        if name.isEscaped {
            JSONText.appendUnescaped(bytes[name.range], to: &path)
        } else {
            path.append(bytes[name.range])
        }
    }

    /// The name of an attribute: of an object whose first member is a key that is text, or a value.
    private static func attributeName(_ bytes: RawSpan, _ cursor: JSONCursor) throws(JSONError) -> JSONCursor.Text? {
        var cursor = cursor
        var isFirst = true
        try cursor.enterObject(in: bytes)
        guard let first = try cursor.nextMember(in: bytes, isFirst: &isFirst) else { return nil }
        if bytes[first.range].isEqual(to: "key") {
            return try cursor.kind(in: bytes) == .string ? try cursor.string(in: bytes) : nil
        }
        guard bytes[first.range].isEqual(to: "value") else { return nil }
        // The name stands behind the value: it is looked for there.
        try cursor.skip(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            if bytes[key.range].isEqual(to: "key"), try cursor.kind(in: bytes) == .string {
                return try cursor.string(in: bytes)
            }
            try cursor.skip(in: bytes)
        }
        return nil
    }

    /// What stands between the name of an attribute and its text.
    private static func isWrapper(_ name: RawSpan) -> Bool {
        [
            "stringValue", "string_value", "arrayValue", "array_value", "kvlistValue", "kvlist_value", "bytesValue",
            "bytes_value", "values", "value",
        ].contains { name.isEqual(to: $0 as StaticString) }
    }

    /// Lists of attributes give their attributes no name of their own.
    private static func holdsAttributes(_ name: RawSpan) -> Bool {
        ["attributes", "filteredAttributes", "filtered_attributes"].contains { name.isEqual(to: $0 as StaticString) }
    }
}
