import Codecs
import Platform
import Query

/// Questions about the values of one field. They are asked in ES|QL, since it knows how to group; what people write
/// goes beside the text as a filter, and never into it.
struct ValueQuestion {
    let tenant: String
    let field: String
    /// KQL.
    let filter: String
    let from: Timestamp?
    let to: Timestamp?
    let time: Timestamp.Span
    let cancellation: Cancellation

    /// The values that most events have, with counts: `value`, `events`.
    func top(_ size: Int) -> TableRequest {
        request(
            "| WHERE \(name) IS NOT NULL | STATS events = COUNT(*) BY value = \(name) "
                + "| SORT events DESC, value | LIMIT \(size)", rows: size)
    }

    /// How many events have each of these values, over time: `start`, `value`, `events`.
    ///
    /// - Parameter rows: buckets times values.
    func overTime(_ values: [ESQLValue], _ type: ESQLType, width: Timestamp.Span, rows: Int) -> TableRequest {
        let list = values.map { Self.literal($0, type) }.joined(separator: ", ")
        // A length in milliseconds is counted from 1970 on, as all buckets are, and not by the calendar.
        return request(
            "| STATS events = COUNT(*) BY start = BUCKET(@timestamp, \(width.nanoseconds / 1_000_000) milliseconds), "
                + "value = \(name) | WHERE value IN (\(list))", rows: rows)
    }

    private var name: String { QuotedText.name(of: field) }

    private func request(_ steps: String, rows: Int) -> TableRequest {
        var request = TableRequest(
            tenant: tenant, text: "SET unmapped_fields = \"load\"; FROM events \(steps)", filter: filter, from: from,
            to: to, cancellation: cancellation)
        request.limits.rows = rows
        request.limits.defaultRows = rows
        request.limits.time = time
        return request
    }

    private static func literal(_ value: ESQLValue, _ type: ESQLType) -> String {
        switch value {
        case .integer where type != .date && type != .dateNanos, .double, .boolean: value.text(type)
        case .unsigned: "\(QuotedText.of(value.text(type)))::unsigned_long"
        default: QuotedText.of(value.text(type))
        }
    }
}

/// Counts of single values of a field over time.
struct ValueSeries {
    struct Value {
        let value: ESQLValue
        let total: Int
        var counts: [Timestamp: Int] = [:]
    }

    let field: String
    let type: ESQLType
    private(set) var values: [Value]
    private(set) var isPartial: Bool

    /// - Parameter top: what ``ValueQuestion/top(_:)`` was answered with.
    init(_ field: String, top: ESQLAnswer) {
        self.field = field
        let counted = CountedValues(top)
        type = counted.type
        values = counted.values.map { Value(value: $0.value, total: $0.count) }
        isPartial = top.isPartial
    }

    /// The values that most events have, counted in each of the bars.
    init(
        of field: String, size: Int, _ question: ValueQuestion, _ histogram: Histogram, _ engine: any TableEngine
    ) throws(SearchError) {
        self.init(field, top: try engine.table(question.top(size)))
        guard !values.isEmpty, !histogram.buckets.isEmpty else { return }
        add(
            try engine.table(
                question.overTime(
                    values.map(\.value), type, width: histogram.bucket,
                    rows: (histogram.buckets.count + 1) * values.count)))
    }

    /// - Parameter answer: what ``ValueQuestion/overTime(_:_:width:rows:)`` was answered with.
    mutating func add(_ answer: ESQLAnswer) {
        isPartial = isPartial || answer.isPartial
        guard let start = answer.place(of: "start"), let value = answer.place(of: "value"),
            let events = answer.place(of: "events")
        else { return }
        let nanoseconds: Int64 = answer.columns[start].type == .dateNanos ? 1 : 1_000_000
        for row in answer.rows {
            guard case .integer(let moment) = row[start], case .integer(let count) = row[events],
                let place = values.firstIndex(where: { $0.value == row[value] })
            else { continue }
            values[place].counts[Timestamp(nanoseconds: moment &* nanoseconds)] = Int(count)
        }
    }

    /// - Parameter starts: of the buckets.
    func members(starts: [Timestamp]) -> [JSONValue.Member] {
        let series = values.map { value -> JSONValue in
            let counts = starts.map { JSONValue.integer(Int64(value.counts[$0] ?? 0)) }
            return [
                "value": value.value.json(type), "total": .integer(Int64(value.total)), "counts": .array(counts),
            ]
        }
        return [.init("by", .string(field)), .init("series", .array(series)), .init("partial", .bool(isPartial))]
    }
}

/// The rows that ``ValueQuestion/top(_:)`` is answered with.
struct CountedValues {
    let type: ESQLType
    let values: [(value: ESQLValue, count: Int)]

    init(_ answer: ESQLAnswer) {
        guard let value = answer.place(of: "value"), let events = answer.place(of: "events") else {
            (type, values) = (.keyword, [])
            return
        }
        type = answer.columns[value].type
        values = answer.rows.compactMap { row in
            guard case .integer(let count) = row[events] else { return nil }
            return (row[value], Int(count))
        }
    }
}

extension ESQLAnswer {
    func place(of name: String) -> Int? { columns.firstIndex { $0.name == name } }
}

extension ESQLValue {
    func json(_ type: ESQLType) -> JSONValue {
        var out = ByteBuffer()
        write(type, to: &out)
        return (try? JSONValue(parsing: out.array)) ?? .null
    }
}
