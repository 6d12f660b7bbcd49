import Codecs
public import Events
import Integrity
public import Platform

/// Writes a new journal of records that have their sequences and times already.
///
/// - Threads: one at a time.
public final class JournalRestorer {
    private let recovery: JournalRecovery
    private let limits: JournalLimits
    private var segment: OpenSegment
    private var state: JournalState
    private var encoder: CommitEncoder

    /// - Parameter disk: a folder without segments.
    public init(
        disk: any Disk, clock: any Clock, limits: JournalLimits = JournalLimits()
    ) throws(JournalError) {
        recovery = JournalRecovery(disk: disk, clock: clock, random: .system)
        let names = try onDisk { () throws(DiskError) in try disk.names() }
        if let first = names.compactMap(Segment.number(in:)).min() {
            throw .unreadable(
                file: Segment.fileName(first), reason: "there is a journal already; it is not written into")
        }
        let opened = try recovery.open()
        self.limits = limits
        segment = opened.segment
        state = opened.state
        encoder = CommitEncoder(frameSize: limits.frameSize)
    }

    /// Writes a batch. Sequences of its tenant that were left out before it are those of lost records.
    public func append(
        _ batch: RecordBatch, firstSequence: UInt64, accepted: Timestamp
    ) throws(JournalError) {
        guard batch.isSound, firstSequence >= state.nextSequence[batch.tenant] ?? 0 else {
            throw .unreadable(
                file: Segment.fileName(segment.number), reason: "record \(firstSequence) does not follow the one before"
            )
        }
        if segment.size >= limits.segmentSize { try beginSegment() }
        state.nextSequence[batch.tenant] = firstSequence
        let pending = Journal.Pending(batch: batch, size: BatchPayload.size(of: batch)) { _ in }
        encoder.encode([pending], at: segment.place, accepted: accepted, &state)
        try write()
    }

    /// Says behind the last records that they are all.
    ///
    /// - Parameter next: the next sequence of each tenant, also where its last records are lost.
    /// - Returns: the end of the journal.
    public func finish(next: [TenantName: UInt64]) throws(JournalError) -> JournalPosition {
        for (tenant, sequence) in next { state.nextSequence[tenant] = max(sequence, state.nextSequence[tenant] ?? 0) }
        encoder.encodeMark(state, at: segment.place, accepted: recovery.clock.now())
        try write()
        return JournalPosition(segment: segment.number, offset: UInt64(segment.size))
    }

    private func write() throws(JournalError) {
        do throws(OpenSegment.Failure) {
            let bytes = encoder.out.array
            try unsafe segment.append(bytes.span.bytes, frames: encoder.frames, records: encoder.records)
        } catch {
            throw Self.error(error)
        }
    }

    private func beginSegment() throws(JournalError) {
        do throws(OpenSegment.Failure) {
            _ = try segment.seal(now: recovery.clock.now())
        } catch {
            throw Self.error(error)
        }
        segment = try onDisk { () throws(DiskError) in
            try recovery.create(
                segment.number + 1, previousEnd: UInt64(segment.size), previousDigest: segment.finish(), state: state)
        }
    }

    private static func error(_ failure: OpenSegment.Failure) -> JournalError {
        switch failure {
        case .notWritten(let error), .unknown(let error): .disk(error)
        }
    }
}
