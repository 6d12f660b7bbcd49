import Codecs
import Events

/// Finds the records in an OTLP/JSON export request.
///
/// - Source: OTLP 1.x, *JSON Protobuf Encoding*. Both spellings of field names are read, unknown members are
///   skipped.
struct JSONSplitter {
    private let signal: OTLPSignal
    private var request = OTLPRequest()

    static func split(_ body: RawSpan, _ signal: OTLPSignal) throws(OTLPError) -> OTLPRequest {
        if let flaw = UTF8Text.firstFlaw(in: body, ByteRange(start: 0, count: body.byteCount)) {
            throw OTLPError("malformed JSON: \(JSONError(.badUTF8, at: flaw))")
        }
        var splitter = JSONSplitter(signal: signal)
        do throws(JSONError) {
            var cursor = JSONCursor(body)
            try splitter.resources(body, &cursor)
            try cursor.finish(in: body)
        } catch {
            throw OTLPError("malformed JSON: \(error)")
        }
        return try splitter.request.withinLimits()
    }

    private init(signal: OTLPSignal) { self.signal = signal }

    private mutating func resources(_ body: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) {
        try Self.member(signal.listNames.resources, signal.listNamesAsDeclared.resources, body, &cursor) {
            (cursor: inout JSONCursor) throws(JSONError) in
            try Self.elements(body, &cursor) { (group: inout JSONCursor) throws(JSONError) in
                let (resource, next) = try Self.object("resource", body, group)
                let isGood = Self.isObjectOrMissing(body, resource)
                try Self.member(signal.listNames.scopes, signal.listNamesAsDeclared.scopes, body, &group) {
                    (cursor: inout JSONCursor) throws(JSONError) in
                    try Self.elements(body, &cursor) { (scope: inout JSONCursor) throws(JSONError) in
                        try self.scope(body, &scope, resource, isGood)
                    }
                }
                group = next
            }
        }
    }

    private mutating func scope(
        _ body: RawSpan, _ group: inout JSONCursor, _ resource: ByteRange, _ resourceIsGood: Bool
    ) throws(JSONError) {
        let (scope, next) = try Self.object("scope", body, group)
        guard request.hasRoomForContext else {
            group = next
            return
        }
        let isGood = resourceIsGood && Self.isObjectOrMissing(body, scope)
        let context = UInt32(request.contexts.count)
        request.contexts.append(RecordBatch.Context(resource: resource, scope: scope))
        let kind = signal.kind
        try Self.member(signal.listNames.records, signal.listNamesAsDeclared.records, body, &group) {
            (cursor: inout JSONCursor) throws(JSONError) in
            try Self.elements(body, &cursor) { (record: inout JSONCursor) throws(JSONError) in
                let range = try record.skip(in: body)
                guard request.hasRoomForRecord else { return }
                if let reason = isGood ? Self.flaw(body, range) : "a resource or scope is not an object" {
                    request.refuse(
                        reason, rejected: kind == .otlpMetric ? OTLPPoints.count(body, range, isJSON: true) : 1)
                } else {
                    request.entries.append(
                        RecordBatch.Entry(kind: kind, encoding: .json, context: context, range: range))
                }
            }
        }
        group = next
    }

    private static func flaw(_ body: RawSpan, _ record: ByteRange) -> String? {
        guard body[record.start] == UInt8(ascii: "{") else { return "a record is not an object" }
        return OTLPJSONCheck.record(body, record)
    }

    // MARK: Shapes

    /// Walks an object; `body` gets the value of the member of this name, wherever it stands. The cursor ends
    /// behind the object.
    private static func member(
        _ name: StaticString, _ declared: StaticString, _ bytes: RawSpan, _ cursor: inout JSONCursor,
        _ body: (inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            guard bytes[key.range].isEqual(to: name) || bytes[key.range].isEqual(to: declared) else {
                try cursor.skip(in: bytes)
                continue
            }
            switch try cursor.kind(in: bytes) {
            case .array: try body(&cursor)
            case .null: _ = try cursor.word(in: bytes)
            // To pass over it would be to accept records and not keep them.
            default: throw JSONError(.wrongKind, at: cursor.place)
            }
        }
    }

    private static func elements(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ body: (inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        var isFirst = true
        try cursor.enterArray(in: bytes)
        while try cursor.nextElement(in: bytes, isFirst: &isFirst) { try body(&cursor) }
    }

    /// The bytes of one member of the object at a cursor, and the cursor behind the object.
    private static func object(
        _ name: StaticString, _ bytes: RawSpan, _ start: JSONCursor
    ) throws(JSONError) -> (ByteRange, JSONCursor) {
        var cursor = start
        var found = ByteRange.empty
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let range = try cursor.skip(in: bytes)
            if bytes[key.range].isEqual(to: name) { found = range }
        }
        return (found, cursor)
    }

    private static func isObjectOrMissing(_ bytes: RawSpan, _ range: ByteRange) -> Bool {
        range.isEmpty || bytes[range.start] == UInt8(ascii: "{") || bytes[range].isEqual(to: "null")
    }
}
