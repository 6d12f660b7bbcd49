import Events
import Platform
import Query

/// One thing that the command palette can go to.
struct PaletteItem {
    let title: String
    let kind: String
    let address: LocalAddress
}

/// Finds people by a part of their address, and events and sessions by their id.
struct PaletteFinder {
    /// How far back people are looked for.
    static let reach = Timestamp.Span.days(30)
    static let mostPeople = 10

    let engine: any QueryEngine
    let tenant: TenantName
    let now: Timestamp

    func items(_ wish: String) throws(SearchError) -> [PaletteItem] {
        var items: [PaletteItem] = []
        if let hit = try engine.event(id: wish, tenant: tenant.text) {
            let sentence = EventSentence.of(EventFields(hit.document))
            items.append(
                PaletteItem(title: sentence, kind: "event", address: LocalAddress("/events", segments: [hit.id])))
        }
        let session = SearchRequest(tenant: tenant.text, text: SessionReader.filter(wish), limit: 1)
        // An id is never short; a short word would only cost a search.
        if wish.utf8.count >= 8, try !engine.search(session).hits.isEmpty {
            items.append(
                PaletteItem(title: wish, kind: "session", address: LocalAddress("/sessions", segments: [wish])))
        }
        return items + (try people(wish))
    }

    private func people(_ wish: String) throws(SearchError) -> [PaletteItem] {
        var request = TableRequest(
            tenant: tenant.text,
            text: "FROM events | WHERE user.email IS NOT NULL | STATS events = COUNT(*) BY user.email "
                + "| SORT events DESC, user.email | LIMIT \(Self.mostPeople)",
            filter: "user.email: *\(KQLText.name(wish))*", from: now - Self.reach)
        request.limits.rows = Self.mostPeople
        let rows = TableRows(try engine.table(request))
        return rows.indices.compactMap { row in
            rows.text(row, "user.email").map {
                PaletteItem(title: $0, kind: "person", address: LocalAddress("/people", segments: [$0]))
            }
        }
    }
}
