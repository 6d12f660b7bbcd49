import ArchiveFormat
import Codecs
import Events
import Integrity
import Platform
import TestKit
import Testing

@testable import Archive

private let start = Timestamp(milliseconds: 1_791_446_400_000)

private func writer(
    _ disk: any Disk, _ target: any ArchiveTarget, _ change: (inout ArchiveSettings) -> Void = { _ in }
) throws -> ArchiveWriter {
    var settings = ArchiveSettings()
    settings.retain = .days(30)
    change(&settings)
    return try ArchiveWriter(
        disk: disk, settings: settings, target: target, metrics: ArchiveMetrics(MetricList()))
}

struct ArchiveWriterTests {
    @Test func `records of one hour are one object, and what is not over waits`() throws {
        let log = SampleLog()
        log.add(100, from: start, every: .minutes(1))
        let target = MemoryTarget()
        let writer = try writer(SimulatedDisk(seed: 1), target)
        for first in stride(from: 0, to: 100, by: 10) { try writer.take(log.batch(first..<first + 10), log) }
        try writer.finish(now: start + .minutes(100), log)
        #expect(try target.lines().map(\.sequence) == Array(0..<60))
        #expect(writer.archived(of: log.tenant) == 60)
        #expect(writer.oldest == start + .hours(1))
        // From there the journal is read again after a crash.
        #expect(writer.position == JournalPosition(segment: 1, offset: 61))
        try writer.finish(now: start + .minutes(120), log)
        #expect(writer.archived(of: log.tenant) == 60, "an hour is over a moment later than it ends")
        try writer.finish(now: start + .minutes(121), log)
        #expect(try target.lines().map(\.sequence) == Array(0..<100))
        #expect(writer.position == JournalPosition(segment: 1, offset: 101))
        let names = target.names()
        #expect(names.count == 4)
        #expect(names[0].hasPrefix("acme/2026/10/08/08/00000000000000000000-00000000000000000059-"))
        let keep = target.stored.withLock { $0[names[0]]?.keep }
        #expect(keep?.until == start + .minutes(59) + .days(30))
    }

    @Test func `an object has a size, whatever comes in one batch`() throws {
        let log = SampleLog()
        log.add(3_000, from: start, every: .seconds(0))
        let target = MemoryTarget()
        let writer = try writer(SimulatedDisk(seed: 1), target) { $0.objectSize = 100_000 }
        try writer.take(log.batch(0..<3_000), log)
        try writer.finish(now: start, all: true, log)
        #expect(try target.lines().count == 3_000)
        #expect(target.names().count > 10)
    }

    @Test func `an object waits for a checkpoint that covers it, and nothing is left out meanwhile`() throws {
        let log = SampleLog()
        log.add(90, from: start, every: .minutes(1))
        log.signed = 59
        let target = MemoryTarget()
        let writer = try writer(SimulatedDisk(seed: 1), target)
        for first in stride(from: 0, to: 90, by: 10) { try writer.take(log.batch(first..<first + 10), log) }
        try writer.finish(now: start + .hours(3), log)
        #expect(target.names() == [] && !writer.mustRewind)
        log.signed = 90
        try writer.finish(now: start + .hours(3), log)
        #expect(writer.mustRewind && writer.position == JournalPosition(segment: 1, offset: 61))
        for first in stride(from: 60, to: 90, by: 10) { try writer.take(log.batch(first..<first + 10), log) }
        try writer.finish(now: start + .hours(3), log)
        #expect(try target.lines().map(\.sequence) == Array(0..<90))
    }

    @Test func `what is sealed comes back with its seed, and never without`() throws {
        let log = SampleLog()
        log.add(20, from: start, every: .seconds(1))
        log.forget(7)
        let target = MemoryTarget()
        let writer = try writer(SimulatedDisk(seed: 1), target)
        var batch = log.batch(0..<20)
        // The journal has lost the first four.
        var rest = RecordBatch(
            tenant: log.tenant, source: "test", storage: batch.batch.storage, contexts: batch.batch.contexts,
            bookmark: [1, 2, 3])
        rest.entries = Array(batch.batch.entries[4...])
        batch = JournaledBatch(
            batch: rest, firstSequence: 4, accepted: batch.accepted, position: batch.position, end: batch.end)
        try writer.take(batch, log)
        try writer.finish(now: start, all: true, log)
        let lines = try target.lines()
        #expect(lines.count == 20)
        let sealer = RecordSealer()
        for (place, line) in lines.enumerated() {
            guard let content = line.content else {
                #expect(place < 4)
                continue
            }
            #expect(content.source == "test" && content.kind == 4)
            guard let sealed = content.sealed else {
                #expect(place == 7)
                continue
            }
            let seed = try #require(log.seed(place))
            let opened = sealer.open(sealed, leaf: line.leafBytes, seed: seed)
            let text = try #require(opened)
            #expect(String(decoding: text.record, as: UTF8.self).contains("person\(place)@example.com"))
            #expect(text.credential == "c" && text.peer == "192.0.2.1")
            #expect(text.bookmark == (place == 19 ? [1, 2, 3] : nil))
            let other = try #require(log.seed(place == 4 ? 5 : 4))
            let wrong = sealer.open(sealed, leaf: line.leafBytes, seed: other)
            #expect(wrong == nil)
        }
        let clear = target.stored.withLock { $0.values.flatMap(\.bytes) }
        #expect(!String(decoding: clear, as: UTF8.self).contains("example.com\""))
    }

