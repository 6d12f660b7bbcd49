import CContent

/// What becomes of the text of a field.
public enum FieldTreatment: String, Sendable, CaseIterable {
    /// It is looked through, and what is found is replaced.
    case scan
    /// It stays as it is: it says who, from where, what and how many, and search needs it.
    case keep
    /// `[WITHHELD]` stands in its place.
    case withhold
    /// The field goes.
    case drop
}

/// Which fields stay as they are. Every other text is content, whoever sent it and whatever its field is called.
///
/// - Source: `Content/redaction-fields.tsv`, carried inside the program.
struct KeptFields: Sendable {
    private let names: NameTable
    let all: [String]

    static let standard = KeptFields(parsing: unsafe docket_content_redaction_fields().text)

    init(parsing table: String) {
        all = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        names = NameTable(all)
    }

    func contains(_ name: RawSpan) -> Bool { names.index(of: name) >= 0 }
}
