import Events
import Platform
import TestKit
import Testing

@testable import Journal

/// Files that are not as they were written: bits, ends, names.
@Suite struct DamageTests {
    /// A small journal of two segments that ended in good order.
    private struct Sample {
        let disk = SimulatedDisk(seed: 1)
        let clock = TestClock()
        /// What each tenant has, in order.
        var logs: [String: [String]] = [:]

        init(stops: Bool = true) throws {
            var limits = JournalLimits()
            limits.segmentSize = 700
            let journal = try SteppedJournal(disk, clock: clock, limits: limits)
            for number in 0..<4 {
                let tenant = number == 1 ? "umbra" : "acme"
                journal.write(.sample(["\(number) a", "\(number) b"], tenant: tenant, bookmark: "\(number)"))
                logs[tenant, default: []] += ["\(number) a", "\(number) b"]
            }
            #expect(journal.journal.end.segment == 2)
            if stops { journal.stop() }
        }

        /// The same files on another disk, one of them changed.
        func disk(with name: String, _ bytes: [UInt8]?) -> SimulatedDisk {
            let copy = SimulatedDisk(seed: 1)
            for other in disk.fileNames { copy.put(other, disk.bytes(of: other) ?? []) }
            if let bytes { copy.put(name, bytes) } else { copy.discard(name) }
            return copy
        }

        /// What is wrong with what a journal gives back of this disk: nothing, when all that is missing is named.
        func problems(_ journal: SteppedJournal, at place: String) throws -> [String] {
            var problems: [String] = []
            var found: [String: Set<Int>] = [:]
            for batch in try journal.everything() {
                let log = logs[batch.batch.tenant.text] ?? []
                let start = Int(batch.firstSequence)
                let texts = batch.batch.texts
                guard start + texts.count <= log.count, Array(log[start..<start + texts.count]) == texts else {
                    problems.append("\(place): \(batch.batch.tenant) \(start) is not what was written")
                    continue
                }
                found[batch.batch.tenant.text, default: []].formUnion(start..<start + texts.count)
            }
            let findings = journal.journal.findings
            for (tenant, log) in logs {
                for sequence in log.indices where !(found[tenant] ?? []).contains(sequence) {
                    let isNamed = findings.contains {
                        guard case .missing(let name, let range) = $0 else { return false }
                        return name.text == tenant && range.contains(UInt64(sequence))
                    }
                    if !isNamed { problems.append("\(place): \(tenant) \(sequence) is gone without a word") }
                }
            }
            return problems
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `every single bit may flip, nothing wrong is read, and what is missing is named`(_ number: UInt64) async {
        let problems = await onOwnThread { () -> [String] in
            do { return try flipped(number) } catch { return ["\(error)"] }
        }
        #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(5).joined(separator: "\n"))")
    }

    private func flipped(_ number: UInt64) throws -> [String] {
        let sample = try Sample()
        let name = Segment.fileName(number)
        var bytes = try #require(sample.disk.bytes(of: name))
        var problems: [String] = []
        for place in bytes.indices {
            for bit in 0..<8 {
                bytes[place] ^= 1 << bit
                let journal = try SteppedJournal(sample.disk(with: name, bytes), clock: sample.clock)
                problems += try sample.problems(journal, at: "byte \(place) bit \(bit)")
                bytes[place] ^= 1 << bit
            }
        }
        return problems
    }

    @Test func `a journal with any flipped bit takes records and keeps them`() throws {
        let sample = try Sample()
        let name = Segment.fileName(2)
        var bytes = try #require(sample.disk.bytes(of: name))
        for place in stride(from: 0, to: bytes.count, by: 5) {
            bytes[place] ^= 0x20
            let disk = sample.disk(with: name, bytes)
            let before = try SteppedJournal(disk, clock: sample.clock)
            let texts = try before.everything().flatMap(\.batch.texts)
            #expect(before.write(.sample(["new"])).isDurable)
            disk.restart(after: .powerLoss)
            let after = try SteppedJournal(disk, clock: sample.clock)
            #expect(try after.everything().flatMap(\.batch.texts) == texts + ["new"], "byte \(place)")
            bytes[place] ^= 0x20
        }
    }

    @Test func `a segment that is cut off anywhere loses its end and says which records that were`() throws {
        let sample = try Sample()
        let name = Segment.fileName(1)
        let bytes = try #require(sample.disk.bytes(of: name))
        var problems: [String] = []
        for size in bytes.indices {
            let journal = try SteppedJournal(sample.disk(with: name, Array(bytes[..<size])), clock: sample.clock)
            #expect(!journal.findings.isEmpty, "\(size) bytes")
            problems += try sample.problems(journal, at: "\(size) bytes")
        }
        #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(5).joined(separator: "\n"))")
    }

    @Test func `the last segment may end anywhere behind its header`() throws {
        let sample = try Sample()
        let name = Segment.fileName(2)
        let bytes = try #require(sample.disk.bytes(of: name))
        for size in bytes.indices {
            let disk = sample.disk(with: name, Array(bytes[..<size]))
            guard size >= Segment.headerSize else {
                #expect(throws: JournalError.self, "\(size) bytes") {
                    _ = try SteppedJournal(disk, clock: sample.clock)
                }
                continue
            }
            let journal = try SteppedJournal(disk, clock: sample.clock)
            let texts = try journal.everything().flatMap(\.batch.texts)
            #expect(["0 a", "0 b", "1 a", "1 b", "2 a", "2 b", "3 a", "3 b"].starts(with: texts), "\(size) bytes")
        }
    }