    @Test func `whatever the store refuses, everything is there in the end and once`() throws {
        for failures in 0..<8 {
            let log = SampleLog()
            log.add(200, from: start, every: .minutes(1))
            let target = MemoryTarget()
            let writer = try writer(SimulatedDisk(seed: 1), target)
            var next = 0
            for round in 0..<40 where next < 200 || writer.archived(of: log.tenant) < 200 {
                target.failing.withLock { $0 = round < 10 ? failures : nil }
                do throws(ArchiveError) {
                    while next < 200 {
                        try writer.take(log.batch(next..<next + 10), log)
                        next += 10
                    }
                    try writer.finish(now: start + .days(1), log)
                    if writer.mustRewind { next = Int(writer.position.offset) - 1 }
                } catch {
                    next = Int(writer.position.offset) - 1
                }
            }
            #expect(try target.lines().map(\.sequence) == Array(0..<200), "\(failures)")
        }
    }

    /// Two logs, as one archive asks for them.
    private struct Logs: LogSource {
        let logs: [TenantName: SampleLog]
        func archivedLeaves(_ sequences: Range<UInt64>, of tenant: TenantName) -> [UInt8]? {
            logs[tenant]?.archivedLeaves(sequences, of: tenant)
        }
        func archivedSeeds(_ sequences: Range<UInt64>, of tenant: TenantName) -> [ContentSeed?] {
            logs[tenant]?.archivedSeeds(sequences, of: tenant) ?? []
        }
        func archivedCheckpoint(of tenant: TenantName) -> SignedNote? { logs[tenant]?.archivedCheckpoint(of: tenant) }
        func archivedProof(of sequences: Range<UInt64>, under note: SignedNote, _ tenant: TenantName) -> RangeProof? {
            logs[tenant]?.archivedProof(of: sequences, under: note, tenant)
        }
    }

    @Test func `a tenant whose objects are refused holds up no other, and loses nothing`() throws {
        let (first, second) = (SampleLog("a-first"), SampleLog("b-second"))
        let logs = Logs(logs: [first.tenant: first, second.tenant: second])
        for log in [first, second] { log.add(120, from: start, every: .minutes(1)) }
        let target = MemoryTarget()
        target.refused.withLock { $0 = "a-first" }
        let writer = try writer(SimulatedDisk(seed: 1), target)
        func pass() throws {
            for place in stride(from: 0, to: 120, by: 10) {
                try writer.take(first.batch(place..<place + 10), logs)
                try writer.take(second.batch(place..<place + 10), logs)
            }
        }
        try pass()
        #expect(throws: ArchiveError.refused("not for you")) { try writer.finish(now: start + .days(1), logs) }
        #expect(writer.archived(of: second.tenant) == 120 && writer.archived(of: first.tenant) == 0)
        #expect(writer.position == JournalPosition(segment: 1, offset: 1))
        target.refused.withLock { $0 = nil }
        try writer.finish(now: start + .days(1), logs)
        #expect(writer.mustRewind && writer.position == JournalPosition(segment: 1, offset: 61))
        try pass()
        try writer.finish(now: start + .days(1), logs)
        #expect(writer.archived(of: first.tenant) == 120 && !writer.mustRewind)
        #expect(try target.lines().count == 240)
    }

    /// The power goes off anywhere; the store keeps what it was given.
    @Test func `after any power loss the archive goes on with the same names and bytes`() throws {
        var cuts = 0
        for seed in UInt64(1)...150 {
            var dice = Dice(seed: seed)
            let disk = SimulatedDisk(seed: seed)
            let target = MemoryTarget()
            let log = SampleLog()
            log.add(120, from: start, every: .minutes(2))
            disk.powerOff(at: 1 + dice.roll(150))
            var turns = 0
            while turns < 20 {
                turns += 1
                // Checkpoints go on in the meantime.
                log.signed = UInt64(min(120, 60 + turns * 30))
                do {
                    let writer = try writer(disk, target)
                    var next = max(0, Int(writer.position.offset) - 1)
                    while next < 120 {
                        try writer.take(log.batch(next..<next + 10), log)
                        next += 10
                    }
                    try writer.finish(now: start + .days(1), log)
                    if writer.archived(of: log.tenant) == 120 { break }
                } catch {
                    guard disk.isOff else { throw error }
                    cuts += 1
                    disk.restart(after: dice.roll(3) == 0 ? .kill : .powerLoss)
                    if dice.roll(2) == 0 { disk.powerOff(at: disk.operations + 1 + dice.roll(60)) }
                }
            }
            #expect(try target.lines().map(\.sequence) == Array(0..<120), "seed \(seed)")
        }
        #expect(cuts > 100)
    }

