/// Values of OpenTelemetry as plain JSON.
extension OTLPReader {
    /// Appends a value as plain JSON, without what is empty: null, empty text, empty lists and objects.
    ///
    /// - Parameter bytes: what the value was read from.
    /// - Returns: whether anything was left to append.
    /// - Throws: `.tooDeep`, with `out` as it was.
    public func appendJSON(
        of value: OTLPValue, in bytes: RawSpan, to out: inout ByteBuffer
    ) throws(OTLPError) -> Bool {
        let start = out.count
        do {
            switch (value.kind, encoding) {
            case (.array, .protobuf): return try protobufArray(value.text.range, bytes, 1, &out)
            case (.object, .protobuf): return try protobufObject(value.text.range, bytes, 1, &out)
            case (.array, .json), (.object, .json):
                var cursor = JSONCursor(value.text.range)
                return try jsonMembers(&cursor, bytes, isObject: value.kind == .object, 1, &out)
            default: return Self.appendScalar(value, self.bytes(of: value.text, in: bytes), to: &out)
            }
        } catch {
            out.truncate(to: start)
            throw error
        }
    }

    /// Appends attributes as one JSON object with their names as sent, without what is empty.
    ///
    /// - Parameter isLossy: set when a value cannot be read; the reason stands in its place.
    /// - Returns: whether anything was left to append.
    public func appendJSON(
        of attributes: OTLPAttributes, in bytes: RawSpan, to out: inout ByteBuffer, isLossy: inout Bool
    ) -> Bool {
        var list = JSONList("{", "}", &out)
        for place in attributes.range {
            let attribute = self.attributes[place]
            list.begin(&out)
            out.append(jsonString: self.bytes(of: attribute.key, in: bytes))
            out.append(UInt8(ascii: ":"))
            do throws(OTLPError) {
                list.end(try appendJSON(of: attribute.value, in: bytes, to: &out), &out)
            } catch {
                out.append(jsonString: error.description)
                list.end(true, &out)
                isLossy = true
            }
        }
        return list.close(&out)
    }

    /// Everything but lists and objects.
    static func appendScalar(_ value: OTLPValue, _ text: RawSpan, to out: inout ByteBuffer) -> Bool {
        switch value.kind {
        case .string:
            guard text.byteCount > 0 else { return false }
            out.append(jsonString: text)
        case .boolean: value.boolean ? out.append("true" as StaticString) : out.append("false" as StaticString)
        case .integer: out.append(decimal: value.integer)
        case .double:
            if value.double.isFinite {
                out.append(jsonNumber: value.double)
            } else {
                // As the JSON of protobuf names them.
                out.append(jsonString: value.double.isNaN ? "NaN" : value.double < 0 ? "-Infinity" : "Infinity")
            }
        case .bytes:
            guard text.byteCount > 0 else { return false }
            out.append(UInt8(ascii: "\""))
            Base64.append(text, to: &out)
            out.append(UInt8(ascii: "\""))
        case .empty, .array, .object: return false
        }
        return true
    }

    // MARK: Protobuf

    private func protobufArray(
        _ range: ByteRange, _ bytes: RawSpan, _ depth: Int, _ out: inout ByteBuffer
    ) throws(OTLPError) -> Bool {
        guard depth < Self.depthLimit else { throw .tooDeep }
        var list = JSONList("[", "]", &out)
        var cursor = ProtobufCursor(range)
        while let field = try Self.next(&cursor, bytes) {
            guard field.number == 1, field.wire == .bytes else { continue }
            list.begin(&out)
            list.end(try protobufAny(field.range, bytes, depth, &out), &out)
        }
        return list.close(&out)
    }

    private func protobufObject(
        _ range: ByteRange, _ bytes: RawSpan, _ depth: Int, _ out: inout ByteBuffer
    ) throws(OTLPError) -> Bool {
        guard depth < Self.depthLimit else { throw .tooDeep }
        var list = JSONList("{", "}", &out)
        var cursor = ProtobufCursor(range)
        while let field = try Self.next(&cursor, bytes) {
            guard field.number == 1, field.wire == .bytes else { continue }
            var key = ByteRange.empty
            var value: ByteRange?
            var member = ProtobufCursor(field.range)
            while let part = try Self.next(&member, bytes) {
                guard part.wire == .bytes else { continue }
                if part.number == 1 { key = part.range }
                if part.number == 2 { value = part.range }
            }
            guard let value else { continue }
            list.begin(&out)
            out.append(jsonString: bytes[key])
            out.append(UInt8(ascii: ":"))
            list.end(try protobufAny(value, bytes, depth, &out), &out)
        }
        return list.close(&out)
    }

    private func protobufAny(
        _ range: ByteRange, _ bytes: RawSpan, _ depth: Int, _ out: inout ByteBuffer
    ) throws(OTLPError) -> Bool {
        var value = OTLPValue.empty
        var cursor = ProtobufCursor(range)
        while let field = try Self.next(&cursor, bytes) {
            switch (field.number, field.wire) {
            case (1, .bytes): value = OTLPValue(.string, text: OTLPText(field.range))
            case (2, .varint): value = OTLPValue(.boolean, bits: field.bits != 0 ? 1 : 0)
            case (3, .varint): value = OTLPValue(.integer, bits: field.bits)
            case (4, .fixed64): value = OTLPValue(.double, bits: field.bits)
            case (5, .bytes): value = OTLPValue(.array, text: OTLPText(field.range))
            case (6, .bytes): value = OTLPValue(.object, text: OTLPText(field.range))
            case (7, .bytes): value = OTLPValue(.bytes, text: OTLPText(field.range))
            default: continue
            }
        }
        switch value.kind {
        case .array: return try protobufArray(value.text.range, bytes, depth + 1, &out)
        case .object: return try protobufObject(value.text.range, bytes, depth + 1, &out)
        default: return Self.appendScalar(value, bytes[value.text.range], to: &out)
        }
    }

