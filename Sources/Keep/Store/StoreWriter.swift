import Codecs
public import Events
import Platform

/// Appends documents, shows them, and seals them into files.
///
/// - Threads: one at a time.
public final class StoreWriter {
    let store: EventStore
    let clock: any Clock
    private let log: Log
    let connection: Connection
    private(set) var manifest: Manifest
    /// What searches may hold.
    private var holds: [WeakHold] = []
    /// Files that no new search reads, and what those hold that may.
    private var replaced: [(files: [String], holds: [WeakHold])] = []

    private struct WeakHold { weak var hold: ViewHold? }

    private var open: [Shelf: OpenShelf] = [:]
    /// Shelves that were asked for lately: names are compared sooner than they are hashed.
    private var near: [Near] = []
    private var known: RecentIDs
    /// Nobody outside knows where an id lies in the table, so nobody can send ids that all want the same place.
    private let salt = UInt64.random(in: .min ... .max)
    /// The journal up to here is appended.
    private var end: JournalPosition
    /// The record whose documents are being appended, and how many of them there were.
    private var current: (tenant: TenantName, sequence: UInt64, documents: Int)?
    /// Counted in the metrics when they are shown.
    private var appended = 0
    /// Rows that are kept whatever their age is.
    var held: [HeldRows] = []

    /// A shelf, and what is known of it.
    private struct Near {
        let shelf: Shelf
        let below: UInt64
        let seed: UInt64
        let deleted: Manifest.Deletion?
        var opened: OpenShelf?
    }

    /// Rows of one shelf that are not sealed.
    private final class OpenShelf {
        var builder: HotPageBuilder
        var pages: [HotPage] = []
        /// Start of the oldest batch with a row in here.
        let start: JournalPosition
        let since: Timestamp
        /// Sequence behind the last record.
        var below: UInt64 = 0
        /// Of a stream whose documents are revised: which document has which id, and which ones do not hold any more.
        var revisions: Revisions?

        init(columns: StoreColumns, start: JournalPosition, since: Timestamp) {
            builder = HotPageBuilder(columns: columns)
            self.start = start
            self.since = since
        }

        var rows: Int { pages.reduce(0) { $0 + $1.rows.count } + builder.count }
        var size: Int { pages.reduce(0) { $0 + $1.size } + builder.size }
    }

    /// - Parameter connection: to an engine that writes files.
    init(
        store: EventStore, connection: sending Connection, manifest: Manifest, clock: any Clock, log: Log
    ) throws(DuckDBError) {
        self.store = store
        self.clock = clock
        self.log = log
        self.manifest = manifest
        self.connection = connection
        known = RecentIDs(limit: store.limits.rememberedIDs)
        holds = [WeakHold(hold: store.view.withLock { $0.hold })]
        end = manifest.position
        try remember()
    }

    /// Adds a document of a record. Documents of records that are sealed already are passed over, and so are
    /// those whose event id was seen a short while ago.
    ///
    /// - Order: as in the journal, the documents of one record one after another and always in the same order.
    public func append(
        _ document: borrowing Document, stream: StreamName, of batch: borrowing JournaledBatch, sequence: UInt64
    ) {
        let ordinal = countDocument(batch.batch.tenant, sequence)
        let place = near(batch.batch.tenant, stream)
        if sequence < near[place].below { return }
        if let deleted = near[place].deleted, sequence < deleted.below,
            isDeleted(
                HotPageBuilder.time(of: document, store.columns, fallback: batch.accepted), deleted, near[place].shelf)
        {
            store.metrics.passedOver.add()
            return
        }
        let isRevised = stream.isRevised
        let entry = HotPageBuilder.single(document, store.columns.eventID, .text)
        if let entry, !isRevised, !known.insert(Self.id(document.bytes[entry.value], near[place].seed)) {
            store.metrics.repeated.add()
            return
        }
        let opened = open(place, at: batch.position)
        if let entry, isRevised {
            let time = HotPageBuilder.time(of: document, store.columns, fallback: batch.accepted)
            opened.revisions?.add(document.bytes[entry.value], sequence: sequence, time: time)
            if let unit = store.columns.unit.flatMap({ HotPageBuilder.single(document, $0, .text) }) {
                opened.revisions?.add(
                    unit: document.bytes[unit.value], batch: batch.firstSequence, sequence: sequence, time: time)
            }
        }
        opened.builder.append(
            document, name: ordinal == 0 ? "rec_\(sequence)" : "rec_\(sequence)_\(ordinal)",
            time: HotPageBuilder.time(of: document, store.columns, fallback: batch.accepted), sequence: sequence)
        opened.below = max(opened.below, sequence + 1)
        if opened.builder.isFull { opened.pages.append(opened.builder.finish()) }
        appended += 1
    }

