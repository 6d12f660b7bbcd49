import Events
import Foundation
import Platform
import TestKit
import Testing

@testable import Journal

/// What must hold after any end of the program:
///
/// 1. acknowledged: what was answered with success is there, once, and stays;
/// 2. order: the records of a tenant are in the order in which they were handed over, and their sequences are dense;
/// 3. whole: a batch is there with all of its records or not at all;
/// 4. bookmark: the place of a source is that of its last batch that is there;
/// 5. seen: what a reader was given once is there at the same place from then on;
/// 6. silent: nothing is reported as damaged, since nothing was;
/// 7. answered: every batch gets one answer, and the counters say how many records were kept and how many refused;
/// 8. once: no file is synced again after a sync of it failed.
///
/// `SIMULATE_SEEDS` says how many crashes are tried. Each way to break the journal below is found by the same
/// checks, so none of them is empty. Cutting off a torn tail is not among them: frames are told from older bytes by
/// their salt, so the journal is right without the cut.
@Suite struct CrashTests {
    static let seeds = ProcessInfo.processInfo.environment["SIMULATE_SEEDS"].flatMap { Int($0) } ?? 1_000

    @Test func `nothing acknowledged is lost in any crash`() async {
        let broken = await onOwnThread { Self.firstBroken(seeds: Self.seeds) }
        #expect(broken == nil)
    }

    @Test func `nothing acknowledged is lost when the disk fails as well`() async {
        let broken = await onOwnThread { Self.firstBroken(seeds: max(Self.seeds / 2, 1), failures: 20) }
        #expect(broken == nil)
    }

    /// What did not hold in the first crash in which something did not.
    private static func firstBroken(seeds: Int, failures: Int = 0) -> String? {
        for seed in 1...seeds {
            let broken = CrashRun(seed: UInt64(seed), failures: failures).run()
            if !broken.isEmpty { return "seed \(seed): \(broken.joined(separator: "; "))" }
        }
        return nil
    }

    struct Mutation: Sendable, CustomTestStringConvertible {
        let name: String
        var lies: SimulatedDisk.Lies = []
        var fault: CrashRun.Fault?
        /// Operations of a thousand that fail.
        var failures = 0
        let breaks: String
        var testDescription: String { name }
    }

    static let mutations: [Mutation] = [
        Mutation(name: "no sync before the answer", lies: .sync, breaks: "acknowledged"),
        Mutation(name: "names are not synced", lies: .syncNames, breaks: "acknowledged"),
        Mutation(name: "what is read is not what was written", lies: .content, breaks: "silent"),
        Mutation(name: "no sync when it opens", fault: .openWithoutSync, breaks: "seen"),
        Mutation(name: "a batch is written in two parts", fault: .halves, breaks: "whole"),
        Mutation(name: "the bookmark goes ahead of its records", fault: .bookmarkFirst, breaks: "bookmark"),
        Mutation(name: "batches are handed over in another order", fault: .swap, breaks: "order"),
        Mutation(name: "records that nobody counts", fault: .uncounted, breaks: "answered"),
        Mutation(name: "a sync that failed is tried again", fault: .syncTwice, failures: 20, breaks: "once"),
        Mutation(name: "what a second sync says is believed", fault: .syncTwice, failures: 20, breaks: "acknowledged"),
    ]

    @Test(arguments: mutations)
    func `a broken journal is found`(_ mutation: Mutation) async {
        #expect(await onOwnThread { Self.isFound(mutation) }, "2,000 crashes did not show it")
    }

    private static func isFound(_ mutation: Mutation) -> Bool {
        (1...2_000).contains { seed in
            let run = CrashRun(
                seed: UInt64(seed), lies: mutation.lies, fault: mutation.fault, failures: mutation.failures)
            return run.run().contains { $0.hasPrefix(mutation.breaks) }
        }
    }
}

