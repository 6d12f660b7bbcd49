import Query

/// Tables without what people and models wrote: for lists, which cover it for everybody, and for those who may not see it.
/// What they write in ES|QL themselves is not answered to them at all.
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
            hasParameters || question.contains(Self.document) || Self.namesContent(in: question, schema)
    }

    /// Whether an answer has a text that is not shown.
    func hides(_ answer: ESQLAnswer) -> Bool {
        answer.columns.indices.contains { place in
            hides(answer.columns[place].name) && answer.rows.contains { Self.hasText($0[place]) }
        }
    }

    func draw(over answer: ESQLAnswer) -> ESQLAnswer {
        let hidden = answer.columns.indices.filter { hides(answer.columns[$0].name) }
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

    /// Whether the texts of a column are hidden.
    func hides(_ column: String) -> Bool {
        if let field = schema.field(named: column) { return ContentCurtain.isContent(column: field.name) }
        return column.contains(".") ? ContentCurtain.isContent(column) : namesContent
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
    private static var document: Regex<Substring> { /(?:^|[^\p{L}\p{N}_.])_source(?:$|[^\p{L}\p{N}_])/ }

    /// Whether words of a question may be names of fields that are content. What `FROM` and `EQL` name are streams, and a
    /// word alone between quotes is a value.
    private static func namesContent(in question: String, _ schema: FieldSchema) -> Bool {
        var rest = question[...]
        if let source = rest.prefixMatch(of: /\s*(?:SET\s[^;|]*;\s*)*(?:FROM\s[^|]*|EQL\s[^"|]*)/.ignoresCase()) {
            rest = rest[source.range.upperBound...]
        }
        for match in rest.matches(of: /[\p{L}\p{N}_@.\-"]+/) {
            let word = match.output
            if word.count > 1, word.first == "\"", word.last == "\"", !word.dropFirst().dropLast().contains("\"") {
                continue
            }
            for name in word.split(separator: "\"") where !(name.first?.isNumber ?? true) {
                if let field = schema.field(named: String(name)) {
                    guard field.type.isWritten, ContentCurtain.isContent(column: field.name) else { continue }
                    // `events` is a field of spans, and what many call how many there are.
                    if name.contains(".") || !isCounted(rest[match.range.upperBound...]) { return true }
                } else if name.contains("."), ContentCurtain.isContent(String(name)) {
                    return true
                }
            }
        }
        return false
    }

    /// Whether a word that this stands behind is the name of a number there, or only compared or put in order.
    private static func isCounted(_ rest: Substring) -> Bool {
        rest.prefixMatch(of: /`?\s*(?:=\s*(?:COUNT|SUM)\s*\(|[<>]|(?:DESC|ASC)\b)/.ignoresCase()) != nil
    }
}
