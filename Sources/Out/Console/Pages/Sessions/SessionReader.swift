import Events
import Platform
import Query

/// Reads what a session page shows.
struct SessionReader {
    let visit: Visit

    /// Events of one session that are read at the most.
    static let mostEvents = 5_000
    /// Activities of the same person that are read at the most.
    static let mostActivities = 300
    /// How long before and after a session the same person's activities are shown.
    static let margin = Timestamp.Span.minutes(15)

    /// Everything that a session sent: events, and with `signals` its metrics and spans.
    static func filter(_ id: String, signals: Bool = false) -> String {
        let names = Telemetry.streams + (signals ? ["claude_code.metrics", "attributes"] : [])
        return names.map { "\($0).session.id: \(QuotedText.of(id))" }.joined(separator: " or ")
    }

    struct Reading {
        var story: SessionStory
        /// The first event whole, for what is the same in all of them.
        let first: EventFields
        let stream: String
        let credentials: [String]
        let versions: [String]
        /// The fields of which content was read, in the order of their names.
        let content: [String]
        /// Whether that is shown because somebody asked for it.
        let isRevealed: Bool
        /// Whether there are more events than are read.
        var isCut = false
    }

    /// - Returns: `nil` without any event of such a session.
    func read(_ id: String) throws(SearchError) -> Reading? {
        let filter: Filter
        do throws(QueryError) {
            filter = try KQL.filter(Self.filter(id), schema: visit.engine.schema, now: visit.now).filter
        } catch {
            throw .query(error)
        }
        var events: [SessionEvent] = []
        var first: SearchHit?
        var isCut = false
        var credentials = FirstSeen()
        var versions = FirstSeen()
        let request = EventReadRequest(
            tenant: visit.tenant, filter: filter,
            streams: StreamPatterns(Telemetry.streams.joined(separator: ",")), cancellation: visit.cancellation)
        let isRevealed = visit.shows(.session(id: id))
        var content: Set<String> = []
        // Whole, for covered content is counted by what it says: see `SessionText`.
        try visit.covered.engine.read(request) { hit in
            guard events.count < Self.mostEvents else {
                isCut = true
                return false
            }
            if first == nil { first = hit }
            var fields = SessionFields(hit.document, isCovered: !isRevealed)
            credentials.add(fields["docket.credential"])
            versions.add(fields["service.version"])
            events.append(SessionEvent(hit, &fields))
            content.formUnion(fields.taken)
            return true
        }
        guard let first else { return nil }
        return Reading(
            story: SessionStory(events), first: EventFields(visit.covered.drawn(first).document), stream: first.stream,
            credentials: credentials.values, versions: versions.values, content: content.sorted(),
            isRevealed: isRevealed, isCut: isCut)
    }

    /// What the Activity Feed tells of the same person around that time, oldest first.
    func activities(of key: String, around story: SessionStory) throws(SearchError) -> [SearchHit] {
        guard let start = story.start, let end = story.end else { return [] }
        return try visit.covered.search(
            SearchRequest(
                tenant: visit.tenant,
                text: "event.dataset: anthropic.audit and user.keys: \(QuotedText.of(key))",
                from: start - Self.margin, to: end + Self.margin, limit: Self.mostActivities, newestFirst: false,
                cancellation: visit.cancellation)
        ).hits
    }
}

/// Different values in the order in which they came.
struct FirstSeen {
    private(set) var values: [String] = []

    mutating func add(_ value: String?) {
        if let value, !values.contains(value) { values.append(value) }
    }
}