/// One disk, a few lives of a journal on it, each ended in the middle of something.
struct CrashRun {
    /// A way to use the journal wrongly, to see that the checks see it.
    enum Fault: Sendable { case halves, bookmarkFirst, swap, openWithoutSync, syncTwice, uncounted }

    let lies: SimulatedDisk.Lies
    let fault: Fault?
    let failures: Int
    private let seed: UInt64

    init(seed: UInt64, lies: SimulatedDisk.Lies = [], fault: Fault? = nil, failures: Int = 0) {
        self.seed = seed
        self.lies = lies
        self.fault = fault
        self.failures = failures
    }

    private struct Sent {
        let number: Int
        let tenant: String
        let source: String
        let texts: [String]
        let bookmark: String?
        var answers: [Answer] = []
    }

    /// - Returns: what did not hold.
    func run() -> [String] {
        var dice = Dice(seed: seed &* 0x9e37_79b9)
        let disk = SimulatedDisk(seed: seed, lies: lies)
        let clock = TestClock()
        var sent: [Sent] = []
        var seen: [String: [String]] = [:]
        for life in 0..<3 {
            let end: SimulatedDisk.End = dice.roll(4) == 0 ? .kill : .powerLoss
            disk.powerOff(at: disk.operations + 1 + dice.roll(60))
            if life > 0 { disk.fail(perThousand: failures) }
            let unanswered = live(disk, clock, &dice, &sent, &seen)
            let retried = disk.syncsAfterFailure
            disk.restart(after: end)
            if dice.roll(3) == 0 {
                // A crash while it opens.
                disk.powerOff(at: disk.operations + 1 + dice.roll(8))
                _ = try? SteppedJournal(disk, clock: clock)
                disk.restart(after: dice.roll(2) == 0 ? .kill : .powerLoss)
            }
            var broken = unanswered + check(disk, clock, sent, &seen)
            if retried > 0 { broken.append("once: \(retried) syncs after one that failed") }
            if !broken.isEmpty { return broken }
            if dice.roll(2) == 0 { disk.restart(after: .powerLoss) }
        }
        return []
    }

    /// Opens the journal and hands over batches until the power goes off.
    private func live(
        _ disk: SimulatedDisk, _ clock: TestClock, _ dice: inout Dice, _ sent: inout [Sent],
        _ seen: inout [String: [String]]
    ) -> [String] {
        var limits = JournalLimits()
        limits.segmentSize = 2_000 + dice.roll(4_000)
        limits.frameSize = 300
        limits.commitSize = 1_500
        guard
            let journal = try? SteppedJournal(
                wrapped(disk), clock: clock, limits: limits,
                salt: UInt8(dice.roll(256)))
        else { return [] }
        let reader = journal.reader()
        (journal.disk as? WrongDisk)?.isOpen.withLock { $0 = true }
        let first = sent.count
        for _ in 0..<40 where !disk.isOff {
            clock.advance(.seconds(Int64(dice.roll(30))))
            var turn = (0..<1 + dice.roll(5)).map { _ in make(&dice, number: sent.count, &sent) }
            if fault == .swap { turn.shuffle(using: &dice) }
            for number in turn { hand(over: &sent[number], to: journal) }
            journal.commit()
            while let batch = try? reader.next() { note(batch, in: &seen) }
        }
        return answered(journal, sent[first...])
    }

    /// The disk as it is, or as a program sees it that uses it wrongly.
    private func wrapped(_ disk: SimulatedDisk) -> any Disk {
        switch fault {
        case .openWithoutSync: WrongDisk(disk, syncsTwice: false)
        case .syncTwice: WrongDisk(disk, syncsTwice: true)
        default: disk
        }
    }

