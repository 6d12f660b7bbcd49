public import Events
public import Platform

/// What of each source is in the journal, hour by hour, and why something is not.
///
/// It is made of the journal alone: of the activities that are in it, and of what pollers wrote beside them
/// (``FeedPageRecord``). There is no state of its own that could say something else than the record.
///
///     var ledger = CoverageLedger(from: nil, until: now)
///     while let batch = try reader.next() { ledger.follow(batch) }
///     for row in ledger.rows { … }
///
/// - Memory: a few words an hour, and eight bytes for each activity of the hours that are asked for.
public struct CoverageLedger: Sendable {
    struct Key: Hashable {
        let tenant: TenantName
        let source: SourceName
    }

    private let span: Range<Timestamp>
    private let now: Timestamp
    private var sources: [Key: SourceCoverage] = [:]
    private var presence: Presence

    /// - Parameter span: the hours that are asked for.
    /// - Parameter silence: how long nothing at all is written before that means that no server was there.
    public init(_ span: Range<Timestamp>, now: Timestamp, silence: Timestamp.Span = .minutes(5)) {
        self.span = span
        self.now = now
        presence = Presence(longest: silence)
    }

    public mutating func follow(_ journaled: JournaledBatch) {
        presence.note(journaled.accepted)
        let batch = journaled.batch
        guard batch.source != OwnRecord.source else { return }
        let key = Key(tenant: batch.tenant, source: batch.source)
        sources[key, default: SourceCoverage(span: span)].follow(batch, accepted: journaled.accepted)
    }

    /// By tenant, source and hour.
    public var rows: [CoverageRow] {
        let keys = sources.keys.sorted { ($0.tenant.text, $0.source.text) < ($1.tenant.text, $1.source.text) }
        return keys.flatMap { key in
            sources[key]?.rows(of: key, presence: presence.until(now), now: now) ?? []
        }
    }
}

/// When a server was there: it writes at least a heartbeat now and then.
struct Presence: Sendable {
    private let longest: Timestamp.Span
    private var last: Timestamp?
    /// When none was there.
    private(set) var absences: [Range<Timestamp>] = []

    init(longest: Timestamp.Span) { self.longest = longest }

    mutating func note(_ time: Timestamp) {
        defer { last = max(time, last ?? time) }
        if let last, time > last + longest { absences.append(last..<time) }
    }

    /// With the time since the last word.
    func until(_ now: Timestamp) -> Presence {
        var presence = self
        presence.note(now)
        return presence
    }

    /// Whether it was longer than what is none: an absence begins with the last word of before.
    func wasAbsent(in range: Range<Timestamp>) -> Bool {
        absences.contains { absence in
            let (low, high) = (
                max(absence.lowerBound, range.lowerBound), min(absence.upperBound, range.upperBound)
            )
            return high > low + longest
        }
    }
}
