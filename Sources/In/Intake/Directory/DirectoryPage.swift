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
        let root = try JSONValue(parsing: body)
        if part.kind == .setting {
            try take(root["settings"], part)
            try take(root["api_keys"], DirectoryPart(.apiKey, organization: part.organization))
            return
        }
        try take(root["data"], part)
        let token = root["next_page"]?.string ?? ""
        // With more to come there must be a place where it is; not all listings say `has_more`.
        guard root["has_more"]?.bool != true || !token.isEmpty else { throw JSONError(.wrongKind, at: 0) }
        next = root["has_more"]?.bool == false || token.isEmpty ? nil : token
    }

    private mutating func take(_ list: JSONValue?, _ part: DirectoryPart) throws(JSONError) {
        guard let elements = list?.array else { throw JSONError(.wrongKind, at: 0) }
        objects[part] = elements.compactMap { DirectoryObject($0, part.kind) }
        refused += elements.count - (objects[part]?.count ?? 0)
    }
}
