/// The last so many event ids.
///
/// Two sets that take turns: when the younger is full the older is forgotten. So at least the limit is
/// remembered, at most twice that, and nothing is moved.
struct RecentIDs {
    private let limit: Int
    private var younger: Set<EventID> = []
    private var older: Set<EventID> = []

    init(limit: Int) { self.limit = max(limit, 1) }

    /// - Returns: false when the id is remembered.
    mutating func insert(_ id: EventID) -> Bool {
        if older.contains(id) || !younger.insert(id).inserted { return false }
        if younger.count >= limit {
            older = younger
            younger = []
        }
        return true
    }
}
