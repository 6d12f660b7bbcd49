import Codecs
import Events
import Platform

/// One span as a document. Its attributes stay as they are, with flat names.
struct SpanMapper: ~Copyable {
    private let fields: MappedFields
    private let fixes: Fixes
    private let copies = NameTable(SpanTable.copies.map { $0.name.description })
    private let copyTargets: [(field: FieldID, type: FieldType)]
    private var values: FieldValues
    private var scratch = ByteBuffer(capacity: 4_096)
    /// Of the last span.
    private var person = PersonAttributes()

    init(_ catalog: FieldCatalog, _ fields: MappedFields, _ fixes: Fixes) {
        self.fields = fields
        self.fixes = fixes
        copyTargets = SpanTable.copies.map { copy in
            let field = catalog.known(copy.field)
            return (field, catalog[field].type)
        }
        values = FieldValues(catalog)
    }

    mutating func map(
        _ span: OTLPSpan, _ bytes: RawSpan, _ reader: borrowing OTLPReader, into document: inout Document
    ) -> Outcome {
        var outcome = Outcome()
        outcome.isEvent = true
        document.set(fields.ecsVersion, text: Literal.bytes("9.3.0"))
        if let start = Int64(exactly: span.start), start > 0 {
            document.set(fields.timestamp, date: Timestamp(nanoseconds: start))
        }
        if span.end >= span.start, let duration = Int64(exactly: span.end - span.start) {
            document.set(fields.duration, long: duration)
        }
        document.set(fields.name, text: reader.bytes(of: span.name, in: bytes))
        document.set(fields.kind, text: Literal.bytes(Self.word(SpanTable.kinds, span.kind)))
        document.set(fields.otelTraceID, text: reader.bytes(of: span.traceID, in: bytes))
        document.set(fields.otelSpanID, text: reader.bytes(of: span.spanID, in: bytes))
        document.set(fields.parentSpanID, text: reader.bytes(of: span.parentSpanID, in: bytes))
        values.isLossy = false
        setAttributes(span.attributes, bytes, reader, into: &document)
        setParts(bytes, reader, areLinks: true, fields.links, into: &document)
        guard fixes.contains(.envelope) else { return outcome }
        setParts(bytes, reader, areLinks: false, fields.spanEvents, into: &document)
        if span.statusCode != 0 {
            document.set(fields.statusCode, text: Literal.bytes(Self.word(SpanTable.statuses, span.statusCode)))
        }
        document.set(fields.statusMessage, text: reader.bytes(of: span.statusMessage, in: bytes))
        document.set(fields.traceID, text: reader.bytes(of: span.traceID, in: bytes))
        document.set(fields.spanID, text: reader.bytes(of: span.spanID, in: bytes))
        document.set(fields.traceState, text: reader.bytes(of: span.traceState, in: bytes))
        outcome.wantsOriginal = values.isLossy
        return outcome
    }

    private static func word(_ words: [StaticString], _ number: Int64) -> StaticString {
        words.indices.contains(Int(truncatingIfNeeded: number)) ? words[Int(truncatingIfNeeded: number)] : words[0]
    }

    private mutating func setAttributes(
        _ attributes: OTLPAttributes, _ bytes: RawSpan, _ reader: borrowing OTLPReader, into document: inout Document
    ) {
        person = PersonAttributes()
        for place in attributes.range {
            let attribute = reader.attributes[place]
            let name = reader.bytes(of: attribute.key, in: bytes)
            values.set(Literal.bytes("attributes."), name, attribute.value, bytes, reader, into: &document)
            person.look(at: name, attribute.value)
            guard attribute.value.kind == .string else { continue }
            let text = reader.bytes(of: attribute.value.text, in: bytes)
            if name.isEqual(to: "full_command") {
                document.set(fields.commandLine, text: text)
            } else if name.isEqual(to: "file_path") {
                document.set(fields.filePath, text: text)
            } else if name.isEqual(to: "span.type") {
                categorize(text, into: &document)
            }
        }
        person.relate(fields, bytes, reader, in: &document)
    }

