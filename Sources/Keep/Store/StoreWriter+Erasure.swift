public import Events
import Platform

extension StoreWriter {
    /// Takes the documents of records out of the store. Searches that run may still see them; the files they are in
    /// are gone when ``removeReplaced()`` says so.
    ///
    /// - Returns: how many documents there were.
    public func erase(_ sequences: SequenceSet, of tenant: TenantName) throws(Fault) -> Int {
        try seal(tenant)
        var erased = 0
        for segment in manifest.segments where segment.shelf.tenant == tenant {
            guard let rest = try segmentWithout(sequences, segment) else { continue }
            try replace([segment], with: rest.segment.map { [$0] } ?? [])
            erased += rest.erased
        }
        return erased
    }

    /// A segment without the rows of some records, in a file that no search knows yet.
    ///
    /// - Returns: `nil` when it has none of them; without a segment when it has no others.
    func segmentWithout(
        _ sequences: SequenceSet, _ segment: Segment
    ) throws(Fault) -> (segment: Segment?, erased: Int)? {
        do {
            let found = try self.sequences(of: segment).filter(sequences.contains)
            if found.isEmpty { return nil }
            return (found.count == segment.rows ? nil : try rewrite(segment, without: found), found.count)
        } catch {
            throw Fault(.diskFailed, .again(after: .seconds(10)), "A file of the store cannot be written anew.")
        }
    }

    /// The sequence of each row.
    func sequences(of segment: Segment) throws -> [UInt64] {
        var rows = try connection.query(
            "SELECT \"docket.sequence\" FROM \(SegmentFile.rows(of: ["\(store.folder.path)/\(segment.file)"]))")
        var places: [UInt64] = []
        while let chunk = try rows.next() {
            for row in 0..<chunk.count { places.append(UInt64(chunk.column(0).integer(row) ?? 0)) }
        }
        return places
    }

    private func rewrite(_ segment: Segment, without sequences: [UInt64]) throws -> Segment {
        let folder = try store.folder.folder(of: segment.shelf)
        let list = Set(sequences).sorted().map(String.init).joined(separator: ",")
        var next = segment
        next.file = segment.nextFile
        let bytes = try SegmentFile(connection: connection).write(
            "SELECT * FROM \(SegmentFile.rows(of: ["\(store.folder.path)/\(segment.file)"])) "
                + "WHERE \"docket.sequence\" NOT IN (\(list))",
            to: String(next.file[next.file.index(after: next.file.lastIndex(of: "/")!)...]), in: folder,
            groupRows: segment.rows > store.limits.segmentRows
                ? store.limits.mergedGroupRows : store.limits.rowGroupRows)
        let filter = try SegmentFile(connection: connection).filter(
            of: "\(store.folder.path)/\(next.file)", groupRows: store.limits.mergedGroupRows)
        try store.folder.write(filter, of: next.file)
        next.rows = segment.rows - sequences.count
        next.bytes = bytes
        return next
    }
}

extension Segment {
    /// How often its rows were written: `12-15.parquet`, `12-15.1.parquet`, `12-15.2.parquet`.
    var turn: Int {
        let parts = file.dropLast(".parquet".count).split(separator: ".", omittingEmptySubsequences: false)
        return parts.count > 1 ? Int(parts[parts.count - 1]) ?? 0 : 0
    }

    fileprivate var nextFile: String {
        var name = file.dropLast(".parquet".count)
        if turn > 0 { name = name.dropLast(1 + String(turn).count) }
        return "\(name).\(turn + 1).parquet"
    }
}
