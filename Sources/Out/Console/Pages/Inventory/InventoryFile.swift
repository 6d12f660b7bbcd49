import Codecs
import Events
import Platform
import Query

/// One tab of the inventory as CSV or NDJSON, with what is decided.
///
/// - Shape: of NDJSON an object a line, with numbers as numbers, the drift as a list, and without what is not known.
struct InventoryFile: Download {
    static let most = 10_000
    /// Before those that the tab has of its own.
    static let columns = [
        "kind", "item", "state", "owner", "note", "decided_by", "decided", "first_seen", "last_seen", "people", "uses",
        "events",
    ]

    var query: String { "the inventory" }
    let format: AnswerFormat

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
        let answer = try list.items(question, "SORT item ASC", most: Self.most)
        // A file that is not whole would be taken for the whole inventory.
        guard !answer.isPartial, answer.count < Self.most else { throw .timeLimit }
        let entries = visit.inventory?.entries(about: list.subject, of: visit.reader.tenant) ?? InventoryEntries()
        let columns = Self.columns + list.properties.map(\.name) + ["drift"]
        let rows = answer.indices.map { Self.row(list, answer, $0, entries) }
        return DownloadFile(
            name: "docket-inventory-\(list.name)", type: format.contentType, rows: rows.count,
            bytes: Array((format == .csv ? Self.csv(columns, rows) : Self.ndjson(columns, rows)).utf8))
    }

    /// The cells of one item. Null is what is not known.
    private static func row(
        _ list: InventoryList, _ answer: TableRows, _ row: Int, _ entries: InventoryEntries
    ) -> [JSONValue] {
        let item = answer.text(row, "item") ?? ""
        let name = list.subject.name(of: item)
        let decision = entries.fixed[name] == nil ? entries.decisions[name] : nil
        let decided: [String?] = [
            list.name, item, entries.state(of: name).rawValue, entries.owner(of: name), decision?.note,
            decision?.changedBy, decision.map { RFC3339.text($0.changed) },
        ]
        let seen: [String?] = [answer.time(row, "first"), answer.time(row, "last")].map { $0.map { RFC3339.text($0) } }
        var cells = (decided + seen).map(JSONValue.init(orNull:))
        cells += ["people", "uses", "events"].map { answer.int(row, $0).map { .integer(Int64($0)) } ?? .null }
        cells += list.properties.map { JSONValue(orNull: answer.text(row, "\($0.name)_last")) }
        cells.append(.array(InventoryView.drift(list, answer, row).map { .string($0) }))
        return cells
    }

    private static func csv(_ columns: [String], _ rows: [[JSONValue]]) -> String {
        let lines = rows.map { cells in
            CSVText.line(
                cells.map { cell in
                    switch cell {
                    case .null: ""
                    case .string(let text): text
                    case .array(let texts): texts.compactMap(\.string).joined(separator: "; ")
                    default: cell.text
                    }
                })
        }
        return ([CSVText.line(columns)] + lines).joined(separator: CSVText.lineEnd) + CSVText.lineEnd
    }

    private static func ndjson(_ columns: [String], _ rows: [[JSONValue]]) -> String {
        rows.map { cells in
            let members = zip(columns, cells).filter { !$0.1.isNull && $0.1 != .array([]) }
            return JSONValue.object(members.map { JSONValue.Member($0.0, $0.1) }).text + "\n"
        }.joined()
    }
}

extension JSONValue {
    fileprivate init(orNull text: String?) { self = text.map { .string($0) } ?? .null }
}
