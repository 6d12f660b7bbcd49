import Events
import Platform
import TestKit
import Testing

@testable import Journal

/// What a journal says and does when the disk refuses.
@Suite struct DiskFailureTests {
    private let disk = SimulatedDisk(seed: 1)
    private let clock = TestClock()

    private func open(_ limits: JournalLimits = JournalLimits()) throws -> SteppedJournal {
        try SteppedJournal(disk, clock: clock, limits: limits)
    }

    private func expectAgain(_ answer: Answer, _ code: Fault.Code, at place: SourceLocation = #_sourceLocation) {
        #expect(answer.fault?.code == code, sourceLocation: place)
        guard case .again? = answer.fault?.remedy else {
            Issue.record("not told to come again: \(String(describing: answer.fault))", sourceLocation: place)
            return
        }
    }

    /// Opens what is on the disk after its power was off.
    private func textsAfterPowerLoss() throws -> [String] {
        disk.restart(after: .powerLoss)
        return try SteppedJournal(disk, clock: clock).everything().flatMap(\.batch.texts)
    }

    @Test func `a full disk is met where space is set aside and nothing of the commit is left behind`() throws {
        let journal = try open()
        let size = disk.bytes(of: Segment.fileName(1))?.count
        // There would be room for the commit, and not for the step that is set aside.
        disk.setRoom(15 << 20)
        expectAgain(journal.write(.sample(["refused"])), .diskFull)
        #expect(disk.bytes(of: Segment.fileName(1))?.count == size)
        #expect(journal.journal.failure == nil)
        disk.setRoom(17 << 20)
        #expect(journal.write(.sample(["kept"])).isDurable)
        disk.setRoom(0)
        #expect(journal.write(.sample(["kept as well"])).isDurable, "the room was set aside")
        #expect(try textsAfterPowerLoss() == ["kept", "kept as well"])
    }

    @Test func `after a sync that failed the waiters are told to come again and a new segment takes the next`() throws {
        let journal = try open()
        #expect(journal.write(.sample(["first"])).isDurable)
        disk.fail(.sync, .broken)
        let answers = [journal.append(.sample(["second"])), journal.append(.sample(["third"], tenant: "umbra"))]
        journal.commit()
        for answer in answers { expectAgain(answer, .diskFailed) }
        #expect(journal.journal.isDegraded && journal.metric("docket_journal_degraded") == 1)
        #expect(journal.metric("docket_journal_given_up_segments_total") == 1)
        #expect(journal.write(.sample(["fourth"])).isDurable)
        #expect(journal.journal.end.segment == 2)
        #expect(disk.syncsAfterFailure == 0)
        #expect(journal.journal.findings.isEmpty, "what was confirmed is on the disk")
        #expect(try textsAfterPowerLoss() == ["first", "fourth"])
    }

    @Test func `a segment that was given up is read again and what the disk lost of it is told`() throws {
        let lying = SimulatedDisk(seed: 1, lies: .content)
        let journal = try SteppedJournal(lying, clock: clock)
        for number in 1...3 { #expect(journal.write(.sample(["record \(number)"])).isDurable) }
        #expect(journal.journal.findings.isEmpty, "memory has it right, so nobody can know yet")
        lying.fail(.sync, .broken)
        expectAgain(journal.write(.sample(["refused"])), .diskFailed)
        #expect(journal.journal.findings == [.changed(file: Segment.fileName(1))])
        #expect(journal.metric("docket_journal_findings_total{kind=\"changed\"}") == 1)
    }

    @Test func `a disk that is full after a failed sync is waited for`() throws {
        let journal = try open()
        disk.fail(.sync, .broken)
        expectAgain(journal.write(.sample(["refused"])), .diskFailed)
        disk.fail(.create, .full)
        expectAgain(journal.write(.sample(["refused"])), .diskFull)
        #expect(journal.journal.failure == nil)
        #expect(journal.write(.sample(["kept"])).isDurable)
        #expect(try textsAfterPowerLoss() == ["kept"])
    }

    @Test func `a disk that only fails stops the journal and what was acknowledged stays`() throws {
        let journal = try open()
        #expect(journal.write(.sample(["kept"])).isDurable)
        disk.fail(perThousand: 1_000)
        var tries = 0
        while journal.journal.failure == nil, tries < 100 {
            #expect(!journal.write(.sample(["refused"])).isDurable)
            tries += 1
        }
        #expect(journal.journal.failure?.remedy == .stop)
        #expect(journal.metric("docket_journal_stopped") == 1)
        #expect(journal.write(.sample(["refused"])).fault?.remedy == .stop)
        // The power failed as well, so that what an unlucky write left behind is not seen.
        #expect(try textsAfterPowerLoss().first == "kept")
    }

    @Test func `logs and traces stop first when space runs short and come back last`() throws {
        let journal = try open()
        func answers() -> [Bool] {
            clock.advance(.seconds(2))
            return [RecordKind.otlpLog, .otlpSpan, .otlpMetric, .activity, .ecs].map {
                let answer = journal.write(.sample(["x"], kind: $0))
                if !answer.isDurable { expectAgain(answer, .diskFull) }
                return answer.isDurable
            }
        }
        func level() -> Int? { journal.metric("docket_journal_disk_level") }
        #expect(answers() == [true, true, true, true, true] && level() == 0)
        disk.setSpace(free: 29, total: 100)
        #expect(answers() == [true, true, true, true, true] && level() == 1)
        disk.setSpace(free: 15, total: 100)
        #expect(answers() == [false, false, true, true, true] && level() == 2)
        disk.setSpace(free: 8, total: 100)
        #expect(answers() == [false, false, false, false, false] && level() == 3)
        #expect(journal.metric("docket_journal_disk_used_percent") == 92)
        disk.setSpace(free: 14, total: 100)
        #expect(answers() == [false, false, true, true, true] && level() == 2)
        disk.setSpace(free: 60, total: 100)
        #expect(answers() == [true, true, true, true, true] && level() == 0)
    }

    @Test func `of one commit only those are refused that there is no room for`() throws {
        let journal = try open()
        disk.setSpace(free: 10, total: 100)
        let log = journal.append(.sample(["a log"], kind: .otlpLog))
        let activity = journal.append(.sample(["an activity"]))
        journal.commit()
        expectAgain(log, .diskFull)
        #expect(activity.isDurable)
        #expect(journal.metric("docket_journal_refused_total") == 1)
        #expect(try journal.everything().flatMap(\.batch.texts) == ["an activity"])
    }
}