    private func answered(_ journal: SteppedJournal, _ sent: ArraySlice<Sent>) -> [String] {
        var broken: [String] = []
        for batch in sent where batch.answers.contains(where: { $0.times.value != 1 }) {
            broken.append("answered: batch \(batch.number) has not one answer")
        }
        let counted = ["docket_journal_records_total", "docket_journal_refused_total"].compactMap(journal.metric)
        let handed = sent.reduce(0) { $0 + $1.texts.count }
        if counted.reduce(0, +) != handed { broken.append("answered: \(counted) records of \(handed)") }
        return broken
    }

    private func make(_ dice: inout Dice, number: Int, _ sent: inout [Sent]) -> Int {
        let tenant = dice.pick(["acme", "umbra"])
        let source = dice.pick(["feed", "otlp"])
        let texts = (0..<1 + dice.roll(3)).map { part -> String in
            let noise = (0..<dice.roll(60)).map { _ in String(dice.roll(1_000_000), radix: 36) }.joined()
            return "\(number).\(part) \(noise)"
        }
        sent.append(
            Sent(
                number: number, tenant: tenant, source: source, texts: texts,
                bookmark: source == "feed" ? "place \(number)" : nil))
        return number
    }

    private func hand(over sent: inout Sent, to journal: SteppedJournal) {
        func batch(_ texts: [String], _ bookmark: String?) -> RecordBatch {
            .sample(texts, tenant: sent.tenant, source: SourceName(sent.source), bookmark: bookmark)
        }
        switch fault {
        case .halves:
            for text in sent.texts {
                sent.answers.append(journal.append(batch([text], sent.bookmark)))
                journal.commit()
            }
        case .bookmarkFirst where sent.bookmark != nil:
            sent.answers.append(journal.append(batch([], sent.bookmark)))
            journal.commit()
            sent.answers.append(journal.append(batch(sent.texts, nil)))
        case .uncounted:
            sent.answers.append(journal.append(batch(sent.texts, sent.bookmark)))
            _ = journal.append(batch(["more"], nil))
        default: sent.answers.append(journal.append(batch(sent.texts, sent.bookmark)))
        }
    }

    private func note(_ batch: JournaledBatch, in seen: inout [String: [String]]) {
        var log = seen[batch.batch.tenant.text] ?? []
        for (place, text) in batch.batch.texts.enumerated() where Int(batch.firstSequence) + place == log.count {
            log.append(text)
        }
        seen[batch.batch.tenant.text] = log
    }

    // MARK: Checking

    private func check(
        _ disk: SimulatedDisk, _ clock: TestClock, _ sent: [Sent], _ seen: inout [String: [String]]
    ) -> [String] {
        let journal: SteppedJournal
        let batches: [JournaledBatch]
        let reader: JournalReader
        do {
            journal = try SteppedJournal(wrapped(disk), clock: clock)
            reader = journal.reader()
            var read: [JournaledBatch] = []
            while let batch = try reader.next() { read.append(batch) }
            batches = read
        } catch {
            return ["acknowledged: the journal does not open: \(error)"]
        }
        var broken: [String] = []
        for finding in journal.findings + reader.findings {
            if case .tornTail = finding { continue }
            broken.append("silent: \(finding)")
        }
        var logs: [String: [String]] = [:]
        for batch in batches {
            let log = logs[batch.batch.tenant.text] ?? []
            if Int(batch.firstSequence) != log.count {
                broken.append("order: sequence \(batch.firstSequence) comes behind \(log.count) records")
            }
            logs[batch.batch.tenant.text] = log + batch.batch.texts
        }
        for (tenant, log) in seen where !(logs[tenant] ?? []).starts(with: log) {
            broken.append("seen: \(tenant) is not what a reader had")
        }
        broken += compare(sent, logs, journal)
        for (tenant, count) in journal.journal.counts where Int(count) != logs[tenant.text]?.count ?? 0 {
            broken.append("order: \(count) records are counted and \(logs[tenant.text]?.count ?? 0) are there")
        }
        seen = logs
        return broken
    }

