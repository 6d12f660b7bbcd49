public import Events
public import Platform

/// Reads the journal from a position on, durable batches only, and waits at the end.
///
/// - Order: as written. Within a tenant the sequences have no gaps.
/// - Threads: one at a time for each value.
public final class JournalReader {
    private let journal: Journal
    private var scanner: SegmentScanner?
    private var position: JournalPosition
    private let log: Log

    /// - Parameter position: the ``JournaledBatch/end`` of the last batch that is done; `.start` for all.
    public init(_ journal: Journal, from position: JournalPosition, log: Log) {
        self.journal = journal
        self.position = position
        self.log = log
    }

    /// What was read ends here.
    public var end: JournalPosition { position }

    /// The next batch.
    ///
    /// - Parameter wait: how long to wait for one at the end of the journal.
    /// - Returns: `nil` when there is none yet, or none any more because the journal has stopped.
    public func next(wait: Timestamp.Span = .milliseconds(0)) throws(Fault) -> JournaledBatch? {
        let from = position
        let end = journal.shared.wait(atMost: wait) { shared -> JournalPosition? in
            shared.end > from || shared.hasStopped ? shared.end : nil
        }
        guard let end, end > position else { return nil }
        do throws(DiskError) {
            return try read(upTo: end)
        } catch {
            throw Fault(.diskFailed, .again(after: .seconds(1)), "The journal cannot be read.")
        }
    }

    private func read(upTo end: JournalPosition) throws(DiskError) -> JournaledBatch? {
        while position < end {
            let scanner = try open(upTo: end)
            guard let item = try scanner.next() else {
                guard position.segment < end.segment else { return nil }
                position = JournalPosition(segment: position.segment + 1, offset: UInt64(Segment.headerSize))
                self.scanner = nil
                continue
            }
            let start = position
            position = JournalPosition(segment: position.segment, offset: UInt64(scanner.offset))
            switch item {
            case .damage(let range):
                log.error(
                    "the journal is damaged; the records in it are skipped",
                    ("segment", .number(Int(position.segment))),
                    ("from", .number(range.lowerBound)), ("to", .number(range.upperBound)))
            case .frame(let frame, let payload, let offset):
                guard frame.kind == .batch else { continue }
                guard let batch = BatchPayload.read(payload) else {
                    log.error(
                        "a frame of the journal cannot be read", ("segment", .number(Int(start.segment))),
                        ("offset", .number(offset)))
                    continue
                }
                return JournaledBatch(
                    batch: batch, firstSequence: frame.sequence, accepted: frame.accepted,
                    position: JournalPosition(segment: start.segment, offset: UInt64(offset)), end: position)
            }
        }
        return nil
    }

    private func open(upTo end: JournalPosition) throws(DiskError) -> SegmentScanner {
        if position.segment == 0 {
            let first = try journal.disk.names().compactMap(Segment.number(in:)).min() ?? 1
            position = JournalPosition(segment: first, offset: UInt64(Segment.headerSize))
        }
        // The segment that is being written grows: look at it afresh each time, up to what is durable.
        if let scanner, position.segment < end.segment, isWhole { return scanner }
        let file = try journal.disk.open(Segment.fileName(position.segment))
        isWhole = position.segment < end.segment
        let limit = isWhole ? try file.size() : Int(end.offset)
        let opened = SegmentScanner(file: file, from: Int(position.offset), end: limit)
        scanner = opened
        return opened
    }

    /// Whether the scanner's segment is finished, so that its end will not move.
    private var isWhole = false
}
