import Events
import Platform
import TestKit
import Testing

@testable import Journal

/// Records found by their numbers, without what is before them.
struct JournalSearchTests {
    /// Several tenants in many small segments; one that came late, and one that was silent for long.
    private struct Sample {
        let disk = SimulatedDisk(seed: 5)
        let journal: SteppedJournal
        var records: [TenantName: [String]] = [:]

        init() throws {
            var limits = JournalLimits()
            limits.segmentSize = 900
            journal = try SteppedJournal(disk, limits: limits)
            var dice = Dice(seed: 5)
            for number in 0..<120 {
                let name = number == 0 || number == 119 ? "silent" : number > 80 && dice.roll(3) == 0 ? "late" : "acme"
                let texts = (0...dice.roll(3)).map { "\(name) \(number) \($0)" }
                journal.write(.sample(texts, tenant: name))
                records[TenantName(name)!, default: []] += texts
            }
            #expect(journal.journal.end.segment > 15)
        }

        /// The texts of a tenant from a record on, as a reader that begins there finds them.
        func texts(from sequence: Int, of tenant: TenantName) throws -> [String] {
            let reader = try JournalReader(journal.journal, at: UInt64(sequence), of: tenant)
            var texts: [String] = []
            while let batch = try reader.next() {
                #expect(batch.batch.tenant == tenant)
                let first = Int(batch.firstSequence)
                if texts.isEmpty, first < sequence {
                    texts += batch.batch.texts[(sequence - first)...]
                } else {
                    texts += batch.batch.texts
                }
            }
            #expect(reader.findings.isEmpty)
            return texts
        }

        /// Changes bytes of a file from a place on.
        func spoil(_ name: String, from place: Int) throws {
            let file = try disk.open(name)
            let noise = [UInt8](repeating: 0xA5, count: try file.size() - place)
            try unsafe file.write(noise.span.bytes, at: place)
        }
    }

    @Test func `every record is found, with all that follows it of its tenant`() throws {
        let sample = try Sample()
        for (tenant, all) in sample.records {
            for sequence in all.indices {
                #expect(try sample.texts(from: sequence, of: tenant) == Array(all[sequence...]))
            }
            #expect(try sample.texts(from: all.count, of: tenant).isEmpty)
        }
        #expect(try sample.texts(from: 0, of: TenantName("nobody")!).isEmpty)
    }

    @Test func `what stands before the record is not read`() throws {
        let sample = try Sample()
        let acme = TenantName("acme")!
        let all = try #require(sample.records[acme])
        let last = all.count - 1
        let segment = try #require(
            try JournalSearch(sample.disk, tenant: acme, upTo: sample.journal.journal.end).segment(of: UInt64(last)))
        #expect(segment > 10)
        for number in 1..<segment {
            let name = Segment.fileName(number)
            let scanner = SegmentScanner(
                file: try sample.disk.open(name), salt: 0x0707_0707, from: Segment.headerSize, end: .max)
            _ = try scanner.next()
            try sample.spoil(name, from: scanner.offset)
        }
        #expect(try sample.texts(from: last, of: acme) == [all[last]])
    }

    @Test func `a record is found also where segments have lost their beginnings`() throws {
        let sample = try Sample()
        let acme = TenantName("acme")!
        let all = try #require(sample.records[acme])
        // Of every other segment the frame that says which sequences it begins with.
        for number in stride(from: UInt64(2), to: sample.journal.journal.end.segment, by: 2) {
            let file = try sample.disk.open(Segment.fileName(number))
            try unsafe file.write([UInt8(0xFF)].span.bytes, at: Segment.headerSize + Frame.headerSize + 1)
        }
        for sequence in all.indices {
            let reader = try JournalReader(sample.journal.journal, at: UInt64(sequence), of: acme)
            let batch = try #require(try reader.next())
            let place = sequence - Int(batch.firstSequence)
            #expect(batch.batch.texts.indices.contains(place) && batch.batch.texts[place] == all[sequence])
        }
    }
}
