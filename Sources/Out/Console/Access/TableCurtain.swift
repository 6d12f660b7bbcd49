import Query

/// Tables of our own pages for those who may not see content. What people write in ES|QL is not answered to them at all;
/// this is for questions that a page asks in their stead.
///
/// - Rule: a text in a column is shown if the column is a field that is no content, or if the question names no content.
///   Numbers are: that something was written five times is no content.
struct TableCurtain {
    private let schema: FieldSchema
    private let namesContent: Bool

    /// - Parameters:
    ///   - question: in ES|QL.
    ///   - hasParameters: whether something beside the question may name fields.
    init(_ question: String, _ schema: FieldSchema, hasParameters: Bool = false) {
        self.schema = schema
        namesContent =
            hasParameters
            || Self.names(in: question).contains {
                ContentCurtain.isContent(schema.field(named: $0)?.name ?? $0)
            }
    }

    /// Whether an answer has a text that is not shown.
    func hides(_ answer: ESQLAnswer) -> Bool {
        answer.columns.indices.contains { place in
            isHidden(answer.columns[place].name) && answer.rows.contains { Self.hasText($0[place]) }
        }
    }

    func draw(over answer: ESQLAnswer) -> ESQLAnswer {
        let hidden = answer.columns.indices.filter { isHidden(answer.columns[$0].name) }
        guard !hidden.isEmpty else { return answer }
        let rows = answer.rows.map { row in
            var row = row
            for place in hidden { row[place] = Self.withoutText(row[place]) }
            return row
        }
        return ESQLAnswer(
            columns: answer.columns, rows: rows, isCut: answer.isCut, isPartial: answer.isPartial,
            warnings: answer.warnings, remarks: answer.remarks, tookMilliseconds: answer.tookMilliseconds)
    }

    private func isHidden(_ column: String) -> Bool {
        guard let field = schema.field(named: column)?.name ?? (column.contains(".") ? column : nil) else {
            return namesContent
        }
        return ContentCurtain.isContent(field)
    }

    private static func hasText(_ value: ESQLValue) -> Bool {
        switch value {
        case .text: true
        case .many(let values): values.contains(where: hasText)
        default: false
        }
    }

    private static func withoutText(_ value: ESQLValue) -> ESQLValue {
        switch value {
        case .text: .text(ContentCurtain.word)
        case .many(let values): .many(values.map(withoutText))
        default: value
        }
    }

    /// All of an event.
    private static let document = "_source"

    /// Words that may be names of fields: those with a dot in them, and the two that have none. Words of the language, and
    /// columns that a question makes, have none either.
    private static func names(in question: String) -> [String] {
        question.split { !($0.isLetter || $0.isNumber || "_@.-".contains($0)) }.map(String.init).filter {
            $0 == "message" || $0 == document || $0.contains(".") && !($0.first?.isNumber ?? true)
        }
    }
}
