import Codecs
import Events
import Platform
import Query
import TestKit

@testable import Store

/// A clock that stands still until it is told.
final class StillClock: Clock {
    private let moment = Locked(Timestamp(nanoseconds: 1_791_447_318_137_000_000))

    func now() -> Timestamp { moment.withLock { $0 } }
    func steady() -> Timestamp { now() }
    func advance(_ span: Timestamp.Span) { moment.withLock { $0 = $0 + span } }
}

/// A store in a folder of its own, fed by a journal that is a list.
final class SampleStore {
    /// A record of the journal: one document or several.
    struct Record {
        var tenant = TenantName.default
        var documents: [(stream: StreamName, document: SampleDocument)]
        /// The first record of its batch; `nil` for a batch of its own.
        var batch: Int?

        init(_ documents: [(StreamName, SampleDocument)], tenant: TenantName = .default) {
            self.tenant = tenant
            self.documents = documents
        }

        init(_ document: SampleDocument, stream: StreamName = .codeEvents, tenant: TenantName = .default) {
            self.init([(stream, document)], tenant: tenant)
        }
    }

    let folder: TemporaryFolder
    let clock = StillClock()
    let metrics = MetricList()
    let limits: StoreLimits
    var store: EventStore
    var writer: StoreWriter
    var journal: [Record] = []
    /// Records that were appended since the start.
    private(set) var reached = 0

    init(limits: StoreLimits = StoreLimits(), folder: TemporaryFolder? = nil) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        self.limits = limits
        store = try Self.open(folder.path, limits, clock)
        writer = try store.writer()
    }

    private static func open(_ path: String, _ limits: StoreLimits, _ clock: StillClock) throws -> EventStore {
        try EventStore(
            path: "\(path)/store", limits: limits, clock: clock, metrics: StoreMetrics(MetricList()),
            log: Log("test", least: .error))
    }

    /// When the journal accepted everything.
    static let accepted = Timestamp(nanoseconds: 1_791_000_000_000_000_001)

    static func position(_ record: Int) -> JournalPosition { JournalPosition(segment: 1, offset: UInt64(record)) }

    /// Appends records of the journal, and shows them.
    func index(upTo end: Int, publishEvery step: Int = .max) throws {
        while reached < end {
            let record = journal[reached]
            let first = record.batch ?? reached
            let batch = JournaledBatch(
                batch: RecordBatch(tenant: record.tenant, source: "test"), firstSequence: UInt64(first),
                accepted: Self.accepted, position: Self.position(first), end: Self.position(reached + 1))
            for (stream, sample) in record.documents {
                var document = Document()
                sample.fill(&document)
                writer.append(document, stream: stream, of: batch, sequence: UInt64(reached))
            }
            reached += 1
            if reached % step == 0 { try writer.publish(upTo: Self.position(reached)) }
        }
        try writer.publish(upTo: Self.position(reached))
    }

    /// Opens the folder again, as after a kill, and reads the journal from where the store says.
    func reopen() throws {
        store = try Self.open(folder.path, limits, clock)
        writer = try store.writer()
        reached = Int(store.position.offset)
    }

    func search(
        _ text: String = "", tenant: TenantName = .default, from: Timestamp? = nil, to: Timestamp? = nil,
        limit: Int = 10_000, newestFirst: Bool = true, behind: SearchPlace? = nil
    ) throws -> SearchAnswer {
        try StoreSearch(store, clock: clock).search(
            SearchRequest(
                tenant: tenant.text, text: text, from: from, to: to, limit: limit, newestFirst: newestFirst,
                behind: behind))
    }
}
