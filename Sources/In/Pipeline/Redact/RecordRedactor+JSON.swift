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
                if isTelemetry, let attribute = try CompactAttribute(bytes, &cursor) {
                    walk(attribute, in: bytes)
                    continue
                }
                try walkJSON(bytes, &cursor, isTelemetry: isTelemetry, depth: depth + 1)
            }
        case .object: try walkObject(bytes, &cursor, isTelemetry: isTelemetry, depth: depth)
        }
    }

    private mutating func walkObject(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, isTelemetry: Bool, depth: Int
    ) throws(JSONError) {
        let (outer, outerStart) = (path.count, nameStart)
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            if isTelemetry {
                let name = bytes[key.range]
                if let attribute = try Self.attributeName(bytes, name, cursor) {
                    return try walkAttribute(bytes, attribute, key, &cursor, depth: depth)
                }
                enter(name, outer)
            } else {
                append(key, in: bytes, outer)
            }
            try walkJSON(bytes, &cursor, isTelemetry: isTelemetry, depth: depth + 1)
            path.truncate(to: outer)
            nameStart = outerStart
        }
    }

    private mutating func walk(_ attribute: CompactAttribute, in bytes: RawSpan) {
        guard case .text(let text) = attribute.value else { return }
        let outer = path.count
        append(attribute.key, in: bytes, outer)
        leaf(text, in: bytes)
        path.truncate(to: outer)
    }

    /// The members of an attribute, from the value of the first one on.
    private mutating func walkAttribute(
        _ bytes: RawSpan, _ attribute: JSONCursor.Text, _ first: JSONCursor.Text, _ cursor: inout JSONCursor, depth: Int
    ) throws(JSONError) {
        let (outer, outerStart) = (path.count, nameStart)
        var key = first
        var isFirst = false
        while true {
            if bytes[key.range].isEqual(to: "key") {
                try cursor.skip(in: bytes)
            } else {
                if bytes[key.range].isEqual(to: "value") { append(attribute, in: bytes, outer) }
                try walkJSON(bytes, &cursor, isTelemetry: true, depth: depth + 1)
                path.truncate(to: outer)
                nameStart = outerStart
            }
            guard let next = try cursor.nextMember(in: bytes, isFirst: &isFirst) else { return }
            key = next
        }
    }

    /// Goes into a member of a message of OpenTelemetry.
    private mutating func enter(_ name: RawSpan, _ outer: Int) {
        guard outer == nameStart || !Self.isWrapper(name) else { return }
        nameStart = outer
        guard !Self.holdsAttributes(name) else { return }
        path.append("otlp." as StaticString)
        path.append(name)
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

    /// The name of an attribute, when an object begins as one: with a key that is text, or with a value.
    ///
    /// - Parameter first: the name of the first member, behind which the cursor stands.
    private static func attributeName(
        _ bytes: RawSpan, _ first: RawSpan, _ cursor: JSONCursor
    ) throws(JSONError) -> JSONCursor.Text? {
        var cursor = cursor
        if first.isEqual(to: "key") {
            return try cursor.kind(in: bytes) == .string ? try cursor.string(in: bytes) : nil
        }
        guard first.isEqual(to: "value") else { return nil }
        // The name stands behind the value: it is looked for there.
        var isFirst = false
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
        switch name.byteCount {
        case 5: name.isEqual(to: "value")
        case 6: name.isEqual(to: "values")
        case 10: name.isEqual(to: "arrayValue") || name.isEqual(to: "bytesValue")
        case 11:
            name.isEqual(to: "stringValue") || name.isEqual(to: "kvlistValue") || name.isEqual(to: "array_value")
                || name.isEqual(to: "bytes_value")
        case 12: name.isEqual(to: "string_value") || name.isEqual(to: "kvlist_value")
        default: false
        }
    }

    /// Lists of attributes give their attributes no name of their own.
    private static func holdsAttributes(_ name: RawSpan) -> Bool {
        name.isEqual(to: "attributes") || name.isEqual(to: "filteredAttributes")
            || name.isEqual(to: "filtered_attributes")
    }
}
