public import Events
public import Platform
import Query

/// The searchable copy of the journal: the last moments in memory, everything before in Parquet files.
///
/// It can always be thrown away and built again. What it has of the journal is in its manifest, so a start
/// goes on exactly where the files end: no record is lost and none is there twice.
///
///     append ─▶ pages in memory ─▶ publish: they are visible ─▶ seal: a Parquet file of one tenant and stream
///
/// - Threads: appending and publishing from one thread; searching from any.
public final class EventStore: Sendable {
    /// What a query sees: pages and files of one moment.
    struct View: Sendable {
        var pages: [Shelf: [HotPage]] = [:]
        var segments: [Segment] = []
        /// Records whose documents do not hold any more, as a newer one has the same id.
        var superseded: [Shelf: SequenceSet] = [:]
        /// Held by every search that reads files of this moment.
        var hold = ViewHold()
    }

    let columns: StoreColumns
    let database: Database
    let folder: SegmentFolder
    let limits: StoreLimits
    let metrics: StoreMetrics
    let view: Locked<View>
    let snapshots = HotSnapshotRegistry()
    private let opened: Manifest
    private let log: Log
    private let clock: any Clock

    /// - Parameter path: the store's folder. It belongs to this process alone.
    public init(
        path: String, catalog: FieldCatalog = .standard, limits: StoreLimits = StoreLimits(), clock: any Clock,
        metrics: StoreMetrics, log: Log
    ) throws(StoreError) {
        folder = SegmentFolder(path: path)
        opened = try folder.open()
        columns = StoreColumns(catalog: catalog)
        self.limits = limits
        self.metrics = metrics
        self.log = log
        self.clock = clock
        view = Locked(View(segments: opened.segments))
        do throws(DuckDBError) {
            database = try Database(
                .init(
                    memory: limits.engineMemory, threads: limits.engineThreads,
                    temporaryDirectory: "\(path)/.temporary",
                    allowedDirectories: [path], keepsFileEnds: true))
            let connection = try Connection(to: database)
            try rows.register(on: connection)
            for native in DuckDBDialect.Native.allCases { try native.function.register(on: connection) }
            for function in DuckDBDialect.functions { try connection.execute(function) }
        } catch {
            throw .engine("\(error)")
        }
        metrics.segments.set(opened.segments.count)
    }

    /// Rows that are not in files yet, in SQL.
    private var rows: ScanFunction { ScanFunction(HotSnapshotRegistry.functionName) { [snapshots] in snapshots[$0] } }

    /// Row groups on their way into a file, many times over. - Unit: bytes
    private static let writingMemory = 256 << 20

    /// Parquet files.
    public var segmentCount: Int { view.withLock { $0.segments.count } }

    /// Where the journal is to be read from.
    public var position: JournalPosition { opened.position }

    /// The one who appends. Ask for it once.
    public func writer() throws(StoreError) -> StoreWriter {
        do throws(DuckDBError) {
            // Files are written by an engine of their own: a search cannot take its memory, and its one thread
            // holds a quarter less than two would.
            let database = try Database(
                .init(
                    memory: Self.writingMemory, threads: 1, temporaryDirectory: "\(folder.path)/.writing",
                    allowedDirectories: [folder.path]))
            let connection = try Connection(to: database)
            try rows.register(on: connection)
            return try StoreWriter(store: self, connection: connection, manifest: opened, clock: clock, log: log)
        } catch {
            throw .engine("\(error)")
        }
    }
}

/// The numbers that bound a store.
public struct StoreLimits: Sendable {
    /// Rows of one tenant and stream that are sealed as one file.
    ///
    /// - Unit: rows   - Default: 122,880
    public var segmentRows = 122_880

    /// Rows of a row group in a file. The engine holds some groups whole while it writes: one group of 122,880 rows
    /// took two thirds more processor time and 600 MiB more memory than thirty of these.
    ///
    /// - Unit: rows, a multiple of 2,048   - Default: 4,096
    public var rowGroupRows = 4_096

    /// Rows of a row group in a merged file. Four of every hundred bytes more than groups of 122,880, for a fifth of the
    /// memory: a merge holds 65 MiB.
    ///
    /// - Unit: rows, a multiple of 2,048   - Default: 32,768
    public var mergedGroupRows = 32_768

    /// Rows of a day that are worth a file of their own when files are merged.
    ///
    /// - Default: 4,096
    public var worthyRows = 4_096

    /// Which files are merged.
    var merging = MergePolicy()

    /// Memory of all rows that are not sealed. Behind it everything is sealed.
    ///
    /// - Unit: bytes   - Default: 12 MiB, some 15,000 events
    public var hotMemory = 12 << 20

    /// How long a row stays unsealed at the most, so that others who read the files see it.
    ///
    /// - Default: one hour
    public var hotTime = Timestamp.Span.hours(1)

    /// Event ids that are remembered to drop what is sent twice.
    ///
    /// - Unit: events of 22 bytes   - Default: 500,000
    public var rememberedIDs = 500_000

    /// What the engine keeps of the ends of files counts at half of what it takes: when it is full of them, the process
    /// has some 450 MiB more.
    ///
    /// - Unit: bytes   - Default: 256 MiB
    public var engineMemory = 256 << 20

    /// - Default: 2
    public var engineThreads = 2

    public init() {}
}

/// What the store counts.
public struct StoreMetrics: Sendable {
    let indexed: Counter
    let repeated: Counter
    let sealed: Counter
    let merged: Counter
    let deleted: Counter
    let passedOver: Counter
    let revised: Counter
    let hotRows: Gauge
    let segments: Gauge

    public init(_ metrics: MetricList) {
        indexed = metrics.counter("docket_store_documents_total", "Documents that can be found.")
        repeated = metrics.counter(
            "docket_store_repeats_total", "Documents that were dropped because their event id was there already.")
        sealed = metrics.counter("docket_store_sealed_total", "Documents written to Parquet files.")
        merged = metrics.counter(
            "docket_store_merged_total", "Documents written to Parquet files anew, with those of other files.")
        deleted = metrics.counter(
            "docket_store_deleted_total", "Documents that were deleted for their age.")
        passedOver = metrics.counter(
            "docket_store_passed_over_total",
            "Documents of the journal that were deleted for their age before, and did not come back.")
        revised = metrics.counter(
            "docket_store_revised_total", "Documents that a newer one with the same event id took the place of.")
        hotRows = metrics.gauge("docket_store_hot_documents", "Documents in memory.")
        segments = metrics.gauge("docket_store_segments", "Parquet files.")
    }
}

/// As long as somebody has it, files that were replaced since are there.
final class ViewHold: Sendable {}

/// Snapshots that running statements read, by number.
final class HotSnapshotRegistry: Sendable {
    static let functionName = "docket_hot"

    private struct Known {
        var next: Int64 = 1
        var snapshots: [Int64: any ScanSnapshot] = [:]
    }

    private let known = Locked(Known())

    subscript(number: Int64) -> (any ScanSnapshot)? { known.withLock { $0.snapshots[number] } }

    /// Gives the snapshot a number as long as `body` runs.
    func with<Result, Failure: Error>(
        _ snapshot: any ScanSnapshot, _ body: (Int64) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let number = known.withLock { known in
            defer { known.next += 1 }
            known.snapshots[known.next] = snapshot
            return known.next
        }
        defer { known.withLock { $0.snapshots[number] = nil } }
        return try body(number)
    }
}