    /// What Docket adds about the person and the place, for the span that was mapped last.
    mutating func addPerson(
        _ bytes: RawSpan, _ reader: borrowing OTLPReader, _ origin: borrowing OriginFacts, isClaudeCode: Bool,
        into document: inout Document
    ) {
        person.add(fields, bytes, reader, origin, isClaudeCode: isClaudeCode, to: &document)
    }

    /// Copies of what is asked for often, where it is what the field holds.
    func addCopies(
        _ span: OTLPSpan, _ bytes: RawSpan, _ reader: borrowing OTLPReader, into document: inout Document
    ) {
        for place in span.attributes.range {
            let attribute = reader.attributes[place]
            let copy = copies.index(of: reader.bytes(of: attribute.key, in: bytes))
            guard copy >= 0, !document.has(copyTargets[copy].field) else { continue }
            let (field, type) = copyTargets[copy]
            switch (attribute.value.kind, type) {
            case (.string, .keyword): document.set(field, text: reader.bytes(of: attribute.value.text, in: bytes))
            case (.integer, .long): document.set(field, long: attribute.value.integer)
            case (.boolean, .boolean): document.set(field, boolean: attribute.value.boolean)
            default: continue
            }
        }
    }

    /// What the sender lets us see: the prompt of a turn, the details of a tool.
    func addGates(_ span: OTLPSpan, _ bytes: RawSpan, _ reader: borrowing OTLPReader, into document: inout Document) {
        for place in span.attributes.range {
            let attribute = reader.attributes[place]
            guard attribute.value.kind == .string else { continue }
            let name = reader.bytes(of: attribute.key, in: bytes)
            if name.isEqual(to: "user_prompt") || name.isEqual(to: "user.message") {
                let isShown = Gates.shows(reader.bytes(of: attribute.value.text, in: bytes))
                document.set(fields.docketSeesPrompts, boolean: isShown)
            } else if name.isEqual(to: "full_command") || name.isEqual(to: "file_path")
                || name.isEqual(to: "tool_input") || name.isEqual(to: "tool.input")
            {
                if !document.has(fields.docketSeesTools) { document.set(fields.docketSeesTools, boolean: true) }
            }
        }
    }

    private func categorize(_ type: RawSpan, into document: inout Document) {
        for row in SpanTable.rows where type.isEqual(to: row.type) {
            document.set(fields.eventCategory, text: Literal.bytes(row.category))
            document.set(fields.eventType, text: Literal.bytes("info"))
            return
        }
    }

    /// Links or events, as one list of objects.
    private mutating func setParts(
        _ bytes: RawSpan, _ reader: borrowing OTLPReader, areLinks: Bool, _ field: FieldID,
        into document: inout Document
    ) {
        scratch.removeAll()
        var list = JSONList("[", "]", &scratch)
        for part in reader.parts where part.isLink == areLinks {
            list.begin(&scratch)
            var object = JSONList("{", "}", &scratch)
            append("trace_id", reader.bytes(of: part.traceID, in: bytes), &object)
            append("span_id", reader.bytes(of: part.spanID, in: bytes), &object)
            append("name", reader.bytes(of: part.name, in: bytes), &object)
            if let time = Int64(exactly: part.time), time > 0 {
                object.begin(&scratch)
                scratch.append("\"@timestamp\":\"" as StaticString)
                scratch.append(text: RFC3339.text(Timestamp(nanoseconds: time), digits: 9))
                scratch.append(UInt8(ascii: "\""))
                object.end(true, &scratch)
            }
            object.begin(&scratch)
            scratch.append("\"attributes\":" as StaticString)
            let written = reader.appendJSON(
                of: part.attributes, in: bytes, to: &scratch, isLossy: &values.isLossy)
            object.end(written, &scratch)
            list.end(object.close(&scratch), &scratch)
        }
        if list.close(&scratch) { document.set(field, json: scratch.bytes) }
    }

    private mutating func append(_ name: StaticString, _ text: RawSpan, _ object: inout JSONList) {
        guard text.byteCount > 0 else { return }
        object.begin(&scratch)
        scratch.append(UInt8(ascii: "\""))
        scratch.append(name)
        scratch.append("\":" as StaticString)
        scratch.append(jsonString: text)
        object.end(true, &scratch)
    }
}
