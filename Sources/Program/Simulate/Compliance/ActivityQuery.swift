import Platform

/// The parameters of `GET /v1/compliance/activities`, checked as the API checks them.
struct ActivityQuery: Sendable {
    enum Cursor: Sendable, Equatable { case after(String), before(String) }

    var limit = 100
    var isAscending = false
    var cursor: Cursor?
    /// The first moment inside, and the first one behind. In microseconds, so all four comparisons fit.
    var from = Int64.min
    var until = Int64.max
    /// Indexes of types; `nil` for all.
    var types: Set<Int>?
    var excludedTypes: Set<Int> = []
    var users: Set<String>?
    var organizations: Set<String>?

    /// Why a query is refused: the `message` of a 400.
    struct Flaw: Error, Equatable { let message: String }

    init(_ pairs: [(name: String, value: String)], table: ActivityTable = .standard) throws(Flaw) {
        for (name, value) in pairs { try read(name, value, table) }
        if types != nil, !excludedTypes.isEmpty {
            throw Flaw(message: "activity_types[] and exclude_activity_types[] cannot be used together")
        }
    }

    private mutating func read(_ name: String, _ value: String, _ table: ActivityTable) throws(Flaw) {
        switch name {
        case "limit":
            guard let number = Int(value), (1...5_000).contains(number) else {
                throw Flaw(message: "limit: must be between 1 and 5000")
            }
            limit = number
        case "order":
            guard value == "asc" || value == "desc" else { throw Flaw(message: "order: must be asc or desc") }
            isAscending = value == "asc"
        case "after_id", "before_id":
            guard cursor == nil else { throw Flaw(message: "Only one of after_id and before_id may be given") }
            cursor = name == "after_id" ? .after(value) : .before(value)
        case "activity_types[]": types = (types ?? []).union([try type(name, value, table)])
        case "exclude_activity_types[]": excludedTypes.insert(try type(name, value, table))
        case "actor_ids[]", "user_ids[]": users = (users ?? []).union([value])
        case "organization_ids[]": organizations = (organizations ?? []).union([value])
        case "created_at.gte": from = max(from, try microseconds(name, value))
        case "created_at.gt": from = max(from, try microseconds(name, value) + 1)
        case "created_at.lt": until = min(until, try microseconds(name, value))
        case "created_at.lte": until = min(until, try microseconds(name, value) + 1)
        default: break
        }
    }

    private func type(_ name: String, _ value: String, _ table: ActivityTable) throws(Flaw) -> Int {
        guard let index = table.indexes[value], table.rows[index].isListed else {
            throw Flaw(message: "\(name): is not a known activity type")
        }
        return index
    }

    private func microseconds(_ name: String, _ value: String) throws(Flaw) -> Int64 {
        // A plus sign that was not encoded arrives as a space.
        guard let time = RFC3339.parse(value.utf8.map { $0 == 0x20 ? 0x2B : $0 }) else {
            throw Flaw(message: "\(name): must be an RFC 3339 time with an offset")
        }
        return time.microseconds
    }
}

extension Timestamp {
    /// Whole microseconds since 1970, rounded down.
    var microseconds: Int64 {
        let (quotient, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000)
        return rest < 0 ? quotient - 1 : quotient
    }
}
