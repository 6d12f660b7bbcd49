import Events
import Platform
import TestKit
import Testing

@testable import Journal

struct RestorerTests {
    private static let time = Timestamp(nanoseconds: 1_791_446_400_123_456_789)

    private func records(_ disk: SimulatedDisk) throws -> (batches: [JournaledBatch], findings: [JournalFinding]) {
        let journal = try Journal(
            disk: disk, clock: TestClock(), metrics: JournalMetrics(MetricList()), log: Log("test", write: { _ in }))
        defer { journal.stop() }
        let reader = JournalReader(journal, from: .start)
        var batches: [JournaledBatch] = []
        while let batch = try reader.next() { batches.append(batch) }
        return (batches, journal.findings + reader.findings)
    }

    @Test func `records keep their numbers and times over many segments`() throws {
        let disk = SimulatedDisk(seed: 1)
        var limits = JournalLimits()
        limits.segmentSize = 2_000
        let restorer = try JournalRestorer(disk: disk, clock: TestClock(), limits: limits)
        for number in 0..<60 {
            try restorer.append(
                .sample(["record \(number)", "and another"]), firstSequence: UInt64(2 * number),
                accepted: Self.time + .seconds(Int64(number)))
        }
        _ = try restorer.finish(next: [:])
        #expect(disk.fileNames.count > 3)
        let (batches, findings) = try records(disk)
        #expect(findings == [])
        #expect(batches.map(\.firstSequence) == (0..<60).map { UInt64(2 * $0) })
        #expect(batches.map(\.accepted) == (0..<60).map { Self.time + .seconds(Int64($0)) })
        #expect(batches.allSatisfy { $0.batch.entries.count == 2 })
    }

    @Test func `records that are lost leave their numbers free, also at the end`() throws {
        let disk = SimulatedDisk(seed: 1)
        let restorer = try JournalRestorer(disk: disk, clock: TestClock())
        let batch = RecordBatch.sample(["one"])
        try restorer.append(batch, firstSequence: 3, accepted: Self.time)
        try restorer.append(batch, firstSequence: 7, accepted: Self.time)
        #expect(throws: JournalError.self) { try restorer.append(batch, firstSequence: 7, accepted: Self.time) }
        let end = try restorer.finish(next: [batch.tenant: 12])
        let (batches, findings) = try records(disk)
        #expect(batches.map(\.firstSequence) == [3, 7])
        #expect(end.segment == 1)
        let missing = findings.compactMap { finding -> Range<UInt64>? in
            if case .missing(_, let sequences) = finding { sequences } else { nil }
        }
        #expect(Set(missing) == [0..<3, 4..<7, 8..<12])
    }

    @Test func `nothing is written into a journal that is there`() throws {
        let disk = SimulatedDisk(seed: 1)
        _ = try records(disk)
        #expect(throws: JournalError.self) { try JournalRestorer(disk: disk, clock: TestClock()) }
    }
}
