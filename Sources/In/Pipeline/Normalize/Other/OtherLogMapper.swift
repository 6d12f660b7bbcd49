import Codecs
import Events

/// A log record of a program that is not Claude's: everything is kept, little is understood.
struct OtherLogMapper: ~Copyable {
    private let fields: MappedFields
    private var values: FieldValues
    /// Of the last record.
    private var person = PersonAttributes()

    init(_ catalog: FieldCatalog, _ fields: MappedFields) {
        self.fields = fields
        values = FieldValues(catalog)
    }

    mutating func map(
        _ log: OTLPLog, _ bytes: RawSpan, _ reader: borrowing OTLPReader, into document: inout Document
    ) -> Outcome {
        var outcome = Outcome()
        outcome.isEvent = true
        document.set(fields.ecsVersion, text: Literal.bytes("9.3.0"))
        values.isLossy = false
        values.set(fields.message, log.body, bytes, reader, into: &document)
        let severity = reader.bytes(of: log.severityText, in: bytes)
        if severity.byteCount > 0 {
            document.set(fields.logLevel, text: severity)
        } else if let level = Self.level(log.severityNumber) {
            document.set(fields.logLevel, text: Literal.bytes(level))
        }
        let name = reader.bytes(of: log.eventName, in: bytes)
        document.set(fields.eventAction, text: name)
        person = PersonAttributes()
        for place in log.attributes.range {
            let attribute = reader.attributes[place]
            let key = reader.bytes(of: attribute.key, in: bytes)
            values.set(Literal.bytes("attributes."), key, attribute.value, bytes, reader, into: &document)
            person.look(at: key, attribute.value)
            guard attribute.value.kind == .string else { continue }
            let text = reader.bytes(of: attribute.value.text, in: bytes)
            if key.isEqual(to: "event.name"), name.byteCount == 0 { document.set(fields.eventAction, text: text) }
        }
        person.relate(fields, bytes, reader, in: &document)
        outcome.wantsOriginal = values.isLossy
        return outcome
    }

    /// What Docket adds about the person and the place, for the record that was mapped last.
    mutating func addPerson(
        _ bytes: RawSpan, _ reader: borrowing OTLPReader, _ origin: borrowing OriginFacts, into document: inout Document
    ) {
        person.add(fields, bytes, reader, origin, isClaudeCode: false, to: &document)
    }

    /// - Source: OpenTelemetry log data model, *Field: SeverityNumber*.
    private static func level(_ number: Int64) -> StaticString? {
        switch number {
        case 1...4: "TRACE"
        case 5...8: "DEBUG"
        case 9...12: "INFO"
        case 13...16: "WARN"
        case 17...20: "ERROR"
        case 21...24: "FATAL"
        default: nil
        }
    }
}
