import Codecs
public import Events
public import Platform

/// What was asked of a source and what came of it, as the record has it beside what was kept: the proof that nothing
/// was left out, and what ``CoverageLedger`` is made of.
///
///     {"docket":{"bookmark":{"source":"anthropic-feed","walk":"forward","request":"/v1/…","request_id":"req_…",
///      "rows":7,"kept":5,"known":1,"left_out":1,"late":0,"refused":0,"first_id":"…","last_id":"…","has_more":false,
///      "origin":"2026-10-07T08:00:00Z","from":"…","until":"…","hours":[[497623,5,1]],
///      "trouble":[["rate-limited","…","…",3]]}}}
///
/// - Shape: `hours` has the hour since 1970, how many activities created in it were kept, and how many were left out;
///   `from` and `until` are a stretch that is whole now; `trouble` is what was in the way since the last record.
public struct FeedPageRecord: Sendable, Equatable {
    /// Something was in the way, from its first time to its last.
    public struct Trouble: Sendable, Equatable {
        public let code: Fault.Code
        public let since: Timestamp
        public var until: Timestamp
        public var count: Int
    }

    public struct Hour: Sendable, Equatable {
        /// Since 1970.
        public let number: Int64
        public var kept = 0
        public var leftOut = 0
    }

    public var source: SourceName
    /// `window`, `forward`, `overlap`, `backfill`, `look-back`; `stopped` where a person must act.
    public var walk: String
    public var request = ""
    public var requestID: String?
    public var rows = 0
    public var kept = 0
    public var known = 0
    public var leftOut = 0
    public var late = 0
    public var refused = 0
    public var firstID: String?
    public var lastID: String?
    public var hasMore = false
    /// From where on everything is wanted.
    public var origin: Timestamp?
    public var covers: Range<Timestamp>?
    public var hours: [Hour] = []
    public var trouble: [Trouble] = []

    public init(source: SourceName, walk: String) {
        self.source = source
        self.walk = walk
    }

    private static let action = "feed-page"

    static func hour(of time: Timestamp) -> Int64 {
        let (quotient, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 3_600_000_000_000)
        return rest < 0 ? quotient - 1 : quotient
    }

    // MARK: JSON

    public var own: OwnRecord {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        func time(_ time: Timestamp) -> JSONValue { .string(RFC3339.text(time, digits: 6)) }
        func number(_ number: Int) -> JSONValue { .integer(Int64(number)) }
        var members: [JSONValue.Member] = [
            .init("source", .string(source.text)), .init("walk", .string(walk)), .init("request", .string(request)),
            .init("request_id", text(requestID)), .init("rows", number(rows)), .init("kept", number(kept)),
            .init("known", number(known)), .init("left_out", number(leftOut)), .init("late", number(late)),
            .init("refused", number(refused)), .init("first_id", text(firstID)), .init("last_id", text(lastID)),
            .init("has_more", .bool(hasMore)),
        ]
        if let origin { members.append(.init("origin", time(origin))) }
        if let covers {
            members.append(.init("from", time(covers.lowerBound)))
            members.append(.init("until", time(covers.upperBound)))
        }
        if !hours.isEmpty {
            let rows = hours.map { JSONValue.array([.integer($0.number), number($0.kept), number($0.leftOut)]) }
            members.append(.init("hours", .array(rows)))
        }
        if !trouble.isEmpty {
            let rows = trouble.map {
                JSONValue.array([.string($0.code.rawValue), time($0.since), time($0.until), number($0.count)])
            }
            members.append(.init("trouble", .array(rows)))
        }
        return OwnRecord(
            .bookmark, [.init("kind", .string("state")), .init("action", .string(Self.action))],
            [.init("docket", .object([.init("bookmark", .object(members))]))])
    }

    /// Reads what ``own`` wrote, also before there were hours in it.
    ///
    /// - Returns: `nil` for anything else.
    public init?(document: [UInt8]) {
        guard let root = try? JSONValue(parsing: document), root["event"]?["action"]?.string == Self.action,
            let value = root["docket"]?["bookmark"], let source = value["source"]?.string
        else { return nil }
        func number(_ name: String) -> Int { Int(clamping: value[name]?.integer ?? 0) }
        func time(_ value: JSONValue?) -> Timestamp? { value?.string.flatMap { RFC3339.parse($0.utf8) } }
        self.init(source: SourceName(source), walk: value["walk"]?.string ?? "")
        request = value["request"]?.string ?? ""
        requestID = value["request_id"]?.string
        rows = number("rows")
        kept = number("kept")
        known = number("known")
        leftOut = number("left_out")
        late = number("late")
        refused = number("refused")
        firstID = value["first_id"]?.string
        lastID = value["last_id"]?.string
        hasMore = value["has_more"] == .bool(true)
        origin = time(value["origin"])
        if let from = time(value["from"]), let until = time(value["until"]), from < until { covers = from..<until }
        for row in value["hours"]?.array ?? [] {
            guard let hour = row[0]?.integer else { return nil }
            hours.append(
                Hour(number: hour, kept: Int(row[1]?.integer ?? 0), leftOut: Int(row[2]?.integer ?? 0)))
        }
        for row in value["trouble"]?.array ?? [] {
            guard let code = row[0]?.string.flatMap(Fault.Code.init(rawValue:)), let since = time(row[1]),
                let until = time(row[2])
            else { continue }
            trouble.append(Trouble(code: code, since: since, until: until, count: Int(row[3]?.integer ?? 1)))
        }
    }
}

/// What was in the way since the last record.
///
/// - Shape: one after another, each of another code than the one before; at most ``limit``, then the last grows.
struct FeedTroubles: Sendable {
    static let limit = 64
    private(set) var all: [FeedPageRecord.Trouble] = []

    mutating func note(_ code: Fault.Code, at now: Timestamp) {
        if let last = all.indices.last, all[last].code == code || all.count == Self.limit {
            all[last].until = now
            all[last].count += 1
        } else {
            all.append(.init(code: code, since: now, until: now, count: 1))
        }
    }

    mutating func clear() { all = [] }
}
