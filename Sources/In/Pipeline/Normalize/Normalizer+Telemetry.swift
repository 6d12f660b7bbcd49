import Codecs
import Events
import Platform

extension Normalizer {
    // MARK: Logs

    mutating func fillLog(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        let program = readOrigin(entry, batch, bytes)
        let log: OTLPLog
        do {
            log = try reader.readLog(bytes, entry.range, entry.otlpEncoding)
        } catch {
            let stream: StreamName =
                switch program {
                case .code: .codeEvents
                case .cowork: .coworkEvents
                default: .otherLogs
                }
            return fillUnread("the record cannot be read: \(error)", stream, entry, batch, admission, into: &document)
        }
        addOrigin(into: &document)
        let time = log.time == 0 ? log.observedTime : log.time
        set(fields.timestamp, time, into: &document)
        set(fields.observedTimestamp, log.observedTime, into: &document)
        switch program {
        case .code:
            fillEvent(log, entry, batch, bytes, admission, code, into: &document)
            return .codeEvents
        case .cowork:
            fillEvent(log, entry, batch, bytes, admission, cowork, into: &document)
            return .coworkEvents
        case .traces, .office, .other:
            let outcome = others.map(log, bytes, reader, into: &document)
            setStream("logs", "otlp.logs", into: &document)
            finish(outcome, entry, bytes, into: &document)
            guard fixes.contains(.envelope) else { return .otherLogs }
            document.set(fields.eventModule, text: Literal.bytes("otlp"))
            document.set(fields.eventDataset, text: StreamName.otherLogs.text)
            document.set(fields.docketIdentity, text: Literal.bytes("client-claimed"))
            others.addPerson(bytes, reader, origin, into: &document)
            addTrace(log, bytes, into: &document)
            addEnvelope(entry, batch, admission, into: &document)
            identity.addLog(log, bytes, reader, origin, batch.tenant, entry.context)
            return .otherLogs
        }
    }

    private mutating func fillEvent(
        _ log: OTLPLog, _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ bytes: RawSpan,
        _ admission: Admission?, _ rules: borrowing EventRules, into document: inout Document
    ) {
        let outcome = events.map(log, bytes, &reader, rules, into: &document)
        document.set(fields.streamType, text: rules.labels[rules.streamType])
        document.set(fields.streamDataset, text: rules.labels[rules.dataset])
        finish(outcome, entry, bytes, into: &document)
        guard fixes.contains(.envelope) else {
            document.set(fields.streamNamespace, text: batch.tenant.text)
            return
        }
        document.set(fields.eventModule, text: rules.labels[rules.module])
        document.set(fields.eventDataset, text: rules.labels[rules.eventDataset])
        document.set(fields.docketIdentity, text: rules.labels[rules.clientClaimed])
        events.addPerson(bytes, reader, origin, rules, into: &document)
        addTrace(log, bytes, into: &document)
        if !document.has(fields.timestamp), let moment = ISODate.parse(events.text(.timestamp, reader, bytes)) {
            document.set(fields.timestamp, date: moment)
        }
        addEnvelope(entry, batch, admission, into: &document)
        identity.addLog(log, bytes, reader, origin, batch.tenant, entry.context)
    }

    private func addTrace(_ log: OTLPLog, _ bytes: RawSpan, into document: inout Document) {
        document.set(fields.traceID, text: reader.bytes(of: log.traceID, in: bytes))
        document.set(fields.spanID, text: reader.bytes(of: log.spanID, in: bytes))
    }

    // MARK: Spans

    mutating func fillSpan(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        let program = readOrigin(entry, batch, bytes)
        let stream: StreamName =
            switch program {
            case .traces, .code, .cowork: .codeTraces
            case .office: .officeTraces
            case .other: .otherTraces
            }
        let span: OTLPSpan
        do {
            span = try reader.readSpan(bytes, entry.range, entry.otlpEncoding)
        } catch {
            return fillUnread("the span cannot be read: \(error)", stream, entry, batch, admission, into: &document)
        }
        addOrigin(into: &document)
        let outcome = spans.map(span, bytes, reader, into: &document)
        switch stream {
        case .codeTraces: setStream("traces", "claude_code.otel", into: &document)
        case .officeTraces: setStream("traces", "office_agent.otel", into: &document)
        default: setStream("traces", "otlp.traces", into: &document)
        }
        finish(outcome, entry, bytes, into: &document)
        guard fixes.contains(.envelope) else {
            document.set(fields.streamNamespace, text: batch.tenant.text)
            return stream
        }
        let module: StaticString =
            switch stream {
            case .codeTraces: "claude_code"
            case .officeTraces: "office_agent"
            default: "otlp"
            }
        document.set(fields.eventModule, text: Literal.bytes(module))
        document.set(fields.eventDataset, text: stream.text)
        document.set(fields.docketIdentity, text: Literal.bytes("client-claimed"))
        if stream == .codeTraces { spans.addCopies(span, bytes, reader, into: &document) }
        if stream == .officeTraces { office.map(span, bytes, reader, into: &document) }
        spans.addPerson(bytes, reader, origin, isClaudeCode: stream == .codeTraces, into: &document)
        if stream != .otherTraces { spans.addGates(span, bytes, reader, into: &document) }
        addEnvelope(entry, batch, admission, into: &document)
        identity.addSpan(span, bytes, reader, origin, batch.tenant, entry.context)
        return stream
    }

