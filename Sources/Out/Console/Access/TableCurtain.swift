import Query

/// Tables without what people and models wrote: for lists, which cover it for everybody, and for those who may not see it.
/// What they write in ES|QL themselves is not answered to them at all.
///
/// - Rule: a text in a column is shown if the column is a field that is no content, or if the question names no content.
///   Numbers are: that something was written five times is no content.
struct TableCurtain {
    private let schema: FieldSchema
    private let namesContent: Bool

    /// - Parameter question: in ES|QL.
    init(_ question: String, _ schema: FieldSchema) {
        self.schema = schema
        namesContent = Self.names(in: question).contains { name in
            guard let field = schema.field(named: name) else { return ContentCurtain.isContent(name) }
            return field.type.isWritten && ContentCurtain.isContent(column: field.name)
        }
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

    /// Words that may be names of fields: those with a dot in them, and the one of a text that has none. Words of the
    /// language, and columns that a question makes, have none either. What `FROM` names are streams, and a word alone between
    /// quotes is a value.
    private static func names(in question: String) -> [String] {
        var rest = question[...]
        if let source = rest.prefixMatch(of: /\s*(?:SET\s[^;|]*;\s*)*FROM\s[^|]*/.ignoresCase()) {
            rest = rest[source.range.upperBound...]
        }
        return rest.split { !($0.isLetter || $0.isNumber || "_@.-\"".contains($0)) }
            .filter { word in
                guard word.count > 1, word.first == "\"", word.last == "\"" else { return true }
                return word.dropFirst().dropLast().contains("\"")
            }
            .flatMap { $0.split(separator: "\"").map(String.init) }
            .filter { $0 == "message" || $0.contains(".") && !($0.first?.isNumber ?? true) }
    }
}
