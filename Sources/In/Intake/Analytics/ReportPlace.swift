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

    /// All days before were read once.
    var done: UTCDay?
    /// When all days that may have changed were begun to be read again.
    var reread: Timestamp?
    var walk: Walk?
    /// Digests of what the journal has: for a bucket one, for a day one for each page.
    private(set) var seen: [UTCDay: [UInt64]] = [:]

    /// Digests of one report; beyond it a part is taken as new when it comes again, and its rows replace themselves.
    static let seenLimit = 1_024

    init() {}

    func has(_ digest: UInt64, of day: UTCDay, part: Int) -> Bool {
        guard let known = seen[day], part < known.count else { return false }
        return known[part] == digest
    }

    mutating func remember(_ digest: UInt64, of day: UTCDay, part: Int) {
        var known = seen[day] ?? []
        if part < known.count {
            known[part] = digest
        } else if part == known.count, seen.values.reduce(0, { $0 + $1.count }) < Self.seenLimit {
            known.append(digest)
        }
        seen[day] = known.isEmpty ? nil : known
    }

    /// Forgets parts that a day does not have any more.
    mutating func cut(_ day: UTCDay, to parts: Int) {
        guard let known = seen[day], known.count > parts else { return }
        seen[day] = parts == 0 ? nil : Array(known.prefix(parts))
    }

    mutating func forget(before day: UTCDay) { seen = seen.filter { $0.key >= day } }

    // MARK: JSON

    var json: JSONValue {
        var members: [JSONValue.Member] = []
        if let done { members.append(.init("done", .string(done.date))) }
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
        done = value["done"]?.string.flatMap(UTCDay.init)
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
