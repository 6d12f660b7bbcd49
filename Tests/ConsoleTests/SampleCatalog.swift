import Events
import Query

/// All fields that Docket knows.
enum SampleCatalog {
    static let schema = FieldSchema(FieldCatalog.standard)
}
