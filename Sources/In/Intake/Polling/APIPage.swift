import Codecs

/// One answer that lists something: its elements, byte for byte, and where the listing goes on.
struct APIPage: Sendable, Equatable {
    /// How a listing says where it goes on.
    enum Paging: String, Sendable {
        /// A token for the next page, and often `has_more`.
        case token = "next_page"
        /// The last element's cursor, good only while `has_more` is true.
        case cursor = "last_id"
    }

    /// By the member that they stand in. All that were asked for are there.
    private(set) var lists: [String: [[UInt8]]] = [:]
    /// `nil` at the end.
    private(set) var next: String?

    init(_ body: [UInt8], lists names: Set<String>, paging: Paging) throws(JSONError) {
        let span = unsafe body.span.bytes
        if let flaw = UTF8Text.firstFlaw(in: span, ByteRange(start: 0, count: span.byteCount)) {
            throw JSONError(.badUTF8, at: flaw)
        }
        var hasMore: Bool?
        var place = ""
        var cursor = JSONCursor(span)
        var isFirst = true
        try cursor.enterObject(in: span)
        while let key = try cursor.nextMember(in: span, isFirst: &isFirst) {
            let name = JSONText.string(key, in: span)
            if names.contains(name) {
                lists[name] = try Self.elements(&cursor, body)
            } else if name == "has_more" {
                hasMore = try cursor.word(in: span) == .true
            } else if name == paging.rawValue, try cursor.kind(in: span) == .string {
                place = JSONText.string(try cursor.string(in: span), in: span)
            } else {
                try cursor.skip(in: span)
            }
        }
        try cursor.finish(in: span)
        // With more to come there must be a place where it is; not all listings with tokens say `has_more`.
        let isWhole = names.allSatisfy { lists[$0] != nil } && (paging == .token || hasMore != nil)
        guard isWhole, hasMore != true || !place.isEmpty else { throw JSONError(.wrongKind, at: cursor.place) }
        next = hasMore == false || place.isEmpty ? nil : place
    }

    private static func elements(_ cursor: inout JSONCursor, _ body: [UInt8]) throws(JSONError) -> [[UInt8]] {
        let span = unsafe body.span.bytes
        var isFirst = true
        var all: [[UInt8]] = []
        try cursor.enterArray(in: span)
        while try cursor.nextElement(in: span, isFirst: &isFirst) {
            all.append(Array(body[try cursor.skip(in: span).range]))
        }
        return all
    }
}
