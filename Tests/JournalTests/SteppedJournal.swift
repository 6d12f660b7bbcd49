import Codecs
import Events
import Integrity
import Platform
import TestKit

@testable import Journal

/// A journal without a thread: a test says when it writes, so that everything happens in one order.
final class SteppedJournal {
    let disk: any Disk
    let journal: Journal
    /// What opening found.
    let findings: [JournalFinding]
    private let writer: JournalWriter
    private let list = MetricList()

    static let quiet = Log("journal", least: .error, write: { _ in })

    init(
        _ disk: any Disk, clock: any Clock = TestClock(), limits: JournalLimits = JournalLimits(), salt: UInt8 = 7
    ) throws {
        let metrics = JournalMetrics(list)
        let random = RandomBytes { room in
            for place in room.byteOffsets { room.storeBytes(of: salt, toByteOffset: place, as: UInt8.self) }
        }
        let (shared, writer, found) = try Journal.open(disk, clock, limits, metrics, Self.quiet, random: random)
        self.disk = disk
        self.writer = writer
        findings = found.all
        journal = Journal(
            disk: disk, limits: limits, metrics: metrics, shared: shared, found: found, thread: nil)
    }

    /// Hands over a batch; the answer comes with ``commit()``.
    func append(_ batch: RecordBatch) -> Answer {
        let answer = Answer()
        journal.append(batch) { result in
            answer.result.withLock { $0 = result }
            answer.times.add()
        }
        return answer
    }

    func commit() { writer.runOnce() }

    /// Ends in good order; nothing is taken any more.
    func stop() {
        journal.stop()
        writer.run()
    }

    /// The value of a metric by its name and labels.
    func metric(_ name: String) -> Int? {
        let line = list.exposition().split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    /// Appends one batch and has it written.
    @discardableResult
    func write(_ batch: RecordBatch) -> Answer {
        let answer = append(batch)
        commit()
        return answer
    }

    func reader(from position: JournalPosition = .start) -> JournalReader {
        JournalReader(journal, from: position)
    }

    /// Everything from the start to the durable end.
    func everything() throws -> [JournaledBatch] {
        let reader = reader()
        var batches: [JournaledBatch] = []
        while let batch = try reader.next() { batches.append(batch) }
        return batches
    }
}

/// What became of a batch.
final class Answer: Sendable {
    let result = Locked<Result<Void, Fault>?>(nil)
    /// How often there was one.
    let times = Counter()

    var isDurable: Bool { if case .success = result.withLock({ $0 }) { true } else { false } }
    var fault: Fault? { if case .failure(let fault) = result.withLock({ $0 }) { fault } else { nil } }
    var isMissing: Bool { result.withLock { $0 == nil } }
}

extension RecordBatch {
    /// A batch of texts.
    static func sample(
        _ texts: [String], tenant: String = "acme", source: SourceName = "otlp-http", bookmark: String? = nil,
        kind: RecordKind = .activity
    ) -> RecordBatch {
        var batch = RecordBatch(
            tenant: TenantName(tenant)!, source: source, contexts: [.init(credential: "key-1", peer: "192.0.2.7")],
            bookmark: bookmark.map { Array($0.utf8) })
        for text in texts {
            let range = ByteRange(start: batch.storage.count, count: text.utf8.count)
            batch.storage += text.utf8
            batch.entries.append(.init(kind: kind, encoding: .json, context: 0, range: range))
        }
        return batch
    }

    var texts: [String] { entries.map { String(decoding: storage[$0.range.range], as: UTF8.self) } }
}