    private static func next(
        _ cursor: inout ProtobufCursor, _ bytes: RawSpan
    ) throws(OTLPError) -> ProtobufCursor.Field? {
        do { return try cursor.next(in: bytes) } catch { throw .protobuf(error) }
    }

    // MARK: JSON

    /// The `values` of an ArrayValue or a KeyValueList.
    private func jsonMembers(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, isObject: Bool, _ depth: Int, _ out: inout ByteBuffer
    ) throws(OTLPError) -> Bool {
        guard depth < Self.depthLimit else { throw .tooDeep }
        var list = isObject ? JSONList("{", "}", &out) : JSONList("[", "]", &out)
        do {
            if try Self.takeNull(&cursor, bytes) { return list.close(&out) }
            try cursor.enterObject(in: bytes)
            var isFirst = true
            while let name = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
                guard bytes[name.range].isEqual(to: "values"), try !Self.takeNull(&cursor, bytes) else {
                    try cursor.skip(in: bytes)
                    continue
                }
                try cursor.enterArray(in: bytes)
                var isFirstValue = true
                while try cursor.nextElement(in: bytes, isFirst: &isFirstValue) {
                    list.begin(&out)
                    let written =
                        isObject
                        ? try jsonMember(&cursor, bytes, depth, &out) : try jsonAny(&cursor, bytes, depth, &out)
                    list.end(written, &out)
                }
            }
        } catch let error as JSONError {
            throw .json(error)
        } catch let error as OTLPError {
            throw error
        } catch {
            throw .tooDeep
        }
        return list.close(&out)
    }

    /// A KeyValue with its key. Its value may stand before its key.
    private func jsonMember(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, _ depth: Int, _ out: inout ByteBuffer
    ) throws -> Bool {
        var key: JSONCursor.Text?
        var value: JSONCursor?
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let name = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            if bytes[name.range].isEqual(to: "key"), try cursor.kind(in: bytes) == .string {
                key = try cursor.string(in: bytes)
            } else if bytes[name.range].isEqual(to: "value") {
                value = cursor
                try cursor.skip(in: bytes)
            } else {
                try cursor.skip(in: bytes)
            }
        }
        guard var value else { return false }
        if let key, !key.range.isEmpty {
            _ = Self.appendText(key, bytes, &out)
        } else {
            out.append("\"\"" as StaticString)
        }
        out.append(UInt8(ascii: ":"))
        return try jsonAny(&value, bytes, depth, &out)
    }

    private func jsonAny(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, _ depth: Int, _ out: inout ByteBuffer
    ) throws -> Bool {
        if try Self.takeNull(&cursor, bytes) { return false }
        try cursor.enterObject(in: bytes)
        let start = out.count
        var written = false
        var isFirst = true
        while let name = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            out.truncate(to: start)
            switch OTLPValueName(bytes[name.range]) {
            case .array: written = try jsonMembers(&cursor, bytes, isObject: false, depth + 1, &out)
            case .object: written = try jsonMembers(&cursor, bytes, isObject: true, depth + 1, &out)
            case nil: try cursor.skip(in: bytes)
            case .integer, .double:
                if try cursor.kind(in: bytes) == .null {
                    written = try !Self.takeNull(&cursor, bytes)
                } else {
                    let isWhole = OTLPValueName(bytes[name.range]) == .integer
                    written = try Self.appendNumber(&cursor, bytes, isWhole: isWhole, &out)
                }
            case .string, .bytes:
                if try cursor.kind(in: bytes) == .null {
                    written = try !Self.takeNull(&cursor, bytes)
                } else {
                    written = Self.appendText(try cursor.string(in: bytes), bytes, &out)
                }
            default: written = try JSONPruner.append(&cursor, bytes, to: &out)
            }
        }
        return written
    }

    /// A number in the one form that both encodings agree on, whether it was written as text or not.
    private static func appendNumber(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, isWhole: Bool, _ out: inout ByteBuffer
    ) throws(JSONError) -> Bool {
        let isText = try cursor.kind(in: bytes) == .string
        let range = isText ? try cursor.string(in: bytes).range : try cursor.number(in: bytes)
        if isWhole, let whole = JSONNumber.int64(bytes[range]) {
            out.append(decimal: whole)
        } else if let number = JSONNumber.double(bytes[range]) {
            out.append(jsonNumber: number)
        } else {
            guard !range.isEmpty else { return false }
            out.append(jsonString: bytes[range])
        }
        return true
    }

    /// Text in the one form that both encodings agree on: escaped where it must be and nowhere else.
    private static func appendText(_ text: JSONCursor.Text, _ bytes: RawSpan, _ out: inout ByteBuffer) -> Bool {
        guard !text.range.isEmpty else { return false }
        guard text.isEscaped else {
            out.append(jsonString: bytes[text.range])
            return true
        }
        var plain = ByteBuffer(capacity: text.range.count)
        JSONText.appendUnescaped(bytes[text.range], to: &plain)
        out.append(jsonString: plain.bytes)
        return true
    }

    private static func takeNull(_ cursor: inout JSONCursor, _ bytes: RawSpan) throws(JSONError) -> Bool {
        guard try cursor.kind(in: bytes) == .null else { return false }
        _ = try cursor.word(in: bytes)
        return true
    }
}
