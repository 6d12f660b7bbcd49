import Network
import Platform
import Query

/// What the address of a search page says. All state of the page is in it, so a link shows the same.
struct SearchTerms: Sendable, Equatable {
    /// KQL.
    var query = ""
    /// As the person wrote them; empty for no end.
    var from = Self.usualFrom
    var to = Self.usualTo
    /// The hit behind which the page starts.
    var behind: SearchPlace?

    static let usualFrom = "now-24h"
    static let usualTo = "now"

    /// Longest text that is taken for one end of the time.
    private static let boundLength = 64

    init() {}

    init(query: String, from: String, to: String) {
        self.query = query
        self.from = from
        self.to = to
    }

    /// Unknown parameters are passed over. A time that is not there at all is the last day; an empty one is
    /// no bound.
    init(_ request: HTTPRequest) {
        let pairs = request.query
        func value(_ name: String) -> String? { pairs.first { $0.name == name }?.value }
        query = value("q") ?? ""
        if let from = value("from") { self.from = Self.trimmed(from) }
        if let to = value("to") { self.to = Self.trimmed(to) }
        if value("to") == nil, value("from")?.isEmpty == true { to = "" }
        behind = value("behind").flatMap { SearchPlace($0) }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// A stretch of time that can be chosen by one button.
    struct Preset: Sendable {
        let key: String
        let label: String
        let from: String
        var to: String { from.isEmpty ? "" : SearchTerms.usualTo }
    }

    static let presets: [Preset] = [
        Preset(key: "15m", label: "15 minutes", from: "now-15m"), Preset(key: "1h", label: "1 hour", from: "now-1h"),
        Preset(key: "24h", label: "24 hours", from: "now-24h"), Preset(key: "7d", label: "7 days", from: "now-7d"),
        Preset(key: "30d", label: "30 days", from: "now-30d"), Preset(key: "all", label: "All time", from: ""),
    ]

    var preset: Preset? { Self.presets.first { $0.from == from && $0.to == to } }

    func with(_ preset: Preset) -> SearchTerms { SearchTerms(query: query, from: preset.from, to: preset.to) }

    /// The same from the first page on, in another time.
    func with(from: Timestamp, to: Timestamp) -> SearchTerms {
        SearchTerms(query: query, from: RFC3339.text(from), to: RFC3339.text(to))
    }

    func behind(_ place: SearchPlace) -> SearchTerms {
        var terms = self
        terms.behind = place
        return terms
    }

    var parameters: [(String, String)] {
        [("q", query), ("from", from), ("to", to)] + (behind.map { [("behind", $0.text)] } ?? [])
    }

    var address: LocalAddress { LocalAddress("/", query: parameters) }
    var exportAddress: LocalAddress { LocalAddress("/export", query: parameters.filter { $0.0 != "behind" }) }

    enum Problem: Error, Equatable { case from, to, order }

    /// The request for an engine.
    ///
    /// - Throws: which end of the time cannot be understood, or that the end is before the start.
    func request(tenant: String, limit: Int, now: Timestamp) throws(Problem) -> SearchRequest {
        var request = SearchRequest(tenant: tenant, text: query, limit: limit, behind: behind)
        if !from.isEmpty {
            guard from.utf8.count <= Self.boundLength, let moment = TimeBound.from(from, now: now) else { throw .from }
            request.from = moment
        }
        if !to.isEmpty {
            guard to.utf8.count <= Self.boundLength, let moment = TimeBound.to(to, now: now) else { throw .to }
            request.to = moment
        }
        if let from = request.from, let to = request.to, to <= from { throw .order }
        return request
    }
}
