import Events
import Platform
import Query

/// An event as somebody sees it on a page: its content is covered until the session asks for it.
struct ShownEvent: Sendable {
    let hit: SearchHit
    /// Fields of which content is covered, in the order of the document.
    let covered: [String]
    /// Whether the content is shown because somebody asked for it.
    let isRevealed: Bool
}

extension Visit {
    /// Takes an event for a page, and says so in the record.
    ///
    /// - Returns: `nil` when there is none.
    func event(_ id: String) throws(SearchError) -> ShownEvent? {
        guard let raw = try covered.engine.event(id: id, tenant: tenant) else { return nil }
        journal.record(reader.act(.eventView, event: raw.id))
        let drawn = ContentCurtain.draw(over: raw.document, covered.cover, showsQueries: covered.showsQueries)
        // What was asked for is in the record since then, see `Console.reveal`.
        guard !drawn.fields.isEmpty, !shows(.event(id: raw.id)) else {
            return ShownEvent(hit: raw, covered: [], isRevealed: !drawn.fields.isEmpty)
        }
        var hit = raw
        hit.document = drawn.document
        return ShownEvent(hit: hit, covered: drawn.fields, isRevealed: false)
    }

    /// Whether content was asked for, by somebody who may see it.
    func shows(_ content: CoveredContent) -> Bool {
        viewer.may(.content) && reader.session?.revealed.shows(content, clock.steady()) == true
    }

    /// Whether the values of a field may stand in a list: texts of content are covered there for everybody.
    func mayList(_ field: String) -> Bool {
        guard let field = engine.schema.field(named: field) else { return !ContentCurtain.isContent(field) }
        return !field.type.isWritten
            || !ContentCurtain.isContent(column: field.name)
    }
}
