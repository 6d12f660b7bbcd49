import Codecs
import Events
import Platform
import Query

/// One tab of the inventory as CSV, with what is decided.
struct InventoryFile: Download {
    static let most = 10_000
    /// Before those that the tab has of its own.
    static let columns = [
        "kind", "item", "state", "owner", "note", "decided_by", "decided", "first_seen", "last_seen", "people", "uses",
        "events",
    ]

    var query: String { "the inventory" }
    var format: AnswerFormat { .csv }

    private static let time = TimeTerms(from: "now-30d", to: "now")

    func scope(_ visit: Visit) -> (filter: String, bounds: TimeBounds) { visit.reaching(Self.time).scope }

    func file(_ visit: Visit) throws(SearchError) -> DownloadFile? {
        let visit = visit.reaching(Self.time)
        let list = InventoryList.shown(visit)
        let question: ListQuestion
        do throws(ListQuestion.Problem) {
            question = try ListQuestion(visit)
        } catch {
            guard case .query(let flaw) = error else { return nil }
            throw .query(flaw)
        }
        let answer = try question.table("\(list.query) | SORT item ASC | LIMIT \(Self.most)", rows: Self.most)
        // A file that is not whole would be taken for the whole inventory.
        guard !answer.isPartial, answer.count < Self.most else { throw .timeLimit }
        let entries = visit.inventory?.entries(about: list.subject, of: visit.reader.tenant) ?? InventoryEntries()
        let columns = Self.columns + list.properties.map(\.name) + ["drift"]
        var lines = [CSVText.line(columns)]
        for row in answer.indices {
            let item = answer.text(row, "item") ?? ""
            let name = list.subject.name(of: item)
            let decision = entries.fixed[name] == nil ? entries.decisions[name] : nil
            let decided = [
                list.name, item, entries.state(of: name).rawValue, entries.owner(of: name), decision?.note,
                decision?.changedBy, decision.map { RFC3339.text($0.changed) },
            ]
            let seen = [answer.time(row, "first"), answer.time(row, "last")].map { $0.map { RFC3339.text($0) } }
            let counts = ["people", "uses", "events"].map { answer.text(row, $0) }
            let properties = list.properties.map { answer.text(row, "\($0.name)_last") }
            let cells = decided + seen + counts + properties
            lines.append(
                CSVText.line(
                    cells.map { $0 ?? "" } + [InventoryView.drift(list, answer, row).joined(separator: "; ")]))
        }
        let text = lines.joined(separator: CSVText.lineEnd) + CSVText.lineEnd
        return DownloadFile(
            name: "docket-inventory-\(list.name)", type: "text/csv; charset=utf-8", rows: lines.count - 1,
            bytes: Array(text.utf8))
    }
}
