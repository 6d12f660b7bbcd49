import Codecs
import Events
import Platform

/// The saved searches of each tenant, a file each, and beside them the queries that are too long for an address.
///
/// - Shape: `searches-TENANT.json`, `{"version":1,"searches":[…]}`, written whole each time.
/// - Threads: any.
final class SavedSearchBook: Sendable {
    /// Of one tenant.
    static let most = 1_000

    enum Refusal: Error, Equatable {
        case full
        /// Nobody's, or somebody else's.
        case notYours
        /// The disk; one sentence.
        case failed(String)

        var sentence: String {
            switch self {
            case .full: "There are \(SavedSearchBook.most) saved searches; remove one first."
            case .notYours: "There is no such search of yours."
            case .failed(let reason): "It could not be kept: \(reason)"
            }
        }
    }

    /// `nil` keeps them in memory alone.
    private let disk: (any Disk)?
    private let shelf: QueryShelf
    private let searches = Locked<[TenantName: [SavedSearch]]>([:])

    init(disk: (any Disk)?) {
        self.disk = disk
        shelf = QueryShelf(disk: disk)
    }

    // MARK: Long queries

    func keep(_ query: KeptQuery, tenant: TenantName) throws(Refusal) { try shelf.keep(query, of: tenant) }

    /// A long query, as long as it is kept or somebody's saved search is of it.
    func query(_ id: String, of tenant: TenantName) throws(Refusal) -> KeptQuery? {
        if let query = try shelf.query(id, of: tenant) { return query }
        return try all(of: tenant).lazy.compactMap(\.longQuery).first { $0.id == id }
    }

    // MARK: Saved searches

    /// Those that somebody sees, by name.
    func searches(of tenant: TenantName, seenBy viewer: String) throws(Refusal) -> [SavedSearch] {
        try all(of: tenant).filter { $0.isSeen(by: viewer) }.sorted { $0.name < $1.name }
    }

    func add(_ search: SavedSearch, tenant: TenantName) throws(Refusal) {
        try change(tenant) { searches throws(Refusal) in
            guard searches.count < Self.most else { throw .full }
            searches.removeAll { $0.name == search.name && $0.owner == search.owner }
            searches.append(search)
        }
    }

    /// - Parameter isAdmin: removes those of others, too.
    func remove(_ id: String, tenant: TenantName, by viewer: String, isAdmin: Bool) throws(Refusal) {
        try change(tenant) { searches throws(Refusal) in
            guard let place = searches.firstIndex(where: { $0.id == id }),
                searches[place].owner == viewer || (isAdmin && searches[place].isShared)
            else { throw .notYours }
            searches.remove(at: place)
        }
    }

    // MARK: File

    private func all(of tenant: TenantName) throws(Refusal) -> [SavedSearch] {
        do {
            return try searches.withLock { try Self.all(of: tenant, &$0, disk) }
        } catch {
            throw error as? Refusal ?? .failed("\(error)")
        }
    }

    private func change(
        _ tenant: TenantName, _ body: (inout [SavedSearch]) throws(Refusal) -> Void
    ) throws(Refusal) {
        do {
            try searches.withLock { kept in
                var list = try Self.all(of: tenant, &kept, disk)
                try body(&list)
                let value: JSONValue = ["version": 1, "searches": .array(list.map(\.value))]
                try disk?.replace(Self.name(of: tenant), with: Array(value.text.utf8))
                kept[tenant] = list
            }
        } catch {
            throw error as? Refusal ?? .failed("\(error)")
        }
    }

    private static func all(
        of tenant: TenantName, _ kept: inout [TenantName: [SavedSearch]], _ disk: (any Disk)?
    ) throws -> [SavedSearch] {
        if let list = kept[tenant] { return list }
        var list: [SavedSearch] = []
        if let bytes = try disk?.contentsIfThere(of: name(of: tenant)) {
            guard let value = try? JSONValue(parsing: bytes), value["version"]?.integer == 1,
                let items = value["searches"]?.array
            else {
                throw Refusal.failed("\(name(of: tenant)) is not a file of saved searches; move it away")
            }
            list = items.compactMap { SavedSearch($0) }
        }
        kept[tenant] = list
        return list
    }

    private static func name(of tenant: TenantName) -> String { "searches-\(tenant.text).json" }
}
