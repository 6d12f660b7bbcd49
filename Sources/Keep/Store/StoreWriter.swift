import Codecs
public import Events
import Platform

/// Appends documents, shows them, and seals them into files.
///
/// - Threads: one at a time.
public final class StoreWriter {
    private let store: EventStore
    private let clock: any Clock
    private let log: Log
    private let connection: Connection
    private var manifest: Manifest
    private var open: [Shelf: OpenShelf] = [:]
    private var known: RecentIDs
    /// The journal up to here is appended.
    private var end: JournalPosition

    /// Rows of one shelf that are not sealed.
    private final class OpenShelf {
        var builder: HotPageBuilder
        var pages: [HotPage] = []
        /// Start of the oldest batch with a row in here.
        var start: JournalPosition
        var since: Timestamp
        /// Sequence behind the last record.
        var below: UInt64 = 0

        init(columns: StoreColumns, start: JournalPosition, since: Timestamp) {
            builder = HotPageBuilder(columns: columns)
            self.start = start
            self.since = since
        }

        var rows: Int { pages.reduce(0) { $0 + $1.rows.count } + builder.count }
        var size: Int { pages.reduce(0) { $0 + $1.size } }
    }

    init(store: EventStore, manifest: Manifest, clock: any Clock, log: Log) throws(DuckDBError) {
        self.store = store
        self.clock = clock
        self.log = log
        self.manifest = manifest
        connection = try Connection(to: store.database)
        known = RecentIDs(limit: store.limits.rememberedIDs)
        end = manifest.position
        try remember()
    }

    /// Adds the document of one record. Documents of records that are sealed already are passed over, and so are
    /// those whose event id was seen a short while ago.
    public func append(
        _ document: borrowing Document, stream: StreamName, of batch: borrowing JournaledBatch, sequence: UInt64
    ) {
        let shelf = Shelf(tenant: batch.batch.tenant, stream: stream)
        if let below = manifest.sealedBelow[shelf], sequence < below { return }
        let id = eventID(document, shelf, sequence)
        guard known.insert(id) else {
            store.metrics.repeated.add()
            return
        }
        let opened = self.open(shelf, at: batch.position)
        let time = HotPageBuilder.time(of: document, store.columns, fallback: batch.accepted)
        let name = document.first(store.columns.eventID)?.kind != .text ? "rec_\(sequence)" : nil
        opened.builder.append(document, id: id, name: name, time: time, sequence: sequence)
        opened.below = max(opened.below, sequence + 1)
        if opened.builder.isFull { opened.pages.append(opened.builder.finish()) }
        store.metrics.indexed.add()
    }

    /// Makes everything so far visible, and seals what is due.
    ///
    /// - Parameter end: of the last batch that was appended whole.
    public func publish(upTo end: JournalPosition) throws(Fault) {
        self.end = end
        for shelf in open.values where shelf.builder.count > 0 {
            // Many small pages would make queries slow: the last one grows until it is full.
            shelf.pages.append(shelf.builder.finish())
            mergeSmallPages(&shelf.pages)
        }
        show()
        let now = clock.steady()
        let isOverMemory = open.values.reduce(0) { $0 + $1.size } > store.limits.hotMemory
        let due = open.filter { _, shelf in
            isOverMemory || shelf.rows >= store.limits.segmentRows || now - shelf.since > store.limits.hotTime
        }
        if !due.isEmpty { try seal(due.keys.sorted()) }
    }

    /// Seals everything, for a store that others will read.
    public func sealAll() throws(Fault) {
        try publish(upTo: end)
        try seal(open.keys.sorted())
    }

    // MARK: Inside

    private func open(_ shelf: Shelf, at position: JournalPosition) -> OpenShelf {
        if let known = open[shelf] { return known }
        let opened = OpenShelf(columns: store.columns, start: position, since: clock.steady())
        open[shelf] = opened
        return opened
    }

    private func eventID(_ document: borrowing Document, _ shelf: Shelf, _ sequence: UInt64) -> EventID {
        if let entry = document.first(store.columns.eventID), entry.kind == .text {
            var text = ByteBuffer(capacity: 128)
            text.append(text: shelf.tenant.text)
            text.append(0)
            text.append(document.bytes[entry.value])
            return EventID(text.bytes)
        }
        var text = ByteBuffer(capacity: 128)
        text.append(text: "\(shelf.tenant.text)\u{0}\(shelf.stream.text)\u{0}\(sequence)")
        return EventID(text.bytes)
    }

