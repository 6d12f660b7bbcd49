import Codecs
import Events
import Foundation
import Journal
import Network
import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

/// The poller and the real journal.
struct FeedJournalTests {
    static let log = Log("test", least: .error, write: { _ in })

    static func journal(_ folder: String) throws -> Journal {
        try Journal(
            disk: FolderDisk(folder: folder), clock: SystemClock(), metrics: JournalMetrics(MetricList()), log: log)
    }

    static func poll(_ journal: Journal, _ bench: FeedPollerTests.Bench, until condition: () -> Bool) async -> Bool {
        var configuration = FeedConfiguration(key: FeedKey(SimulatedKey.standard.text))
        configuration.url = bench.simulator.url
        configuration.batchSize = 50
        let clock = bench.clock
        let poller = FeedPoller(
            configuration,
            with: PollerMeans(
                sink: journal, client: bench.client, clock: clock, log: log,
                wait: { span in
                    clock.advance(span)
                    await Task.yield()
                    return !Task.isCancelled
                }, chance: { 0.5 }), metrics: MetricList())
        let task = Task { await poller.run() }
        let held = await eventually(withinSeconds: 60, condition, isolation: nil)
        task.cancel()
        await task.value
        return held
    }

    static func ids(_ journal: Journal) throws -> [String] {
        let reader = JournalReader(journal, from: .start)
        var ids: [String] = []
        while let found = try reader.next() {
            for entry in found.batch.entries where !entry.kind.isOwn {
                let value = try JSONValue(parsing: Array(found.batch.storage[entry.range.range]))
                ids.append(value["id"]?.string ?? "?")
            }
        }
        return ids
    }

    /// Whether all 2,500 are there, beside what Docket says of itself. Reading takes longer than counting.
    private static func hasAll(_ journal: Journal) -> Bool {
        (journal.counts[.default] ?? 0) >= 2_500 && (try? ids(journal).count) ?? 0 >= 2_500
    }

    /// Method: while a poller runs, its journal's folder is copied now and then. A copy holds what a process
    /// that was killed at that moment leaves behind; a new poller goes on from it.
    @Test func `killed at any moment, it goes on where the journal ends`() async throws {
        let bench = try FeedPollerTests.Bench { options in
            options.count = 2_500
            options.faults = [.equalTimes, .slow]
            options.slowness = .milliseconds(20)
        }
        let root = FileManager.default.temporaryDirectory.appending(path: "docket-feed-\(UUID().uuidString)")
        let first = root.appending(path: "live")
        try FileManager.default.createDirectory(at: first, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }

        let live = try Self.journal(first.path)
        let copies = Locked<[String]>([])
        let held = await Self.poll(live, bench) {
            let count = Int(live.counts[.default] ?? 0)
            let taken = copies.withLock { $0.count }
            if taken < 5, count > taken * 500 {
                let copy = root.appending(path: "copy-\(taken)")
                try? FileManager.default.copyItem(at: first, to: copy)
                copies.withLock { $0.append(copy.path) }
            }
            return Self.hasAll(live)
        }
        #expect(held)
        #expect(try Self.ids(live).sorted() == bench.simulator.truth.sorted())
        live.stop()

        let folders = copies.withLock { $0 }
        #expect(folders.count == 5)
        for folder in folders {
            let journal = try Self.journal(folder)
            #expect(await Self.poll(journal, bench) { Self.hasAll(journal) })
            #expect(try Self.ids(journal).sorted() == bench.simulator.truth.sorted())
            journal.stop()
        }
    }
}
