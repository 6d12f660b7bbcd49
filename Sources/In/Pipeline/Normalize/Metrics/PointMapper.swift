import Codecs
import Events
import Platform

/// One data point of a metric as a document.
///
/// A delta says what came since the last point, so values of documents are added up. A cumulative point repeats what
/// earlier ones said, so of each `metric.series` the newest counts (``SeriesTotal`` does both).
struct PointMapper: ~Copyable {
    private let fields: MappedFields
    private var values: FieldValues
    private var scratch = ByteBuffer(capacity: 1_024)
    /// Of the last point.
    private var person = PersonAttributes()

    init(_ catalog: FieldCatalog, _ fields: MappedFields) {
        self.fields = fields
        values = FieldValues(catalog)
    }

    /// - Parameter isClaudeCode: whether attributes stand below `claude_code.metrics`, as those of its events do.
    /// - Returns: whether all of the point is in the document.
    mutating func map(
        _ metric: OTLPMetric, _ point: OTLPPoint, _ bytes: RawSpan, _ reader: inout OTLPReader, isClaudeCode: Bool,
        into document: inout Document
    ) -> Bool {
        let prefix = Literal.bytes(isClaudeCode ? "claude_code.metrics." : "attributes.")
        document.set(fields.ecsVersion, text: Literal.bytes("9.3.0"))
        document.set(fields.eventKind, text: Literal.bytes("metric"))
        set(fields.timestamp, time: point.time, into: &document)
        setMetric(metric, bytes, reader, into: &document)
        setNumbers(point, bytes, reader, into: &document)
        person = PersonAttributes()
        values.isLossy = false
        for place in point.attributes.range {
            let attribute = reader.attributes[place]
            let key = reader.bytes(of: attribute.key, in: bytes)
            person.look(at: key, attribute.value)
            if attribute.value.kind == .string, Self.isMoved(key) { continue }
            values.set(prefix, key, attribute.value, bytes, reader, into: &document)
        }
        person.set(fields, bytes, reader, in: &document)
        person.relate(fields, bytes, reader, in: &document)
        return setDistribution(metric, point, bytes, &reader, into: &document) && !values.isLossy
    }

    /// What Docket adds about the person and the place, for the point that was mapped last.
    mutating func addPerson(
        _ bytes: RawSpan, _ reader: borrowing OTLPReader, _ origin: borrowing OriginFacts, isClaudeCode: Bool,
        into document: inout Document
    ) {
        person.setKeys(fields, bytes, reader, in: &document)
        let terminal = reader.bytes(of: person.terminal, in: bytes)
        if let surface = Surface.of(
            service: origin[origin.serviceName], terminal: terminal, isClaudeCode: isClaudeCode)
        {
            document.set(fields.docketSurface, text: Literal.bytes(surface))
        }
    }

    private static func isMoved(_ key: RawSpan) -> Bool {
        key.isEqual(to: "user.email") || key.isEqual(to: "user.id") || key.isEqual(to: "organization.id")
    }

    private func setMetric(
        _ metric: OTLPMetric, _ bytes: RawSpan, _ reader: borrowing OTLPReader, into document: inout Document
    ) {
        document.set(fields.metricName, text: reader.bytes(of: metric.name, in: bytes))
        document.set(fields.metricDescription, text: reader.bytes(of: metric.description, in: bytes))
        document.set(fields.metricUnit, text: reader.bytes(of: metric.unit, in: bytes))
        document.set(fields.metricType, text: metric.kind.rawValue)
        switch metric.temporality {
        case OTLPMetric.delta: document.set(fields.metricTemporality, text: Literal.bytes("delta"))
        case OTLPMetric.cumulative: document.set(fields.metricTemporality, text: Literal.bytes("cumulative"))
        default: break
        }
        if metric.kind == .sum { document.set(fields.metricMonotonic, boolean: metric.isMonotonic) }
    }

    private mutating func setNumbers(
        _ point: OTLPPoint, _ bytes: RawSpan, _ reader: borrowing OTLPReader, into document: inout Document
    ) {
        set(fields.metricStart, time: point.start, into: &document)
        switch point.value.kind {
        // As what it is: a double would round the largest.
        case .integer: document.set(fields.metricValue, long: point.value.integer)
        case .double where point.value.double.isFinite: document.set(fields.metricValue, double: point.value.double)
        default: values.set(RawSpan(), Literal.bytes("metric.value"), point.value, bytes, reader, into: &document)
        }
        if let count = point.count { document.set(fields.metricCount, long: Int64(clamping: count)) }
        set(fields.metricSum, point.sum, bytes, reader, into: &document)
        set(fields.metricMinimum, point.minimum, bytes, reader, into: &document)
        set(fields.metricMaximum, point.maximum, bytes, reader, into: &document)
        if point.flags != 0 { document.set(fields.metricFlags, long: Int64(clamping: point.flags)) }
    }

