public import Events
public import Platform

/// Reads the journal from a position on, durable batches only, and waits at the end.
///
/// - Order: as written. Within a tenant the sequences have no gaps, but for those in ``findings``.
/// - Threads: one at a time for each value.
public final class JournalReader {
    private let journal: Journal
    private var position: JournalPosition
    private var scanner: SegmentScanner?
    /// Whether the scanner's segment is finished, so that its end will not move.
    private var isFinished = false
    private var nextSequence: [TenantName: UInt64] = [:]
    /// Whether there is nothing before what this reader reads.
    private var isFromStart = false
    /// What alone is wanted, where it is not everything.
    private let wanted: Wanted?

    /// Records of one tenant, from one of them on.
    private struct Wanted {
        let tenant: TenantName
        let sequence: UInt64
        let checksum: UInt32

        /// By its header alone, so that its tenant may still be another one.
        func mayBe(in frame: Frame) -> Bool {
            (frame.kind == .batch || frame.kind == .moved) && frame.tenant == checksum
                && frame.sequence + UInt64(frame.count) > sequence
        }
    }

    /// What this reader met that is not as it was written; the first thousand.
    public private(set) var findings: [JournalFinding] = []

    /// - Parameter position: the ``JournaledBatch/end`` of the last batch that is done; `.start` for all.
    public init(_ journal: Journal, from position: JournalPosition) {
        self.journal = journal
        self.position = position
        wanted = nil
    }

    /// Reads the records of one tenant alone, from one of them on, without those before it. The first batch may begin
    /// before the record; where the record is lost, it begins behind it.
    ///
    /// - Cost: the beginnings of some segments, the headers of one, and what is given back.
    public init(_ journal: Journal, at sequence: UInt64, of tenant: TenantName) throws(Fault) {
        self.journal = journal
        wanted = Wanted(tenant: tenant, sequence: sequence, checksum: tenant.checksum)
        do throws(DiskError) {
            let search = try JournalSearch(journal.disk, tenant: tenant, upTo: journal.end)
            let segment = try search.segment(of: sequence)
            position = segment.map { JournalPosition(segment: $0, offset: UInt64(Segment.headerSize)) } ?? .start
        } catch {
            throw Self.unreadable
        }
    }

    private static var unreadable: Fault {
        Fault(.diskFailed, .again(after: .seconds(1)), "The journal cannot be read.")
    }

    /// What was read ends here.
    public var end: JournalPosition { position }

    /// The next batch.
    ///
    /// - Parameter wait: how long to wait for one at the end of the journal.
    /// - Returns: `nil` when there is none yet, or none any more because the journal has stopped.
    /// - Throws: `.again` when the disk does not answer; `.stop` when the journal ends before the position, so
    ///   that it is not the journal, or not all of the journal, that the position was taken from.
    public func next(wait: Timestamp.Span = .milliseconds(0)) throws(Fault) -> JournaledBatch? {
        let from = position
        let end = journal.shared.wait(atMost: wait) { shared -> JournalPosition? in
            shared.end != from || shared.hasStopped ? shared.end : nil
        }
        guard let end else { return nil }
        guard end >= position else {
            throw Fault(.diskFailed, .stop, "The journal ends before the place up to which it was read already.")
        }
        do throws(DiskError) {
            return try read(upTo: end)
        } catch {
            scanner = nil
            throw Self.unreadable
        }
    }

    private func read(upTo end: JournalPosition) throws(DiskError) -> JournaledBatch? {
        while position < end {
            guard let scanner = try scanner(upTo: end) else { continue }
            if let wanted { try scanner.skip { wanted.mayBe(in: $0) } }
            guard let item = try scanner.next() else {
                guard position.segment < end.segment else { return nil }
                begin(position.segment + 1)
                continue
            }
            position = JournalPosition(segment: position.segment, offset: UInt64(scanner.offset))
            switch item {
            case .damage(let range), .unknown(let range): report(range)
            case .lost(let frame, let range):
                if frame.kind != .seal { report(range) }
            case .frame(let frame, let payload, let offset):
                if frame.kind == .state, let state = JournalState(payload) { follow(state) }
                guard frame.kind == .batch else { continue }
                guard let batch = BatchPayload.read(payload) else {
                    report(offset..<offset + frame.size)
                    continue
                }
                follow(batch, frame)
                if let wanted, batch.tenant != wanted.tenant { continue }
                return JournaledBatch(
                    batch: batch, firstSequence: frame.sequence, accepted: frame.accepted,
                    position: JournalPosition(segment: position.segment, offset: UInt64(offset)), end: position)
            }
        }
        return nil
    }

    /// - Returns: `nil` when the segment cannot be read at all; the position is then in the next.
    private func scanner(upTo end: JournalPosition) throws(DiskError) -> SegmentScanner? {
        if position.segment == 0 {
            begin(try journal.disk.names().compactMap(Segment.number(in:)).min() ?? 1)
            isFromStart = position.segment == 1
        }
        let finishes = position.segment < end.segment
        if let scanner, isFinished == finishes {
            // Bytes in front of the durable end never change, so what the scanner has read stays right.
            if !finishes { scanner.extend(to: Int(end.offset)) }
            return scanner
        }
        let file = try open(position.segment)
        let limit = finishes ? try Segment.end(file, before: try open(position.segment + 1)) : Int(end.offset)
        guard let file, let header = try Segment.Header.read(file) else {
            report(0..<limit)
            if finishes {
                begin(position.segment + 1)
            } else {
                position = end
            }
            return nil
        }
        let opened = SegmentScanner(file: file, salt: header.salt, from: Int(clamping: position.offset), end: limit)
        scanner = opened
        isFinished = finishes
        return opened
    }

    /// - Returns: `nil` when it is missing, and that is passed over.
    private func open(_ number: UInt64) throws(DiskError) -> (any DiskFile)? {
        do throws(DiskError) {
            return try journal.disk.open(Segment.fileName(number))
        } catch {
            guard journal.passesMissingSegments, error.number == ErrorNumber.notFound else { throw error }
            return nil
        }
    }

    private func begin(_ segment: UInt64) {
        position = JournalPosition(segment: segment, offset: UInt64(Segment.headerSize))
        scanner = nil
    }

    private func follow(_ batch: RecordBatch, _ frame: Frame) {
        pass(batch.tenant, to: frame.sequence)
        nextSequence[batch.tenant] = frame.sequence + UInt64(frame.count)
    }

    /// What the writer knew at this place: records that are lost are missed here, also those of a tenant that
    /// never sends again.
    private func follow(_ state: JournalState) {
        for (tenant, next) in state.nextSequence.sorted(by: { $0.key < $1.key }) { pass(tenant, to: next) }
    }

    private func pass(_ tenant: TenantName, to sequence: UInt64) {
        let expected = nextSequence[tenant] ?? (isFromStart ? 0 : sequence)
        if sequence > expected { note(.missing(tenant: tenant, sequences: expected..<sequence)) }
        nextSequence[tenant] = max(expected, sequence)
    }

    private func report(_ range: Range<Int>) {
        journal.metrics.damaged.add(range.count)
        note(.damage(file: Segment.fileName(position.segment), range: range))
    }

    private func note(_ finding: JournalFinding) {
        journal.found.note(finding)
        if findings.count < FindingList.limit { findings.append(finding) }
    }
}
