public import Events
import Platform

/// Files of a shelf that are to be merged, as the writer gave them out.
public struct SegmentMerge: Sendable {
    let choice: MergePolicy.Choice
    /// Tells the names of what comes of it from all others.
    let number: UInt64
    /// Which rows stay; `nil` for all.
    var kept: KeptRows?
    /// The files stay as long as somebody has it.
    let hold: ViewHold

    var shelf: Shelf { choice.segments[0].shelf }
    public var rows: Int { choice.segments.reduce(0) { $0 + $1.rows } }
    public var files: Int { choice.segments.count }
    public var tenant: TenantName { shelf.tenant }
    public var stream: StreamName { shelf.stream }
}

/// Writes the files of a merge, beside everything that goes on.
///
/// It has an engine of its own as long as it works: what that holds is given back at the end, and no search or seal
/// waits for it.
///
/// - Threads: one; ``cancel()`` from any.
public final class SegmentMerger: Sendable {
    private let store: EventStore
    private let canceller = Locked<Canceller?>(nil)
    private let isCancelled = Locked(false)

    /// Row groups on their way into a file, and the pages of a few files on their way out.
    private static let memory = 256 << 20

    public init(_ store: EventStore) { self.store = store }

    /// What runs ends soon, and nothing runs from now on.
    public func cancel() {
        isCancelled.withLock { $0 = true }
        canceller.withLock { $0 }?.cancel()
    }

    /// - Returns: files with the same rows, which no manifest names yet.
    public func run(_ merge: SegmentMerge) throws(Fault) -> MergedSegments {
        defer { canceller.withLock { $0 = nil } }
        var written: [Segment] = []
        do {
            let connection = try open()
            let times = try times(of: merge, connection)
            guard times.count == merge.rows || merge.kept != nil else {
                throw Fault(.diskFailed, .stop, "Files of the store have other rows than its manifest says.")
            }
            let limits = store.limits
            let layout = MergeLayout(
                times, groupRows: limits.mergedGroupRows, enough: limits.worthyRows, isWhole: merge.choice.isWhole)
            for (place, output) in layout.outputs.enumerated() {
                written.append(try write(output, place, of: merge, connection))
            }
            return MergedSegments(merge: merge, segments: written)
        } catch {
            for segment in written { try? store.folder.remove(segment.file) }
            if let fault = error as? Fault { throw fault }
            if isCancelled.withLock({ $0 }) { throw Fault(.stopping, .stop, "The merge was cancelled.") }
            throw Fault(.diskFailed, .again(after: .seconds(60)), "Files of the store cannot be merged: \(error)")
        }
    }

    private func open() throws -> Connection {
        let database = try Database(
            .init(
                memory: Self.memory, threads: 1, temporaryDirectory: "\(store.folder.path)/.merging",
                allowedDirectories: [store.folder.path]))
        let connection = try Connection(to: database)
        canceller.withLock { $0 = connection.canceller }
        if isCancelled.withLock({ $0 }) { connection.canceller.cancel() }
        return connection
    }

    private func times(of merge: SegmentMerge, _ connection: Connection) throws -> [Int64] {
        var times: [Int64] = []
        times.reserveCapacity(merge.rows)
        var rows = try connection.query(
            "SELECT \"@timestamp\" FROM \(self.rows(of: merge.choice.segments)) WHERE \(merge.kept?.sql ?? "true")",
            merge.kept?.values ?? [])
        while let chunk = try rows.next() {
            let column = chunk.column(0)
            for row in 0..<chunk.count { if let time = column.timestamp(row) { times.append(time.nanoseconds) } }
        }
        times.sort()
        return times
    }

