import Codecs
import Platform

/// A search that somebody kept: a name and the address of the page.
struct SavedSearch: Sendable, Equatable {
    let id: String
    var name: String
    /// Who kept it.
    let owner: String
    /// Whether all people of the tenant see it.
    var isShared: Bool
    /// Query, columns and time, as in the address of the search page.
    let query: [(name: String, value: String)]

    /// - Unit: Unicode scalars
    static let nameLength = 100
    /// - Unit: bytes
    static let queryLength = 64 << 10

    static func == (left: SavedSearch, right: SavedSearch) -> Bool { left.value == right.value }

    /// Its query goes by a short address where it is long, for ``SavedSearchBook`` knows it by its id.
    var terms: SearchTerms {
        let terms = SearchTerms(query).start
        return longQuery == nil ? terms : terms.stored
    }

    /// `nil` where an address has room for it.
    var longQuery: KeptQuery? {
        let terms = SearchTerms(query)
        guard KeptQuery.isLong(terms.page.query) else { return nil }
        return KeptQuery(terms.language, terms.page.query)
    }

    func isSeen(by viewer: String) -> Bool { isShared || owner == viewer }

    // MARK: As JSON

    var value: JSONValue {
        [
            "id": .string(id), "name": .string(name), "owner": .string(owner), "shared": .bool(isShared),
            "query": .array(query.map { .array([.string($0.name), .string($0.value)]) }),
        ]
    }

    init(id: String, name: String, owner: String, isShared: Bool, query: [(name: String, value: String)]) {
        self.id = id
        self.name = name
        self.owner = owner
        self.isShared = isShared
        self.query = query
    }

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.string, let name = value["name"]?.string, let owner = value["owner"]?.string,
            let isShared = value["shared"]?.bool, let pairs = value["query"]?.array
        else { return nil }
        var query: [(name: String, value: String)] = []
        for pair in pairs {
            guard let name = pair[0]?.string, let value = pair[1]?.string else { return nil }
            query.append((name, value))
        }
        self.init(id: id, name: name, owner: owner, isShared: isShared, query: query)
    }
}
