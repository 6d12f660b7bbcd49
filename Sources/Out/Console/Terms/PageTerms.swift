import Platform
import Query

/// What all pages that show events have in their address: a stretch of time, a query, and pills.
struct PageTerms: Sendable, Equatable {
    /// KQL.
    var query = ""
    var time = TimeTerms()
    var pills: [Pill] = []

    init() {}

    init(query: String = "", time: TimeTerms = TimeTerms(), pills: [Pill] = []) {
        self.query = query
        self.time = time
        self.pills = pills
    }

    /// - Parameter pairs: of an address's query; what is not known is passed over.
    init(_ pairs: [(name: String, value: String)]) {
        query = pairs.first { $0.name == "q" }?.value ?? ""
        time = TimeTerms(pairs)
        for pair in pairs where pair.name == "f" {
            guard pills.count < Pill.most, let pill = Pill(pair.value), !pills.contains(pill) else { continue }
            pills.append(pill)
        }
    }

    /// The query and the pills as one condition.
    var filter: String { KQLText.all([query] + pills.map(\.kql)) }

    var parameters: [(String, String)] {
        (query.isEmpty ? [] : [("q", query)]) + time.parameters + pills.map { ("f", $0.text) }
    }

    // MARK: The same with something else

    func with(_ time: TimeTerms) -> PageTerms { PageTerms(query: query, time: time, pills: pills) }

    /// With one more pill; the opposite of it goes.
    func with(_ pill: Pill) -> PageTerms {
        var terms = self
        terms.pills.removeAll { $0 == pill || $0 == pill.opposite }
        terms.pills.append(pill)
        return terms
    }

    func without(_ pill: Pill) -> PageTerms {
        var terms = self
        terms.pills.removeAll { $0 == pill }
        return terms
    }
}
