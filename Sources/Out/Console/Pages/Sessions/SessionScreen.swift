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
        // A session shows prompts and commands to who may see them, and that is recorded or does not happen.
        let act = visit.reader.act(
            visit.viewer.may(.content) ? .contentView : .search, SessionReader.filter(id), .kql)
        guard visit.journal.allow(act) else { throw .failed(APIError.unrecorded.message) }
        let key = reading.first["user.key"]
        let activities = try key.map { (key) throws(SearchError) in
            try reader.activities(of: key, around: reading.story)
        }
        return SessionPage(
            id: id, reading: reading, activities: activities ?? [], showsOnlyUnseen: visit.value("only") == "unseen",
            address: visit.address
        ).page
    }
}
