import Codecs
public import Events
import Platform

/// Source records to documents in Elastic Common Schema: every record becomes one document at least, also
/// one that cannot be read, unless it was erased or says only how Docket gets along.
///
/// A pure function with a version: no clock, no network, no memory of earlier records (what it keeps between
/// records is a cache). So a journal can be mapped again years later.
///
/// - Threads: one at a time for each value; make one for each thread.
/// - Cost: nothing is allocated for a field.
public struct Normalizer: ~Copyable {
    /// Rises when the same record would give another document.
    public static let version = 3

    public enum Mode: Sendable {
        /// Everything that Docket knows.
        case full
        /// Exactly what Elastic's packages `anthropic`, `claude_code` and `claude_cowork` make of a record.
        case conformance
    }

    let fixes: Fixes
    let fields: MappedFields
    let stream: StreamName?
    let code: EventRules
    let cowork: EventRules
    var reader = OTLPReader()
    var origin = OriginFacts()
    var events: EventMapper
    var activities: ActivityMapper
    var spans: SpanMapper
    let office: OfficeMapper
    var points: PointMapper
    var others: OtherLogMapper
    var documents: DocumentReader
    var auditLog: AuditLogMapper
    let reports: ReportMapper
    let directory: DirectoryMapper
    let listings: ListingMapper
    let sentEnrichment: SentEnrichment
    var identity: EventIdentity

    /// - Parameter stream: what all log records and spans are; without it their scope says so.
    /// - Parameter enricher: what is known about addresses and user agents; without it nothing is.
    /// - Parameter digest: makes the ids of telemetry; not asked in conformance mode.
    public init(
        catalog: FieldCatalog = .standard, mode: Mode = .full, stream: StreamName? = nil,
        enricher: (any Enricher)? = nil, digest: @escaping BatchDigest
    ) {
        fixes = mode == .full ? .all : []
        fields = MappedFields(catalog)
        self.stream = stream
        identity = EventIdentity(digest)
        code = EventRules(.code, catalog, fixes: fixes)
        cowork = EventRules(.cowork, catalog, fixes: fixes)
        events = EventMapper(catalog, fields, fixes)
        activities = ActivityMapper(catalog, fields, fixes, enricher)
        spans = SpanMapper(catalog, fields, fixes)
        office = OfficeMapper(catalog, fields)
        points = PointMapper(catalog, fields)
        others = OtherLogMapper(catalog, fields)
        documents = DocumentReader(catalog, fixes)
        reports = ReportMapper(catalog, fields)
        directory = DirectoryMapper(catalog, fields)
        listings = ListingMapper(catalog, fields)
        sentEnrichment = SentEnrichment(catalog, fields, enricher)
        auditLog = AuditLogMapper(catalog, fields, activities.rules, fixes, enricher)
    }

    /// Maps all records of a batch in their order, the ids of several at once.
    ///
    /// - Parameter emit: called once for each document, which is good until it returns, with the place of its record
    ///   in the batch. Only a metric becomes several documents: one for each of its points.
    public mutating func mapAll(
        of journaled: borrowing JournaledBatch, into group: inout DocumentGroup,
        _ emit: (Int, StreamName, borrowing Document) throws -> Void
    ) rethrows {
        try mapAll(
            of: journaled.batch, Admission(journaled.firstSequence, journaled.accepted), into: &group, emit)
    }

    /// Maps records that are in no journal.
    public mutating func mapAll(
        of batch: borrowing RecordBatch, into group: inout DocumentGroup,
        _ emit: (Int, StreamName, borrowing Document) throws -> Void
    ) rethrows {
        try mapAll(of: batch, nil, into: &group, emit)
    }

    private mutating func mapAll(
        of batch: borrowing RecordBatch, _ first: Admission?, into group: inout DocumentGroup,
        _ emit: (Int, StreamName, borrowing Document) throws -> Void
    ) rethrows {
        let count = batch.entries.count
        var next = 0
        identity.beginBatch()
        while next < count {
            group.removeAll()
            identity.removeAll()
            while next < count, group.count < DocumentGroup.capacity, batch.entries[next].kind != .otlpMetric {
                guard batch.entries[next].hasDocuments else {
                    next += 1
                    continue
                }
                let waiting = identity.count
                let stream = fill(
                    batch.entries[next], batch, first?.next(next), into: &group.documents[group.count])
                group.add(next, stream, needsID: identity.count > waiting)
                next += 1
            }
            identity.makeAll()
            var waiting = 0
            for place in 0..<group.count {
                if group.needsID[place] {
                    identity.setID(waiting, fields.eventID, in: &group.documents[place])
                    waiting += 1
                }
                try emit(group.indices[place], group.streams[place], group.documents[place])
            }
            if next < count, batch.entries[next].kind == .otlpMetric {
                let place = next
                next += 1
                guard batch.entries[place].hasDocuments else { continue }
                try mapMetric(batch.entries[place], batch, first?.next(place), into: &group.documents[0]) {
                    stream, document in try emit(place, stream, document)
                }
            }
        }
    }

    /// Everything but metrics.
    private mutating func fill(
        _ entry: RecordBatch.Entry, _ batch: borrowing RecordBatch, _ admission: Admission?,
        into document: inout Document
    ) -> StreamName {
        switch entry.kind {
        case .activity: return fillActivity(entry, batch, admission, into: &document)
        case .otlpLog: return fillLog(entry, batch, admission, into: &document)
        case .otlpSpan: return fillSpan(entry, batch, admission, into: &document)
        case .ecs, .erasure, .keyRotation, .finding, .drill, .hold, .retention, .access:
            return fillDocument(entry, batch, admission, into: &document)
        case .heartbeat, .bookmark: preconditionFailure("they become no documents")
        case .event: return fillEvent(entry, batch, admission, into: &document)
        case .listing: return fillListing(entry, batch, admission, into: &document)
        case .directory: return fillDirectory(entry, batch, admission, into: &document)
        case .auditLogRow: return fillRow(entry, batch, admission, into: &document)
        case .reportRow: return fillReportRow(entry, batch, admission, into: &document)
        case .otlpMetric: preconditionFailure("metrics become several documents")
        }
    }
}

/// What the journal adds to a record.
struct Admission {
    let sequence: UInt64
    let accepted: Timestamp

    init(_ sequence: UInt64, _ accepted: Timestamp) {
        self.sequence = sequence
        self.accepted = accepted
    }

    /// Of the record that stands so many places behind this one.
    func next(_ places: Int) -> Admission { Admission(sequence &+ UInt64(places), accepted) }
}

/// Documents that are filled together, so that their ids can be made together.
public struct DocumentGroup: ~Copyable {
    static let capacity = 16

    var documents: InlineArray<16, Document>
    private(set) var count = 0
    private(set) var indices: [Int] = []
    private(set) var streams: [StreamName] = []
    private(set) var needsID: [Bool] = []

    public init() {
        documents = InlineArray { _ in Document() }
    }

    mutating func removeAll() {
        count = 0
        indices.removeAll(keepingCapacity: true)
        streams.removeAll(keepingCapacity: true)
        needsID.removeAll(keepingCapacity: true)
        for place in 0..<Self.capacity { documents[place].removeAll() }
    }

    mutating func add(_ index: Int, _ stream: StreamName, needsID: Bool) {
        indices.append(index)
        streams.append(stream)
        self.needsID.append(needsID)
        count += 1
    }
}
