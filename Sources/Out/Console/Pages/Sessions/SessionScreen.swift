import Events
import Platform
import Query

/// One session: who, when, what was asked, what ran, who allowed it.
struct SessionScreen: Screen {
    let id: String

    static func address(_ id: String) -> LocalAddress { LocalAddress("/sessions", segments: [id]) }

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let reader = SessionReader(visit: visit)
        guard let reading = try reader.read(id) else { return nil }
        // That its content was asked for is in the record since then, see `Console.reveal`.
        visit.record(.search, SessionReader.filter(id), .kql)
        let key = reading.first["user.key"]
        let activities = try key.map { (key) throws(SearchError) in
            try reader.activities(of: key, around: reading.story)
        }
        return SessionPage(
            id: id, reading: reading, activities: activities ?? [], showsOnlyUnseen: visit.value("only") == "unseen",
            visit: visit
        ).page
    }
}
