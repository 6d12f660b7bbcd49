/// The last so many event ids.
///
/// Two tables that take turns: when the younger is full the older is forgotten. So at least the limit is
/// remembered, at most twice that, and nothing is moved.
struct RecentIDs {
    private let limit: Int
    private var younger: IDTable
    private var older: IDTable?

    init(limit: Int) {
        self.limit = max(limit, 1)
        younger = IDTable(limit: self.limit)
    }

    /// - Returns: false when the id is remembered.
    mutating func insert(_ id: EventID) -> Bool {
        if older?.contains(id) == true || !younger.insert(id) { return false }
        if younger.count >= limit {
            let full = younger
            younger = older ?? IDTable(limit: limit)
            older = full
            younger.removeAll()
        }
        return true
    }
}

/// A set of ids. One half of an id says where it would be, the other half is kept there or in the next free place.
///
/// So eleven bytes remember an id, and another id is taken for it only if it agrees in 64 bits and, but for a few
/// places, in the home: for a billion ids that is one chance in a billion. Ids are mixed already and not hashed again.
private struct IDTable {
    private var halves: [UInt64]
    private(set) var count = 0

    /// - Parameter limit: ids at the most; three quarters of the places are taken then.
    init(limit: Int) {
        halves = Array(repeating: 0, count: limit + limit / 3 + 1)
    }

    func contains(_ id: EventID) -> Bool { id.high != 0 && halves[place(of: id)] == id.high }

    mutating func insert(_ id: EventID) -> Bool {
        // The one half that looks like a free place is never remembered, and so never dropped.
        if id.high == 0 { return true }
        let place = place(of: id)
        if halves[place] == id.high { return false }
        halves[place] = id.high
        count += 1
        return true
    }

    mutating func removeAll() {
        for place in halves.indices { halves[place] = 0 }
        count = 0
    }

    /// Where the id is, or where it would be put.
    private func place(of id: EventID) -> Int {
        var place = Int(id.low.multipliedFullWidth(by: UInt64(halves.count)).high)
        while halves[place] != id.high, halves[place] != 0 {
            place += 1
            if place == halves.count { place = 0 }
        }
        return place
    }
}
