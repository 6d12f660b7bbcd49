import Codecs
import Detect
import Events
import Pipeline
import Platform

/// What it costs to look for secrets and personal data.
enum RedactBenchmark {
    /// - Parameter file: a text to look through instead of one that is made.
    static func run(seconds: Double, file: String? = nil) {
        let began = Meter.cpuSeconds()
        let set = DetectorSet.standard
        print("\(set.detectors.count) detectors made ready: \(Int((Meter.cpuSeconds() - began) * 1e3)) ms")
        if let file {
            guard let text = try? FolderDisk(folder: ".").contents(of: file) else { return print("no \(file)") }
            measure(file, cut(text), seconds)
        } else {
            measure("prompts and code", cut(prompts(every: 0)), seconds)
            measure("the same, a finding in each 2 KB", cut(prompts(every: 1)), seconds)
            measure("JSON within JSON", cut(escaped(prompts(every: 0))), seconds)
        }
        batch("events, protobuf", NormalizeBenchmark.events(.protobuf), seconds)
        batch("events, JSON", NormalizeBenchmark.events(.json), seconds)
        batch("activities", NormalizeBenchmark.activities(), seconds)
    }

    /// Messages of 2 KB.
    private static func cut(_ text: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: text.count, by: 2_048).map { Array(text[$0..<min($0 + 2_048, text.count)]) }
    }

    private static func measure(_ name: String, _ texts: [[UInt8]], _ seconds: Double) {
        guard var scanner = TextScanner(set) else { return }
        let choice = DetectorChoice(set) { $0.action != .keep }
        var (bytes, found, steps) = (0, 0, 0)
        let start = Meter.cpuSeconds()
        while Meter.cpuSeconds() < start + seconds {
            for text in texts {
                _ = unsafe scanner.scan(text.span.bytes, choice: choice)
                bytes += text.count
                found += scanner.findings.count
                steps += scanner.steps
            }
        }
        let rate = Int(Double(bytes) / (Meter.cpuSeconds() - start) / 1e6)
        let each = Double(found) / Double(bytes) * 1e6
        print("\(name): \(rate) MB/CPU-s, \(Int(each)) findings/MB, \(steps * 100 / max(bytes, 1)) steps per 100 B")
    }

    private static var set: DetectorSet { .standard }

    private static func batch(_ name: String, _ batch: RecordBatch, _ seconds: Double) {
        let sink = RedactingSink(
            Nowhere(), policy: RedactionPolicy(), keys: nil, metrics: RedactionMetrics(MetricList()),
            clock: SystemClock(), log: Log("bench", least: .error))
        let meter = Meter()
        let end = Meter.cpuSeconds() + seconds
        var events = 0
        while Meter.cpuSeconds() < end {
            _ = sink.redacted(batch)
            events += batch.entries.count
        }
        let bytes = batch.entries.reduce(0) { $0 + $1.range.count }
        meter.report("redaction of \(name)", events: events, bytesIn: bytes * events / batch.entries.count, bytesOut: 0)
    }

    private struct Nowhere: RecordSink {
        func append(_ batch: RecordBatch, done: @escaping @Sendable (Result<Void, Fault>) -> Void) {
            done(.success(()))
        }
        func bookmark(of source: SourceName, tenant: TenantName) -> [UInt8]? { nil }
    }

    // MARK: Input

    /// Some megabytes of what people ask and programs answer.
    ///
    /// - Parameter every: messages between those with something to find; 0 for none.
    private static func prompts(every: Int) -> [UInt8] {
        let pieces = [
            "Please look at the function below and tell me why the second test fails. It worked before the refactoring, ",
            "and the only thing that I changed is the order of the two calls.\n\n```swift\nfunc merge(_ left: [Int], ",
            "_ right: [Int]) -> [Int] {\n    var out: [Int] = []\n    out.reserveCapacity(left.count + right.count)\n",
            "    for index in 0..<min(left.count, right.count) { out.append(left[index] + right[index]) }\n    return out\n}\n```\n",
            "The test in line 142 of Tests/MergeTests.swift says: expected 17, found 23. Version 5.10.1, built on 2026-03-04.\n",
            "- first install the packages, then run `make test`; it takes 12 minutes on a machine with 8 cores\n",
            "def total(rows):\n    return sum(row['amount'] for row in rows if row['state'] == 'paid')\n\n",
            "I would rather keep the public interface as it is: three modules use it, and one of them is not ours. ",
        ]
        var text: [UInt8] = []
        var place = 0
        while text.count < 4 << 20 {
            text += pieces[place * 5 % pieces.count].utf8
            place += 1
            if every > 0, place % (12 * every) == 0 {
                text += "Write to jane.doe@example.com about 4111 1111 1111 1111.\n".utf8
            }
        }
        return text
    }

    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        var out = ByteBuffer(capacity: text.count * 2)
        unsafe out.append(jsonCharacters: text.span.bytes)
        return out.array
    }
}
