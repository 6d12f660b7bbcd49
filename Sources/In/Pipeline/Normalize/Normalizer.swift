import Codecs
public import Events
import Platform

/// Source records to documents in Elastic Common Schema: every record becomes one document at least, also
/// one that cannot be read.
///
/// A pure function with a version: no clock, no network, no memory of earlier records (what it keeps between
/// records is a cache). So a journal can be mapped again years later.
///
/// - Threads: one at a time for each value; make one for each thread.
/// - Cost: nothing is allocated for a field.
public struct Normalizer: ~Copyable {
    /// Rises when the same record would give another document.
    public static let version = 1

    public enum Mode: Sendable {
        /// Everything that Docket knows.
        case full
        /// Exactly what Elastic's packages `anthropic`, `claude_code` and `claude_cowork` make of a record.
        case conformance
    }

    private let fixes: Fixes
    private let fields: MappedFields
    private let digest: BatchDigest
    private let code: EventRules
    private let cowork: EventRules
    private var reader = OTLPReader()
    private var origin = OriginFacts()
    private var events: EventMapper
    private var activities: ActivityMapper
    private var identity = EventIdentity()
    private var values: FieldValues

    /// - Parameter digest: makes the ids of telemetry; not asked in conformance mode.
    public init(catalog: FieldCatalog = .standard, mode: Mode = .full, digest: @escaping BatchDigest) {
        fixes = mode == .full ? .all : []
        fields = MappedFields(catalog)
        self.digest = digest
        code = EventRules(.code, catalog, fixes: fixes)
        cowork = EventRules(.cowork, catalog, fixes: fixes)
        events = EventMapper(catalog, fields, fixes)
        activities = ActivityMapper(catalog, fields, fixes)
        values = FieldValues(catalog)
    }

    /// Maps one record of a batch.
    ///
    /// - Parameter document: memory that is used again from call to call.
    /// - Parameter emit: called once for each document, which is good until it returns.
    public mutating func map(
        _ index: Int, of journaled: borrowing JournaledBatch, into document: inout Document,
        _ emit: (StreamName, borrowing Document) throws -> Void
    ) rethrows {
        let admission = Admission(
            sequence: journaled.firstSequence &+ UInt64(index), accepted: journaled.accepted)
        try map(index, of: journaled.batch, admission, into: &document, emit)
    }

    /// Maps one record that is in no journal.
    public mutating func map(
        _ index: Int, of batch: borrowing RecordBatch, into document: inout Document,
        _ emit: (StreamName, borrowing Document) throws -> Void
    ) rethrows {
        try map(index, of: batch, nil, into: &document, emit)
    }

    /// What the journal adds to a record.
    struct Admission {
        let sequence: UInt64
        let accepted: Timestamp
    }

    private mutating func map(
        _ index: Int, of batch: borrowing RecordBatch, _ admission: Admission?, into document: inout Document,
        _ emit: (StreamName, borrowing Document) throws -> Void
    ) rethrows {
        document.removeAll()
        identity.removeAll()
        let stream = fill(batch.entries[index], batch, admission, into: &document)
        if identity.count > 0 {
            identity.digest(digest)
            identity.setID(0, fields.eventID, in: &document)
        }
        try emit(stream, document)
    }

    private mutating func fill(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let bytes = unsafe batch.storage.span.bytes
        switch entry.kind {
        case .activity: return fillActivity(entry, batch, bytes, admission, into: &document)
        case .otlpLog: return fillLog(entry, batch, bytes, admission, into: &document)
        case .otlpSpan, .otlpMetric, .ecs:
            return fillUnread("no mapping for this kind of record", entry, batch, bytes, admission, into: &document)
        }
    }

    // MARK: Activities

    private mutating func fillActivity(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ bytes: RawSpan, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        var outcome = activities.map(bytes, entry.range, into: &document)
        outcome.wantsOriginal = outcome.wantsOriginal || !fixes.contains(.envelope)
        finish(outcome, entry, bytes, into: &document)
        if fixes.contains(.envelope) {
            let rules = activities.rules
            document.set(fields.eventModule, text: rules.labels[rules.module])
            document.set(fields.eventDataset, text: rules.labels[rules.dataset])
            document.set(fields.streamType, text: rules.labels[rules.streamType])
            document.set(fields.streamDataset, text: rules.labels[rules.dataset])
            document.set(fields.docketIdentity, text: rules.labels[rules.credentialBound])
            addEnvelope(entry, batch, admission, into: &document)
        }
        return .audit
    }

    // MARK: Logs

