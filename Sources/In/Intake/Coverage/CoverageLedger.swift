import Codecs
public import Events
public import Platform

/// What of each source is in the journal, hour by hour, and why something is not.
///
/// It is made of the journal alone: of what is in it, and of what pollers wrote beside it (``FeedPageRecord``,
/// ``CoverageNote``). There is no state of its own that could say something else than the record.
///
///     var ledger = CoverageLedger(from: nil, until: now)
///     while let batch = try reader.next() { ledger.follow(batch) }
///     for row in ledger.rows { … }
///
/// - Memory: a few words an hour of each source, and eight bytes for each activity of the hours that are asked for. Of those
///   who send by themselves ``senderLimit`` are told apart.
public struct CoverageLedger: Sendable {
    struct Key: Hashable {
        let tenant: TenantName
        let source: SourceName
        var part = ""

        static func precedes(_ left: Key, _ right: Key) -> Bool {
            (left.tenant.text, left.source.text, left.part) < (right.tenant.text, right.source.text, right.part)
        }
    }

    /// Beyond it they are one.
    static let senderLimit = 1_000
    static let otherSenders = "(others)"

    private let span: Range<Timestamp>
    private let now: Timestamp
    private var feeds: [Key: FeedCoverage] = [:]
    private var looks: [Key: LookCoverage] = [:]
    private var senders: [Key: SenderCoverage] = [:]
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
        let documents = Array(
            batch.entries.lazy.filter { $0.kind == .bookmark && $0.encoding != .erased }
                .map { Array(batch.storage[$0.range.range]) })
        let pages = documents.compactMap(FeedPageRecord.init(document:))
        if !pages.isEmpty {
            feeds[key, default: FeedCoverage(span: span)].follow(batch, pages, accepted: journaled.accepted)
            return
        }
        let notes = documents.compactMap(CoverageNote.init(document:))
        let counts = Self.counts(batch)
        if !notes.isEmpty || counts.looked > 0 {
            var key = key
            for note in notes {
                key.part = note.part
                looks[key, default: LookCoverage(span: span)].follow(note)
            }
            looks[key, default: LookCoverage(span: span)].note(counts.looked, accepted: journaled.accepted)
        }
        for (sender, count) in counts.sent { note(sender, count, key, journaled.accepted) }
    }

    private mutating func note(_ sender: String, _ count: Int, _ source: Key, _ accepted: Timestamp) {
        var key = source
        key.part = sender
        if senders[key] == nil, senders.count >= Self.senderLimit { key.part = Self.otherSenders }
        senders[key, default: SenderCoverage(span: span)].note(count, accepted: accepted)
    }

    /// How many records of a batch somebody looked for, and how many each sender sent.
    private static func counts(_ batch: RecordBatch) -> (looked: Int, sent: [String: Int]) {
        var looked = 0
        var sent: [UInt32: Int] = [:]
        for entry in batch.entries where !entry.kind.isOwn && entry.encoding != .erased {
            switch entry.kind {
            case .reportRow, .directory: looked += 1
            default: sent[entry.context, default: 0] += 1
            }
        }
        var names: [String: Int] = [:]
        for (context, count) in sent {
            let name = Int(context) < batch.contexts.count ? batch.contexts[Int(context)].credential : ""
            names[name, default: 0] += count
        }
        return (looked, names)
    }

    /// By tenant, source and hour.
    public var rows: [CoverageRow] {
        let presence = presence.until(now)
        var rows: [(key: Key, rows: [CoverageRow])] = []
        for (key, feed) in feeds { rows.append((key, feed.rows(of: key, presence: presence, now: now))) }
        for (key, look) in looks { rows.append((key, look.rows(of: key, presence: presence, now: now))) }
        for (key, sender) in senders { rows.append((key, sender.rows(of: key, presence: presence, now: now))) }
        return rows.sorted { Key.precedes($0.key, $1.key) }.flatMap(\.rows)
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
