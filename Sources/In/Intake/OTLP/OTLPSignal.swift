public import Events

/// One of the three things that OpenTelemetry sends, each with a path and a request message of its own.
///
/// The three messages have one shape: groups by resource, in them groups by scope, in them the records.
///
/// - Source: opentelemetry-proto v1, `collector/{logs,trace,metrics}/v1`; OTLP 1.x, *OTLP/HTTP Request*.
public enum OTLPSignal: String, Sendable, CaseIterable {
    case logs, traces, metrics

    /// What each record is in the journal.
    public var kind: RecordKind {
        switch self {
        case .logs: .otlpLog
        case .traces: .otlpSpan
        case .metrics: .otlpMetric
        }
    }

    /// What a credential must be good for.
    var use: Credential.Use {
        switch self {
        case .logs: .logs
        case .traces: .traces
        case .metrics: .metrics
        }
    }

    /// Names of the request's list, the list in it, and the list in that.
    struct ListNames {
        let resources, scopes, records: StaticString
        init(_ resources: StaticString, _ scopes: StaticString, _ records: StaticString) {
            (self.resources, self.scopes, self.records) = (resources, scopes, records)
        }
    }

    /// As the JSON mapping spells them.
    var listNames: ListNames {
        switch self {
        case .logs: ListNames("resourceLogs", "scopeLogs", "logRecords")
        case .traces: ListNames("resourceSpans", "scopeSpans", "spans")
        case .metrics: ListNames("resourceMetrics", "scopeMetrics", "metrics")
        }
    }

    /// The same in the spelling of the protobuf file, which the JSON mapping also allows.
    var listNamesAsDeclared: ListNames {
        switch self {
        case .logs: ListNames("resource_logs", "scope_logs", "log_records")
        case .traces: ListNames("resource_spans", "scope_spans", "spans")
        case .metrics: ListNames("resource_metrics", "scope_metrics", "metrics")
        }
    }

    /// Name of the count in `partial_success`, in JSON.
    var rejectedName: String {
        switch self {
        case .logs: "rejectedLogRecords"
        case .traces: "rejectedSpans"
        case .metrics: "rejectedDataPoints"
        }
    }
}
