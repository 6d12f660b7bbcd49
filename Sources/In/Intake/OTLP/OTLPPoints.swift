import Codecs

/// Counts the data points of a metric that is refused: a sender is told of points, not of metrics.
///
/// - Source: opentelemetry-proto v1, `collector/metrics/v1`, `rejected_data_points`.
enum OTLPPoints {
    /// As far as the metric can be read; one at least, since something was refused.
    static func count(_ body: RawSpan, _ metric: ByteRange, isJSON: Bool) -> Int {
        var count = 0
        if isJSON {
            do throws(JSONError) { try json(body, metric, &count) } catch {}
        } else {
            do throws(ProtobufError) { try protobuf(body, metric, &count) } catch {}
        }
        return max(1, count)
    }

    private static func protobuf(_ body: RawSpan, _ metric: ByteRange, _ count: inout Int) throws(ProtobufError) {
        var cursor = ProtobufCursor(metric)
        while let field = try cursor.next(in: body) {
            guard field.wire == .bytes, [5, 7, 9, 10, 11].contains(field.number) else { continue }
            var data = ProtobufCursor(field.range)
            while let part = try data.next(in: body) { if part.number == 1, part.wire == .bytes { count += 1 } }
        }
    }

    private static func json(_ body: RawSpan, _ metric: ByteRange, _ count: inout Int) throws(JSONError) {
        var cursor = JSONCursor(metric)
        try cursor.enterObject(in: body)
        var isFirst = true
        while try cursor.nextMember(in: body, isFirst: &isFirst) != nil {
            // Of all members of a metric, only its data are an object.
            guard try cursor.kind(in: body) == .object else {
                try cursor.skip(in: body)
                continue
            }
            try cursor.enterObject(in: body)
            var isFirstMember = true
            while let key = try cursor.nextMember(in: body, isFirst: &isFirstMember) {
                let name = body[key.range]
                let isList = try cursor.kind(in: body) == .array
                guard isList, name.isEqual(to: "dataPoints") || name.isEqual(to: "data_points") else {
                    try cursor.skip(in: body)
                    continue
                }
                try cursor.enterArray(in: body)
                var isFirstPoint = true
                while try cursor.nextElement(in: body, isFirst: &isFirstPoint) {
                    try cursor.skip(in: body)
                    count += 1
                }
            }
        }
    }
}
