import Codecs
import Events
import Glibc
import Journal
import Platform

/// What the journal costs: records acknowledged after fdatasync, and a start on a journal of a gigabyte.
enum JournalBenchmark {
    private static let recordSize = 700
    private static let batchRecords = 500

    static func run(records: Int) {
        let folder = BenchFolder("journal")
        do {
            for mixed in [false, true] { try append(records, folder: "\(folder.path)/append-\(mixed)", mixed: mixed) }
            try recover(folder: "\(folder.path)/recover")
        } catch {
            print("journal: \(error)")
        }
    }

    private static func open(_ folder: String) throws -> Journal {
        try FolderDisk.makeFolder(folder)
        return try Journal(
            disk: FolderDisk(folder: folder), clock: SystemClock(), metrics: JournalMetrics(MetricList()),
            log: Log("journal", least: .warning))
    }

    /// Senders hand over batches as fast as they are acknowledged, sixteen at a time.
    private static func append(_ records: Int, folder: String, mixed: Bool) throws {
        let journal = try open(folder)
        let batches = (0..<64).map { batch(seed: $0, mixed: mixed) }
        let meter = Meter()
        let open = Waitable(0)
        let lost = Counter()
        for number in 0..<records / batchRecords {
            _ = open.wait { count -> Bool? in
                guard count < 16 else { return nil }
                count += 1
                return true
            }
            journal.append(batches[number % batches.count]) { result in
                if case .failure = result { lost.add() }
                open.update { $0 -= 1 }
            }
        }
        _ = open.wait { $0 == 0 ? true : nil }
        let written = journal.end
        meter.report(
            "journal append, \(mixed ? "text that hardly compresses" : "telemetry"), \(recordSize) B", events: records,
            bytesIn: records * recordSize, bytesOut: size(of: folder))
        journal.stop()
        if lost.value > 0 { print("  \(lost.value) batches were refused") }
        print("  \(written.segment) segments")
    }

    /// A start reads the last segment: here a full one.
    private static func recover(folder: String) throws {
        let journal = try open(folder)
        let batches = (0..<64).map { batch(seed: $0, mixed: false) }
        var number = 0
        // Up to a gigabyte, and then until the last segment is nearly full.
        while journal.end.segment < 8 || journal.end.offset < 120 << 20 {
            let done = Waitable(0)
            for _ in 0..<32 {
                journal.append(batches[number % batches.count]) { _ in done.update { $0 += 1 } }
                number += 1
            }
            _ = done.wait { $0 == 32 ? true : nil }
        }
        let records = journal.counts.values.reduce(0, +)
        journal.stop()
        for kept in [true, false] {
            if !kept { forget(folder) }
            let meter = Meter()
            let again = try open(folder)
            meter.report(
                "journal start, 1 GB, \(kept ? "in memory" : "from the disk")", events: Int(records),
                bytesIn: Int(again.end.segment - 1) * (128 << 20) + Int(again.end.offset), bytesOut: 0)
            again.stop()
        }
    }

    /// What Claude Code sends, cut into records of one size, or text that hardly compresses, which shows what the disk
    /// takes.
    private static func batch(seed: Int, mixed: Bool) -> RecordBatch {
        var batch = RecordBatch(
            tenant: .default, source: "bench", contexts: [.init(credential: "key-1", peer: "192.0.2.7")])
        let size = batchRecords * recordSize
        if mixed {
            var noise = UInt64(seed + 1)
            for _ in 0..<size {
                noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                batch.storage.append(UInt8(32 + (noise >> 33) % 90))
            }
        } else {
            var telemetry = ClaudeTelemetry(seed: UInt64(seed))
            while batch.storage.count < size { batch.storage += telemetry.protobuf(records: batchRecords) }
        }
        for record in 0..<batchRecords {
            let range = ByteRange(start: record * recordSize, count: recordSize)
            batch.entries.append(.init(kind: .otlpLog, encoding: .protobuf, context: 0, range: range))
        }
        return batch
    }

    private static func size(of folder: String) -> Int {
        let disk = FolderDisk(folder: folder)
        return ((try? disk.names()) ?? []).reduce(0) { $0 + ((try? disk.open($1).size()) ?? 0) }
    }

    private static func forget(_ folder: String) {
        let disk = FolderDisk(folder: folder)
        for name in (try? disk.names()) ?? [] { try? disk.open(name).forget() }
    }
}
