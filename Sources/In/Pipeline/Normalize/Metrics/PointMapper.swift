import Codecs
import Events
import Platform

/// One data point of a metric as a document.
///
/// A cumulative point repeats what earlier ones said, so sums over documents must take the newest of each
/// series. `metric.series` names the series: it is made from the metric, its attributes and its start, so that
/// two processes of one session, or one that began anew, are never taken for one.
struct PointMapper: ~Copyable {
    private let fields: MappedFields
    private var values: FieldValues

    init(_ catalog: FieldCatalog, _ fields: MappedFields) {
        self.fields = fields
        values = FieldValues(catalog)
    }

    mutating func map(
        _ metric: OTLPMetric, _ point: OTLPPoint, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        into document: inout Document
    ) {
        document.set(fields.ecsVersion, text: Literal.bytes("9.3.0"))
        document.set(fields.eventKind, text: Literal.bytes("metric"))
        if let time = Int64(exactly: point.time), time > 0 {
            document.set(fields.timestamp, date: Timestamp(nanoseconds: time))
        }
        if let start = Int64(exactly: point.start), start > 0 {
            document.set(fields.metricStart, date: Timestamp(nanoseconds: start))
        }
        let name = reader.bytes(of: metric.name, in: bytes)
        document.set(fields.metricName, text: name)
        document.set(fields.metricUnit, text: reader.bytes(of: metric.unit, in: bytes))
        document.set(fields.metricType, text: metric.kind.rawValue)
        switch metric.temporality {
        case 1: document.set(fields.metricTemporality, text: Literal.bytes("delta"))
        case 2: document.set(fields.metricTemporality, text: Literal.bytes("cumulative"))
        default: break
        }
        if metric.kind == .sum { document.set(fields.metricMonotonic, boolean: metric.isMonotonic) }
        switch point.value.kind {
        case .integer: document.set(fields.metricValue, double: Double(point.value.integer))
        case .double where point.value.double.isFinite: document.set(fields.metricValue, double: point.value.double)
        default: break
        }
        if let count = point.count { document.set(fields.metricCount, long: Int64(clamping: count)) }
        set(fields.metricSum, point.sum, into: &document)
        set(fields.metricMinimum, point.minimum, into: &document)
        set(fields.metricMaximum, point.maximum, into: &document)

        var series = NameTable.hash(name) ^ point.start &* 0x9E37_79B9_7F4A_7C15
        var email = RawSpan()
        var user = RawSpan()
        for place in point.attributes.range {
            let attribute = reader.attributes[place]
            let key = reader.bytes(of: attribute.key, in: bytes)
            let text = reader.bytes(of: attribute.value.text, in: bytes)
            // A sum does not depend on the order of the attributes.
            series &+= (NameTable.hash(key) ^ attribute.value.bits) &* 0xBF58_476D_1CE4_E5B9 ^ NameTable.hash(text)
            if attribute.value.kind == .string, key.isEqual(to: "user.email") {
                document.set(fields.userEmail, text: text)
                email = text
            } else if attribute.value.kind == .string, key.isEqual(to: "user.id") {
                document.set(fields.userID, text: text)
                user = text
            } else if attribute.value.kind == .string, key.isEqual(to: "organization.id") {
                document.set(fields.organizationID, text: text)
            } else {
                values.set(Literal.bytes("attributes."), key, attribute.value, bytes, reader, into: &document)
            }
        }
        document.set(fields.metricSeries, text: String(series, radix: 16))
        document.set(fields.relatedUser, text: email)
        if !user.isEqual(to: email) { document.set(fields.relatedUser, text: user) }
    }

    private func set(_ field: FieldID, _ value: Double?, into document: inout Document) {
        if let value, value.isFinite { document.set(field, double: value) }
    }
}
