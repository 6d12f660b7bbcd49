import Codecs
import Events
import Platform

/// Where one report stands. It is journaled in the same append as the rows it follows from.
///
/// - Shape: JSON. Of the days whose figures may still change it has the digests of their parts, eight bytes each.
struct ReportPlace: Sendable, Equatable {
    /// A stretch of days that is being read, the oldest first. A restart begins the day or window again: cursors expire,
    /// and what is in the journal is known by its digests.
    struct Walk: Sendable, Equatable {
        /// The first day that is not read.
        var at: UTCDay
        /// Behind the last one.
        let until: UTCDay
        let began: Timestamp
        /// Whether all days that may have changed are read.
        let isWhole: Bool
        /// The cursor of the next page of this day or window, and how many there were.
        var page: String?
        var pages = 0
    }

    /// The first day that was asked for.
    var origin: UTCDay?
    /// All days before were read once.
    var done: UTCDay?
    /// When the last look began that came to its end.
    var looked: Timestamp?
    /// When all days that may have changed were begun to be read again.
    var reread: Timestamp?
    var walk: Walk?
    /// Digests of what the journal has: for a bucket one, for a day one for each page.
    private(set) var seen: [UTCDay: [UInt64]] = [:]

    /// Digests of one report. Those of the oldest days make way: a part without one is taken as new when it comes again, and
    /// its rows replace themselves.
    static let seenLimit = 1_024
    /// Stands in the place of a digest where there are no rows.
    private static let none: UInt64 = 0

    init() {}

    /// The digest of a part that had rows; `nil` when none is known of it.
    func digest(of day: UTCDay, part: Int) -> UInt64? {
        guard let known = seen[day], part < known.count, known[part] != Self.none else { return nil }
        return known[part]
    }

    /// - Parameter digest: `nil` when the part has no rows.
    mutating func remember(_ digest: UInt64?, of day: UTCDay, part: Int) {
        var known = seen[day] ?? []
        if part >= known.count {
            let more = part + 1 - known.count
            guard digest != nil, makeRoom(for: more, of: day) else { return }
            known += Array(repeating: Self.none, count: more)
        }
        known[part] = digest ?? Self.none
        seen[day] = known.allSatisfy { $0 == Self.none } ? nil : known
    }

    /// - Returns: false when there are only younger days that could make way.
    private mutating func makeRoom(for more: Int, of day: UTCDay) -> Bool {
        var count = seen.values.reduce(more) { $0 + $1.count }
        while count > Self.seenLimit {
            guard let oldest = seen.keys.min(), oldest < day else { return false }
            count -= seen.removeValue(forKey: oldest)?.count ?? 0
        }
        return true
    }

    /// Forgets parts that a day does not have any more.
    ///
    /// - Returns: those that had rows.
    mutating func cut(_ day: UTCDay, to parts: Int) -> [Int] {
        guard let known = seen[day], known.count > parts else { return [] }
        seen[day] = parts == 0 ? nil : Array(known.prefix(parts))
        return known.indices.filter { $0 >= parts && known[$0] != Self.none }
    }

    mutating func forget(before day: UTCDay) { seen = seen.filter { $0.key >= day } }

    // MARK: JSON

    var json: JSONValue {
        var members: [JSONValue.Member] = []
        if let origin { members.append(.init("origin", .string(origin.date))) }
        if let done { members.append(.init("done", .string(done.date))) }
        if let looked { members.append(.init("looked", .integer(looked.nanoseconds))) }
        if let reread { members.append(.init("reread", .integer(reread.nanoseconds))) }
        if let walk {
            let inner: JSONValue = [
                "at": .string(walk.at.date), "until": .string(walk.until.date),
                "began": .integer(walk.began.nanoseconds), "is_whole": .bool(walk.isWhole),
            ]
            members.append(.init("walk", inner))
        }
        let days = seen.sorted { $0.key < $1.key }.map { day, digests in
            JSONValue.Member(day.date, .array(digests.map { .integer(Int64(bitPattern: $0)) }))
        }
        members.append(.init("seen", .object(days)))
        return .object(members)
    }

    /// - Returns: `nil` for anything that ``json`` does not write.
    init?(_ value: JSONValue) {
        guard let days = value["seen"]?.members else { return nil }
        for member in days {
            guard let day = UTCDay(member.key), let list = member.value.array else { return nil }
            let digests = list.compactMap(\.integer).map { UInt64(bitPattern: $0) }
            guard digests.count == list.count else { return nil }
            seen[day] = digests
        }
        origin = value["origin"]?.string.flatMap(UTCDay.init)
        done = value["done"]?.string.flatMap(UTCDay.init)
        looked = value["looked"]?.integer.map { Timestamp(nanoseconds: $0) }
        reread = value["reread"]?.integer.map { Timestamp(nanoseconds: $0) }
        guard let inner = value["walk"] else { return }
        guard let at = inner["at"]?.string.flatMap(UTCDay.init),
            let until = inner["until"]?.string.flatMap(UTCDay.init),
            let began = inner["began"]?.integer, let isWhole = inner["is_whole"]?.bool
        else { return nil }
        walk = Walk(at: at, until: until, began: Timestamp(nanoseconds: began), isWhole: isWhole)
    }
}

/// The places of all reports of a source.
///
///     {"version":1,"reports":{"usage":{"done":"2026-10-08","reread":…,"seen":{"2026-10-07":[…]}}}}
struct ReportBookmark: Sendable, Equatable {
    static let version: Int64 = 1

    var places: [Report: ReportPlace] = [:]

    init() {}

    var bytes: [UInt8] {
        let reports = places.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            JSONValue.Member($0.key.rawValue, $0.value.json)
        }
        let value: JSONValue = .object([
            .init("version", .integer(Self.version)), .init("reports", .object(reports)),
        ])
        return Array(value.text.utf8)
    }

    /// - Returns: `nil` when it was not written by this version.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), value["version"]?.integer == Self.version,
            let reports = value["reports"]?.members
        else { return nil }
        for member in reports {
            guard let report = Report(rawValue: member.key), let place = ReportPlace(member.value) else { return nil }
            places[report] = place
        }
    }
}