    private func set(_ field: FieldID, time: UInt64, into document: inout Document) {
        guard let moment = Int64(exactly: time), moment > 0 else { return }
        document.set(field, date: Timestamp(nanoseconds: moment))
    }

    /// What is no number stands in the field as text.
    private mutating func set(
        _ field: FieldID, _ value: Double?, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        into document: inout Document
    ) {
        guard let value else { return }
        values.set(field, OTLPValue(.double, bits: value.bitPattern), bytes, reader, into: &document)
    }

    // MARK: Distributions

    private mutating func setDistribution(
        _ metric: OTLPMetric, _ point: OTLPPoint, _ bytes: RawSpan, _ reader: inout OTLPReader,
        into document: inout Document
    ) -> Bool {
        guard metric.kind != .unknown else { return false }
        guard let found = try? reader.readDistribution(of: point, metric.kind, in: bytes) else { return false }
        setBuckets(found, into: &document)
        guard !found.exemplars.isEmpty else { return true }
        scratch.removeAll()
        var list = JSONList("[", "]", &scratch)
        for exemplar in found.exemplars {
            list.begin(&scratch)
            list.end(append(exemplar, bytes, reader), &scratch)
        }
        if list.close(&scratch) { document.set(fields.metricExemplars, json: scratch.bytes) }
        return true
    }

    private mutating func setBuckets(_ found: OTLPDistribution, into document: inout Document) {
        scratch.removeAll()
        var object = JSONList("{", "}", &scratch)
        append("bounds", &object, found.bounds) { $1.append(jsonNumber: $0) }
        append("counts", &object, found.counts) { $1.append(decimal: $0) }
        append("scale", &object, found.scale) { $1.append(decimal: $0) }
        append("zero_count", &object, found.zeroCount) { $1.append(decimal: $0) }
        append("zero_threshold", &object, found.zeroThreshold) { $1.append(jsonNumber: $0) }
        for (name, buckets) in [("positive" as StaticString, found.positive), ("negative", found.negative)]
        where buckets != OTLPDistribution.Buckets() {
            begin(name, &object)
            var inner = JSONList("{", "}", &scratch)
            append("offset", &inner, buckets.offset) { $1.append(decimal: $0) }
            append("counts", &inner, buckets.counts) { $1.append(decimal: $0) }
            object.end(inner.close(&scratch), &scratch)
        }
        if object.close(&scratch) { document.set(fields.metricBuckets, json: scratch.bytes) }

        scratch.removeAll()
        var list = JSONList("[", "]", &scratch)
        for quantile in found.quantiles {
            list.begin(&scratch)
            var inner = JSONList("{", "}", &scratch)
            append("quantile", &inner, quantile.quantile) { $1.append(jsonNumber: $0) }
            append("value", &inner, quantile.value) { $1.append(jsonNumber: $0) }
            list.end(inner.close(&scratch), &scratch)
        }
        if list.close(&scratch) { document.set(fields.metricQuantiles, json: scratch.bytes) }
    }

    private mutating func append(
        _ exemplar: OTLPDistribution.Exemplar, _ bytes: RawSpan, _ reader: borrowing OTLPReader
    ) -> Bool {
        var object = JSONList("{", "}", &scratch)
        if let time = Int64(exactly: exemplar.time), time > 0 {
            begin("@timestamp", &object)
            scratch.append(jsonString: RFC3339.text(Timestamp(nanoseconds: time), digits: 9))
            object.end(true, &scratch)
        }
        begin("value", &object)
        object.end((try? reader.appendJSON(of: exemplar.value, in: bytes, to: &scratch)) ?? false, &scratch)
        for (name, text) in [("trace_id" as StaticString, exemplar.traceID), ("span_id", exemplar.spanID)] {
            begin(name, &object)
            scratch.append(jsonString: reader.bytes(of: text, in: bytes))
            object.end(!text.isEmpty, &scratch)
        }
        begin("attributes", &object)
        let written = reader.appendJSON(
            of: exemplar.attributes, in: bytes, to: &scratch, isLossy: &values.isLossy)
        object.end(written, &scratch)
        return object.close(&scratch)
    }

    private mutating func begin(_ name: StaticString, _ object: inout JSONList) {
        object.begin(&scratch)
        scratch.append(UInt8(ascii: "\""))
        scratch.append(name)
        scratch.append("\":" as StaticString)
    }

    private mutating func append<Value>(
        _ name: StaticString, _ object: inout JSONList, _ value: Value?,
        _ write: (Value, inout ByteBuffer) -> Void
    ) {
        guard let value else { return }
        begin(name, &object)
        write(value, &scratch)
        object.end(true, &scratch)
    }

    private mutating func append<Value>(
        _ name: StaticString, _ object: inout JSONList, _ values: [Value],
        _ write: (Value, inout ByteBuffer) -> Void
    ) {
        begin(name, &object)
        var list = JSONList("[", "]", &scratch)
        for value in values {
            list.begin(&scratch)
            write(value, &scratch)
            list.end(true, &scratch)
        }
        object.end(list.close(&scratch), &scratch)
    }
}
