import Codecs
import Events
import Platform

/// The thread that writes: it alone has the file, the place in it and the next sequences.
final class JournalWriter {
    private let recovery: JournalRecovery
    private let clock: any Clock
    private let limits: JournalLimits
    private let metrics: JournalMetrics
    private let log: Log
    private let shared: Waitable<Journal.Shared>

    private var file: any DiskFile
    private var segment: UInt64
    private var offset: Int
    private var reserved = 0
    private var state: JournalState
    private var spaceChecked: Timestamp?
    private var isFull = false

    private var compressor = ZstandardCompressor(level: 1)
    private var out = ByteBuffer(capacity: 1 << 20)
    private var payload = ByteBuffer(capacity: 1 << 20)
    private var packed = ByteBuffer(capacity: 1 << 20)

    /// Space is set aside in steps of this many bytes.
    private static let reserveStep = 16 << 20

    init(
        disk: any Disk, clock: any Clock, limits: JournalLimits, metrics: JournalMetrics, log: Log,
        shared: Waitable<Journal.Shared>, opened: JournalRecovery.Opened
    ) {
        recovery = JournalRecovery(disk: disk, clock: clock)
        self.clock = clock
        self.limits = limits
        self.metrics = metrics
        self.log = log
        self.shared = shared
        file = opened.file
        segment = opened.end.segment
        offset = Int(opened.end.offset)
        state = opened.state
    }

    /// Until the journal is stopped: take all that waits, commit it, answer.
    func run() {
        while let taken = take() {
            let result = commit(taken)
            for pending in taken { pending.done(result) }
        }
        shared.update { $0.hasStopped = true }
    }

    /// - Returns: `nil` when the journal stops and nothing waits any more.
    private func take() -> [Journal.Pending]? {
        let limit = limits.commitSize
        return shared.wait { shared -> [Journal.Pending]?? in
            guard !shared.pending.isEmpty else { return shared.isStopping ? .some(nil) : nil }
            var size = 0
            var count = 0
            while count < shared.pending.count, count == 0 || size + shared.pending[count].size <= limit {
                size += shared.pending[count].size
                count += 1
            }
            let taken = Array(shared.pending[..<count])
            shared.pending.removeFirst(count)
            shared.pendingSize -= size
            return taken
        } ?? nil
    }

    private func commit(_ taken: [Journal.Pending]) -> Result<Void, Fault> {
        if let failure = shared.update({ $0.failure }) { return .failure(failure) }
        if let fault = checkSpace() { return .failure(fault) }

        // Work on copies: only success moves the real ones.
        var next = state
        let records = encode(taken.map(\.batch), &next)
        do throws(DiskError) {
            try beginSegmentIfNeeded()
            try reserve()
            try file.write(out.bytes, at: offset)
        } catch {
            return .failure(writeFailed(error))
        }
        do throws(DiskError) {
            try file.sync()
        } catch {
            // What the kernel did with the pages is unknown, and a second sync would say nothing about them.
            // (Rebello et al., Can Applications Recover from fsync Failures?, USENIX ATC 2020.)
            return .failure(fail(error))
        }
        offset += out.count
        state = next
        let end = JournalPosition(segment: segment, offset: UInt64(offset))
        shared.update { shared in
            shared.state = next
            shared.end = end
        }
        metrics.written.add(records)
        metrics.bytes.add(out.count)
        metrics.commits.add()
        return .success(())
    }

    /// Frames of neighbors that belong together, into ``out``.
    private func encode(_ batches: [RecordBatch], _ next: inout JournalState) -> Int {
        out.removeAll()
        let accepted = clock.now()
        var records = 0
        var start = 0
        while start < batches.count {
            var size = batches[start].byteCount
            var end = start + 1
            while end < batches.count, batches[end].tenant == batches[start].tenant,
                batches[end].source == batches[start].source, size + batches[end].byteCount <= limits.frameSize
            {
                size += batches[end].byteCount
                end += 1
            }
            let sequence = next.nextSequence[batches[start].tenant] ?? 0
            let count = batches[start..<end].reduce(0) { $0 + $1.entries.count }
            payload.removeAll()
            BatchPayload.write(batches[start..<end], to: &payload)
            packed.removeAll()
            compressor.compress(payload.bytes, to: &packed)
            var frame = Frame(
                kind: .batch, compression: .zstandard, payloadSize: packed.count, rawSize: payload.count, count: count,
                sequence: sequence, accepted: accepted)
            if packed.count < payload.count {
                frame.write(payload: packed.bytes, to: &out)
            } else {
                frame.compression = .none
                frame.payloadSize = payload.count
                frame.write(payload: payload.bytes, to: &out)
            }
            for batch in batches[start..<end] {
                next.apply(batch, firstSequence: next.nextSequence[batch.tenant] ?? 0)
            }
            records += count
            start = end
        }
        return records
    }

    private func beginSegmentIfNeeded() throws(DiskError) {
        guard offset + out.count > limits.segmentSize, offset > Segment.headerSize else { return }
        let end = JournalPosition(segment: segment, offset: UInt64(offset))
        // Gives back what was set aside and not used.
        try file.truncate(to: offset)
        let opened = try recovery.create(after: end, state: state, findings: [])
        file = opened.file
        segment = opened.end.segment
        offset = Int(opened.end.offset)
        reserved = 0
    }

    private func reserve() throws(DiskError) {
        guard offset + out.count > reserved else { return }
        let size = (offset + out.count + Self.reserveStep - 1) / Self.reserveStep * Self.reserveStep
        try file.reserve(upTo: size)
        reserved = size
    }

    /// Looks at the disk once a second, so that it never becomes so full that nothing can be written down.
    private func checkSpace() -> Fault? {
        let now = clock.steady()
        if let checked = spaceChecked, now - checked < .seconds(1) { return isFull ? full() : nil }
        spaceChecked = now
        guard let space = try? recovery.disk.space(), space.total > 0 else { return nil }
        let wasFull = isFull
        isFull = space.free < space.total / 100 * limits.freePercent
        if isFull, !wasFull {
            log.error(
                "the disk is nearly full; nothing is accepted until there is space",
                ("free_bytes", .number(space.free)), ("needed_percent", .number(limits.freePercent)))
        }
        return isFull ? full() : nil
    }

    private func full() -> Fault {
        Fault(.diskFull, .again(after: .seconds(10)), "The disk is full; nothing can be accepted until there is space.")
    }

    /// A failed write has put nothing behind the durable end that a reader would take for a frame: it is cut
    /// off again, and the batch may come once more.
    private func writeFailed(_ error: DiskError) -> Fault {
        do throws(DiskError) {
            try file.truncate(to: offset)
            reserved = 0
        } catch {
            return fail(error)
        }
        guard error.isFull else { return fail(error) }
        log.error("the disk is full", ("error", "\(error)"))
        return full()
    }

    private func fail(_ error: DiskError) -> Fault {
        let fault = Fault(.diskFailed, .stop, "The journal cannot be written; a person must look at the disk.")
        log.error("the journal stopped", ("error", "\(error)"))
        shared.update { $0.failure = fault }
        return fault
    }
}
