/// What a data point says besides its number: how values are spread, and examples of them.
public struct OTLPDistribution: Sendable {
    /// A value that the point was made from.
    public struct Exemplar: Sendable {
        /// Unit: nanoseconds since 1970.
        public var time: UInt64 = 0
        public var value = OTLPValue.empty
        /// Lowercase hexadecimal digits.
        public var traceID = OTLPText.empty
        public var spanID = OTLPText.empty
        public var attributes = OTLPAttributes.none
    }

    /// Buckets whose bounds are powers; the first has the number `offset`.
    public struct Buckets: Sendable, Equatable {
        public var offset: Int64 = 0
        public var counts: [UInt64] = []

        public init() {}
    }

    public struct Quantile: Sendable, Equatable {
        public var quantile = 0.0
        public var value = 0.0
    }

    /// Of a histogram: upper bounds, one fewer than counts.
    public var bounds: [Double] = []
    public var counts: [UInt64] = []
    /// Of an exponential histogram.
    public var scale: Int64?
    public var zeroCount: UInt64?
    public var zeroThreshold: Double?
    public var positive = Buckets()
    public var negative = Buckets()
    /// Of a summary.
    public var quantiles: [Quantile] = []
    public var exemplars: [Exemplar] = []

    public init() {}
}

/// Reads the parts of points that few of them have. Lists are made for them, so it is not done for every point.
extension OTLPReader {
    /// Reads what ``readMetric(_:_:_:)`` left in the message of a point. Attributes of exemplars are added to
    /// ``attributes``.
    public mutating func readDistribution(
        of point: OTLPPoint, _ kind: OTLPMetric.Kind, in bytes: RawSpan
    ) throws(OTLPError) -> OTLPDistribution {
        switch encoding {
        case .protobuf:
            do { return try protobufDistribution(bytes, point.range, kind) } catch { throw .protobuf(error) }
        case .json: do { return try jsonDistribution(bytes, point.range) } catch { throw .json(error) }
        }
    }

    // MARK: Protobuf

