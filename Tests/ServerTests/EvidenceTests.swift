import Codecs
import Events
import Glibc
import Integrity
import Journal
import Ledger
import Pipeline
import Platform
import TestKit
import Testing

@testable import Server

/// A data directory with some records in it, eight in a batch and a batch each minute, all of them in the logs.
final class SampleData: Sendable {
    let folder: TemporaryFolder
    let key: VerifierKey

    /// - Parameter segments: bytes of a segment of the journal.
    init(records: Int, segments: Int = 128 << 20, in place: String? = nil) throws {
        folder = try TemporaryFolder(in: place)
        let data = folder.path
        try FolderDisk.makeFolder("\(data)/journal")
        try FolderDisk.makeFolder("\(data)/ledger")
        let log = Log("test", write: { _ in })
        let signer = SignerFolder("\(data)/signer")
        let local = try signer.signer()
        key = try #require(try signer.chain()).last
        let clock = TestClock()
        var limits = JournalLimits()
        limits.segmentSize = segments
        let journal = try Journal(
            disk: FolderDisk(folder: "\(data)/journal"), clock: clock, limits: limits,
            metrics: JournalMetrics(MetricList()), log: log)
        let disk = FolderDisk(folder: "\(data)/ledger")
        let ledger = try Ledger(
            disk: disk, instance: try Ledger.instance(disk: disk, wish: KeyName("docket.example.com")), signer: local,
            metrics: LedgerMetrics(MetricList()), log: log)
        try KeyFile.replace(with: local.keys(), disk)
        let reader = JournalReader(journal, from: .start)
        var cut = RecordCut()
        func follow() throws {
            while let batch = try reader.next() {
                try ledger.append(batch) { cut.content(of: $0, in: batch.batch, $1) }
            }
            try ledger.publish(upTo: reader.end)
        }
        for first in stride(from: 0, to: records, by: 8) {
            let done = Waitable(false)
            journal.append(Self.batch(first..<min(first + 8, records))) { _ in done.update { $0 = true } }
            _ = done.wait { $0 ? true : nil }
            try follow()
            clock.advance(.minutes(1))
        }
        journal.stop()
        // The mark of its end, too.
        try follow()
    }

    private static func batch(_ numbers: Range<Int>) -> RecordBatch {
        var batch = RecordBatch(
            tenant: .default, source: "feed", contexts: [.init(credential: "c", peer: "192.0.2.1")])
        for number in numbers {
            let text = Array(
                #"{"id":"activity_\#(number)","type":"chat_created","actor":{"type":"user_actor","user_id":"user_\#(number)"}}"#
                    .utf8)
            batch.entries.append(
                .init(
                    kind: .activity, encoding: .json, context: 0,
                    range: ByteRange(start: batch.storage.count, count: text.count)))
            batch.storage += text
        }
        return batch
    }

    var evidence: Evidence {
        get throws { try Evidence(data: folder.path, log: Log("test", write: { _ in })) }
    }

    /// - Returns: whether it was said that something is wrong, or that one cannot tell; and what.
    func isFound() -> (Bool, [String]) {
        do {
            let evidence = try evidence
            let verifier = try evidence.verify(keys: evidence.keys(trusting: key)) { _ in }
            let damage = try evidence.journalFindings()
            return (
                verifier.findingCount > 0 || !damage.isEmpty,
                verifier.findings.map(\.description) + damage.map(\.description)
            )
        } catch {
            return (true, ["\(error)"])
        }
    }

    /// Every bit of every file of the journal and the logs.
    var bits: [(file: String, byte: Int, bit: Int)] {
        get throws {
            var places: [(file: String, byte: Int, bit: Int)] = []
            for folder in ["journal", "ledger"] {
                let disk = FolderDisk(folder: "\(self.folder.path)/\(folder)")
                for name in try disk.names().sorted() {
                    for byte in 0..<(try disk.contents(of: name).count) {
                        for bit in 0..<8 { places.append(("\(folder)/\(name)", byte, bit)) }
                    }
                }
            }
            return places
        }
    }

