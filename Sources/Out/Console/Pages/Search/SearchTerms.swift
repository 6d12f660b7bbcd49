import Events
import Platform
import Query

/// What the address of a search page says. All state of the page is in it, so a link shows the same.
struct SearchTerms: Sendable, Equatable {
    var page: PageTerms
    var language = QueryLanguage.kql
    /// Fields that are columns; empty for a sentence per event.
    var columns: [String] = []
    /// Those of the columns that stay in sight when others are scrolled away.
    var pinned: [String] = []
    /// The field that rows are in the order of; `nil` for the newest first.
    var sort: Order?
    /// The field whose values the bars are split by.
    var split: String?
    /// The field whose values the list of fields shows.
    var field: String?
    /// The event in the flyout, and the part of it.
    var open: String?
    var tab = EventTab.overview
    /// The hit behind which the page starts.
    var behind: SearchPlace?
    /// Whether the page says how the query is answered.
    var explains = false
    /// Under which id the query is kept, where it is too long for an address.
    var queryID: String?

    struct Order: Sendable, Equatable {
        let field: String
        let isDescending: Bool

        /// As it stands in an address: `-@timestamp`.
        var text: String { (isDescending ? "-" : "") + field }

        init(_ field: String, isDescending: Bool) {
            self.field = field
            self.isDescending = isDescending
        }

        init?(_ text: String) {
            let name = text.hasPrefix("-") ? String(text.dropFirst()) : text
            guard !name.isEmpty, name.utf8.count <= SearchTerms.nameLength else { return nil }
            self.init(name, isDescending: text.hasPrefix("-"))
        }
    }

    /// - Unit: columns
    static let mostColumns = 24
    /// Of a field. - Unit: bytes
    static let nameLength = 256
    static let timeField = "@timestamp"

    init(_ page: PageTerms = PageTerms()) { self.page = page }

    init(_ pairs: [(name: String, value: String)]) {
        page = PageTerms(pairs)
        func value(_ name: String) -> String? {
            pairs.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
        }
        language = value("l").flatMap { QueryLanguage(rawValue: $0) } ?? .kql
        for name in (value("cols") ?? "").split(separator: ",") where name.utf8.count <= Self.nameLength {
            guard columns.count < Self.mostColumns, !columns.contains(String(name)) else { continue }
            columns.append(String(name))
        }
        pinned = (value("pin") ?? "").split(separator: ",").map(String.init).filter(columns.contains)
        sort = value("sort").flatMap { Order($0) }
        split = value("by")
        field = value("field")
        open = value("open")
        tab = value("tab").flatMap { EventTab(rawValue: $0) } ?? .overview
        behind = value("behind").flatMap { SearchPlace($0) }
        explains = value("explain") == "1"
        queryID = value("s")
    }

    var parameters: [(String, String)] {
        var out = page.parameters
        if let queryID {
            out.removeAll { $0.0 == "q" }
            out.insert(("s", queryID), at: 0)
        } else if language != .kql {
            out.insert(("l", language.rawValue), at: 0)
        }
        if !columns.isEmpty { out.append(("cols", columns.joined(separator: ","))) }
        let shown = columns.filter(pins)
        if !shown.isEmpty { out.append(("pin", shown.joined(separator: ","))) }
        for (name, value) in [("sort", sort?.text), ("by", split), ("field", field), ("open", open)] {
            if let value { out.append((name, value)) }
        }
        if open != nil, tab != .overview { out.append(("tab", tab.rawValue)) }
        if let behind { out.append(("behind", behind.text)) }
        if explains { out.append(("explain", "1")) }
        return out
    }

    /// What the form of the page keeps beside what it asks for.
    var keptParameters: [(String, String)] {
        let asked: Set<String> = ["q", "l", "from", "to", "by", "behind", "open", "tab", "field", "explain", "s"]
        return parameters.filter { !asked.contains($0.0) }
    }

    var address: LocalAddress {
        guard let queryID else { return LocalAddress("/search", query: parameters) }
        return LocalAddress("/s", segments: [queryID], query: parameters.filter { $0.0 != "s" })
    }

    func exportAddress(_ format: AnswerFormat, isRaw: Bool = false) -> LocalAddress {
        var terms = start
        (terms.open, terms.field, terms.split, terms.explains) = (nil, nil, nil, false)
        let raw = isRaw ? [("raw", "1")] : []
        return LocalAddress("/export", query: [("format", format.rawValue)] + raw + terms.parameters)
    }

    /// The newest first, as hits are paged.
    var isByTime: Bool { sort.map { $0.field == Self.timeField } ?? true }
    var isNewestFirst: Bool { sort?.isDescending ?? true }

    /// What holds for all events that are looked at, beside a query of another language.
    var filter: String { language == .kql ? page.filter : KQLText.all(page.pills.map(\.kql)) }

    // MARK: The same with something else

    /// From the first page on, nothing opened.
    var start: SearchTerms {
        var terms = self
        (terms.behind, terms.open, terms.tab) = (nil, nil, .overview)
        return terms
    }

    func with(_ time: TimeTerms) -> SearchTerms { start.changed { $0.page.time = time } }
    func with(_ pill: Pill) -> SearchTerms { start.changed { $0.page = $0.page.with(pill) } }
    func without(_ pill: Pill) -> SearchTerms { start.changed { $0.page = $0.page.without(pill) } }
    func behind(_ place: SearchPlace) -> SearchTerms { start.changed { $0.behind = place } }
    func sorted(_ order: Order) -> SearchTerms { start.changed { $0.sort = order } }

    func pins(_ column: String) -> Bool { pinned.contains(column) }

    /// With a column pinned that was not, or the other way around.
    func turningPin(of column: String) -> SearchTerms {
        changed {
            if $0.pins(column) { $0.pinned.removeAll { $0 == column } } else { $0.pinned.append(column) }
        }
    }

    func opened(_ id: String?, _ tab: EventTab = .overview) -> SearchTerms {
        changed { ($0.open, $0.tab) = (id, tab) }
    }

    /// By the id of the query, which must be kept.
    var stored: SearchTerms { changed { $0.queryID = KeptQuery(language, page.query).id } }

    /// With the query itself in the address, however long.
    var whole: SearchTerms { changed { $0.queryID = nil } }

    /// With the query that the address names by its id.
    ///
    /// - Returns: `nil` when that is not kept any more.
    func found(in saved: SavedSearchBook, _ tenant: TenantName) -> SearchTerms? {
        guard let queryID else { return self }
        guard let query = try? saved.query(queryID, of: tenant) else { return nil }
        return changed { ($0.language, $0.page.query) = (query.language, query.text) }
    }

    func changed(_ change: (inout SearchTerms) -> Void) -> SearchTerms {
        var terms = self
        change(&terms)
        return terms
    }
}