    @Test func `a data directory that was made again goes on where its archive ends, and another one is refused`()
        throws
    {
        let log = SampleLog()
        log.add(100, from: start, every: .seconds(1))
        let target = MemoryTarget()
        let first = try writer(SimulatedDisk(seed: 1), target)
        try first.take(log.batch(0..<60), log)
        try first.finish(now: start, all: true, log)
        let second = try writer(SimulatedDisk(seed: 2), target)
        try second.take(log.batch(0..<60), log)
        try second.take(log.batch(60..<100), log)
        try second.finish(now: start, all: true, log)
        #expect(try target.lines().count == 100)
        #expect(target.repeated.withLock { $0 } == 0)
        let other = SampleLog()
        other.add(200, from: start + .seconds(1), every: .seconds(1))
        let third = try writer(SimulatedDisk(seed: 3), target)
        #expect(throws: ArchiveError.self) { try third.take(other.batch(0..<200), other) }
    }

    @Test func `another content under a name is a conflict and never written over`() throws {
        let log = SampleLog()
        log.add(10, from: start, every: .seconds(1))
        let target = MemoryTarget()
        let writer = try writer(SimulatedDisk(seed: 1), target)
        try writer.take(log.batch(0..<10), log)
        try writer.finish(now: start, all: true, log)
        let name = target.names()[0]
        #expect(throws: ArchiveError.conflict(name)) {
            _ = try target.put(name, ArchiveContent([1]), keep: Retention(until: nil, isHeld: false))
        }
        let directory = try TemporaryFolder()
        let files = DirectoryTarget(directory.path, protection: .readOnly)
        let keep = Retention(until: nil, isHeld: false)
        _ = try files.put("a/b", ArchiveContent([1, 2]), keep: keep)
        _ = try files.put("a/b", ArchiveContent([1, 2]), keep: keep)
        #expect(throws: ArchiveError.conflict("a/b")) {
            _ = try files.put("a/b", ArchiveContent([1, 3]), keep: keep)
        }
        #expect(try files.get("a/b", version: nil) == [1, 2])
        #expect(try files.names() == ["a/b"])
    }
}

struct DirectoryTargetTests {
    @Test func `an object is there as a whole or not at all, wherever the power goes off`() throws {
        for seed in UInt64(1)...60 {
            let folder = try TemporaryFolder()
            let disk = SimulatedDisk(seed: seed)
            let target = DirectoryTarget(root: folder.path, protection: .readOnly) { _ in disk }
            let bytes = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let keep = Retention(until: nil, isHeld: false)
            disk.powerOff(at: 1 + Int(seed) % 8)
            let isSaid = (try? target.put("object", ArchiveContent(bytes), keep: keep)) != nil
            disk.restart(after: .powerLoss)
            let found = disk.bytes(of: "object")
            #expect(found == nil || found == bytes, "seed \(seed)")
            if isSaid { #expect(found == bytes) }
            _ = try target.put("object", ArchiveContent(bytes), keep: keep)
            #expect(disk.bytes(of: "object") == bytes)
        }
    }

    @Test func `where the file system has the flag, nobody removes an immutable object before it is taken back`() throws
    {
        let folder = try TemporaryFolder()
        let target = DirectoryTarget(folder.path, protection: .immutable)
        do throws(ArchiveError) {
            try target.check()
        } catch {
            // Here it has not, and that was said.
            return #expect("\(error)".contains("made immutable by root"))
        }
        _ = try target.put("a/b", ArchiveContent([1, 2]), keep: Retention(until: nil, isHeld: false))
        let disk = FolderDisk(folder: "\(folder.path)/a")
        #expect(throws: DiskError.self) { try disk.remove("b") }
        #expect(try target.get("a/b", version: nil) == [1, 2])
        try FileProtection.setImmutable("\(folder.path)/a/b", false)
        try disk.remove("b")
        #expect(try target.names() == [])
    }

    @Test func `a directory that is not there, and a file system without the flag, are told before anything is put`()
        throws
    {
        #expect(throws: ArchiveError.self) { try DirectoryTarget("/nowhere/at/all", protection: .readOnly).check() }
        let folder = try TemporaryFolder()
        try DirectoryTarget(folder.path, protection: .readOnly).check()
        // The kernel's own files have no such flag.
        do throws(ArchiveError) {
            try DirectoryTarget("/proc/self", protection: .immutable).check()
            Issue.record("nothing can be put there")
        } catch {
            #expect("\(error)".contains("`archive.protect: read-only` does without"))
        }
    }
}
