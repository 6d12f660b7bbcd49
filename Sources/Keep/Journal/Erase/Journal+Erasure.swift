public import Events
import Platform

extension Journal {
    /// Segments that are written anew, and have yet to take the places of the old ones.
    public struct PreparedErasure: Sendable {
        /// What the record has to say of them before they do.
        public let segments: [ErasureRecord.Segment]
    }

    /// Writes all segments anew that have any of the records, beside the old ones. Nothing is gone yet.
    ///
    /// The segment at the end is finished first; so nothing of it is left behind.
    ///
    /// - Parameter isOver: whether nobody wants it any more.
    /// - Returns: `nil` when it was over.
    public func prepareErasure(
        of records: [TenantName: SequenceSet], isOver: () -> Bool
    ) throws(JournalError) -> PreparedErasure? {
        try prepareErasure(of: records, before: try finishSegment(), isOver: isOver)
    }

    /// - Parameter last: the segment at the end, in which there is none of the records.
    func prepareErasure(
        of records: [TenantName: SequenceSet], before last: UInt64, isOver: () -> Bool = { false }
    ) throws(JournalError) -> PreparedErasure? {
        let eraser = SegmentEraser(disk: disk, erasing: records)
        var segments: [ErasureRecord.Segment] = []
        for number in try finishedSegments(before: last) {
            if isOver() { return nil }
            guard let prepared = try eraser.prepare(number, end: try end(of: number)) else { continue }
            segments.append(
                ErasureRecord.Segment(number: number, before: "\(prepared.before)", after: "\(prepared.after)"))
        }
        try onDisk { () throws(DiskError) in try disk.syncNames() }
        return PreparedErasure(segments: segments)
    }

    /// Puts the new segments in the places of the old ones. Who reads an old one finishes reading it.
    public func carryOut(_ erasure: PreparedErasure) throws(JournalError) {
        try onDisk { () throws(DiskError) in
            for segment in erasure.segments {
                try disk.rename(SegmentEraser.temporaryName(segment.number), to: Segment.fileName(segment.number))
            }
            try disk.syncNames()
        }
    }

    /// - Returns: the number of the segment at the end, in which there is no record from before.
    private func finishSegment() throws(JournalError) -> UInt64 {
        shared.update { $0.isToFinishSegment = true }
        let last = shared.wait { shared -> Result<UInt64, JournalError>? in
            let name = Segment.fileName(shared.end.segment)
            if !shared.isToFinishSegment {
                return shared.unfinished.map { .failure(.unreadable(file: name, reason: $0.detail)) }
                    ?? .success(shared.end.segment)
            }
            return shared.hasStopped ? .failure(.unreadable(file: name, reason: "the journal has stopped")) : nil
        }
        // Without a limit of time there is an answer.
        return try last!.get()
    }

    private func finishedSegments(before last: UInt64) throws(JournalError) -> [UInt64] {
        try onDisk { () throws(DiskError) in
            try disk.names().compactMap(Segment.number(in:)).filter { $0 < last }.sorted()
        }
    }

    private func end(of number: UInt64) throws(JournalError) -> Int {
        try onDisk { () throws(DiskError) in
            try Segment.end(
                try disk.open(Segment.fileName(number)), before: try disk.open(Segment.fileName(number + 1)))
        }
    }
}
