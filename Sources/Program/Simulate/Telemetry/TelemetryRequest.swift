import Platform

/// What one process says of itself: the resource, and the attributes that stand on every record.
struct TelemetryOrigin: Sendable {
    let resource: [TelemetryAttribute]
    /// Of every record, point and span.
    let standard: [TelemetryAttribute]
    /// Version of Claude Code, also inside Cowork.
    let version: String
    let encoding: TelemetryPen.Encoding

    /// The body of an `Export…ServiceRequest`.
    ///
    /// - Parameter moment: where a moment of the story is in the time of those who look at it.
    func body(_ signal: TelemetrySignal, _ moment: (Timestamp) -> Timestamp) -> [UInt8] {
        TelemetryPen.bytes(encoding) { pen in
            switch signal {
            case .logs(let logs):
                envelope("Logs", "com.anthropic.claude_code.events", version, &pen) { pen in
                    pen.list("logRecords", 2, logs) { write($1, moment, to: &$0) }
                }
            case .metrics(let points):
                let metrics = TelemetryMetric.allCases.filter { metric in points.contains { $0.metric == metric } }
                envelope("Metrics", "com.anthropic.claude_code", version, &pen) { pen in
                    pen.list("metrics", 2, metrics) { pen, metric in
                        write(metric, points.filter { $0.metric == metric }, moment, to: &pen)
                    }
                }
            case .traces(let spans):
                envelope("Spans", "com.anthropic.claude_code.tracing", "1.0.0", &pen) { pen in
                    pen.list("spans", 2, spans) { write($1, moment, to: &$0) }
                }
            }
        }
    }

    private func envelope(
        _ kind: String, _ scope: String, _ version: String, _ pen: inout TelemetryPen,
        _ body: (inout TelemetryPen) -> Void
    ) {
        pen.list("resource\(kind)", 1, CollectionOfOne(())) { pen, _ in
            pen.message("resource", 1) { pen in
                attributes(1, resource, to: &pen)
                pen.whole("droppedAttributesCount", 2, 0)
            }
            pen.list("scope\(kind)", 2, CollectionOfOne(())) { pen, _ in
                pen.message("scope", 1) { pen in
                    pen.text("name", 1, scope)
                    pen.text("version", 2, version)
                }
                body(&pen)
            }
        }
    }

    private func write(_ log: TelemetryLog, _ moment: (Timestamp) -> Timestamp, to pen: inout TelemetryPen) {
        // Logs know milliseconds.
        let time = Timestamp(nanoseconds: moment(log.time).nanoseconds / 1_000_000 * 1_000_000)
        pen.time("timeUnixNano", 1, time.nanoseconds)
        pen.time("observedTimeUnixNano", 11, time.nanoseconds)
        pen.message("body", 5) { $0.text("stringValue", 1, "claude_code.\(log.name)") }
        let event = [
            TelemetryAttribute("event.name", log.name), TelemetryAttribute("event.timestamp", RFC3339.text(time)),
            TelemetryAttribute("event.sequence", log.sequence),
        ]
        attributes(6, standard + event + log.attributes, to: &pen)
        pen.whole("droppedAttributesCount", 7, 0)
    }

    private func write(
        _ metric: TelemetryMetric, _ points: [TelemetryPoint], _ moment: (Timestamp) -> Timestamp,
        to pen: inout TelemetryPen
    ) {
        pen.text("name", 1, metric.rawValue)
        pen.text("description", 2, metric.description)
        pen.text("unit", 3, metric.unit)
        pen.message("sum", 7) { pen in
            pen.list("dataPoints", 1, points) { pen, point in
                attributes(7, standard + point.attributes, to: &pen)
                pen.time("startTimeUnixNano", 2, moment(point.start).nanoseconds)
                pen.time("timeUnixNano", 3, moment(point.time).nanoseconds)
                pen.number("asDouble", 4, point.value)
            }
            pen.whole("aggregationTemporality", 2, 1)
            pen.flag("isMonotonic", 3, true)
        }
    }

    private func write(_ span: TelemetrySpan, _ moment: (Timestamp) -> Timestamp, to pen: inout TelemetryPen) {
        pen.id("traceId", 1, span.trace)
        pen.id("spanId", 2, span.id)
        if let parent = span.parent { pen.id("parentSpanId", 4, parent) }
        pen.text("name", 5, span.name)
        pen.whole("kind", 6, 1)
        pen.time("startTimeUnixNano", 7, moment(span.start).nanoseconds)
        pen.time("endTimeUnixNano", 8, moment(span.end).nanoseconds)
        attributes(9, standard + span.attributes, to: &pen)
        pen.message("status", 15) { pen in
            if let failure = span.failure { pen.text("message", 2, failure) }
            pen.whole("code", 3, span.failure == nil ? 0 : 2)
        }
    }

    private func attributes(_ number: Int, _ attributes: [TelemetryAttribute], to pen: inout TelemetryPen) {
        pen.list("attributes", number, attributes) { pen, attribute in
            pen.text("key", 1, attribute.name)
            pen.message("value", 2) { pen in
                switch attribute.value {
                case .text(let text): pen.text("stringValue", 1, text)
                case .flag(let flag): pen.flag("boolValue", 2, flag)
                case .whole(let number): pen.whole("intValue", 3, number)
                case .number(let number): pen.number("doubleValue", 4, number)
                case .texts(let texts):
                    pen.message("arrayValue", 5) { pen in
                        pen.list("values", 1, texts) { $0.text("stringValue", 1, $1) }
                    }
                }
            }
        }
    }
}
