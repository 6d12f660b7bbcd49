import Events
import Platform
import TestKit
import Testing

@testable import Journal

/// What a start must know although it opens no more of the last segment than it needs.
@Suite struct StartTests {
    private let acme = TenantName("acme")!

    @Test(arguments: [10, 5_000, 200_000])
    func `sequences and bookmarks are known whatever the size of frame and bookmark`(_ size: Int) throws {
        let disk = SimulatedDisk(seed: 1)
        let journal = try SteppedJournal(disk)
        let text = String(repeating: "what repeats itself is packed ", count: 1 + size / 30)
        // A bookmark that fits into the beginning of a frame, and one that does not.
        for (place, bookmark) in ["page 2", text, "page 4"].enumerated() {
            let batch = RecordBatch.sample([text, "\(place)"], source: "feed", bookmark: bookmark)
            #expect(journal.write(batch).isDurable)
            let reopened = try SteppedJournal(disk)
            #expect(reopened.findings.isEmpty)
            #expect(reopened.journal.counts == [acme: UInt64(2 * (place + 1))])
            #expect(reopened.journal.bookmark(of: "feed", tenant: acme) == Array(bookmark.utf8))
        }
    }

    @Test func `a seal counts the frames that are there, also those from before a restart`() throws {
        let disk = SimulatedDisk(seed: 1)
        var limits = JournalLimits()
        limits.segmentSize = 1_000
        for number in 0..<2 {
            let journal = try SteppedJournal(disk, limits: limits)
            journal.write(.sample(["\(number)"]))
            if number == 1 { journal.stop() }
        }
        let last = try SteppedJournal(disk, limits: limits)
        while last.journal.end.segment == 1 { last.write(.sample(["more"])) }

        let file = try disk.open(Segment.fileName(1))
        let header = try #require(try Segment.Header.read(file))
        let scanner = SegmentScanner(file: file, salt: header.salt, from: Segment.headerSize, end: try file.size())
        var (frames, records) = (0, 0)
        while let item = try scanner.next() {
            guard case .frame(let frame, let payload, _) = item else {
                Issue.record("\(item)")
                continue
            }
            if frame.kind == .seal {
                let seal = try #require(SegmentSeal(payload))
                #expect(seal.frames == UInt64(frames) && seal.records == UInt64(records) && records > 2)
            }
            frames += 1
            records += frame.count
        }
        #expect(frames > 4)
    }

    @Test func `what was cut off and kept is told again until it is moved away`() throws {
        let disk = SimulatedDisk(seed: 1)
        disk.put("00000000000000000001.seg.4711.torn", [1, 2, 3])
        #expect(try SteppedJournal(disk).findings.isEmpty, "a new journal has no past")
        let finding = JournalFinding.tornTail(
            file: Segment.fileName(1), offset: 4_711, bytes: 3, kept: "00000000000000000001.seg.4711.torn")
        let journal = try SteppedJournal(disk)
        #expect(journal.findings == [finding])
        #expect(journal.metric("docket_journal_findings_total{kind=\"torn\"}") == 1)
        disk.discard("00000000000000000001.seg.4711.torn")
        #expect(try SteppedJournal(disk).findings.isEmpty)
    }
}