    // MARK: Metrics

    mutating func mapMetric(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document, _ emit: (StreamName, borrowing Document) throws -> Void
    ) rethrows {
        let bytes = unsafe batch.storage.span.bytes
        _ = readOrigin(entry, batch, bytes)
        let isClaude = origin[origin.scopeName].starts(with: "com.anthropic.claude_code") || stream == .codeMetrics
        let stream: StreamName = isClaude ? .codeMetrics : .otherMetrics
        let metric: OTLPMetric
        identity.removeAll()
        do {
            metric = try reader.readMetric(bytes, entry.range, entry.otlpEncoding)
        } catch {
            document.removeAll()
            _ = fillUnread("the metric cannot be read: \(error)", stream, entry, batch, admission, into: &document)
            identity.makeAll()
            if identity.count > 0 { identity.setID(0, fields.eventID, in: &document) }
            return try emit(stream, document)
        }
        // A metric without points is said to be one; nothing disappears.
        let found = reader.points.isEmpty ? [OTLPPoint()] : reader.points
        var next = 0
        while next < found.count {
            let group = next..<min(next + DocumentGroup.capacity, found.count)
            next = group.upperBound
            identity.removeAll()
            if fixes.contains(.envelope) {
                for point in found[group] {
                    identity.addPoint(point, of: metric, bytes, reader, origin, batch.tenant, entry.context)
                }
                identity.makeAll()
            }
            for place in group {
                document.removeAll()
                addOrigin(into: &document)
                let isWhole = points.map(
                    metric, found[place], bytes, &reader, isClaudeCode: isClaude, into: &document)
                setStream("metrics", isClaude ? "claude_code.metrics" : "otlp.metrics", into: &document)
                if !isWhole { addOriginal(entry, bytes, into: &document) }
                finishPoint(2 * (place - group.lowerBound), stream, entry, batch, admission, into: &document)
                try emit(stream, document)
            }
        }
    }

    /// - Parameter place: of the message that names the series; behind it is that of the id.
    private mutating func finishPoint(
        _ place: Int, _ stream: StreamName, _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch,
        _ admission: Admission?, into document: inout Document
    ) {
        guard fixes.contains(.envelope) else {
            return document.set(fields.streamNamespace, text: batch.tenant.text)
        }
        let isClaude = stream == .codeMetrics
        document.set(fields.eventModule, text: Literal.bytes(isClaude ? "claude_code" : "otlp"))
        document.set(fields.eventDataset, text: stream.text)
        document.set(fields.docketIdentity, text: Literal.bytes("client-claimed"))
        let bytes = unsafe batch.storage.span.bytes
        points.addPerson(bytes, reader, origin, isClaudeCode: isClaude, into: &document)
        addEnvelope(entry, batch, admission, into: &document)
        identity.setName(place, fields.metricSeries, in: &document)
        identity.setID(place + 1, fields.eventID, in: &document)
    }

    // MARK: Origin

    private mutating func readOrigin(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ bytes: RawSpan
    ) -> OriginFacts.Program {
        let place = Int(entry.context)
        let context = batch.contexts.indices.contains(place) ? batch.contexts[place] : RecordBatch.Context()
        origin.read(context, bytes, entry.otlpEncoding, &reader)
        reader.reset()
        switch stream {
        case .codeEvents: return .code
        case .coworkEvents: return .cowork
        case .codeTraces: return .traces
        default: return origin.program
        }
    }

    private func addOrigin(into document: inout Document) {
        document.set(fields.scopeName, text: origin[origin.scopeName])
        document.set(fields.scopeVersion, text: origin[origin.scopeVersion])
        document.set(fields.scopeAttributes, json: origin[origin.scope])
        document.set(fields.resourceAttributes, json: origin[origin.resource])
        guard fixes.contains(.envelope) else { return }
        document.set(fields.hostName, text: origin[origin.hostName])
        document.set(fields.hostArchitecture, text: origin[origin.hostArchitecture])
        document.set(fields.hostOSType, text: origin[origin.osType])
        document.set(fields.hostOSVersion, text: origin[origin.osVersion])
        document.set(fields.serviceName, text: origin[origin.serviceName])
        document.set(fields.serviceVersion, text: origin[origin.serviceVersion])
    }

    private func setStream(_ type: StaticString, _ dataset: StaticString, into document: inout Document) {
        document.set(fields.streamType, text: Literal.bytes(type))
        document.set(fields.streamDataset, text: Literal.bytes(dataset))
    }

    /// - Parameter time: nanoseconds since 1970; 0 is none.
    private func set(_ field: FieldID, _ time: UInt64, into document: inout Document) {
        guard let moment = Int64(exactly: time), moment > 0 else { return }
        document.set(field, date: Timestamp(nanoseconds: moment))
    }
}

extension RecordBatch.Entry {
    var otlpEncoding: OTLPEncoding { encoding == .protobuf ? .protobuf : .json }
}
