import Codecs
import Network

/// Answers the listings of the directory as the Compliance API does.
///
/// - Source: *Compliance API*, organizations, users, roles, groups, settings; 2026-08-21.
struct DirectoryDesk: Sendable {
    /// A listing that a path names.
    struct Listing: Sendable, Equatable {
        let scope: String
        let most: Int
        let words: [String]

        /// - Returns: `nil` for a path of something else.
        init?(path: String) {
            let root = "/v1/compliance/"
            guard path.hasPrefix(root) else { return nil }
            words = path.dropFirst(root.count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            switch (words[0], words.count) {
            case ("organizations", 1), ("groups", 1): scope = SimulatedKey.organizationData
            case ("organizations", 3) where words[2] == "users": scope = SimulatedKey.userData
            case ("organizations", 3) where ["roles", "settings"].contains(words[2]):
                scope = SimulatedKey.organizationData
            case ("organizations", 5) where words[2] == "roles" && words[4] == "permissions":
                scope = SimulatedKey.organizationData
            case ("groups", 3) where words[2] == "members": scope = SimulatedKey.userData
            default: return nil
            }
            most = 1_000
        }
    }

    var directory: SimulatedDirectory

    /// - Returns: the body of the answer; `nil` for what is not there.
    func page(_ listing: Listing, limit: Int, token: String?) -> JSONValue? {
        let words = listing.words
        guard words.count > 1 else {
            return page(words[0] == "groups" ? directory.groupList() : directory.organizations(), limit, token)
        }
        if words[0] == "groups" {
            guard let group = directory.groups.first(where: { $0.id == words[1] }) else { return nil }
            return page(directory.members(of: group), limit, token)
        }
        guard let home = directory.units.firstIndex(where: { $0.uuid == words[1] }) else { return nil }
        switch words[2] {
        case "users": return page(directory.users(of: home), limit, token)
        case "settings": return directory.effectiveSettings(of: home)
        default: break
        }
        guard words.count == 5 else { return page(directory.roles(of: home), limit, token) }
        guard let role = directory.roles.first(where: { $0.id == words[3] && $0.home == home }) else { return nil }
        return page(directory.permissions(of: role), limit, token)
    }

    /// Places in a listing are counted from its beginning, so one may slip while it is read.
    private func page(_ all: [JSONValue], _ limit: Int, _ token: String?) -> JSONValue {
        let start = token.flatMap(Self.place) ?? 0
        let some = all.dropFirst(start).prefix(limit)
        let hasMore = start + some.count < all.count
        return [
            "data": .array(Array(some)), "has_more": .bool(hasMore),
            "next_page": hasMore ? .string("page_\(String(start + some.count, radix: 36))") : .null,
        ]
    }

    static func place(_ token: String) -> Int? {
        guard token.hasPrefix("page_"), let place = Int(token.dropFirst(5), radix: 36), place >= 0 else { return nil }
        return place
    }
}
