import Events
import Network
import Platform
import Query

/// Somebody who asks for a page: who it is, what the address says, and whom to ask.
struct Visit: Sendable {
    let reader: Reader
    let look: Look
    let facts: FrameFacts
    let address: PageAddress
    /// When the page was asked for: relative times on all of it are relative to that.
    let now: Timestamp
    let clock: any Clock
    let engine: any QueryEngine
    /// The same, but events come with covered content whatever the role: for lists, and for events of which nobody asked
    /// for more.
    let covered: CurtainedEngine
    let journal: any ReaderJournal
    let saved: SavedSearchBook
    /// `nil` where nobody can tell whether the record is what it was.
    let integrity: (any IntegrityDesk)?
    /// `nil` where nothing is decided.
    let inventory: (any InventoryDesk)?
    let dashboards: DashboardShelf
    /// How long one question may take.
    let time: Timestamp.Span
    /// Made when nobody waits for the page any more.
    let cancellation: Cancellation

    var viewer: Viewer { reader.viewer }
    var tenant: String { reader.tenant.text }

    /// The first value of that name in the address.
    func value(_ name: String) -> String? { address.pairs.first { $0.name == name }?.value }

    func values(_ name: String) -> [String] { address.pairs.filter { $0.name == name }.map(\.value) }

    var terms: PageTerms { PageTerms(address.pairs) }

    /// The same visit with a time where its address names none: some pages are about more than a day.
    func reaching(_ time: TimeTerms) -> Visit {
        Visit(
            reader: reader, look: look, facts: facts, address: address.reaching(time), now: now, clock: clock,
            engine: engine, covered: covered, journal: journal, saved: saved, integrity: integrity,
            inventory: inventory,
            dashboards: dashboards, time: self.time, cancellation: cancellation)
    }

    /// Asks in ES|QL over the events of the visitor's tenant, for a list: what was written is covered.
    ///
    /// What people write goes beside the text as a filter and never into it; values of fields that must stand in it go
    /// through ``QuotedText``.
    ///
    /// - Parameters:
    ///   - steps: what follows `FROM`: `"events | STATS …"`.
    ///   - filter: KQL.
    ///   - engine: another than that of lists.
    func table(
        _ steps: String, filter: String = "", in bounds: TimeBounds = TimeBounds(), rows: Int = 1_000,
        of engine: (any TableEngine)? = nil
    ) throws(SearchError) -> TableRows {
        let engine = engine ?? covered
        return TableRows(try engine.table(request(Self.text(steps), filter: filter, in: bounds, rows: rows)))
    }

    /// ES|QL: the steps behind `FROM` as a whole query.
    static func text(_ steps: String) -> String { "SET unmapped_fields = \"load\"; FROM \(steps)" }
}

extension Visit {
    /// Answers what somebody wrote in ES|QL.
    func answer(
        to text: String, filter: String, in bounds: TimeBounds, rows: Int
    ) throws(SearchError) -> ESQLAnswer {
        try engine.table(request(text, filter: filter, in: bounds, rows: rows))
    }

    func request(_ text: String, filter: String, in bounds: TimeBounds, rows: Int) -> TableRequest {
        var request = TableRequest(
            tenant: tenant, text: text, filter: filter, from: bounds.from, to: bounds.to,
            cancellation: cancellation)
        request.limits.rows = rows
        request.limits.defaultRows = rows
        request.limits.time = time
        return request
    }

    /// A question about the values of a field.
    func question(_ field: String, _ filter: String, _ bounds: TimeBounds) -> ValueQuestion {
        ValueQuestion(
            tenant: tenant, field: engine.schema.field(named: field)?.name ?? field, filter: filter,
            from: bounds.from, to: bounds.to, time: time, cancellation: cancellation)
    }
}

// MARK: What is recorded

extension Visit {
    func record(_ action: ReaderAct.Action, _ query: String, _ language: QueryLanguage) {
        journal.record(reader.act(action, query, language))
    }
}
