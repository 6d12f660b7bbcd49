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
enum KeptFields {
    static let all = unsafe docket_content_redaction_fields().text.split(separator: "\n")
        .filter { !$0.hasPrefix("#") }.map(String.init)
}
