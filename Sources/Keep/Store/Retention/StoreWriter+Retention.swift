public import Events
import Platform

extension StoreWriter {
    /// Rows that are kept from deletion, also when the store is built anew.
    public func hold(_ rows: [HeldRows]) { held = rows }

    /// Deletes files that are older than they may be and of which nothing is held. It takes no longer than a new manifest.
    public func deleteExpired(_ retention: Retention) throws(Fault) -> [DeletedRows] {
        var deleted: [Shelf: DeletedRows] = [:]
        var gone: [Segment] = []
        for segment in manifest.segments {
            guard let cutoff = retention.cutoff(segment.shelf.tenant, segment.shelf.stream), segment.latest < cutoff,
                !retention.held.contains(where: { $0.touches(segment.shelf, segment.earliest, segment.latest) })
            else { continue }
            gone.append(segment)
            var rows =
                deleted[segment.shelf]
                ?? DeletedRows(
                    tenant: segment.shelf.tenant, stream: segment.shelf.stream, before: cutoff, rows: 0, files: 0)
            rows.rows += segment.rows
            rows.files += 1
            deleted[segment.shelf] = rows
        }
        guard !gone.isEmpty else { return [] }
        try replace(gone, with: []) { manifest in
            for (shelf, rows) in deleted { manifest.note(deletion(of: shelf, rows.before), of: shelf) }
        }
        store.metrics.deleted.add(gone.reduce(0) { $0 + $1.rows })
        return deleted.values.sorted { ($0.tenant, $0.stream) < ($1.tenant, $1.stream) }
    }

    /// A file of which enough is to go, and the rest to stay; `nil` when there is none.
    ///
    /// - Parameter passed: files that were looked at and are not worth it now; it is added to.
    public func nextTrim(_ retention: Retention, passed: inout Set<String>) throws(Fault) -> SegmentMerge? {
        for segment in manifest.segments where !passed.contains(segment.file) {
            guard let cutoff = retention.cutoff(segment.shelf.tenant, segment.shelf.stream), segment.earliest < cutoff
            else { continue }
            passed.insert(segment.file)
            var values: [BoundValue] = []
            let held = retention.held.filter { $0.touches(segment.shelf, segment.earliest, segment.latest) }
            let parts =
                ["\"@timestamp\" >= make_timestamp_ns(\(cutoff.nanoseconds))"]
                + held.map { $0.condition(segment, &values) }
            let kept = KeptRows(
                sql: "(\(parts.joined(separator: " OR ")))", values: values,
                deletion: deletion(of: segment.shelf, cutoff))
            let going = segment.rows - (try count(segment, kept))
            let isOverdue = going > 0 && cutoff - segment.earliest > Retention.patience
            let isAllOld = segment.latest < cutoff
            guard isOverdue || Retention.isWorthIt(going, of: segment.rows, isAllOld: isAllOld) else { continue }
            return SegmentMerge(
                choice: .init(segments: [segment], isWhole: true), number: manifest.merges + 1, kept: kept,
                hold: store.view.withLock { $0.hold })
        }
        return nil
    }

    private func count(_ segment: Segment, _ kept: KeptRows) throws(Fault) -> Int {
        do throws(DuckDBError) {
            var rows = try connection.query(
                "SELECT count(*) FROM \(SegmentFile.rows(of: ["\(store.folder.path)/\(segment.file)"])) WHERE \(kept.sql)",
                kept.values)
            var count = 0
            while let chunk = try rows.next() { count = Int(chunk.column(0).integer(0) ?? 0) }
            return count
        } catch {
            throw Fault(.diskFailed, .again(after: .seconds(10)), "A file of the store cannot be read.")
        }
    }

    /// Rows that come later are deleted later.
    private func deletion(of shelf: Shelf, _ cutoff: Timestamp) -> Manifest.Deletion {
        .init(before: cutoff, below: manifest.sealedBelow[shelf] ?? 0)
    }

    /// Whether a row that comes from the journal was deleted before.
    func isDeleted(_ time: Timestamp, _ deleted: Manifest.Deletion, _ shelf: Shelf) -> Bool {
        time < deleted.before && !held.contains { $0.touches(shelf, time, time) }
    }
}

extension MergedSegments {
    /// What is not in the new files any more.
    public var deleted: DeletedRows? {
        guard let kept = merge.kept else { return nil }
        return DeletedRows(
            tenant: merge.tenant, stream: merge.stream, before: kept.deletion.before,
            rows: merge.rows - segments.reduce(0) { $0 + $1.rows }, files: 1)
    }
}
