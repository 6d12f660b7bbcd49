import Events
import Foundation
import Pipeline
import Platform
import Store

/// From records of the journal to documents that can be found: what each step costs of CPU time, all threads
/// together, and what an event takes on disk.
enum StoreIndexBenchmark {
    /// Documents between two moments at which they become visible.
    private static let publishCount = 32_768

    static func run(events count: Int) throws {
        let batches = (1...max(1, count / 500)).map { number in
            JournaledBatch(
                batch: NormalizeBenchmark.events(.protobuf, from: number * 500), firstSequence: UInt64(number * 500),
                accepted: Timestamp(nanoseconds: 1_791_447_318_000_000_000 + Int64(number)),
                position: JournalPosition(segment: 1, offset: UInt64(number)),
                end: JournalPosition(segment: 1, offset: UInt64(number + 1)))
        }
        let events = batches.reduce(0) { $0 + $1.batch.entries.count }
        let mapping = normalize(batches)

        let folder = NSTemporaryDirectory() + "docket-bench-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let metrics = MetricList()
        let store = try EventStore(
            path: folder, clock: SystemClock(), metrics: StoreMetrics(metrics), log: Log("bench", least: .error))
        let writer = try store.writer()
        var normalizer = Normalizer(digest: NormalizeBenchmark.digest)
        var documents = DocumentGroup()
        var (publishing, sealing) = (0.0, 0.0)
        var segments = 0
        let began = Meter.cpuSeconds()
        let wall = Meter.wallSeconds()
        var waiting = 0
        for batch in batches {
            normalizer.mapAll(of: batch, into: &documents) { index, stream, document in
                writer.append(document, stream: stream, of: batch, sequence: batch.firstSequence + UInt64(index))
            }
            waiting += batch.batch.entries.count
            guard waiting >= publishCount else { continue }
            waiting = 0
            let start = Meter.cpuSeconds()
            try writer.publish(upTo: batch.end)
            let spent = Meter.cpuSeconds() - start
            let now = number("docket_store_segments", metrics)
            if now > segments { sealing += spent } else { publishing += spent }
            segments = now
        }
        let start = Meter.cpuSeconds()
        try writer.sealAll()
        sealing += Meter.cpuSeconds() - start
        let all = Meter.cpuSeconds() - began
        report("normalize", mapping, events)
        report("append", all - mapping - publishing - sealing, events)
        report("publish", publishing, events)
        report("seal", sealing, events)
        report("all", all, events)
        let found = number("docket_store_documents_total", metrics)
        print("\(found) documents of \(events) events, \(Int((Meter.wallSeconds() - wall) * 1_000)) ms wall")
        let bytes = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".parquet") }
            .reduce(0) { sum, file in
                let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")[.size]
                return sum + ((size as? Int) ?? 0)
            }
        print("\(bytes / events) B an event on disk")
    }

    private static func normalize(_ batches: [JournaledBatch]) -> Double {
        var normalizer = Normalizer(digest: NormalizeBenchmark.digest)
        var documents = DocumentGroup()
        var values = 0
        let start = Meter.cpuSeconds()
        for batch in batches {
            normalizer.mapAll(of: batch, into: &documents) { _, _, document in values += document.entries.count }
        }
        let spent = Meter.cpuSeconds() - start
        print("\(values / batches.reduce(0) { $0 + $1.batch.entries.count }) values a document")
        return spent
    }

    private static func report(_ step: String, _ seconds: Double, _ events: Int) {
        print("\(step): \(Int(Double(events) / seconds)) events/CPU-s, \(Int(seconds / Double(events) * 1e9)) ns each")
    }

    private static func number(_ name: String, _ metrics: MetricList) -> Int {
        let line = metrics.exposition().split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        return line.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
    }
}
