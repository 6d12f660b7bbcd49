import Codecs
import Network
import Query

/// Hits as lines: of NDJSON, a document each, or of CSV.
struct HitText {
    let format: AnswerFormat
    /// `nil` for documents as they are stored.
    let selection: FieldSelection?
    /// Whether NDJSON ends with a line, `{"docket":{…}}`, about all of them.
    let hasLastLine: Bool
    /// Whether cells of CSV stay as they are, also those that a spreadsheet would take for a formula.
    let isRaw: Bool

    init(
        _ format: AnswerFormat, _ selection: FieldSelection? = nil, hasLastLine: Bool = false, isRaw: Bool = false
    ) {
        self.format = format
        self.selection = selection
        self.hasLastLine = hasLastLine
        self.isRaw = isRaw
    }

    /// The head of the answer: `docket-total` is how many events the query finds, whatever the limit.
    func head(_ answer: SearchAnswer) -> HTTPResponse {
        var head = HTTPResponse(
            200, headers: ["content-type": format.contentType, "docket-total": String(answer.total)])
        if answer.isPartial { head.headers.append("docket-partial", "true") }
        let warnings = answer.warnings.count + answer.remarks.count
        if warnings > 0 { head.headers.append("docket-warnings", String(warnings)) }
        head.body = start
        return head
    }

    private var start: [UInt8] {
        guard format == .csv, let selection else { return [] }
        return Array((CSVText.line(selection.columns.map(\.title), isRaw: isRaw) + CSVText.lineEnd).utf8)
    }

    func lines(_ hits: [SearchHit]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(hits.reduce(0) { $0 + $1.document.count + 1 })
        for hit in hits {
            switch (format, selection) {
            case (.csv, let selection?):
                out += (CSVText.line(selection.cells(hit.document), isRaw: isRaw) + CSVText.lineEnd).utf8
            case (_, let selection?): out += selection.document(hit.document) + [10]
            case (_, nil): out += hit.document + [10]
            }
        }
        return out
    }

    /// - Parameter next: the last hit, if there are more behind it.
    func end(_ answer: SearchAnswer, next: SearchPlace?) -> [UInt8] {
        guard format == .ndjson, hasLastLine else { return [] }
        let line: JSONValue = ["docket": .object(APIAnswer.remarks(answer, next: next))]
        return Array((line.text + "\n").utf8)
    }
}
