import Codecs

/// One answer to a listing.
struct DirectoryPage: Sendable, Equatable {
    /// By the listing that they are of: the keys of an organization stand beside its settings.
    var objects: [DirectoryPart: [DirectoryObject]] = [:]
    /// Elements that are no objects, or do not say which ones they are.
    var refused = 0
    /// Where the listing goes on; `nil` at its end.
    var next: String?

    init(_ body: [UInt8], of part: DirectoryPart) throws(JSONError) {
        let span = unsafe body.span.bytes
        if let flaw = UTF8Text.firstFlaw(in: span, ByteRange(start: 0, count: span.byteCount)) {
            throw JSONError(.badUTF8, at: flaw)
        }
        var lists = ["data": part]
        if part.kind == .setting {
            lists = ["settings": part, "api_keys": DirectoryPart(.apiKey, organization: part.organization)]
        }
        var hasMore: Bool?
        var token = ""
        var cursor = JSONCursor(span)
        var isFirst = true
        try cursor.enterObject(in: span)
        while let key = try cursor.nextMember(in: span, isFirst: &isFirst) {
            let name = JSONText.string(key, in: span)
            if let part = lists[name] {
                try take(&cursor, body, part)
            } else if name == "has_more" {
                hasMore = try cursor.word(in: span) == .true
            } else if name == "next_page", try cursor.kind(in: span) == .string {
                token = JSONText.string(try cursor.string(in: span), in: span)
            } else {
                try cursor.skip(in: span)
            }
        }
        try cursor.finish(in: span)
        // With more to come there must be a place where it is; not all listings say `has_more`.
        guard lists.values.allSatisfy({ objects[$0] != nil }), hasMore != true || !token.isEmpty else {
            throw JSONError(.wrongKind, at: cursor.place)
        }
        next = hasMore == false || token.isEmpty ? nil : token
    }

    private mutating func take(
        _ cursor: inout JSONCursor, _ body: [UInt8], _ part: DirectoryPart
    ) throws(JSONError) {
        let span = unsafe body.span.bytes
        var isFirst = true
        var all: [DirectoryObject] = []
        try cursor.enterArray(in: span)
        while try cursor.nextElement(in: span, isFirst: &isFirst) {
            let element = try cursor.skip(in: span)
            if let object = DirectoryObject(Array(body[element.range]), part.kind) {
                all.append(object)
            } else {
                refused += 1
            }
        }
        objects[part] = all
    }
}