    private func reason(_ disk: SimulatedDisk) -> String {
        do {
            _ = try SteppedJournal(disk)
            return "it opened"
        } catch {
            return "\(error)"
        }
    }

    @Test func `segments under one another's names are refused by name`() throws {
        let sample = try Sample()
        let (first, second) = (Segment.fileName(1), Segment.fileName(2))
        let swapped = sample.disk(with: first, sample.disk.bytes(of: second))
        swapped.put(second, try #require(sample.disk.bytes(of: first)))
        #expect(reason(swapped) == "\(first): this is segment 2 under another name; restore the file")
        let third = Segment.fileName(3)
        let doubled = sample.disk(with: third, sample.disk.bytes(of: second))
        #expect(reason(doubled) == "\(third): this is segment 2 under another name; restore the file")
    }

    @Test func `a missing segment is refused until somebody says that it is lost`() throws {
        var limits = JournalLimits()
        limits.segmentSize = 400
        let disk = SimulatedDisk(seed: 1)
        let journal = try SteppedJournal(disk, limits: limits)
        for number in 0..<4 { journal.write(.sample(["\(number)"])) }
        let name = Segment.fileName(2)
        disk.discard(name)
        #expect(
            reason(disk).hasPrefix("\(name): the segment is missing; restore it, or, if it is lost, make an empty file")
        )
        disk.put(name, [])
        let without = try SteppedJournal(disk)
        let texts = try without.everything().flatMap(\.batch.texts)
        #expect(texts == ["0", "2", "3"])
        #expect(without.journal.findings.contains(.missing(tenant: .init("acme")!, sequences: 1..<2)))
        #expect(without.metric("docket_journal_missing_records_total") == 1)
    }

    @Test func `a segment of another journal is told from the one that was there`() throws {
        let sample = try Sample()
        let other = SimulatedDisk(seed: 1)
        var limits = JournalLimits()
        limits.segmentSize = 700
        let journal = try SteppedJournal(other, limits: limits, salt: 9)
        for number in 0..<4 {
            journal.write(
                .sample(["\(number) c", "\(number) d"], tenant: number == 1 ? "umbra" : "acme", bookmark: "1"))
        }
        let mixed = sample.disk(with: Segment.fileName(1), other.bytes(of: Segment.fileName(1)))
        #expect(try SteppedJournal(mixed).findings == [.changed(file: Segment.fileName(1))])
    }

    @Test func `damage in the last commit is no torn tail when the journal had ended in good order`() throws {
        for stops in [true, false] {
            let sample = try Sample(stops: stops)
            let name = Segment.fileName(2)
            var bytes = try #require(sample.disk.bytes(of: name))
            let place = try #require(bytes.indices.last { bytes[$0...].starts(with: "3 a3 b".utf8) })
            bytes[place] ^= 1
            let journal = try SteppedJournal(sample.disk(with: name, bytes), clock: sample.clock)
            let missing = JournalFinding.missing(tenant: .init("acme")!, sequences: 4..<6)
            #expect(journal.findings.contains(missing) == stops)
            #expect(journal.findings.contains { $0.kind == .torn } == !stops)
            #expect(journal.journal.counts[.init("acme")!] == (stops ? 6 : 4))
        }
    }

    @Test func `who was further than a commit that had to be cut off goes on behind it and misses nothing`() throws {
        let disk = SimulatedDisk(seed: 1)
        let journal = try SteppedJournal(disk)
        journal.write(.sample(["first"]))
        // Two frames in one commit; the first of them is damaged later.
        _ = (journal.append(.sample(["second"])), journal.append(.sample(["third"], tenant: "umbra")))
        journal.commit()
        let reader = journal.reader()
        while try reader.next() != nil {}
        let name = Segment.fileName(1)
        var bytes = try #require(disk.bytes(of: name))
        let place = try #require(bytes.indices.last { bytes[$0...].starts(with: "second".utf8) })
        bytes[place] ^= 1
        disk.put(name, bytes)

        let reopened = try SteppedJournal(disk)
        let torn = try #require(reopened.findings.first)
        guard case .tornTail(name, _, _, let kept?) = torn, torn.isLoss else {
            Issue.record("\(reopened.findings)")
            return
        }
        #expect(disk.bytes(of: kept)?.count ?? 0 > 96)
        for number in 1...9 { #expect(reopened.write(.sample(["new \(number)"])).isDurable) }
        let later = reopened.reader(from: reader.end)
        var texts: [String] = []
        while let batch = try later.next() { texts += batch.batch.texts }
        #expect(texts == (1...9).map { "new \($0)" })
        #expect(later.findings.isEmpty)
        #expect(try SteppedJournal(disk).findings == [torn], "as long as the file is there")
    }
}
