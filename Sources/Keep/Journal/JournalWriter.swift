import Codecs
import Events
import Platform

/// The thread that writes: it alone has the segment at the end and the next sequences.
final class JournalWriter {
    private let recovery: JournalRecovery
    private let clock: any Clock
    private let limits: JournalLimits
    private let metrics: JournalMetrics
    private let log: Log
    private let shared: Waitable<Journal.Shared>

    private var segment: OpenSegment
    private var state: JournalState
    /// Nothing is added to the segment any more; the next commit goes into a new one.
    private var needsNewSegment: Bool
    private var failures = 0
    private var space: DiskSpaceGuard

    private var encoder: CommitEncoder

    /// Segments that may be given up after a failed sync before a person must look.
    private static let failureLimit = 8

    init(
        recovery: JournalRecovery, limits: JournalLimits, metrics: JournalMetrics, log: Log,
        shared: Waitable<Journal.Shared>, opened: JournalRecovery.Opened
    ) {
        self.recovery = recovery
        clock = recovery.clock
        self.limits = limits
        self.metrics = metrics
        self.log = log
        self.shared = shared
        segment = opened.segment
        state = opened.state
        needsNewSegment = opened.needsNewSegment
        encoder = CommitEncoder(frameSize: limits.frameSize)
        space = DiskSpaceGuard(disk: recovery.disk, clock: recovery.clock, limits: limits, metrics: metrics, log: log)
    }

    /// Until the journal is stopped: take all that waits, commit it, answer.
    func run() {
        loop: while true {
            switch take() {
            case .batches(let taken): answer(taken)
            case .nothing: finishOldSegment()
            case .end: break loop
            }
        }
        shared.update { $0.hasStopped = true }
    }

    /// Does what waits and returns.
    func runOnce() {
        while case .batches(let taken) = take(waits: false) { answer(taken) }
        finishOldSegment()
    }

    private enum Turn: Sendable {
        case batches([Journal.Pending])
        /// The segment is as old as it may become.
        case nothing
        /// The journal stops, and nothing waits any more.
        case end
    }

    private func take(waits: Bool = true) -> Turn {
        let limit = limits.commitSize
        let turn = shared.wait(atMost: waits ? patience : .seconds(0)) { shared -> Turn? in
            guard !shared.pending.isEmpty else { return shared.isStopping ? .end : nil }
            var size = 0
            var count = 0
            while count < shared.pending.count, count == 0 || size + shared.pending[count].size <= limit {
                size += shared.pending[count].size
                count += 1
            }
            let taken = Array(shared.pending[..<count])
            shared.pending.removeFirst(count)
            shared.pendingSize -= size
            return .batches(taken)
        }
        return turn ?? .nothing
    }

    private func answer(_ taken: [Journal.Pending]) {
        let result: Result<Void, Fault>
        do throws(Fault) {
            try commit(taken)
            result = .success(())
        } catch {
            result = .failure(error)
            metrics.refused.add(taken.reduce(0) { $0 + $1.batch.entries.count })
        }
        for pending in taken { pending.done(result) }
    }

    private func commit(_ taken: [Journal.Pending]) throws(Fault) {
        if let failure = shared.update({ $0.failure }) { throw failure }
        if space.isFull { throw full }
        if needsNewSegment || segment.size >= limits.segmentSize || isOld { try beginSegment() }

        // Work on copies: only success moves the real ones.
        var next = state
        encoder.encode(taken, at: segment.place, accepted: clock.now(), &next)
        do throws(OpenSegment.Failure) {
            try segment.append(encoder.out.bytes, frames: encoder.frames, records: encoder.records)
        } catch {
            throw fault(of: error)
        }
        state = next
        moveEnd()
        metrics.written.add(encoder.records)
        metrics.bytes.add(encoder.out.count)
        metrics.commits.add()
    }

    // MARK: Segments

    /// Steady time since the segment was begun is longer than it may be, and there is something in it.
    private var isOld: Bool { segment.records > 0 && clock.steady() - segment.began >= limits.segmentAge }

    /// How long to wait for batches before the segment must be finished.
    private var patience: Timestamp.Span? {
        guard segment.records > 0, !needsNewSegment, shared.update({ $0.failure }) == nil else { return nil }
        let left = limits.segmentAge.nanoseconds - (clock.steady() - segment.began).nanoseconds
        return max(Timestamp.Span(nanoseconds: left), .milliseconds(1))
    }

    /// Consumers of finished segments do not wait for the next record.
    private func finishOldSegment() {
        guard isOld, !needsNewSegment, !space.isFull, shared.update({ $0.failure }) == nil else { return }
        do throws(Fault) {
            try beginSegment()
        } catch {
            log.error("a segment could not be finished", ("fault", "\(error)"))
        }
    }

    /// Seals the segment and goes on in a new one. When that fails, it is tried again at the next commit, and
    /// nothing is added to the old one in between: what the new one says of it must stay true.
    private func beginSegment() throws(Fault) {
        needsNewSegment = true
        do throws(OpenSegment.Failure) {
            try segment.seal(now: clock.now())
        } catch {
            throw fault(of: error)
        }
        do throws(DiskError) {
            try createNext()
        } catch {
            throw error.isFull ? meetFull(error) : fail(error)
        }
    }

    private func createNext() throws(DiskError) {
        segment = try recovery.create(
            segment.number + 1, previousEnd: UInt64(segment.size), previousDigest: segment.finish(), state: state)
        needsNewSegment = false
        moveEnd()
    }

    private func moveEnd() {
        let end = JournalPosition(segment: segment.number, offset: UInt64(segment.size))
        shared.update { shared in
            shared.state = state
            shared.end = end
        }
    }

    // MARK: Failures

    private func fault(of failure: OpenSegment.Failure) -> Fault {
        switch failure {
        case .notWritten(let error) where error.isFull: meetFull(error)
        case .notWritten(let error), .unknown(let error): giveUpSegment(error)
        }
    }

    private func meetFull(_ error: DiskError) -> Fault {
        log.error("the disk is full", ("error", "\(error)"))
        return full
    }

    private var full: Fault {
        Fault(.diskFull, .again(after: .seconds(10)), "The disk is full; nothing can be accepted until there is space.")
    }

    /// Ends the segment at its last durable byte and goes on in a new one, if there can be one.
    private func giveUpSegment(_ error: DiskError) -> Fault {
        needsNewSegment = true
        failures += 1
        metrics.givenUp.add()
        segment.abandon()
        guard failures < Self.failureLimit else { return fail(error) }
        log.error(
            "a write to the disk failed; the journal goes on in a new segment",
            ("error", "\(error)"), ("segment", .number(Int(segment.number))))
        do throws(DiskError) {
            try createNext()
        } catch {
            return fail(error)
        }
        shared.update { $0.isDegraded = true }
        return Fault(.diskFailed, .again(after: limits.pause), "A write to the disk failed; send it again.")
    }

    private func fail(_ error: DiskError) -> Fault {
        let fault = Fault(.diskFailed, .stop, "The journal cannot be written; a person must look at the disk.")
        log.error("the journal stopped", ("error", "\(error)"))
        shared.update { $0.failure = fault }
        return fault
    }
}