    private func compare(_ sent: [Sent], _ logs: [String: [String]], _ journal: SteppedJournal) -> [String] {
        var broken: [String] = []
        var numbers: [String: Int] = [:]
        var places: [String: String] = [:]
        for (tenant, log) in logs {
            var place = 0
            while place < log.count {
                guard let number = Int(log[place].prefix { $0 != "." }), number < sent.count else {
                    broken.append("whole: an unknown record")
                    break
                }
                let batch = sent[number]
                guard log[place...].starts(with: batch.texts) else {
                    broken.append("whole: only a part of batch \(number)")
                    break
                }
                if number <= numbers[tenant] ?? -1 { broken.append("order: batch \(number) is too late") }
                numbers[tenant] = max(number, numbers[tenant] ?? -1)
                if let bookmark = batch.bookmark { places["\(tenant)/\(batch.source)"] = bookmark }
                place += batch.texts.count
            }
        }
        let there = Set(logs.values.joined())
        for batch in sent where !batch.answers.isEmpty && batch.answers.allSatisfy(\.isDurable) {
            if !batch.texts.allSatisfy(there.contains) { broken.append("acknowledged: batch \(batch.number) is lost") }
        }
        for tenant in ["acme", "umbra"] {
            for source in ["feed", "otlp"] {
                let bookmark = journal.journal.bookmark(of: SourceName(source), tenant: TenantName(tenant)!)
                let found = bookmark.map { String(decoding: $0, as: UTF8.self) }
                if found != places["\(tenant)/\(source)"] {
                    broken.append(
                        "bookmark: \(found ?? "none") for records up to \(places["\(tenant)/\(source)"] ?? "none")")
                }
            }
        }
        return broken
    }
}

/// A disk that syncs nothing while a journal opens, or that tries a sync again when it has failed.
private final class WrongDisk: Disk {
    let isOpen: Locked<Bool>
    private let disk: SimulatedDisk
    private let syncsTwice: Bool
    init(_ disk: SimulatedDisk, syncsTwice: Bool) {
        self.disk = disk
        self.syncsTwice = syncsTwice
        isOpen = Locked(syncsTwice)
    }

    private final class File: DiskFile {
        let file: any DiskFile
        let isOpen: Locked<Bool>
        let syncsTwice: Bool
        init(_ file: any DiskFile, _ isOpen: Locked<Bool>, _ syncsTwice: Bool) {
            self.file = file
            self.isOpen = isOpen
            self.syncsTwice = syncsTwice
        }
        func write(_ bytes: RawSpan, at offset: Int) throws(DiskError) { try file.write(bytes, at: offset) }
        func read(into buffer: inout MutableRawSpan, at offset: Int) throws(DiskError) -> Int {
            try file.read(into: &buffer, at: offset)
        }
        func sync() throws(DiskError) {
            guard isOpen.withLock({ $0 }) else { return }
            do throws(DiskError) {
                try file.sync()
            } catch {
                guard syncsTwice else { throw error }
                try file.sync()
            }
        }
        func size() throws(DiskError) -> Int { try file.size() }
        func truncate(to size: Int) throws(DiskError) { try file.truncate(to: size) }
        func reserve(upTo size: Int) throws(DiskError) { try file.reserve(upTo: size) }
        func forget() { file.forget() }
    }

    func names() throws(DiskError) -> [String] { try disk.names() }
    func create(_ name: String) throws(DiskError) -> any DiskFile { File(try disk.create(name), isOpen, syncsTwice) }
    func open(_ name: String) throws(DiskError) -> any DiskFile { File(try disk.open(name), isOpen, syncsTwice) }
    func rename(_ name: String, to newName: String) throws(DiskError) { try disk.rename(name, to: newName) }
    func remove(_ name: String) throws(DiskError) { try disk.remove(name) }
    func syncNames() throws(DiskError) { if isOpen.withLock({ $0 }) { try disk.syncNames() } }
    func space() throws(DiskError) -> (free: Int, total: Int) { try disk.space() }
}
