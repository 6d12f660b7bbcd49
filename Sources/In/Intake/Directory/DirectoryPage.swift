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
        var lists = ["data": part]
        if part.kind == .setting {
            lists = ["settings": part, "api_keys": DirectoryPart(.apiKey, organization: part.organization)]
        }
        let page = try APIPage(body, lists: Set(lists.keys), paging: .token)
        for (name, part) in lists {
            let elements = page.lists[name] ?? []
            objects[part] = elements.compactMap { DirectoryObject($0, part.kind) }
            refused += elements.count - (objects[part]?.count ?? 0)
        }
        next = page.next
    }
}
