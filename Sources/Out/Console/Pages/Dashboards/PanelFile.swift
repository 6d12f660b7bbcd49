import Codecs
import Events
import Query

/// The numbers of a panel as CSV: all columns and rows of its answer.
struct PanelFile: Download {
    let dashboard: String
    let panel: String

    var query: String { "panel \(panel) of dashboard \(dashboard)" }
    var format: AnswerFormat { .csv }

    func file(_ visit: Visit) throws(SearchError) -> DownloadFile? {
        guard let dashboard = visit.dashboards[dashboard],
            let panel = dashboard.panels.first(where: { $0.id == panel }),
            let query = panel.query
        else { return nil }
        let terms = visit.terms
        let bounds: TimeBounds
        do throws(TimeTerms.Problem) {
            bounds = try terms.time.bounds(now: visit.now)
        } catch {
            return nil
        }
        let answer = try DashboardAnswers(dashboard, visit, terms, bounds: bounds).rows(query).answer
        // A file that is not whole would be taken for the whole.
        guard !answer.isPartial, !answer.isCut else { throw .timeLimit }
        let curtain = TableCurtain(query.steps, visit.engine.schema)
        let hidden = visit.viewer.may(.content) ? [] : Set(panel.namedColumns.filter(curtain.hides).map(\.name))
        let isRaw = visit.value("raw") == "1"
        var text = CSVText.line(answer.columns.map(\.name), isRaw: isRaw) + CSVText.lineEnd
        for row in answer.rows {
            let cells = zip(answer.columns, row).map { column, value in
                hidden.contains(column.name) ? ContentCurtain.word : value.cell(column.type)
            }
            text += CSVText.line(cells, isRaw: isRaw) + CSVText.lineEnd
        }
        return DownloadFile(
            name: "\(dashboard.id)-\(panel.id)", type: AnswerFormat.csv.contentType, rows: answer.rows.count,
            bytes: Array(text.utf8))
    }
}

extension TableCurtain {
    /// By what the file says that is in a column, as well as by what its question names.
    func hides(_ column: Dashboard.Column) -> Bool {
        (column.field ?? column.name).split(separator: ",").contains { hides(String($0)) }
    }
}
