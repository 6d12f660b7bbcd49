/// Metrics, with their data points.
extension OTLPReader {
    public mutating func readMetric(
        _ bytes: RawSpan, _ range: ByteRange, _ encoding: OTLPEncoding
    ) throws(OTLPError) -> OTLPMetric {
        self.encoding = encoding
        points.removeAll(keepingCapacity: true)
        switch encoding {
        case .protobuf: do { return try protobufMetric(bytes, range) } catch { throw .protobuf(error) }
        case .json: do { return try jsonMetric(bytes, range) } catch { throw .json(error) }
        }
    }

    // MARK: Protobuf

    private mutating func protobufMetric(_ bytes: RawSpan, _ range: ByteRange) throws(ProtobufError) -> OTLPMetric {
        var metric = OTLPMetric()
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            guard field.wire == .bytes else { continue }
            switch field.number {
            case 1: metric.name = repaired(field.range, bytes)
            case 2: metric.description = repaired(field.range, bytes)
            case 3: metric.unit = repaired(field.range, bytes)
            case 5: try protobufData(bytes, field.range, .gauge, &metric)
            case 7: try protobufData(bytes, field.range, .sum, &metric)
            case 9: try protobufData(bytes, field.range, .histogram, &metric)
            case 10: try protobufData(bytes, field.range, .exponentialHistogram, &metric)
            case 11: try protobufData(bytes, field.range, .summary, &metric)
            default: continue
            }
        }
        return metric
    }

    private mutating func protobufData(
        _ bytes: RawSpan, _ range: ByteRange, _ kind: OTLPMetric.Kind, _ metric: inout OTLPMetric
    ) throws(ProtobufError) {
        metric.kind = kind
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (1, .bytes): points.append(try protobufPoint(bytes, field.range, kind))
            case (2, .varint): metric.temporality = field.signed
            case (3, .varint): metric.isMonotonic = field.bits != 0
            default: continue
            }
        }
    }

    private mutating func protobufPoint(
        _ bytes: RawSpan, _ range: ByteRange, _ kind: OTLPMetric.Kind
    ) throws(ProtobufError) -> OTLPPoint {
        var point = OTLPPoint()
        point.range = range
        let first = attributes.count
        // The four kinds of points number their fields differently.
        let isNumber = kind == .gauge || kind == .sum
        let attributeField: UInt32 =
            switch kind {
            case .histogram: 9
            case .exponentialHistogram: 1
            default: 7
            }
        let (minimum, maximum): (UInt32, UInt32) =
            switch kind {
            case .histogram: (11, 12)
            case .exponentialHistogram: (12, 13)
            default: (0, 0)
            }
        let flags: UInt32 = kind == .gauge || kind == .sum || kind == .summary ? 8 : 10
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (attributeField, .bytes): try protobufAttribute(bytes, field.range)
            case (2, .fixed64): point.start = field.bits
            case (3, .fixed64): point.time = field.bits
            case (4, .fixed64) where isNumber: point.value = OTLPValue(.double, bits: field.bits)
            case (6, .fixed64) where isNumber: point.value = OTLPValue(.integer, bits: field.bits)
            case (4, .fixed64): point.count = field.bits
            case (5, .fixed64) where !isNumber: point.sum = field.double
            case (minimum, .fixed64): point.minimum = field.double
            case (maximum, .fixed64): point.maximum = field.double
            case (flags, .varint): point.flags = field.bits
            default: continue
            }
        }
        point.attributes = OTLPAttributes(start: first, count: attributes.count - first)
        return point
    }

    // MARK: JSON

    private mutating func jsonMetric(_ bytes: RawSpan, _ range: ByteRange) throws(JSONError) -> OTLPMetric {
        var metric = OTLPMetric()
        var cursor = JSONCursor(range)
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            if name.isEqual(to: "name") {
                metric.name = try jsonText(bytes, &cursor)
            } else if name.isEqual(to: "description") {
                metric.description = try jsonText(bytes, &cursor)
            } else if name.isEqual(to: "unit") {
                metric.unit = try jsonText(bytes, &cursor)
            } else if let kind = Self.kinds.first(where: { name.isEqual(to: $0.0) })?.1 {
                try jsonData(bytes, &cursor, kind, &metric)
            } else {
                try cursor.skip(in: bytes)
            }
        }
        return metric
    }

    private static let kinds: [(StaticString, OTLPMetric.Kind)] = [
        ("sum", .sum), ("gauge", .gauge), ("histogram", .histogram), ("summary", .summary),
        ("exponentialHistogram", .exponentialHistogram), ("exponential_histogram", .exponentialHistogram),
    ]

    private mutating func jsonData(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ kind: OTLPMetric.Kind, _ metric: inout OTLPMetric
    ) throws(JSONError) {
        if try isNull(bytes, &cursor) { return }
        metric.kind = kind
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            if name.isEqual(to: "dataPoints") || name.isEqual(to: "data_points") {
                if try isNull(bytes, &cursor) { continue }
                try cursor.enterArray(in: bytes)
                var isFirstPoint = true
                while try cursor.nextElement(in: bytes, isFirst: &isFirstPoint) {
                    points.append(try jsonPoint(bytes, &cursor))
                }
            } else if name.isEqual(to: "aggregationTemporality") || name.isEqual(to: "aggregation_temporality") {
                metric.temporality = try jsonEnumeration(bytes, &cursor)
            } else if name.isEqual(to: "isMonotonic") || name.isEqual(to: "is_monotonic") {
                metric.isMonotonic = try cursor.skip(in: bytes).count == 4
            } else {
                try cursor.skip(in: bytes)
            }
        }
    }

    private mutating func jsonPoint(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> OTLPPoint {
        var point = OTLPPoint()
        let first = attributes.count
        var whole = cursor
        point.range = try whole.skip(in: bytes)
        try cursor.enterObject(in: bytes)
        var isFirst = true
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            if name.isEqual(to: "attributes") {
                try jsonAttributes(bytes, &cursor)
            } else if name.isEqual(to: "startTimeUnixNano") || name.isEqual(to: "start_time_unix_nano") {
                point.start = try jsonUnsigned(bytes, &cursor)
            } else if name.isEqual(to: "timeUnixNano") || name.isEqual(to: "time_unix_nano") {
                point.time = try jsonUnsigned(bytes, &cursor)
            } else if name.isEqual(to: "asDouble") || name.isEqual(to: "as_double") {
                point.value = try jsonNumber(bytes, &cursor, whole: false)
            } else if name.isEqual(to: "asInt") || name.isEqual(to: "as_int") {
                point.value = try jsonNumber(bytes, &cursor, whole: true)
            } else if name.isEqual(to: "count") {
                point.count = try jsonUnsigned(bytes, &cursor)
            } else if name.isEqual(to: "sum") {
                point.sum = try jsonDouble(bytes, &cursor)
            } else if name.isEqual(to: "min") {
                point.minimum = try jsonDouble(bytes, &cursor)
            } else if name.isEqual(to: "max") {
                point.maximum = try jsonDouble(bytes, &cursor)
            } else if name.isEqual(to: "flags") {
                point.flags = try jsonUnsigned(bytes, &cursor)
            } else {
                try cursor.skip(in: bytes)
            }
        }
        point.attributes = OTLPAttributes(start: first, count: attributes.count - first)
        return point
    }

    private mutating func jsonDouble(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> Double? {
        let value = try jsonNumber(bytes, &cursor, whole: false)
        return value.kind == .double ? value.double : nil
    }
}
