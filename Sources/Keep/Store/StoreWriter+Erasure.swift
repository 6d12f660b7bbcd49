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
            let file = "\(store.folder.path)/\(segment.file)"
            do {
                let found = try places(in: file).filter(sequences.contains)
                guard !found.isEmpty else { continue }
                try replace([segment], with: found.count == segment.rows ? [] : [try rewrite(segment, without: found)])
                erased += found.count
            } catch let fault as Fault {
                throw fault
            } catch {
                throw Fault(
                    .diskFailed, .again(after: .seconds(10)), "A file of the store cannot be written anew.")
            }
        }
        return erased
    }

    /// The sequence of each row.
    private func places(in file: String) throws -> [UInt64] {
        var rows = try connection.query("SELECT \"docket.sequence\" FROM read_parquet(\(Self.quoted(file)))")
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
        let bytes = try copy(
            "SELECT * FROM read_parquet(\(Self.quoted("\(store.folder.path)/\(segment.file)"))) "
                + "WHERE \"docket.sequence\" NOT IN (\(list))",
            to: String(next.file[next.file.index(after: next.file.lastIndex(of: "/")!)...]), in: folder)
        next.rows = segment.rows - sequences.count
        next.bytes = bytes
        return next
    }
}

extension Segment {
    /// `12-15.parquet`, `12-15.1.parquet`, `12-15.2.parquet`: the same rows, but for some.
    fileprivate var nextFile: String {
        let parts = file.dropLast(".parquet".count).split(separator: ".", omittingEmptySubsequences: false)
        if let number = parts.count > 1 ? Int(parts[parts.count - 1]) : nil {
            return "\(parts.dropLast().joined(separator: ".")).\(number + 1).parquet"
        }
        return "\(file.dropLast(".parquet".count)).1.parquet"
    }
}
