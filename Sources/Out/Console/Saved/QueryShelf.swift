import Codecs
import Events
import Integrity
import Platform

/// A query that is too long for an address, and what it is written in.
struct KeptQuery: Sendable, Equatable {
    let language: QueryLanguage
    let text: String

    /// From this length on it is kept. - Unit: bytes
    static let longText = 6_000
    /// - Unit: bytes
    static let length = 64 << 10

    static func isLong(_ text: String) -> Bool { text.utf8.count > longText }

    /// Made of the query, so that the same one has the same address. - Shape: 32 hexadecimal digits
    var id: String {
        let bytes = Array("\(language.rawValue)\n\(text)".utf8)
        let span = bytes.span
        return String((unsafe Digest(of: span.bytes)).hexadecimal.prefix(32))
    }

    var value: JSONValue { ["language": .string(language.rawValue), "text": .string(text)] }

    init(_ language: QueryLanguage, _ text: String) {
        self.language = language
        self.text = text
    }

    init?(_ value: JSONValue) {
        guard let language = value["language"]?.string.flatMap({ QueryLanguage(rawValue: $0) }),
            let text = value["text"]?.string
        else { return nil }
        self.init(language, text)
    }
}

/// Long queries of each tenant, a file each.
///
/// - Shape: `queries-TENANT.json`, `{"version":1,"queries":[{"language":"kql","text":"…"}]}`, the oldest first, written whole.
/// - Full: the oldest go.
/// - Threads: any.
final class QueryShelf: Sendable {
    /// Of one tenant.
    static let most = 500
    /// All texts of one tenant together. - Unit: bytes
    static let bytes = 4 << 20

    /// `nil` keeps them in memory alone.
    private let disk: (any Disk)?
    private let kept = Locked<[TenantName: [KeptQuery]]>([:])

    init(disk: (any Disk)?) { self.disk = disk }

    /// - Returns: `nil` for one that never was, or has gone.
    func query(_ id: String, of tenant: TenantName) throws(SavedSearchBook.Refusal) -> KeptQuery? {
        try change(tenant) { _ in false }.first { $0.id == id }
    }

    func keep(_ query: KeptQuery, of tenant: TenantName) throws(SavedSearchBook.Refusal) {
        _ = try change(tenant) { queries in
            // The newest again; nothing is written when it is that already.
            guard queries.last != query else { return false }
            queries.removeAll { $0 == query }
            queries.append(query)
            var size = queries.reduce(0) { $0 + $1.text.utf8.count }
            while queries.count > Self.most || size > Self.bytes {
                size -= queries.removeFirst().text.utf8.count
            }
            return true
        }
    }

    /// - Parameter body: returns whether it changed something.
    private func change(
        _ tenant: TenantName, _ body: (inout [KeptQuery]) -> Bool
    ) throws(SavedSearchBook.Refusal) -> [KeptQuery] {
        do {
            return try kept.withLock { kept in
                var queries = try kept[tenant] ?? Self.read(tenant, disk)
                if body(&queries) {
                    let value: JSONValue = ["version": 1, "queries": .array(queries.map(\.value))]
                    try disk?.replace(Self.name(of: tenant), with: Array(value.text.utf8))
                }
                kept[tenant] = queries
                return queries
            }
        } catch {
            throw error as? SavedSearchBook.Refusal ?? .failed("\(error)")
        }
    }

    private static func read(_ tenant: TenantName, _ disk: (any Disk)?) throws -> [KeptQuery] {
        guard let bytes = try disk?.contentsIfThere(of: name(of: tenant)) else { return [] }
        guard let value = try? JSONValue(parsing: bytes), value["version"]?.integer == 1,
            let items = value["queries"]?.array
        else {
            throw SavedSearchBook.Refusal.failed("\(name(of: tenant)) is not a file of queries; move it away")
        }
        return items.compactMap { KeptQuery($0) }
    }

    private static func name(of tenant: TenantName) -> String { "queries-\(tenant.text).json" }
}
