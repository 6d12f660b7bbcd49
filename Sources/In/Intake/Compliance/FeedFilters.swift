/// What a poller asks for. A bookmark is good only for the filters it was made with.
struct FeedFilters: Sendable, Equatable {
    let activityTypes: [String]
    let actorIDs: [String]
    let organizationIDs: [String]
    /// Whether the server leaves out what says only that somebody called the Compliance API.
    let hasNoCalls: Bool

    init(
        activityTypes: [String] = [], actorIDs: [String] = [], organizationIDs: [String] = [], hasNoCalls: Bool = false
    ) {
        self.hasNoCalls = hasNoCalls
        self.activityTypes = Set(activityTypes).sorted()
        self.actorIDs = Set(actorIDs).sorted()
        self.organizationIDs = Set(organizationIDs).sorted()
    }

    /// The pairs of the query, in the order of their names. Types are not among them: the server refuses a request
    /// with a name that it does not know, and does not list all that it sends.
    var pairs: [(name: String, value: String)] {
        actorIDs.map { ("actor_ids[]", $0) }
            + (hasNoCalls ? [("exclude_activity_types[]", "compliance_api_accessed")] : [])
            + organizationIDs.map { ("organization_ids[]", $0) }
    }

    /// Digests of the types that are wanted; `nil` for all.
    var types: Set<UInt64>? {
        activityTypes.isEmpty ? nil : Set(activityTypes.map { IdentityDigest.of($0.utf8) })
    }

    /// Tells sets of filters apart, in any order of writing.
    var fingerprint: UInt64 {
        var digest = IdentityDigest()
        for pair in activityTypes.map({ (name: "activity_types[]", value: $0) }) + pairs {
            digest.add(pair.name.utf8)
            digest.add(CollectionOfOne(0x3D))
            digest.add(pair.value.utf8)
            digest.add(CollectionOfOne(0))
        }
        return digest.value
    }
}