    /// Pages are not changed: small neighbors are replaced by one that holds the rows of both.
    private func mergeSmallPages(_ pages: inout [HotPage]) {
        while pages.count > 1,
            pages[pages.count - 1].rows.count + pages[pages.count - 2].rows.count <= ScanChunk.capacity
        {
            let right = pages.removeLast()
            let left = pages.removeLast()
            pages.append(HotPage(left, right))
        }
    }

    private func show() {
        let pages = open.mapValues(\.pages).filter { !$0.value.isEmpty }
        let segments = manifest.segments
        store.view.withLock { $0 = EventStore.View(pages: pages, segments: segments) }
        store.metrics.hotRows.set(open.values.reduce(0) { $0 + $1.rows })
        store.metrics.segments.set(segments.count)
    }

    private func seal(_ shelves: [Shelf]) throws(Fault) {
        var next = manifest
        do {
            for shelf in shelves {
                guard let opened = open[shelf], !opened.pages.isEmpty else { continue }
                let segment = try write(opened, shelf)
                next.segments.append(segment)
                next.sealedBelow[shelf] = opened.below
            }
            let rest = open.filter { !shelves.contains($0.key) }.values
            next.position = rest.map(\.start).min() ?? end
            try store.folder.write(next)
        } catch {
            log.error("a segment could not be written", ("error", "\(error)"))
            throw Fault(
                .diskFailed, .again(after: .seconds(10)), "The store cannot be written; it goes on from the journal.")
        }
        manifest = next
        for shelf in shelves {
            store.metrics.sealed.add(open[shelf]?.rows ?? 0)
            open[shelf] = nil
        }
        show()
    }

    private func write(_ opened: OpenShelf, _ shelf: Shelf) throws -> Segment {
        let snapshot = HotSnapshot(opened.pages, store: store.columns, isSorted: true)
        let folder = try store.folder.folder(of: shelf)
        let first = opened.pages.lazy.flatMap(\.rows).map(\.sequence).min() ?? 0
        let name = "\(Self.padded(first))-\(Self.padded(opened.below - 1)).parquet"
        let temporary = "\(folder)/\(name).new"
        try store.snapshots.with(snapshot) { number in
            try connection.execute(
                "COPY (SELECT * FROM \(HotSnapshotRegistry.functionName)(\(number))) TO \(Self.quoted(temporary)) "
                    + "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
        }
        let disk = FolderDisk(folder: folder)
        let file = try disk.open("\(name).new")
        try file.sync()
        let bytes = try file.size()
        try disk.rename("\(name).new", to: name)
        try disk.syncNames()
        let times = opened.pages.lazy.flatMap(\.rows).map(\.time)
        return Segment(
            file: "\(shelf.tenant)/\(shelf.stream)/\(name)", shelf: shelf, rows: opened.rows, bytes: bytes,
            earliest: times.min() ?? Timestamp(nanoseconds: 0), latest: times.max() ?? Timestamp(nanoseconds: 0),
            columns: snapshot.columns.map(\.name))
    }

    /// Ids of the newest segments, so that what was sent twice around a restart is still seen.
    private func remember() throws(DuckDBError) {
        var left = store.limits.rememberedIDs
        for segment in manifest.segments.reversed() where left > 0 && segment.columns.contains("event.id") {
            left -= segment.rows
            var rows = try connection.query(
                "SELECT \"event.id\" FROM read_parquet(\(Self.quoted("\(store.folder.path)/\(segment.file)")))")
            var text = ByteBuffer(capacity: 128)
            while let chunk = try rows.next() {
                let column = chunk.column(0)
                for row in 0..<chunk.count where !column.isNull(row) {
                    text.removeAll()
                    text.append(text: segment.shelf.tenant.text)
                    text.append(0)
                    text.append(column.bytes(row))
                    _ = known.insert(EventID(text.bytes))
                }
            }
        }
    }

    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }
}