    /// Makes everything so far visible, and seals what is due.
    ///
    /// - Parameter end: of the last batch that was appended whole.
    public func publish(upTo end: JournalPosition) throws(Fault) {
        self.end = end
        try supersede()
        for shelf in open.values where shelf.builder.count > 0 {
            // Many small pages would make queries slow: the last one grows until it is full.
            shelf.pages.append(shelf.builder.finish())
            mergeSmallPages(&shelf.pages)
        }
        store.metrics.indexed.add(appended)
        appended = 0
        show()
        if !replaced.isEmpty { _ = try removeReplaced() }
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

    // MARK: Replacing files

    /// Seals what there is of a tenant, so that all of it is in files.
    func seal(_ tenant: TenantName) throws(Fault) {
        try publish(upTo: end)
        try seal(open.keys.filter { $0.tenant == tenant }.sorted())
    }

    /// Puts other segments in the places of some.
    func replace(
        _ old: [Segment], with new: [Segment], noting note: (inout Manifest) -> Void = { _ in }
    ) throws(Fault) {
        var next = manifest
        note(&next)
        let gone = Set(old.map(\.file))
        next.segments.removeAll { gone.contains($0.file) }
        next.segments += new
        do throws(DiskError) {
            try store.folder.write(next)
        } catch {
            throw Fault(.diskFailed, .again(after: .seconds(10)), "The manifest of the store cannot be written.")
        }
        manifest = next
        near.removeAll()
        show()
        noteReplaced(gone.sorted())
    }

    /// Files that the manifest does not name any more are kept as long as a search may read them.
    private func noteReplaced(_ files: [String]) {
        guard !files.isEmpty else { return }
        let current = store.view.withLock { $0.hold }
        replaced.append((files, holds.filter { $0.hold !== current }))
    }

    /// Removes files that were replaced and that no search reads any more.
    ///
    /// - Returns: whether none is left.
    public func removeReplaced() throws(Fault) -> Bool {
        while let (files, holds) = replaced.first, holds.allSatisfy({ $0.hold == nil }) {
            do throws(DiskError) {
                for file in files { try store.folder.remove(file) }
            } catch {
                throw Fault(.diskFailed, .again(after: .seconds(10)), "A file of the store cannot be removed.")
            }
            replaced.removeFirst()
        }
        return replaced.isEmpty
    }

    // MARK: Inside

    /// Finds out which documents do not hold any more since those that are to be shown came.
    private func supersede() throws(Fault) {
        for (shelf, opened) in open {
            guard let revisions = opened.revisions else { continue }
            opened.revisions?.found(try sequences(of: revisions, in: shelf))
            store.metrics.revised.add(opened.revisions?.takeCount() ?? 0)
        }
    }

    /// How many documents of this record there were before.
    private func countDocument(_ tenant: TenantName, _ sequence: UInt64) -> Int {
        if let known = current, known.sequence == sequence, known.tenant == tenant {
            current?.documents += 1
            return known.documents
        }
        current = (tenant, sequence, 1)
        return 0
    }

    /// Index of a shelf in ``near``.
    private func near(_ tenant: TenantName, _ stream: StreamName) -> Int {
        if let place = near.firstIndex(where: { $0.shelf.stream == stream && $0.shelf.tenant == tenant }) {
            return place
        }
        if near.count >= 64 { near.removeAll() }
        let shelf = Shelf(tenant: tenant, stream: stream)
        near.append(
            Near(
                shelf: shelf, below: manifest.sealedBelow[shelf] ?? 0, seed: EventID.seed(tenant.text) ^ salt,
                deleted: manifest.deleted[shelf], opened: open[shelf]))
        return near.count - 1
    }

    private func open(_ place: Int, at position: JournalPosition) -> OpenShelf {
        if let opened = near[place].opened { return opened }
        let opened = OpenShelf(columns: store.columns, start: position, since: clock.steady())
        if near[place].shelf.stream.isRevised { opened.revisions = Revisions() }
        open[near[place].shelf] = opened
        near[place].opened = opened
        return opened
    }

    /// As the id is stored: so it is found again after a restart.
    private static func id(_ text: RawSpan, _ seed: UInt64) -> EventID {
        guard UTF8Text.needsRepair(text) else { return EventID(text, seed: seed) }
        var repaired = ByteBuffer(capacity: text.byteCount + 16)
        UTF8Text.appendRepaired(text, to: &repaired)
        return EventID(repaired.bytes, seed: seed)
    }

    /// Pages are not changed: neighbors are replaced by one that holds the rows of both. A page is joined with
    /// one of its own size, so a row is copied a few times and not once for each moment of publishing.
    private func mergeSmallPages(_ pages: inout [HotPage]) {
        while pages.count > 1 {
            let (left, right) = (pages[pages.count - 2], pages[pages.count - 1])
            guard left.rows.count + right.rows.count <= ScanChunk.capacity,
                left.rows.count <= 2 * right.rows.count, left.memoryCount + right.memoryCount <= 64 << 20
            else { return }
            pages.removeLast(2)
            pages.append(HotPage(left, right, store.columns))
        }
    }

    private func show() {
        let pages = open.mapValues(\.pages).filter { !$0.value.isEmpty }
        let superseded = open.compactMapValues { $0.revisions?.superseded }.filter { !$0.value.isEmpty }
        let segments = manifest.segments
        store.view.withLock { view in
            // Who reads the same files holds the same.
            let hold = view.segments == segments ? view.hold : ViewHold()
            if holds.last?.hold !== hold { holds = holds.filter { $0.hold != nil } + [WeakHold(hold: hold)] }
            view = EventStore.View(pages: pages, segments: segments, superseded: superseded, hold: hold)
        }
        store.metrics.hotRows.set(open.values.reduce(0) { $0 + $1.rows })
        store.metrics.segments.set(segments.count)
    }

    private func seal(_ shelves: [Shelf]) throws(Fault) {
        var next = manifest
        var gone: [String] = []
        do {
            for shelf in shelves {
                guard let opened = open[shelf], !opened.pages.isEmpty else { continue }
                let superseded = opened.revisions?.superseded ?? SequenceSet()
                if !superseded.isEmpty { gone += try take(superseded, outOf: shelf, in: &next) }
                if let segment = try write(opened.pages, shelf, without: superseded) { next.segments.append(segment) }
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
        near.removeAll()
        for shelf in shelves {
            store.metrics.sealed.add(open[shelf]?.rows ?? 0)
            open[shelf] = nil
        }
        show()
        noteReplaced(gone)
    }

    /// Writes pages to a file, durably.
    ///
    /// - Parameter turn: tells it from a file with rows of the same records.
    func write(_ pages: [HotPage], _ shelf: Shelf, turn: Int = 0) throws -> Segment {
        guard let segment = try write(pages, shelf, turn: turn, without: SequenceSet()) else {
            preconditionFailure("nothing was left out")
        }
        return segment
    }

    /// - Parameter superseded: records whose documents are left out.
    /// - Returns: `nil` when none are left.
    private func write(
        _ pages: [HotPage], _ shelf: Shelf, turn: Int = 0, without superseded: SequenceSet
    ) throws -> Segment? {
        let snapshot = SegmentRows(pages, store: store.columns)
        let folder = try store.folder.folder(of: shelf)
        let sequences = pages.lazy.flatMap(\.rows).map(\.sequence)
        let name =
            "\(Self.padded(sequences.min() ?? 0))-\(Self.padded(sequences.max() ?? 0))"
            + (turn == 0 ? ".parquet" : ".\(turn).parquet")
        let left = sequences.count { superseded.contains($0) }
        if left == snapshot.count { return nil }
        let condition = superseded.exclusion.map { " WHERE \($0)" } ?? ""
        let bytes = try store.snapshots.with(snapshot) { number in
            try SegmentFile(connection: connection).write(
                "SELECT * FROM \(HotSnapshotRegistry.functionName)(\(number))\(condition)", to: name, in: folder,
                groupRows: store.limits.rowGroupRows, filters: false)
        }
        let file = "\(shelf.tenant)/\(shelf.stream)/\(name)"
        try store.folder.write(filter(of: pages), of: file)
        let times = pages.lazy.flatMap(\.rows).map(\.time)
        return Segment(
            file: file, shelf: shelf, rows: snapshot.count - left, bytes: bytes,
            earliest: times.min() ?? Timestamp(nanoseconds: 0), latest: times.max() ?? Timestamp(nanoseconds: 0),
            columns: snapshot.columns.map(\.name), misfits: pages.misfits(store.columns), number: manifest.nextNumber)
    }

    /// Ids that are left out are among those that may be there, which costs a look and nothing else.
    private func filter(of pages: [HotPage]) -> IDFilter {
        var filter = IDFilter(groupRows: store.limits.segmentRows)
        let column = Int(store.columns.eventID.index)
        for page in pages {
            for cell in page.cells[page.cells(of: column, in: 0..<page.rows.count)] {
                unsafe filter.add(page.value(cell).bytes, page.rows[Int(cell.row)].time)
            }
        }
        return filter
    }

    /// Ids of the newest segments, so that what was sent twice around a restart is still seen.
    private func remember() throws(DuckDBError) {
        var newest: [Segment] = []
        var rows = 0
        for segment in manifest.segments.sorted(by: { $0.number > $1.number }) where rows < store.limits.rememberedIDs {
            newest.append(segment)
            rows += segment.rows
        }
        // The oldest first, so that they are the first to be forgotten.
        for segment in newest.reversed() {
            let seed = EventID.seed(segment.shelf.tenant.text) ^ salt
            var rows = try connection.query(
                "SELECT \"event.id\" FROM \(SegmentFile.rows(of: ["\(store.folder.path)/\(segment.file)"]))")
            while let chunk = try rows.next() {
                let column = chunk.column(0)
                for row in 0..<chunk.count where !column.isNull(row) {
                    _ = known.insert(EventID(column.bytes(row), seed: seed))
                }
            }
        }
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }
}
