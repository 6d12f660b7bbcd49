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
    private let found: FindingList

    private var segment: OpenSegment
    private var state: JournalState
    /// Nothing is added to the segment any more; the next commit goes into a new one.
    private var needsNewSegment: Bool
    /// Since the last segment that could be finished.
    private var failures = 0
    /// Segments that a failed write ended and that were not read again since.
    private var doubtful: [OpenSegment] = []
    /// Whether there are records behind the last end that was written down.
    private var isOpenEnded = false
    private var space: DiskSpaceGuard

    private var encoder: CommitEncoder

    /// Failures in a row before a person must look.
    private static let failureLimit = 8

    init(
        recovery: JournalRecovery, limits: JournalLimits, metrics: JournalMetrics, log: Log,
        shared: Waitable<Journal.Shared>, found: FindingList, opened: JournalRecovery.Opened
    ) {
        self.recovery = recovery
        clock = recovery.clock
        self.limits = limits
        self.metrics = metrics
        self.log = log
        self.shared = shared
        self.found = found
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
            case .finish: finishSegment()
            case .end: break loop
            }
            lookAtDoubtful()
        }
        markEnd()
        shared.update { $0.hasStopped = true }
    }

    /// Does what waits and returns.
    func runOnce() {
        loop: while true {
            switch take(waits: false) {
            case .batches(let taken):
                answer(taken)
                lookAtDoubtful()
            case .finish: finishSegment()
            case .nothing, .end: break loop
            }
        }
        finishOldSegment()
    }

    private enum Turn: Sendable {
        case batches([Journal.Pending])
        /// The segment is as old as it may become.
        case nothing
        /// Somebody wants it to be finished now.
        case finish
        /// The journal stops, and nothing waits any more.
        case end
    }

    private func take(waits: Bool = true) -> Turn {
        let limit = limits.commitSize
        let waiting = metrics.waiting
        let turn = shared.wait(atMost: waits ? patience : .seconds(0)) { shared -> Turn? in
            if shared.isToFinishSegment { return .finish }
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
            waiting.set(shared.pendingSize)
            return .batches(taken)
        }
        return turn ?? .nothing
    }

    private func answer(_ taken: [Journal.Pending]) {
        let level = space.level()
        let refused = level < .short ? [] : taken.filter { level.refuses($0.batch) }
        refuse(refused, level == .full ? .diskIsFull : .diskIsShort)
        let taken = refused.isEmpty ? taken : taken.filter { !level.refuses($0.batch) }
        guard !taken.isEmpty else { return }
        do throws(Fault) {
            try commit(taken)
        } catch {
            return refuse(taken, error)
        }
        for pending in taken { pending.done(.success(())) }
    }

    private func refuse(_ pendings: [Journal.Pending], _ fault: Fault) {
        metrics.refused.add(pendings.reduce(0) { $0 + $1.batch.entries.count })
        for pending in pendings { pending.done(.failure(fault)) }
    }

    private func commit(_ taken: [Journal.Pending]) throws(Fault) {
        if let failure = shared.read({ $0.failure }) { throw failure }
        if needsNewSegment || segment.size >= limits.segmentSize || isOld { try beginSegment() }

        // Work on copies: only success moves the real ones.
        var next = state
        encoder.encode(taken, at: segment.place, accepted: clock.now(), &next)
        let began = clock.steady()
        do throws(OpenSegment.Failure) {
            try segment.append(encoder.out.bytes, frames: encoder.frames, records: encoder.records)
        } catch {
            throw fault(of: error)
        }
        count(clock.steady() - began)
        isOpenEnded = true
        state = next
        moveEnd()
        metrics.written.add(encoder.records)
        metrics.bytes.add(encoder.out.count)
        metrics.commits.add()
    }

    private func count(_ time: Timestamp.Span) {
        metrics.commitTime.add(Int(time.nanoseconds / 1_000))
        metrics.slowestCommit.set(max(metrics.slowestCommit.value, Int(time.nanoseconds / 1_000_000)))
    }

    // MARK: Segments

    /// Steady time since the segment was begun is longer than it may be, and there is something in it.
    private var isOld: Bool { segment.records > 0 && clock.steady() - segment.began >= limits.segmentAge }

    /// How long to wait for batches before the segment must be finished.
    private var patience: Timestamp.Span? {
        guard segment.records > 0, !needsNewSegment, shared.read({ $0.failure }) == nil else { return nil }
        let left = limits.segmentAge.nanoseconds - (clock.steady() - segment.began).nanoseconds
        // On a full disk it cannot be finished; whether there is space again is looked at once a second.
        return max(Timestamp.Span(nanoseconds: left), space.level() == .full ? .seconds(1) : .milliseconds(1))
    }

    /// Somebody wants all that is durable to be in finished segments.
    private func finishSegment() {
        var failure: Fault?
        if segment.records > 0 || needsNewSegment {
            do throws(Fault) {
                try beginSegment()
            } catch {
                failure = error
            }
        }
        shared.update { [failure] shared in
            shared.isToFinishSegment = false
            shared.unfinished = failure
        }
    }

    /// Consumers of finished segments do not wait for the next record.
    private func finishOldSegment() {
        guard isOld, !needsNewSegment, space.level() < .full, shared.read({ $0.failure }) == nil else { return }
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
        let isFinished: Bool
        do throws(OpenSegment.Failure) {
            isFinished = try segment.seal(now: clock.now())
        } catch {
            throw fault(of: error)
        }
        do throws(DiskError) {
            try createNext()
            if isFinished { failures = 0 }
        } catch {
            throw error.isFull ? meetFull(error) : countFailure(error)
        }
    }

    private func createNext() throws(DiskError) {
        segment = try recovery.create(
            segment.number + 1, previousEnd: UInt64(segment.size), previousDigest: segment.finish(), state: state)
        needsNewSegment = false
        isOpenEnded = false
        moveEnd()
    }

    /// Says behind the last records, in a commit of its own, that they were durable. Should the disk lose some of
    /// them later, nobody can take them for what a crash left half written.
    private func markEnd() {
        guard isOpenEnded, !needsNewSegment, shared.read({ $0.failure }) == nil else { return }
        encoder.encodeMark(state, at: segment.place, accepted: clock.now())
        do throws(OpenSegment.Failure) {
            try segment.append(encoder.out.bytes, frames: encoder.frames, records: 0)
            isOpenEnded = false
            moveEnd()
        } catch {
            // Nobody waits for it, and without it the journal is what it is after a crash.
            log.warning("the end of the journal could not be marked", ("error", "\(error)"))
        }
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
        return .diskIsFull
    }

    /// Ends the segment at its last durable byte. The next commit goes into a new one.
    private func giveUpSegment(_ error: DiskError) -> Fault {
        needsNewSegment = true
        metrics.givenUp.add()
        segment.abandon()
        doubtful.append(segment)
        log.error(
            "a write to the disk failed; the journal goes on in a new segment",
            ("error", "\(error)"), ("segment", .number(Int(segment.number))))
        return countFailure(error)
    }

    private func countFailure(_ error: DiskError) -> Fault {
        failures += 1
        shared.update { $0.isDegraded = true }
        metrics.degraded.set(1)
        guard failures < Self.failureLimit else { return fail(error) }
        log.error("a write to the disk failed", ("error", "\(error)"), ("failures", .number(failures)))
        return .writeFailed(comeAgainAfter: limits.pause)
    }

    /// Reads what a failed write ended, past the memory of the kernel: a disk that refused one write may have lost
    /// others that it confirmed.
    private func lookAtDoubtful() {
        guard let segment = doubtful.popLast() else { return }
        let name = Segment.fileName(segment.number)
        if (try? segment.isOnDisk()) == true {
            log.info("everything that was confirmed is on the disk", ("file", .text(name)))
        } else {
            found.note(.changed(file: name))
        }
    }

    private func fail(_ error: DiskError) -> Fault {
        log.error("the journal stopped", ("error", "\(error)"))
        metrics.stopped.set(1)
        shared.update { $0.failure = .journalStopped }
        return .journalStopped
    }
}
