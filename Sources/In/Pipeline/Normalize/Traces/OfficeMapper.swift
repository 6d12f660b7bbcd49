import Codecs
import Events

/// What a span of an agent in an Office program means. Nobody else maps them, so they take the fields that the events
/// of Claude Code have: one search finds the tokens, the tools and the failures of both.
struct OfficeMapper {
    private let fields: MappedFields
    private let copies: NameTable
    private let copyTargets: [FieldID]

    init(_ catalog: FieldCatalog, _ fields: MappedFields) {
        self.fields = fields
        copies = NameTable(OfficeTable.copies.map { $0.name.description })
        copyTargets = OfficeTable.copies.map { catalog.known($0.field) }
    }

    func map(_ span: OTLPSpan, _ bytes: RawSpan, _ reader: borrowing OTLPReader, into document: inout Document) {
        let name = reader.bytes(of: span.name, in: bytes)
        document.set(fields.eventAction, text: name)
        for row in OfficeTable.rows where name.isEqual(to: row.name) {
            document.set(fields.eventCategory, text: Literal.bytes(row.category))
            document.set(fields.eventType, text: Literal.bytes("info"))
        }
        if let entry = document.first(fields.duration) { document.set(fields.eventDuration, copying: entry) }
        var isSuccess: Bool?
        for place in span.attributes.range {
            let attribute = reader.attributes[place]
            let key = reader.bytes(of: attribute.key, in: bytes)
            let copy = copies.index(of: key)
            if copy >= 0 { set(copyTargets[copy], attribute.value, bytes, reader, into: &document) }
            if attribute.value.kind == .boolean, OfficeTable.successes.contains(where: { key.isEqual(to: $0) }) {
                isSuccess = attribute.value.boolean
            }
        }
        let isFailed = span.statusCode == 2 || isSuccess == false
        let outcome: StaticString =
            isFailed ? "failure" : span.statusCode == 1 || isSuccess == true ? "success" : "unknown"
        document.set(fields.eventOutcome, text: Literal.bytes(outcome))
    }

    /// A copy: what is neither text nor a number stays below `attributes` alone.
    private func set(
        _ field: FieldID, _ value: OTLPValue, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        into document: inout Document
    ) {
        switch value.kind {
        case .string: document.set(field, text: reader.bytes(of: value.text, in: bytes))
        case .integer: document.set(field, long: value.integer)
        default: return
        }
    }
}
