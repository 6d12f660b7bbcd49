import Codecs
import Events
import Query

/// How fields lie in columns: one for each known field, and one map for everything else.
///
/// - Shape: keyword, text, ip and places are text; a flattened field is the JSON text of its object; long is
///   a 64-bit integer, date a timestamp of nanoseconds; a field with many values is a list. `rest` maps the
///   dotted name of each unknown field to the JSON text of its value. A value that does not suit the column of
///   its field (a number where the catalog says text, two values where it says one) is kept exactly, among the
///   rest under the name of the field: it is a misfit.
struct StoreColumns: Sendable {
    static let rest = "rest"

    let catalog: FieldCatalog
    /// By the index of the field; the last one is `rest`.
    let columns: [ScanColumn]

    /// Columns that each row has, and that reading relies on.
    let time: FieldID
    let sequence: FieldID
    let eventID: FieldID
    /// What a document was read with, in streams whose documents are revised.
    let unit: FieldID?
    static let unit = "docket.report.unit"

    /// The same for queries.
    let schema: FieldSchema
    /// The same for ES|QL, in the order of names: every known field, whichever stream sets it.
    let relation: [ESQLRelation.Column]

    /// For each column what ``HotPageBuilder`` asks for each value.
    let traits: [Traits]
    private let byName: [UInt64: FieldID]
    /// Flattened fields, with a dot behind their names.
    private let flattened: [(name: [UInt8], field: FieldID)]

    struct Traits: Sendable {
        /// A bit for each kind of value that may stand in the column.
        fileprivate(set) var kinds: UInt8 = 0
        fileprivate(set) var isMany = false
        fileprivate(set) var isAddress = false
        fileprivate(set) var isDouble = false
        /// Whether its cells point at bytes; those of numbers hold the bits themselves.
        fileprivate(set) var isText = true

        @inline(__always) func takes(_ kind: Document.Kind) -> Bool { kinds & (1 << kind.rawValue) != 0 }
    }

    init(catalog: FieldCatalog) {
        self.catalog = catalog
        columns =
            catalog.fields.map { ScanColumn($0.name, Self.type(of: $0)) } + [
                ScanColumn(Self.rest, .map(.text, .text))
            ]
        schema = FieldSchema(catalog)
        relation = catalog.fields.map { field in
            ESQLRelation.Column(field.name, ESQLType(field.type), mayBeMany: field.isMany, aliases: field.aliases)
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        traits = catalog.fields.map(Self.traits) + [Traits()]
        var byName: [UInt64: FieldID] = [:]
        for field in catalog.fields { byName[Self.key(field.name)] = field.id }
        self.byName = byName
        flattened = catalog.fields.filter { $0.type == .flattened }.map {
            (Array($0.name.utf8) + [UInt8(ascii: ".")], $0.id)
        }
        time = catalog.known("@timestamp")
        sequence = catalog.known("docket.sequence")
        eventID = catalog.known("event.id")
        unit = catalog.id(of: Self.unit)
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
        // A list of anything else would need a vector of its own kind; the catalog has none.
        return field.isMany && single == .text && field.type != .flattened ? .list(single) : single
    }

    /// Index of `rest` among the columns.
    var restIndex: Int { columns.count - 1 }

    /// The field with this very name; an alias is not it.
    func field(named name: RawSpan) -> FieldID? {
        guard let field = byName[EventID(name).low] else { return nil }
        var text = catalog[field].name
        return text.withUTF8 { unsafe UnsafeRawBufferPointer($0).bytes.isEqual(to: name) } ? field : nil
    }

    /// The flattened field whose member would have this name.
    func flattenedField(holding name: RawSpan) -> FieldID? {
        for root in flattened where root.name.count <= name.byteCount {
            let bytes = unsafe root.name.span.bytes
            if name.extracting(0..<root.name.count).isEqual(to: bytes) { return root.field }
        }
        return nil
    }

    /// Whether a text is an address in its one canonical form, as queries compare it.
    static func isAddress(_ text: RawSpan) -> Bool {
        isVersion4(text) || (text.byteCount <= 45 && IPAddress(text.text)?.description == text.text)
    }

    private static func isVersion4(_ text: RawSpan) -> Bool {
        var parts = 0
        var value = -1
        for place in 0...text.byteCount {
            let byte = place < text.byteCount ? text[place] : UInt8(ascii: ".")
            if byte == UInt8(ascii: ".") {
                guard value >= 0 else { return false }
                parts += 1
                value = -1
            } else {
                // A zero may not begin a longer number.
                guard byte &- 48 < 10, value != 0 else { return false }
                value = max(value, 0) * 10 + Int(byte - 48)
                guard value < 256 else { return false }
            }
        }
        return parts == 4
    }

    private static func key(_ name: String) -> UInt64 {
        var name = name
        return name.withUTF8 { unsafe EventID(UnsafeRawBufferPointer($0).bytes).low }
    }

    private static func traits(_ field: FieldCatalog.Field) -> Traits {
        func bits(_ kinds: Document.Kind...) -> UInt8 { kinds.reduce(0) { $0 | 1 << $1.rawValue } }
        var traits = Traits()
        traits.isAddress = field.type == .ip
        traits.isDouble = field.type == .double
        traits.isMany = field.isMany
        switch field.type {
        case .keyword, .text, .ip: traits.kinds = bits(.text)
        case .geoPoint, .flattened: traits.kinds = bits(.json)
        case .long: traits.kinds = bits(.long)
        case .double: traits.kinds = bits(.double, .long)
        case .boolean: traits.kinds = bits(.boolean)
        case .date: traits.kinds = bits(.date)
        }
        traits.isText =
            switch type(of: field) {
            case .text, .list: true
            default: false
            }
        if !traits.isText { traits.isMany = false }
        return traits
    }
}