    /// Flips bits one after another.
    ///
    /// - Returns: what was not found, and how many were found without a record, a checkpoint or a file being named.
    func flip(_ places: [(file: String, byte: Int, bit: Int)]) throws -> (missed: [String], unnamed: Int) {
        let disk = FolderDisk(folder: folder.path)
        var missed: [String] = []
        var unnamed = 0
        for (name, byte, bit) in places {
            let file = try disk.open(name)
            var content = [UInt8(0)]
            var span = content.mutableSpan
            var target = unsafe span.mutableBytes
            _ = try file.read(into: &target, at: byte)
            let flipped = [content[0] ^ UInt8(1 << bit)]
            try unsafe file.write(flipped.span.bytes, at: byte)
            let (isFound, said) = isFound()
            if !isFound { missed.append("bit \(bit) of byte \(byte) in \(name)") }
            let isNamed = said.contains { $0.contains("record ") || $0.contains("checkpoint") || $0.contains(".seg") }
            if isFound, !isNamed { unnamed += 1 }
            try unsafe file.write(content.span.bytes, at: byte)
        }
        return (missed, unnamed)
    }
}

struct EvidenceTests {
    @Test func `an untouched record is said to be unchanged, and can be proven`() throws {
        let data = try SampleData(records: 64)
        let (isFound, findings) = data.isFound()
        #expect(!isFound, "\(findings)")
        let evidence = try data.evidence
        let origin = evidence.logs[0].origin
        let key = VerifierKey(name: try #require(KeyName(origin)), kind: .note, key: data.key.key)
        for sequence: UInt64 in [0, 31, 63] {
            let proof = try #require(
                try evidence.proof(tenant: .default, sequence: sequence, showing: DisclosureGroup.allCases))
            let extra = try #require(proof.extra)
            let bytes = unsafe extra.span.bytes
            let disclosure = try Disclosure(bytes: bytes)
            #expect(try disclosure.verified().sequence == sequence)
            #expect(throws: Never.self) { try proof.verify(disclosure.leafHash, origin: origin, keys: [key]) }
            let who = disclosure.shown.first { $0.group == .who }?.bytes ?? []
            #expect(String(decoding: who, as: UTF8.self).contains("user_\(sequence)\""))
        }
        #expect(try evidence.proof(tenant: .default, sequence: 64, showing: []) == nil)
    }

