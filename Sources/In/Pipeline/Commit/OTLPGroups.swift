import Integrity

/// The groups of the fields of OpenTelemetry's messages, in both encodings.
struct OTLPGroups: Sendable {
    /// One kind of message.
    struct Message: Sendable {
        /// Number of the field that holds the attributes; 0 when there is none.
        let attributes: UInt32
        /// Number and names of the field that says when it happened.
        let time: UInt32
        private let timeNames: NameTable
        private let byNumber: [DisclosureGroup]
        private let names: NameTable
        private let byName: [DisclosureGroup]

        /// - Parameter fields: number, the spellings of the name, and the word for it in the table.
        init(
            _ table: DisclosureTable, attributes: UInt32, time: UInt32,
            _ fields: [(number: UInt32, names: [String], word: StaticString)]
        ) {
            self.attributes = attributes
            self.time = time
            timeNames = NameTable(fields.first { $0.number == time }?.names ?? [])
            var byNumber = [DisclosureGroup](repeating: .rest, count: Int(fields.map(\.number).max() ?? 0) + 1)
            for field in fields { byNumber[Int(field.number)] = table.group(of: field.word) }
            self.byNumber = byNumber
            names = NameTable(fields.flatMap(\.names))
            byName = fields.flatMap { field in field.names.map { _ in table.group(of: field.word) } }
        }

        func group(ofNumber number: UInt32) -> DisclosureGroup {
            number < UInt32(byNumber.count) ? byNumber[Int(number)] : .rest
        }

        func group(ofName name: RawSpan) -> DisclosureGroup {
            let place = names.index(of: name)
            return place < 0 ? .rest : byName[place]
        }

        func isTime(_ name: RawSpan) -> Bool { timeNames.index(of: name) >= 0 }
    }

    let log: Message
    let span: Message
    let metric: Message

    init(_ table: DisclosureTable) {
        log = Message(
            table, attributes: 6, time: 1,
            [
                (1, ["timeUnixNano", "time_unix_nano"], "otlp.time"),
                (2, ["severityNumber", "severity_number"], "otlp.severity"),
                (3, ["severityText", "severity_text"], "otlp.severity"), (5, ["body"], "otlp.body"),
                (9, ["traceId", "trace_id"], "otlp.trace"), (10, ["spanId", "span_id"], "otlp.span"),
                (11, ["observedTimeUnixNano", "observed_time_unix_nano"], "otlp.observed-time"),
                (12, ["eventName", "event_name"], "otlp.name"),
            ])
        span = Message(
            table, attributes: 9, time: 7,
            [
                (1, ["traceId", "trace_id"], "otlp.trace"), (2, ["spanId", "span_id"], "otlp.span"),
                (4, ["parentSpanId", "parent_span_id"], "otlp.parent"), (5, ["name"], "otlp.name"),
                (6, ["kind"], "otlp.kind"), (7, ["startTimeUnixNano", "start_time_unix_nano"], "otlp.time"),
                (8, ["endTimeUnixNano", "end_time_unix_nano"], "otlp.end-time"), (11, ["events"], "otlp.events"),
                (13, ["links"], "otlp.links"), (15, ["status"], "otlp.status"),
            ])
        metric = Message(
            table, attributes: 0, time: 0,
            [
                (1, ["name"], "otlp.name"), (5, ["gauge"], "otlp.points"), (7, ["sum"], "otlp.points"),
                (9, ["histogram"], "otlp.points"),
                (10, ["exponentialHistogram", "exponential_histogram"], "otlp.points"),
                (11, ["summary"], "otlp.points"),
            ])
    }
}
