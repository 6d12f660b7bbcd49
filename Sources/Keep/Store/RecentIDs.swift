/// The last so many event ids.
///
/// Two tables that take turns: when the younger is full the older is forgotten. So at least the limit is
/// remembered, at most twice that, and nothing is moved.
struct RecentIDs {
    private let limit: Int
    private var younger = IDTable()
    private var older = IDTable()

    init(limit: Int) { self.limit = max(limit, 1) }

    /// - Returns: false when the id is remembered.
    mutating func insert(_ id: EventID) -> Bool {
        if older.contains(id) || !younger.insert(id) { return false }
        if younger.count >= limit {
            swap(&older, &younger)
            younger.removeAll()
        }
        return true
    }
}

/// A set of ids with the next free place for each. Ids are mixed already, so they are not hashed again.
private struct IDTable {
    private var slots: [EventID] = []
    private(set) var count = 0

    private static let free = EventID(high: 0, low: 0)

    func contains(_ id: EventID) -> Bool { !slots.isEmpty && slots[place(of: id)] == id }

    mutating func insert(_ id: EventID) -> Bool {
        // The one id that looks like a free place is never remembered, and so never dropped.
        if id == Self.free { return true }
        if (count + 1) * 3 > slots.count * 2 { grow() }
        let place = place(of: id)
        if slots[place] == id { return false }
        slots[place] = id
        count += 1
        return true
    }

    /// Keeps its memory.
    mutating func removeAll() {
        for place in slots.indices { slots[place] = Self.free }
        count = 0
    }

    /// Where the id is, or where it would be put.
    private func place(of id: EventID) -> Int {
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: id.low) & mask
        while slots[place] != id, slots[place] != Self.free { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let known = slots
        slots = Array(repeating: Self.free, count: max(known.count * 2, 1_024))
        for id in known where id != Self.free { slots[place(of: id)] = id }
    }
}