    @Test func `a record is proven under every checkpoint that covers it, and the log continues each`() throws {
        let data = try SampleData(records: 64)
        let evidence = try data.evidence
        let log = try evidence.log(of: .default)
        let key = VerifierKey(name: try #require(KeyName(log.origin)), kind: .note, key: data.key.key)
        let kept = try evidence.kept(of: log)
        #expect(kept.map(\.size) == [8, 16, 24, 32, 40, 48, 56, 64])
        for (size, note) in kept {
            let proof = try #require(try evidence.proof(tenant: .default, sequence: 7, showing: [], under: size))
            let extra = try #require(proof.extra)
            let bytes = unsafe extra.span.bytes
            let disclosure = try Disclosure(bytes: bytes)
            let found = try proof.verify(disclosure.leafHash, origin: log.origin, keys: [key])
            #expect(found.checkpoint.size == size)
            #expect(try evidence.proof(tenant: .default, sequence: size, showing: [], under: size) == nil)
            let consistency = try #require(try evidence.consistency(of: log, from: size, to: 64))
            let old = try #require(Checkpoint(text: note.text))
            #expect(consistency.proves(log.root, continues: old.root))
        }
        #expect(throws: StartError.self) { try evidence.proof(tenant: .default, sequence: 0, showing: [], under: 9) }
    }

    @Test func `any range is exported with all that proves it`() throws {
        let data = try SampleData(records: 64, segments: 600)
        let evidence = try data.evidence
        let log = try evidence.log(of: .default)
        let note = try evidence.checkpoint(of: log, size: nil)
        let out = try TemporaryFolder()
        for range: Range<UInt64> in [0..<64, 0..<1, 63..<64, 5..<9, 31..<33, 16..<24] {
            let folder = "\(out.path)/\(range.lowerBound)-\(range.upperBound)"
            #expect(try evidence.export(range, of: log, showing: [.who], under: note, to: folder))
            let disk = FolderDisk(folder: folder)
            let proof = try #require(
                RangeProof(text: String(decoding: try disk.contents(of: Evidence.proofName), as: UTF8.self)))
            var edge = try #require(proof.start)
            let lines = try disk.contents(of: Evidence.recordsName).split(separator: 0x0A)
            #expect(lines.count == range.count)
            for (line, sequence) in zip(lines, range) {
                let disclosure = try RecordLine.disclosure(of: Array(line))
                #expect(try disclosure.verified().sequence == sequence)
                #expect(String(decoding: line, as: UTF8.self).contains("user_\(sequence)"))
                edge.append(disclosure.leafHash)
            }
            #expect(proof.root(edge, size: 64) == log.root)
            // What is there is not written over.
            #expect(throws: StartError.self) {
                try evidence.export(range, of: log, showing: [.who], under: note, to: folder)
            }
        }
        let behind = try evidence.export(60..<65, of: log, showing: [], under: note, to: "\(out.path)/behind")
        #expect(!behind)
    }

    @Test func `records are found by the time at which they were accepted`() throws {
        let data = try SampleData(records: 64)
        let evidence = try data.evidence
        let log = try evidence.log(of: .default)
        let start = TestClock().now()
        let minute = Timestamp.Span.minutes(1)
        #expect(try evidence.sequences(of: log, acceptedFrom: start, to: start + minute) == 0..<8)
        let third = start + .minutes(2)
        #expect(try evidence.sequences(of: log, acceptedFrom: third, to: start + .hours(1)) == 16..<64)
        #expect(try evidence.sequences(of: log, acceptedFrom: start + .hours(1), to: start + .hours(2)) == nil)
    }

    @Test func `an event is found by its id, with no store at all`() throws {
        let data = try SampleData(records: 64)
        let evidence = try data.evidence
        for sequence: UInt64 in [0, 9, 63] {
            #expect(try evidence.sequence(ofEvent: "activity_\(sequence)", tenant: .default) == sequence)
        }
        #expect(try evidence.sequence(ofEvent: "activity_64", tenant: .default) == nil)
        let other = try #require(TenantName("other"))
        #expect(try evidence.sequence(ofEvent: "activity_1", tenant: other) == nil)
    }

    @Test func `segments that were dropped, swapped, doubled or cut off are named`() throws {
        let data = try SampleData(records: 64, segments: 600)
        let disk = FolderDisk(folder: data.folder.file("journal"))
        let names = try disk.names().filter { $0.hasSuffix(".seg") }.sorted()
        try #require(names.count > 3)
        let contents = try names.map { try disk.contents(of: $0) }
        try #require(!data.isFound().0, "\(data.isFound().1)")
        func said(_ change: [Int: [UInt8]], without lost: Int? = nil) throws -> String {
            for (place, bytes) in change { try disk.replace(names[place], with: bytes) }
            if let lost { try disk.remove(names[lost]) }
            let (_, said) = data.isFound()
            for (name, bytes) in zip(names, contents) { try disk.replace(name, with: bytes) }
            return said.joined(separator: "\n")
        }
        let dropped = try said([:], without: 1)
        #expect(dropped.contains("\(names[1]): is missing") && dropped.contains("record "))
        let swapped = try said([1: contents[2], 2: contents[1]])
        #expect(swapped.contains(names[1]) && swapped.contains(names[2]))
        let doubled = try said([2: contents[1]])
        #expect(doubled.contains(names[2]) && doubled.contains("the record is missing"))
        let cut = try said([1: Array(contents[1].dropLast(200))])
        #expect(cut.contains(names[1]) || cut.contains("the record is missing"))
        let last = names.count - 1
        let ended = try said([last: Array(contents[last].prefix(300))])
        #expect(ended.contains("the record is missing"))
        #expect(!data.isFound().0)
    }

    @Test func `an erasure whose record is in no log yet is no damage, and one without a record is`() throws {
        for isTold in [true, false] {
            let data = try SampleData(records: 64)
            let log = Log("test", write: { _ in })
            let journal = try Journal(
                disk: FolderDisk(folder: data.folder.file("journal")), clock: TestClock(),
                metrics: JournalMetrics(MetricList()), log: log)
            let sequences = SequenceSet([UInt64(3), 17])
            let erasure = try #require(
                try journal.prepareErasure(of: [.default: sequences], isOver: { false }))
            if isTold {
                let record = ErasureRecord(
                    order: "1", reason: "r", requester: "q", sequences: sequences, segments: erasure.segments,
                    destinations: [])
                let done = Waitable(false)
                journal.append(record.own.batch(of: .default)) { _ in done.update { $0 = true } }
                _ = done.wait { $0 ? true : nil }
            }
            try journal.carryOut(erasure)
            journal.stop()
            let (isFound, said) = data.isFound()
            #expect(isFound != isTold, "\(said)")
            #expect(isTold || said.contains { $0.contains("record 17: the record was erased") })
            // What is left of it can be proven, and so can the range around it.
            let evidence = try data.evidence
            let proof = try #require(try evidence.proof(tenant: .default, sequence: 17, showing: [.who]))
            let extra = try #require(proof.extra)
            let bytes = unsafe extra.span.bytes
            #expect(try Disclosure(bytes: bytes).shown.isEmpty)
            let out = try TemporaryFolder()
            let kept = try evidence.log(of: .default)
            let note = try evidence.checkpoint(of: kept, size: nil)
            #expect(try evidence.export(0..<64, of: kept, showing: [.who], under: note, to: out.path))
        }
    }

    /// `EVIDENCE_FLIPS` says how many bits; 0 is all of them.
    @Test func `a bit that is flipped anywhere is found`() async throws {
        let wish = unsafe getenv("EVIDENCE_FLIPS").flatMap { unsafe Int(String(cString: $0)) } ?? 1_500
        // In memory where there is such a place: each flip reads everything again.
        let place = FolderDisk.isFolder("/dev/shm") ? "/dev/shm" : nil
        let halves = try (0..<2).map { _ in try SampleData(records: 64, in: place) }
        for data in halves { try #require(!data.isFound().0) }
        // Two threads, each with files of its own.
        async let first = onOwnThread { Self.flip(halves[0], half: 0, wish) }
        async let second = onOwnThread { Self.flip(halves[1], half: 1, wish) }
        let results = await [first, second]
        #expect(results.flatMap(\.missed) == [])
        let flips = results.reduce(0) { $0 + $1.flips }
        #expect(flips > 0)
        // What has no name is in the names, keys and states that belong to a log as a whole.
        #expect(results.reduce(0) { $0 + $1.unnamed } * 5 < flips)
        for data in halves { #expect(!data.isFound().0) }
    }

    private static func flip(
        _ data: SampleData, half: Int, _ wish: Int
    ) -> (missed: [String], unnamed: Int, flips: Int) {
        do {
            let all = try data.bits
            var dice = Dice(seed: 64 + UInt64(half))
            let places =
                wish == 0
                ? all.enumerated().filter { $0.offset % 2 == half }.map(\.element)
                : (0..<wish / 2).map { _ in dice.pick(all) }
            let (missed, unnamed) = try data.flip(places)
            return (missed, unnamed, places.count)
        } catch {
            return (["\(error)"], 0, 0)
        }
    }
}
