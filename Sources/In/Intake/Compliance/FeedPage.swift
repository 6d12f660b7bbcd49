import Codecs
import Platform

/// One page of the feed, with its activities found in the body and not taken out of it.
struct FeedPage: Sendable, Equatable {
    struct Row: Sendable, Equatable {
        /// The bytes of the activity, exactly as they stand in the body.
        let range: ByteRange
        /// Digest of its id; of all its bytes when it has none.
        let identity: UInt64
        /// `nil` when it has no time that can be read.
        let created: Timestamp?
        /// Digest of its type.
        var type: UInt64 = 0
        /// Digest of the request that it is about, if it is about one.
        var request: UInt64?
        /// It is not to be kept, as the configuration wishes.
        var isLeftOut = false

        /// It says only that somebody called the Compliance API, which this poller does all day.
        var isSelfNoise: Bool { type == Self.selfNoise }
        /// It is of Access Transparency, which may be listed two business days late.
        var isAccess: Bool { Self.access.contains(type) }

        static let selfNoise = IdentityDigest.of("compliance_api_accessed".utf8)
        static let access: Set<UInt64> = [
            IdentityDigest.of("anthropic_access".utf8), IdentityDigest.of("cmek_preserve".utf8),
        ]
    }

    /// In the order of the body: newest first.
    var rows: [Row] = []
    var hasMore = false
    var firstID: String?
    var lastID: String?
    /// Elements of `data` that are no objects, and are left out.
    var refused = 0

    init() {}

    /// - Throws: when the body is not the envelope of a page.
    init(_ body: [UInt8]) throws(JSONError) {
        let bytes = unsafe body.span.bytes
        let all = ByteRange(start: 0, count: bytes.byteCount)
        if let flaw = UTF8Text.firstFlaw(in: bytes, all) { throw JSONError(.badUTF8, at: flaw) }
        var cursor = JSONCursor(all)
        var hasData = false
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            if name.isEqual(to: "data"), try cursor.kind(in: bytes) == .array {
                try readRows(bytes, &cursor, body)
                hasData = true
            } else if name.isEqual(to: "has_more"), try cursor.kind(in: bytes) == .true {
                _ = try cursor.word(in: bytes)
                hasMore = true
            } else if name.isEqual(to: "first_id") {
                firstID = try Self.text(bytes, &cursor)
            } else if name.isEqual(to: "last_id") {
                lastID = try Self.text(bytes, &cursor)
            } else {
                try cursor.skip(in: bytes)
            }
        }
        try cursor.finish(in: bytes)
        guard hasData else { throw JSONError(.wrongKind, at: 0) }
    }

    private static func text(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> String? {
        guard try cursor.kind(in: bytes) == .string else {
            try cursor.skip(in: bytes)
            return nil
        }
        return JSONText.string(try cursor.string(in: bytes), in: bytes)
    }

    private mutating func readRows(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ body: [UInt8]
    ) throws(JSONError) {
        var isFirst = true
        try cursor.enterArray(in: bytes)
        while try cursor.nextElement(in: bytes, isFirst: &isFirst) {
            if try cursor.kind(in: bytes) == .object {
                rows.append(try Self.row(bytes, &cursor, body))
            } else {
                try cursor.skip(in: bytes)
                refused += 1
            }
        }
    }

    /// One activity alone, such as the journal has it.
    ///
    /// - Returns: `nil` when it is none.
    static func row(_ range: ByteRange, in body: [UInt8]) -> Row? {
        let bytes = unsafe body.span.bytes
        var cursor = JSONCursor(range)
        return try? row(bytes, &cursor, body)
    }

    private static func row(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ body: [UInt8]
    ) throws(JSONError) -> Row {
        let start = cursor.place
        var id = ByteRange.empty
        var created: Timestamp?
        var type: UInt64 = 0
        var request: UInt64?
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            guard try cursor.kind(in: bytes) == .string else {
                // Far below the limit of the cursor: readers of the record go in from one level higher.
                try cursor.skip(in: bytes)
                continue
            }
            let text = try cursor.string(in: bytes)
            if name.isEqual(to: "id") {
                id = text.range
            } else if name.isEqual(to: "created_at") {
                created = RFC3339.parse(body[text.range.range])
            } else if name.isEqual(to: "type") {
                type = IdentityDigest.of(body[text.range.range])
            } else if name.isEqual(to: "request_id") {
                request = IdentityDigest.of(body[text.range.range])
            }
        }
        let range = ByteRange(start: start, count: cursor.place - start)
        let named = id.isEmpty ? range : id
        return Row(
            range: range, identity: IdentityDigest.of(body[named.range]), created: created, type: type, request: request
        )
    }
}
