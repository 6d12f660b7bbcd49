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
        var isFirst = true
        try cursor.enterObject(in: body)
        while let key = try cursor.nextMember(in: body, isFirst: &isFirst) {
            guard isName(body[key.range], of: \.resources) else {
                try cursor.skip(in: body)
                continue
            }
            try Self.elements(body, &cursor) { (cursor: inout JSONCursor) throws(JSONError) in
                try self.resource(body, &cursor)
            }
        }
    }

    /// The records of one resource. It may stand behind them, so it is put into their contexts at the end.
    private mutating func resource(_ body: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) {
        let (firstContext, firstEntry) = (request.contexts.count, request.entries.count)
        var resource = ByteRange.empty
        var isFirst = true
        try cursor.enterObject(in: body)
        while let key = try cursor.nextMember(in: body, isFirst: &isFirst) {
            if body[key.range].isEqual(to: "resource") {
                resource = try cursor.skip(in: body)
            } else if isName(body[key.range], of: \.scopes) {
                try Self.elements(body, &cursor) { (cursor: inout JSONCursor) throws(JSONError) in
                    try self.scope(body, &cursor)
                }
            } else {
                try cursor.skip(in: body)
            }
        }
        for index in firstContext..<request.contexts.count { request.contexts[index].resource = resource }
        if !Self.isObjectOrMissing(body, resource) {
            takeBack(body, from: firstEntry, "a resource is not an object")
        }
    }

    private mutating func scope(_ body: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) {
        guard request.hasRoomForContext else {
            try cursor.skip(in: body)
            return
        }
        let (context, firstEntry) = (request.contexts.count, request.entries.count)
        request.contexts.append(RecordBatch.Context())
        var scope = ByteRange.empty
        var isFirst = true
        try cursor.enterObject(in: body)
        while let key = try cursor.nextMember(in: body, isFirst: &isFirst) {
            if body[key.range].isEqual(to: "scope") {
                scope = try cursor.skip(in: body)
            } else if isName(body[key.range], of: \.records) {
                try Self.elements(body, &cursor) { (cursor: inout JSONCursor) throws(JSONError) in
                    try self.record(body, &cursor, UInt32(context))
                }
            } else {
                try cursor.skip(in: body)
            }
        }
        request.contexts[context].scope = scope
        if !Self.isObjectOrMissing(body, scope) { takeBack(body, from: firstEntry, "a scope is not an object") }
    }

    private mutating func record(
        _ body: RawSpan, _ cursor: inout JSONCursor, _ context: UInt32
    ) throws(JSONError) {
        guard request.hasRoomForRecord else {
            try cursor.skip(in: body)
            return
        }
        guard try cursor.kind(in: body) == .object else {
            try cursor.skip(in: body)
            request.refuse("a record is not an object")
            return
        }
        // A good record is walked once. One that is not is walked again, to find its end.
        let start = cursor
        if let reason = OTLPJSONCheck.record(body, &cursor) {
            cursor = start
            refuse(body, try cursor.skip(in: body), reason)
        } else {
            let range = ByteRange(start: start.place, count: cursor.place - start.place)
            request.entries.append(
                RecordBatch.Entry(kind: signal.kind, encoding: .json, context: context, range: range))
        }
    }

    private mutating func refuse(_ body: RawSpan, _ record: ByteRange, _ reason: String) {
        let isMetric = signal == .metrics
        request.refuse(reason, rejected: isMetric ? OTLPPoints.count(body, record, isJSON: true) : 1)
    }

    /// Refuses the records from an index on: what they share turned out to be bad.
    private mutating func takeBack(_ body: RawSpan, from index: Int, _ reason: String) {
        for entry in request.entries[index...] { refuse(body, entry.range, reason) }
        request.entries.removeSubrange(index...)
    }

    // MARK: Shapes

    /// Whether this is the name of a list, in either of its spellings.
    private func isName(_ name: RawSpan, of list: KeyPath<OTLPSignal.ListNames, StaticString>) -> Bool {
        name.isEqual(to: signal.listNames[keyPath: list]) || name.isEqual(to: signal.listNamesAsDeclared[keyPath: list])
    }

    /// Goes through a list, which may be null. Anything else in its place is an error: to pass over it would be to
    /// accept records and not keep them.
    private static func elements(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ body: (inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        switch try cursor.kind(in: bytes) {
        case .array: break
        case .null:
            _ = try cursor.word(in: bytes)
            return
        default: throw JSONError(.wrongKind, at: cursor.place)
        }
        var isFirst = true
        try cursor.enterArray(in: bytes)
        while try cursor.nextElement(in: bytes, isFirst: &isFirst) { try body(&cursor) }
    }

    private static func isObjectOrMissing(_ bytes: RawSpan, _ range: ByteRange) -> Bool {
        range.isEmpty || bytes[range.start] == UInt8(ascii: "{") || bytes[range].isEqual(to: "null")
    }
}