    /// - Source: `opentelemetry/proto/metrics/v1/metrics.proto`: the four kinds of points number their fields
    ///   differently.
    private mutating func protobufDistribution(
        _ bytes: RawSpan, _ range: ByteRange, _ kind: OTLPMetric.Kind
    ) throws(ProtobufError) -> OTLPDistribution {
        var found = OTLPDistribution()
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (kind, field.number, field.wire) {
            case (.gauge, 5, .bytes), (.sum, 5, .bytes), (.histogram, 8, .bytes),
                (.exponentialHistogram, 11, .bytes):
                found.exemplars.append(try protobufExemplar(bytes, field.range))
            case (.histogram, 6, _): try Self.appendFixed(field, bytes, to: &found.counts)
            case (.histogram, 7, _):
                var bits: [UInt64] = []
                try Self.appendFixed(field, bytes, to: &bits)
                found.bounds += bits.map(Double.init(bitPattern:))
            case (.summary, 6, .bytes): found.quantiles.append(try Self.quantile(bytes, field.range))
            case (.exponentialHistogram, 6, .varint): found.scale = Self.zigzag(field.bits)
            case (.exponentialHistogram, 7, .fixed64): found.zeroCount = field.bits
            case (.exponentialHistogram, 8, .bytes): found.positive = try Self.buckets(bytes, field.range)
            case (.exponentialHistogram, 9, .bytes): found.negative = try Self.buckets(bytes, field.range)
            case (.exponentialHistogram, 14, .fixed64): found.zeroThreshold = field.double
            default: continue
            }
        }
        return found
    }

    private mutating func protobufExemplar(
        _ bytes: RawSpan, _ range: ByteRange
    ) throws(ProtobufError) -> OTLPDistribution.Exemplar {
        var exemplar = OTLPDistribution.Exemplar()
        let first = attributes.count
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (2, .fixed64): exemplar.time = field.bits
            case (3, .fixed64): exemplar.value = OTLPValue(.double, bits: field.bits)
            case (4, .bytes): exemplar.spanID = hex(field.range, bytes)
            case (5, .bytes): exemplar.traceID = hex(field.range, bytes)
            case (6, .fixed64): exemplar.value = OTLPValue(.integer, bits: field.bits)
            case (7, .bytes): try protobufAttribute(bytes, field.range)
            default: continue
            }
        }
        exemplar.attributes = OTLPAttributes(start: first, count: attributes.count - first)
        return exemplar
    }

    /// Numbers of 64 bits, packed or one by one.
    private static func appendFixed(
        _ field: ProtobufCursor.Field, _ bytes: RawSpan, to numbers: inout [UInt64]
    ) throws(ProtobufError) {
        if field.wire == .fixed64 { return numbers.append(field.bits) }
        guard field.wire == .bytes else { return }
        guard field.range.count % 8 == 0 else { throw ProtobufError(.truncated, at: field.range.end) }
        for place in stride(from: field.range.start, to: field.range.end, by: 8) {
            let bits = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
            numbers.append(UInt64(littleEndian: bits))
        }
    }

    private static func buckets(
        _ bytes: RawSpan, _ range: ByteRange
    ) throws(ProtobufError) -> OTLPDistribution.Buckets {
        var buckets = OTLPDistribution.Buckets()
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (1, .varint): buckets.offset = zigzag(field.bits)
            case (2, .varint): buckets.counts.append(field.bits)
            case (2, .bytes):
                var packed = ProtobufCursor(field.range)
                while packed.place < packed.end { buckets.counts.append(try packed.varint(in: bytes)) }
            default: continue
            }
        }
        return buckets
    }

    private static func quantile(
        _ bytes: RawSpan, _ range: ByteRange
    ) throws(ProtobufError) -> OTLPDistribution.Quantile {
        var quantile = OTLPDistribution.Quantile()
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.wire) {
            case (1, .fixed64): quantile.quantile = field.double
            case (2, .fixed64): quantile.value = field.double
            default: continue
            }
        }
        return quantile
    }

    /// A `sint32`.
    private static func zigzag(_ bits: UInt64) -> Int64 { Int64(bitPattern: bits >> 1 ^ (0 &- (bits & 1))) }

    // MARK: JSON

    private mutating func jsonDistribution(
        _ bytes: RawSpan, _ range: ByteRange
    ) throws(JSONError) -> OTLPDistribution {
        var found = OTLPDistribution()
        var cursor = JSONCursor(range)
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            switch Name(bytes[key.range]) {
            case .counts: found.counts = try jsonCounts(bytes, &cursor)
            case .bounds:
                try elements(bytes, &cursor) { reader, cursor throws(JSONError) in
                    found.bounds.append(try reader.jsonNumber(bytes, &cursor, whole: false).double)
                }
            case .scale: found.scale = try jsonNumber(bytes, &cursor, whole: true).integer
            case .zeroCount: found.zeroCount = try jsonUnsigned(bytes, &cursor)
            case .zeroThreshold: found.zeroThreshold = try jsonNumber(bytes, &cursor, whole: false).double
            case .positive: found.positive = try jsonBuckets(bytes, &cursor)
            case .negative: found.negative = try jsonBuckets(bytes, &cursor)
            case .quantiles:
                try elements(bytes, &cursor) { reader, cursor throws(JSONError) in
                    found.quantiles.append(try reader.jsonQuantile(bytes, &cursor))
                }
            case .exemplars:
                try elements(bytes, &cursor) { reader, cursor throws(JSONError) in
                    found.exemplars.append(try reader.jsonExemplar(bytes, &cursor))
                }
            default: try cursor.skip(in: bytes)
            }
        }
        return found
    }

    private mutating func elements(
        _ bytes: RawSpan, _ cursor: inout JSONCursor,
        _ body: (inout OTLPReader, inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        if try isNull(bytes, &cursor) { return }
        var isFirst = true
        try cursor.enterArray(in: bytes)
        while try cursor.nextElement(in: bytes, isFirst: &isFirst) { try body(&self, &cursor) }
    }

    private mutating func jsonCounts(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(JSONError) -> [UInt64] {
        var counts: [UInt64] = []
        try elements(bytes, &cursor) { reader, cursor throws(JSONError) in
            counts.append(try reader.jsonUnsigned(bytes, &cursor))
        }
        return counts
    }

    private mutating func jsonBuckets(
        _ bytes: RawSpan, _ cursor: inout JSONCursor
    ) throws(JSONError) -> OTLPDistribution.Buckets {
        var buckets = OTLPDistribution.Buckets()
        if try isNull(bytes, &cursor) { return buckets }
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            switch Name(bytes[key.range]) {
            case .offset: buckets.offset = try jsonNumber(bytes, &cursor, whole: true).integer
            case .counts: buckets.counts = try jsonCounts(bytes, &cursor)
            default: try cursor.skip(in: bytes)
            }
        }
        return buckets
    }

    private mutating func jsonQuantile(
        _ bytes: RawSpan, _ cursor: inout JSONCursor
    ) throws(JSONError) -> OTLPDistribution.Quantile {
        var quantile = OTLPDistribution.Quantile()
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            switch Name(bytes[key.range]) {
            case .quantile: quantile.quantile = try jsonNumber(bytes, &cursor, whole: false).double
            case .value: quantile.value = try jsonNumber(bytes, &cursor, whole: false).double
            default: try cursor.skip(in: bytes)
            }
        }
        return quantile
    }

    private mutating func jsonExemplar(
        _ bytes: RawSpan, _ cursor: inout JSONCursor
    ) throws(JSONError) -> OTLPDistribution.Exemplar {
        var exemplar = OTLPDistribution.Exemplar()
        let first = attributes.count
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            switch Name(bytes[key.range]) {
            case .time: exemplar.time = try jsonUnsigned(bytes, &cursor)
            case .asDouble: exemplar.value = try jsonNumber(bytes, &cursor, whole: false)
            case .asInteger: exemplar.value = try jsonNumber(bytes, &cursor, whole: true)
            case .spanID: exemplar.spanID = try jsonID(bytes, &cursor)
            case .traceID: exemplar.traceID = try jsonID(bytes, &cursor)
            case .attributes: try jsonAttributes(bytes, &cursor)
            default: try cursor.skip(in: bytes)
            }
        }
        exemplar.attributes = OTLPAttributes(start: first, count: attributes.count - first)
        return exemplar
    }

    /// A member that is read here, by its name in JSON or in the protobuf file.
    private enum Name: CaseIterable {
        case counts, bounds, scale, zeroCount, zeroThreshold, positive, negative, offset, quantiles, quantile, value
        case exemplars, time, asDouble, asInteger, spanID, traceID, attributes

        init?(_ name: RawSpan) {
            for known in Self.allCases where name.isEqual(to: known.names.0) || name.isEqual(to: known.names.1) {
                self = known
                return
            }
            return nil
        }

        private var names: (StaticString, StaticString) {
            switch self {
            case .counts: ("bucketCounts", "bucket_counts")
            case .bounds: ("explicitBounds", "explicit_bounds")
            case .scale: ("scale", "scale")
            case .zeroCount: ("zeroCount", "zero_count")
            case .zeroThreshold: ("zeroThreshold", "zero_threshold")
            case .positive: ("positive", "positive")
            case .negative: ("negative", "negative")
            case .offset: ("offset", "offset")
            case .quantiles: ("quantileValues", "quantile_values")
            case .quantile: ("quantile", "quantile")
            case .value: ("value", "value")
            case .exemplars: ("exemplars", "exemplars")
            case .time: ("timeUnixNano", "time_unix_nano")
            case .asDouble: ("asDouble", "as_double")
            case .asInteger: ("asInt", "as_int")
            case .spanID: ("spanId", "span_id")
            case .traceID: ("traceId", "trace_id")
            case .attributes: ("filteredAttributes", "filtered_attributes")
            }
        }
    }
}