    /// One slice after the other, each read where it lies and written as a row group: so the file is in order, and nobody
    /// sorts whole rows. Within a group they are as they came.
    private func write(
        _ output: MergeLayout.Output, _ place: Int, of merge: SegmentMerge, _ connection: Connection
    ) throws -> Segment {
        if isCancelled.withLock({ $0 }) { throw Fault(.stopping, .stop, "The merge was cancelled.") }
        func touching(_ range: Range<Int64>) -> [Segment] {
            merge.choice.segments.filter {
                $0.latest.nanoseconds >= range.lowerBound && $0.earliest.nanoseconds < range.upperBound
            }
        }
        let parts = output.slices.map { slice in
            "SELECT * FROM \(rows(of: touching(slice))) WHERE \"@timestamp\" >= make_timestamp_ns(\(slice.lowerBound)) "
                + "AND \"@timestamp\" < make_timestamp_ns(\(slice.upperBound)) AND \(merge.kept?.sql ?? "true")"
        }
        let sources = touching(output.earliest..<output.latest + 1)
        let folder = try store.folder.folder(of: merge.shelf)
        let name = "merged-\(merge.number)-\(place).parquet"
        let writing = SegmentFile(connection: connection)
        let bytes = try writing.write(
            parts.joined(separator: " UNION ALL BY NAME "), merge.kept?.values ?? [], to: name, in: folder,
            groupRows: store.limits.mergedGroupRows)
        let file = "\(merge.tenant)/\(merge.stream)/\(name)"
        let count = try self.count(file, connection)
        guard count == output.rows else {
            throw Fault(.diskFailed, .stop, "A merged file has \(count) rows and not \(output.rows).")
        }
        try store.folder.write(
            try writing.filter(of: "\(store.folder.path)/\(file)", groupRows: store.limits.mergedGroupRows), of: file)
        return Segment(
            file: file, shelf: merge.shelf, rows: output.rows, bytes: bytes,
            earliest: Timestamp(nanoseconds: output.earliest), latest: Timestamp(nanoseconds: output.latest),
            columns: Self.union(sources.map(\.columns)), misfits: Self.union(sources.map(\.misfits)),
            number: sources.map(\.number).max() ?? 0)
    }

    private func count(_ file: String, _ connection: Connection) throws -> Int {
        var rows = try connection.query(
            "SELECT count(*) FROM \(SegmentFile.rows(of: ["\(store.folder.path)/\(file)"]))")
        var count = 0
        while let chunk = try rows.next() { count = Int(chunk.column(0).integer(0) ?? 0) }
        return count
    }

    private func rows(of segments: [Segment]) -> String {
        SegmentFile.rows(of: segments.map { "\(store.folder.path)/\($0.file)" })
    }

    private static func union(_ lists: [[String]]) -> [String] {
        lists.reduce(into: Set()) { $0.formUnion($1) }.sorted()
    }
}

/// Files that are written and do not count yet.
public struct MergedSegments: Sendable {
    let merge: SegmentMerge
    let segments: [Segment]
    public var files: Int { segments.count }
    public var bytes: Int { segments.reduce(0) { $0 + $1.bytes } }
}

extension StoreWriter {
    /// Files that are worth being merged; `nil` when none are.
    ///
    /// One merge at a time: the next is asked for when this one came to its end.
    public func nextMerge() -> SegmentMerge? {
        let hold = store.view.withLock { $0.hold }
        // The largest heap of files first.
        let shelves = Dictionary(grouping: manifest.segments, by: \.shelf).sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }
        for (_, segments) in shelves {
            if let choice = store.limits.merging.choose(segments, now: clock.now()) {
                return SegmentMerge(choice: choice, number: manifest.merges + 1, hold: hold)
            }
        }
        return nil
    }

    /// Puts what came of a merge into the places of what it was made of, at one moment.
    ///
    /// - Returns: false when that is not there any more, as something was erased: then the new files are gone.
    public func finish(_ merged: MergedSegments) throws(Fault) -> Bool {
        let old = merged.merge.choice.segments
        let known = Set(manifest.segments.map(\.file))
        guard old.allSatisfy({ known.contains($0.file) }) else {
            discard(merged)
            return false
        }
        do throws(Fault) {
            try replace(old, with: merged.segments) { manifest in
                manifest.merges = merged.merge.number
                if let kept = merged.merge.kept { manifest.note(kept.deletion, of: merged.merge.shelf) }
            }
        } catch {
            discard(merged)
            throw error
        }
        store.metrics.merged.add(merged.segments.reduce(0) { $0 + $1.rows })
        return true
    }

    private func discard(_ merged: MergedSegments) {
        // What cannot be removed now is removed by the next start.
        for segment in merged.segments { try? store.folder.remove(segment.file) }
    }
}
