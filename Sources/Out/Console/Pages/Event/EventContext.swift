import Events
import Platform
import Query

/// What else happened around an event: of the same person, session or address, in all feeds.
struct EventContext {
    /// Before and after.
    static let reach = Timestamp.Span.minutes(15)
    /// Events before it and events behind it.
    static let most = 25

    /// What the events share.
    enum Shared: String, CaseIterable {
        case person, session, address

        var label: String {
            switch self {
            case .person: "Same person"
            case .session: "Same session"
            case .address: "Same address"
            }
        }

        /// The values that an event has, and the fields that others may have them in.
        func condition(_ fields: EventFields) -> String? {
            switch self {
            case .person:
                for name in ["user.email", "user.id", "user.name"] {
                    if let value = fields[name] { return "\(name): \(QuotedText.of(value))" }
                }
                return nil
            case .session:
                return fields.first(Telemetry.names(of: "session.id")).map { "(\(SessionReader.filter($0)))" }
            case .address: return fields["source.ip"].map { "source.ip: \(QuotedText.of($0))" }
            }
        }
    }

    private let shared: Shared?
    private let condition: String
    private let address: PageAddress
    private let possible: [Shared]
    private let hit: SearchHit
    private let others: [SearchHit]

    init(around hit: SearchHit, _ fields: EventFields, _ visit: Visit) throws(SearchError) {
        self.hit = hit
        address = visit.address
        let possible = Shared.allCases.filter { $0.condition(fields) != nil }
        let wish = visit.value("same").flatMap { Shared(rawValue: $0) }
        let shared = wish.flatMap { possible.contains($0) ? $0 : nil } ?? possible.first
        self.possible = possible
        self.shared = shared
        condition = shared.flatMap { $0.condition(fields) } ?? ""
        guard shared != nil else {
            others = []
            return
        }
        var request = SearchRequest(
            tenant: visit.tenant, text: condition, from: hit.time - Self.reach,
            to: hit.time + Self.reach, limit: Self.most, newestFirst: false, behind: hit.place,
            cancellation: visit.cancellation)
        let after = try visit.covered.search(request).hits
        request.newestFirst = true
        others = try visit.covered.search(request).hits.reversed() + [hit] + after
    }

    @MarkupBuilder var markup: Markup {
        if shared != nil {
            h(.p, .class("links")) {
                for other in possible {
                    h(
                        .a, .href(address.with([("same", other.rawValue)])), .act("swap"), .about("#flyout"),
                        other == shared ? .current("true") : nil
                    ) { other.label }
                }
                h(.a, .href(search)) { "Open as search" }
            }
            h(.ol, .class("context"), .testID("context")) {
                for other in others {
                    h(.li, .key(other.id), other.id == hit.id ? .current("true") : nil) {
                        h(.time, .dateTime(RFC3339.text(other.time))) { Numbers.moment(other.time) }
                        " "
                        h(.a, .href(LocalAddress("/events", segments: [other.id]))) {
                            VisibleText.of(EventSentence.of(EventFields(other.document)), most: EventSentence.length)
                        }
                        h(.span, .class("muted")) { " \(VisibleText.of(other.stream, most: 80))" }
                    }
                }
            }
        } else {
            h(.p, .class("empty")) { "The event names no person, no session and no address." }
        }
    }

    private var search: LocalAddress {
        SearchTerms(
            PageTerms(query: condition, time: TimeTerms(from: hit.time - Self.reach, to: hit.time + Self.reach))
        ).address
    }
}