    private mutating func fillLog(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ bytes: RawSpan, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        let encoding: OTLPEncoding = entry.encoding == .protobuf ? .protobuf : .json
        origin.read(batch.contexts[Int(entry.context)], bytes, encoding, &reader)
        reader.reset()
        let log: OTLPLog
        do {
            log = try reader.readLog(bytes, entry.range, encoding)
        } catch {
            return fillUnread("\(error)", entry, batch, bytes, admission, into: &document)
        }
        addOrigin(into: &document)
        addTimes(log, bytes, admission, into: &document)
        switch origin.program {
        case .code:
            fillEvent(log, entry, batch, bytes, admission, code, into: &document)
            return .codeEvents
        case .cowork:
            fillEvent(log, entry, batch, bytes, admission, cowork, into: &document)
            return .coworkEvents
        case .traces, .office, .other:
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
        document.set(fields.eventDataset, text: rules.stream.text)
        document.set(fields.docketIdentity, text: rules.labels[rules.clientClaimed])
        if let sequence = events.integer(.sequence, reader, bytes) {
            document.set(fields.eventSequence, long: sequence)
        }
        document.set(fields.traceID, text: reader.bytes(of: log.traceID, in: bytes))
        document.set(fields.spanID, text: reader.bytes(of: log.spanID, in: bytes))
        addEnvelope(entry, batch, admission, into: &document)
        identity.add(batch.tenant, origin, events, log, bytes, reader)
    }

    private mutating func fillUnread(
        _ message: String, _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ bytes: RawSpan,
        _ admission: Admission?, into document: inout Document
    ) -> StreamName {
        var outcome = Outcome()
        outcome.fail(message, fields, &document)
        finish(outcome, entry, bytes, into: &document)
        if fixes.contains(.envelope) { addEnvelope(entry, batch, admission, into: &document) }
        return .otherLogs
    }

    // MARK: What all share

    private mutating func addTimes(
        _ log: OTLPLog, _ bytes: RawSpan, _ admission: Admission?, into document: inout Document
    ) {
        let time = log.time == 0 ? log.observedTime : log.time
        if let moment = Int64(exactly: time), moment > 0 {
            document.set(fields.timestamp, date: Timestamp(nanoseconds: moment))
        }
        if let moment = Int64(exactly: log.observedTime), moment > 0 {
            document.set(fields.observedTimestamp, date: Timestamp(nanoseconds: moment))
        }
    }

    private func addOrigin(into document: inout Document) {
        document.set(fields.scopeName, text: origin[origin.scopeName])
        document.set(fields.scopeVersion, text: origin[origin.scopeVersion])
        document.set(fields.resourceAttributes, json: origin[origin.resource])
        guard fixes.contains(.envelope) else { return }
        document.set(fields.hostName, text: origin[origin.hostName])
        document.set(fields.hostArchitecture, text: origin[origin.hostArchitecture])
        document.set(fields.hostOSType, text: origin[origin.osType])
        document.set(fields.hostOSVersion, text: origin[origin.osVersion])
        document.set(fields.serviceName, text: origin[origin.serviceName])
        document.set(fields.serviceVersion, text: origin[origin.serviceVersion])
    }

    /// Kind, tags and the original.
    private func finish(
        _ outcome: Outcome, _ entry: RecordBatch.Entry, _ bytes: RawSpan, into document: inout Document
    ) {
        if outcome.isFailed {
            document.set(fields.eventKind, text: Literal.bytes("pipeline_error"))
        } else if outcome.isEvent {
            document.set(fields.eventKind, text: Literal.bytes("event"))
        }
        if outcome.isUnknown { document.set(fields.tags, text: Literal.bytes("unknown_event")) }
        if outcome.isUnconverted { document.set(fields.tags, text: Literal.bytes("conversion_failed")) }
        if outcome.isFailed { document.set(fields.tags, text: Literal.bytes("preserve_original_event")) }
        if outcome.isFailed || outcome.wantsOriginal { addOriginal(entry, bytes, into: &document) }
    }

    private func addOriginal(_ entry: RecordBatch.Entry, _ bytes: RawSpan, into document: inout Document) {
        guard entry.encoding == .protobuf else { return document.set(fields.eventOriginal, text: bytes[entry.range]) }
        document.set(fields.eventOriginal) { Base64.append(bytes[entry.range], to: &$0) }
    }

    private func addEnvelope(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) {
        document.set(fields.streamNamespace, text: batch.tenant.text)
        document.set(fields.docketTenant, text: batch.tenant.text)
        document.set(fields.docketSource, text: batch.source.text)
        if batch.contexts.indices.contains(Int(entry.context)) {
            document.set(fields.docketCredential, text: batch.contexts[Int(entry.context)].credential)
            document.set(fields.docketPeer, text: batch.contexts[Int(entry.context)].peer)
        }
        guard let admission else { return }
        document.set(fields.docketSequence, long: Int64(truncatingIfNeeded: admission.sequence))
        document.set(fields.eventIngested, date: admission.accepted)
        if !document.has(fields.timestamp) { document.set(fields.timestamp, date: admission.accepted) }
    }
}
