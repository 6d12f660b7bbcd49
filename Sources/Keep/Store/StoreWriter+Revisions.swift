import Codecs
import Events
import Platform

/// Documents of one shelf that are not sealed, of a stream whose documents come again with other figures.
///
/// The newest document of an id holds, and of a unit (`docket.report.unit`) the newest reading: documents of an older one
/// hold no more, whether their ids came again or not. A reading is the documents of one batch. Among files there is never
/// more than one document of an id and one reading of a unit: older ones are taken out when the newer one is sealed. Until
/// then searches pass over them by the sequence of their record.
struct Revisions {
    /// What is newest of a unit: where its batch begins, and its records.
    private struct Reading {
        let batch: UInt64
        var records: [UInt64] = []
    }

    /// The record of the newest document of each id.
    private var newest: [String: UInt64] = [:]
    private var readings: [String: Reading] = [:]
    /// Ids and units that were not looked for in the files yet, and the time of their documents.
    private(set) var unasked: [String] = []
    private(set) var unaskedUnits: [String] = []
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
        widen(to: time)
    }

    /// - Parameter batch: sequence of its first record.
    mutating func add(unit: RawSpan, batch: UInt64, sequence: UInt64, time: Timestamp) {
        let name = String(decoding: unit.array, as: UTF8.self)
        if readings[name]?.batch != batch {
            if let older = readings.updateValue(Reading(batch: batch), forKey: name) {
                for record in older.records { superseded.insert(record) }
            } else {
                unaskedUnits.append(name)
            }
        }
        readings[name]?.records.append(sequence)
        widen(to: time)
    }

    private mutating func widen(to time: Timestamp) {
        earliest = min(earliest ?? time, time)
        latest = max(latest ?? time, time)
    }

    /// The files have these.
    mutating func found(_ sequences: [UInt64]) {
        superseded.formUnion(SequenceSet(sequences))
        unasked.removeAll(keepingCapacity: true)
        unaskedUnits.removeAll(keepingCapacity: true)
        (earliest, latest) = (nil, nil)
    }

    /// How many documents are superseded since this was asked last.
    mutating func takeCount() -> Int {
        defer { counted = superseded.count }
        return superseded.count - counted
    }
}

extension StoreWriter {
    /// Looks for documents in a shelf's files that have one of some ids, or are of one of some units.
    ///
    /// The time of a document is part of what its id is made from, so older ones are where its own time is; those of a unit
    /// are within a day.
    func sequences(of revisions: Revisions, in shelf: Shelf) throws(Fault) -> [UInt64] {
        guard let earliest = revisions.earliest, let latest = revisions.latest else { return [] }
        return try sequences(in: shelf, "event.id", of: revisions.unasked, from: earliest, to: latest)
            + sequences(
                in: shelf, StoreColumns.unit, of: revisions.unaskedUnits, from: earliest - .days(1),
                to: latest + .days(1))
    }

    private func sequences(
        in shelf: Shelf, _ column: String, of values: [String], from earliest: Timestamp, to latest: Timestamp
    ) throws(Fault) -> [UInt64] {
        let files = manifest.segments.filter {
            $0.shelf == shelf && $0.latest >= earliest && $0.earliest <= latest && $0.columns.contains(column)
        }
        guard !files.isEmpty, !values.isEmpty else { return [] }
        let rows = SegmentFile.rows(of: files.map { "\(store.folder.path)/\($0.file)" })
        var found: [UInt64] = []
        do throws(DuckDBError) {
            var rows = try connection.query(
                "SELECT \"docket.sequence\" FROM \(rows) "
                    + "WHERE \"@timestamp\" BETWEEN $1 AND $2 AND \"\(column)\" IN (SELECT unnest($3))",
                [.nanoseconds(earliest), .nanoseconds(latest), .texts(values)])
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
