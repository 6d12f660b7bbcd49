import Codecs
import Events
import Platform

/// Documents of one shelf that are not sealed, of a stream whose documents come again with other figures.
///
/// The newest document of an id holds. Among files there is never more than one of an id: older ones are taken out when
/// the newer one is sealed. Until then searches pass over them by the sequence of their record.
struct Revisions {
    /// The record of the newest document of each id.
    private var newest: [String: UInt64] = [:]
    /// Ids that were not looked for in the files yet, and the time of their documents.
    private(set) var unasked: [String] = []
    private(set) var earliest: Timestamp?
    private(set) var latest: Timestamp?
    private(set) var superseded = SequenceSet()
    private var counted = 0

    mutating func add(_ id: RawSpan, sequence: UInt64, time: Timestamp) {
        let name = String(decoding: id.array, as: UTF8.self)
        if let older = newest.updateValue(sequence, forKey: name) {
            if older != sequence { superseded.insert(older) }
            return
        }
        unasked.append(name)
        earliest = min(earliest ?? time, time)
        latest = max(latest ?? time, time)
    }

    /// The files have these.
    mutating func found(_ sequences: [UInt64]) {
        superseded.formUnion(SequenceSet(sequences))
        unasked.removeAll(keepingCapacity: true)
        (earliest, latest) = (nil, nil)
    }

    /// How many documents are superseded since this was asked last.
    mutating func takeCount() -> Int {
        defer { counted = superseded.count }
        return superseded.count - counted
    }
}

extension StoreWriter {
    /// Looks for documents in a shelf's files that have one of some ids.
    ///
    /// The time of a document is part of what its id is made from, so older ones are where its own time is.
    func sequences(of revisions: Revisions, in shelf: Shelf) throws(Fault) -> [UInt64] {
        guard let earliest = revisions.earliest, let latest = revisions.latest, !revisions.unasked.isEmpty else {
            return []
        }
        let files = manifest.segments.filter {
            $0.shelf == shelf && $0.latest >= earliest && $0.earliest <= latest
        }
        guard !files.isEmpty else { return [] }
        let list = files.map { Self.quoted("\(store.folder.path)/\($0.file)") }.joined(separator: ", ")
        var found: [UInt64] = []
        do throws(DuckDBError) {
            var rows = try connection.query(
                "SELECT \"docket.sequence\" FROM read_parquet([\(list)], union_by_name = true) "
                    + "WHERE \"@timestamp\" BETWEEN $1 AND $2 AND \"event.id\" IN (SELECT unnest($3))",
                [.nanoseconds(earliest), .nanoseconds(latest), .texts(revisions.unasked)])
            while let chunk = try rows.next() {
                for row in 0..<chunk.count {
                    if let sequence = chunk.column(0).integer(row) { found.append(UInt64(sequence)) }
                }
            }
        } catch {
            throw Fault(.diskFailed, .again(after: .seconds(10)), "A file of the store cannot be read.")
        }
        return found
    }

    /// Takes documents out of a shelf's files, in a manifest that is not written yet.
    ///
    /// - Returns: files that the manifest does not name any more.
    func take(_ superseded: SequenceSet, outOf shelf: Shelf, in next: inout Manifest) throws(Fault) -> [String] {
        var gone: [String] = []
        var kept: [Segment] = []
        for segment in next.segments {
            guard segment.shelf == shelf, let rest = try segmentWithout(superseded, segment) else {
                kept.append(segment)
                continue
            }
            gone.append(segment.file)
            if let segment = rest.segment { kept.append(segment) }
        }
        next.segments = kept
        return gone
    }
}

extension SequenceSet {
    /// SQL that holds for rows of other records; `nil` when that is all of them.
    var exclusion: String? {
        guard !isEmpty else { return nil }
        let parts = ranges.map { range in
            range.count == 1
                ? "\"docket.sequence\" <> \(range.lowerBound)"
                : "\"docket.sequence\" NOT BETWEEN \(range.lowerBound) AND \(range.upperBound - 1)"
        }
        // Few stretches as a rule. Many of them are one list: an expression that is nested deeply has a limit.
        guard parts.count > 32 else { return "(\(parts.joined(separator: " AND ")))" }
        let all = ranges.lazy.flatMap { $0 }.map(String.init).joined(separator: ",")
        return "\"docket.sequence\" NOT IN (\(all))"
    }
}
