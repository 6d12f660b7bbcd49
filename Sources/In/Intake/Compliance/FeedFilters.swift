/// What a poller asks for. A bookmark is good only for the filters it was made with.
struct FeedFilters: Sendable, Equatable {
    let activityTypes: [String]
    let actorIDs: [String]
    let organizationIDs: [String]

    init(activityTypes: [String] = [], actorIDs: [String] = [], organizationIDs: [String] = []) {
        self.activityTypes = Set(activityTypes).sorted()
        self.actorIDs = Set(actorIDs).sorted()
        self.organizationIDs = Set(organizationIDs).sorted()
    }

    /// The pairs of the query, in the order of their names.
    var pairs: [(name: String, value: String)] {
        activityTypes.map { ("activity_types[]", $0) } + actorIDs.map { ("actor_ids[]", $0) }
            + organizationIDs.map { ("organization_ids[]", $0) }
    }

    /// Tells sets of filters apart, in any order of writing.
    var fingerprint: UInt64 {
        var digest = IdentityDigest()
        for pair in pairs {
            digest.add(pair.name.utf8)
            digest.add(CollectionOfOne(0x3D))
            digest.add(pair.value.utf8)
            digest.add(CollectionOfOne(0))
        }
        return digest.value
    }
}
