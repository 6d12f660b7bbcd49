import Platform

/// The requests of one minute, shared by all keys of a parent organization.
struct RequestBudget: Sendable {
    let limit: Int
    private var minute: Int64 = .min
    private var used = 0

    init(limit: Int) { self.limit = limit }

    /// Takes one request, if there is one left.
    mutating func take(at now: Timestamp) -> Bool {
        begin(now)
        guard used < limit else { return false }
        used += 1
        return true
    }

    var remaining: Int { max(0, limit - used) }

    /// When the budget is whole again.
    func reset(after now: Timestamp) -> Timestamp {
        Timestamp(nanoseconds: (now.nanoseconds / 60_000_000_000 + 1) * 60_000_000_000)
    }

    private mutating func begin(_ now: Timestamp) {
        let current = now.nanoseconds / 60_000_000_000
        if current != minute {
            minute = current
            used = 0
        }
    }
}
