import Events

/// How fields lie in columns: one for each known field, and one map for everything else.
///
/// - Shape: keyword, text, ip and places are text; a flattened field is the JSON text of its object; long is
///   a 64-bit integer, date a timestamp of nanoseconds; a field with many values is a list. `rest` maps the
///   dotted name of each unknown field to the JSON text of its value.
struct StoreColumns: Sendable {
    static let rest = "rest"

    let catalog: FieldCatalog
    /// By the index of the field; the last one is `rest`.
    let columns: [ScanColumn]

    /// Columns that each row has, and that reading relies on.
    let time: FieldID
    let sequence: FieldID
    let eventID: FieldID

    init(catalog: FieldCatalog) {
        self.catalog = catalog
        columns =
            catalog.fields.map { ScanColumn($0.name, Self.type(of: $0)) } + [
                ScanColumn(Self.rest, .map(.text, .text))
            ]
        time = catalog.known("@timestamp")
        sequence = catalog.known("docket.sequence")
        eventID = catalog.known("event.id")
    }

    static func type(of field: FieldCatalog.Field) -> ColumnType {
        let single: ColumnType =
            switch field.type {
            case .keyword, .text, .ip, .geoPoint, .flattened: .text
            case .long: .int64
            case .double: .double
            case .boolean: .bool
            case .date: .nanoseconds
            }
        return field.isMany && field.type != .flattened ? .list(single) : single
    }

    /// Index of `rest` among the columns.
    var restIndex: Int { columns.count - 1 }

    /// Whether a value may stand in the column of its field as it is. A value of another type (a number where
    /// the catalog says text) is kept exactly, among the rest.
    func fits(_ entry: Document.Entry, _ field: FieldID) -> Bool {
        switch (catalog[field].type, entry.kind) {
        case (.keyword, .text), (.text, .text), (.ip, .text), (.long, .long), (.double, .double), (.double, .long),
            (.boolean, .boolean), (.date, .date), (.flattened, .json), (.geoPoint, .json):
            true
        default: false
        }
    }
}
