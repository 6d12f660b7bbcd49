import Console
import Events
import Integrity
import Platform
import TestKit
import Testing

@testable import Server

struct IntegrityKeeperTests {
    private let data: SampleData
    private let clock = TestClock()

    /// 64 records, eight a minute.
    init() throws { data = try SampleData(records: 64) }

    private let sink = RecordSinkDouble()
    private let metrics = MetricList()

    private func keeper(_ metrics: MetricList = MetricList()) -> IntegrityKeeper {
        IntegrityKeeper(
            data: data.folder.path, configuration: Configuration(), sink: sink, metrics: metrics, clock: clock,
            log: Log("test", write: { _ in }))
    }

    /// Begins a check and waits for its end.
    private func ended(_ keeper: IntegrityKeeper, _ wish: CheckWish) async throws -> LogCheck {
        let number = try keeper.begin(wish, of: .default, by: "ada")
        let hasEnded = await eventually(
            withinSeconds: 60, { keeper.check(number, of: .default)?.state != .running }, isolation: nil)
        #expect(hasEnded)
        return try #require(keeper.check(number, of: .default))
    }

    private func log(_ keeper: IntegrityKeeper) throws -> LogFacts { try #require(try keeper.log(of: .default)) }

    @Test func `a good record passes, and the book has it after a restart`() async throws {
        let keeper = keeper()
        #expect(try log(keeper).verified.isEmpty)
        let check = try await ended(keeper, .all)
        #expect(check.state == .passed && check.records == 0..<64)
        #expect(check.compared == 64 && check.leaves == 64 && check.person == "ada")
        keeper.stop()
        let facts = try log(self.keeper())
        #expect(facts.verified.texts == ["0-63"] && facts.changed.isEmpty)
        #expect(facts.checks.map(\.state) == [.passed] && facts.checks.map(\.number) == [1])
        #expect(facts.days.map(\.count).reduce(0, +) == 64 && facts.counted == 64)
        #expect(facts.sealed == 64 && facts.keys.count == 1)
    }

    @Test func `parts of the record are asked for by number and by time`() async throws {
        let keeper = keeper()
        #expect(try await ended(keeper, .records(10...19)).records == 10..<20)
        #expect(try await ended(keeper, .records(60...999)).records == 60..<64)
        #expect(try log(keeper).verified.texts == ["10-19", "60-63"])
        // The third batch was accepted within the third minute.
        let first = try log(keeper).checkpoints.last?.time ?? clock.now()
        let part = try await ended(keeper, .time(first + .minutes(2)..<first + .minutes(3)))
        #expect(part.records == 16..<24 && part.state == .passed)
        #expect(throws: IntegrityProblem.self) { try keeper.begin(.records(64...65), of: .default, by: "") }
        #expect(throws: IntegrityProblem.self) {
            try keeper.begin(.time(first - .days(9)..<first - .days(8)), of: .default, by: "")
        }
        #expect(throws: IntegrityProblem.self) { try keeper.begin(.all, of: TenantName("other")!, by: "") }
    }

    @Test func `a leaf that was changed is named with both hashes, and others stay verified`() async throws {
        try flip("ledger/default.leaves.0000", at: 126 * 17 + 100)
        let keeper = keeper()
        let check = try await ended(keeper, .all)
        #expect(check.state == .failed && check.findings.contains { $0.sequence == 17 })
        let finding = try #require(check.findings.first { $0.sequence == 17 && $0.found != nil })
        #expect(finding.expected != finding.found)
        let record = try #require(try keeper.record(17, of: .default))
        #expect(record.state == .leafChanged && record.neighbors.map(\.state) == [.unchanged, .unchanged])
        #expect(try log(keeper).changed.contains(17))
        #expect(try keeper.proof(of: 17, tenant: .default)?.file == nil)
    }

    @Test func `a damaged journal misses records, and a range beside them passes`() async throws {
        let place =
            try FolderDisk(folder: "\(data.folder.path)/journal").contents(
                of: "00000000000000000001.seg"
            ).count / 2
        try flip("journal/00000000000000000001.seg", at: place)
        let keeper = keeper()
        let check = try await ended(keeper, .all)
        let missing = try #require(check.findings.first?.sequence)
        #expect(check.state == .failed && check.findings.allSatisfy { $0.found == nil && $0.expected != nil })
        #expect(try keeper.record(missing, of: .default)?.state == .missing)
        #expect(try await ended(keeper, .records(0...0)).state == .passed)
        let facts = try log(keeper)
        #expect(facts.changed.contains(missing) && facts.verified.contains(0) && !facts.verified.contains(missing))
        guard case .refuted? = try keeper.proof(of: missing, tenant: .default)?.state else {
            Issue.record("a missing record was not refuted")
            return
        }
    }

    @Test func `every flipped bit of a sample turns a check red`() async throws {
        // One in so many of all bits of leaves and journal; each is put back.
        let all = try data.bits.filter { $0.file.hasSuffix(".leaves.0000") || $0.file.hasSuffix(".seg") }
        let keeper = keeper()
        var unseen: [String] = []
        for (file, byte, _) in stride(from: 5, to: all.count, by: all.count / 24).map({ all[$0] }) {
            try flip(file, at: byte)
            let check = try await ended(keeper, .all)
            // What means nothing in the journal is for `docket verify` to see: records are compared here.
            if check.state == .passed, file.hasSuffix("leaves.0000") { unseen.append("\(file) \(byte)") }
            try flip(file, at: byte)
        }
        #expect(unseen.isEmpty)
        #expect(try await ended(keeper, .all).state == .passed)
        #expect(try log(keeper).changed.isEmpty)
    }

    @Test func `a proof on the page is the proof of the command, and verifies`() throws {
        let proof = try #require(try keeper().proof(of: 31, tenant: .default))
        #expect(proof.state == .proven && proof.checkpoint?.size == 64)
        let file = try LogProof(text: try #require(proof.file))
        #expect(file.index == 31 && file.path.map(\.base64) == proof.path)
        #expect(try keeper().proof(of: 64, tenant: .default) == nil)
    }

    // MARK: Unasked

    private func standing(_ keeper: IntegrityKeeper) -> StandingCheck {
        StandingCheck(
            keeper, every: .hours(1), of: { [.default] }, clock: clock, log: Log("test", write: { _ in }))
    }

    @Test func `the server compares what nobody has compared, and then all of it again`() async throws {
        let keeper = keeper()
        _ = try await ended(keeper, .records(10...19))
        let standing = standing(keeper)
        standing.round()
        var facts = try log(keeper)
        #expect(facts.verified.texts == ["0-63"])
        #expect(facts.checks.map(\.isStanding) == [true, false], "one stands for all of its own")
        let first = facts.checks[0]
        #expect(first.records == 0..<64 && first.state == .passed, "what is known is compared again in the same round")
        standing.round()
        facts = try log(keeper)
        #expect(facts.checks.map(\.isStanding) == [true, false] && facts.checks[0].number > first.number)
        #expect(keeper.problem(of: .default) == nil && sink.batches.isEmpty)
    }

    @Test func `what the server finds is told on every page, in the record and in numbers`() async throws {
        try flip("ledger/default.leaves.0000", at: 126 * 17 + 100)
        let keeper = keeper(metrics)
        standing(keeper).round()
        #expect(try log(keeper).changed.contains(17))
        let problems = ServerProblems(metrics, feeds: [:]) { [keeper.problem(of: $0)].compactMap { $0 } }
        #expect(
            problems.sentences(for: .default, now: clock.now()) == [
                "The record is not what was signed; see the integrity page."
            ])
        #expect(problems.sentences(for: TenantName("other")!, now: clock.now()).isEmpty)
        let batch = try #require(sink.batches.first)
        let alarm = String(decoding: batch.storage, as: UTF8.self)
        #expect(sink.batches.count == 1 && alarm.contains("record-check-failed"))
        #expect(metrics.readings("docket_integrity_changed_records").map(\.value) == [try log(keeper).changed.count])
        #expect(metrics.exposition().contains("docket_integrity_checks_total{result=\"failed\"} 1"))
    }

    @Test func `one that the server does gives way to one that somebody wants`() async throws {
        let keeper = keeper()
        _ = try log(keeper)
        let own = try #require(keeper.reserve(.all, of: .default, by: "Docket", isStanding: true))
        #expect(keeper.check(own, of: .default)?.state == .running)
        let cameToItsEnd = Locked(true)
        let server = OwnThread.start("server") { [keeper] in
            _ = eventually(withinSeconds: 60) { keeper.isStopped }
            cameToItsEnd.withLock { $0 = keeper.run(.all, within: 0..<64, of: .default) }
        }
        let number = try keeper.begin(.records(3...4), of: .default, by: "ada")
        server.join()
        #expect(!cameToItsEnd.withLock { $0 })
        let hasEnded = await eventually(
            withinSeconds: 60, { keeper.check(number, of: .default)?.state != .running }, isolation: nil)
        #expect(hasEnded && keeper.check(number, of: .default)?.state == .passed)
        #expect(try log(keeper).checks.map(\.number) == [number], "what was ended is no news")
    }

    @Test func `one check runs at a time`() throws {
        let keeper = keeper()
        keeper.stop()
        #expect(throws: IntegrityProblem.self) { try keeper.begin(.all, of: .default, by: "") }
    }

    // MARK: Exports

    private func verdict(_ files: (String, String)...) throws -> ExportVerdict {
        try keeper().verify(
            files.map { UploadedFile(name: $0.0, bytes: Array($0.1.utf8)) }, of: .default)
    }

    @Test func `a range is proven as two files, and a changed line names its record`() throws {
        let target = try TemporaryFolder()
        let evidence = try data.evidence
        let log = try evidence.log(of: .default)
        _ = try evidence.export(
            8..<16, of: log, showing: [.who], under: try evidence.checkpoint(of: log, size: nil), to: target.path)
        let disk = FolderDisk(folder: target.path)
        let proof = String(decoding: try disk.contents(of: "proof"), as: UTF8.self)
        let lines = String(decoding: try disk.contents(of: "records.ndjson"), as: UTF8.self)
        #expect(try verdict(("a", proof), ("b", lines)).state == .proven)
        #expect(try verdict(("b", lines), ("a", proof)).state == .proven)
        let changed = try verdict(("a", proof), ("b", lines.replacing("user_9", with: "user_8")))
        #expect(changed.state == .changed && changed.details.contains { $0.contains("record 9") })
        for files in [[("a", proof)], [("b", lines)], [("a", proof), ("c", "x")], [("a", proof), ("a", proof)], []] {
            let verdict = try keeper().verify(
                files.map { UploadedFile(name: $0.0, bytes: Array($0.1.utf8)) }, of: .default)
            #expect(verdict.state == .unclear, "\(files.map(\.0))")
        }
    }

    @Test func `any bytes have a verdict, and only the proof itself is proven`() throws {
        let proof = try #require(try keeper().proof(of: 3, tenant: .default)?.file)
        #expect(try verdict(("p", proof)).state == .proven)
        var dice = Dice(seed: 11)
        for _ in 0..<200 {
            var bytes = Array(proof.utf8)
            bytes[dice.roll(bytes.count)] ^= UInt8(1 << dice.roll(7))
            let verdict = try keeper().verify([UploadedFile(name: "p", bytes: bytes)], of: .default)
            #expect(verdict.state != .proven, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private func flip(_ file: String, at place: Int) throws {
        let parts = file.split(separator: "/").map(String.init)
        let disk = FolderDisk(folder: "\(data.folder.path)/\(parts[0])")
        var bytes = try disk.contents(of: parts[1])
        bytes[place] ^= 4
        let flipped = [bytes[place]]
        try unsafe disk.open(parts[1]).write(flipped.span.bytes, at: place)
    }
}

struct LogBookTests {
    private func check(_ records: Range<UInt64>, _ state: LogCheck.State, number: Int = 1) -> LogCheck {
        var check = LogCheck(number: number, wish: "w", person: "p", began: Timestamp(nanoseconds: 5))
        check.records = records
        check.state = state
        check.checkpoint = CheckpointFacts(size: records.upperBound, root: "root")
        check.ended = Timestamp(nanoseconds: 6)
        return check
    }

    @Test func `a later check takes the place of an earlier one, where it looked`() {
        var book = LogBook(origin: "a")
        book.take(check(0..<100, .passed))
        book.take(check(40..<60, .failed), changed: [50])
        #expect(book.verified.texts == ["0-49", "51-99"] && book.changed.texts == ["50"])
        book.take(check(50..<51, .passed))
        #expect(book.verified.texts == ["0-99"] && book.changed.isEmpty)
        book.take(check(0..<10, .failed), changed: [1], isAll: false)
        #expect(book.verified.texts == ["10-99"] && book.changed.texts == ["1"])
        book.take(check(0..<100, .stopped))
        book.take(check(0..<100, .unclear))
        #expect(book.verified.texts == ["10-99"], "what did not come to its end says nothing")
    }

    @Test func `a finding about the whole log verifies nothing, until a check passes`() {
        var book = LogBook(origin: "a")
        var failed = check(0..<100, .failed)
        failed.findings = [.init(sequence: nil, what: "the root is not the one that was signed")]
        failed.findingCount = 1
        book.take(failed)
        #expect(book.verified.isEmpty && book.flaw != nil)
        book.take(check(0..<100, .passed))
        #expect(book.flaw == nil)
    }

    @Test func `it is read as it was written, and nothing else is`() throws {
        var book = LogBook(origin: "a")
        var failed = check(3..<9, .failed)
        failed.findings = [.init(sequence: 4, what: "w", expected: "e", found: nil)]
        failed.findingCount = 1
        book.take(failed, changed: [4])
        book.take(check(0..<2, .passed, number: 2))
        let read = try #require(LogBook(kept: book.bytes, origin: "a"))
        #expect(read.bytes == book.bytes)
        #expect(read.checks == book.checks && read.verified == book.verified && read.changed == book.changed)
        #expect(LogBook(kept: book.bytes, origin: "b") == nil)
        let text = String(decoding: book.bytes, as: UTF8.self)
        for other in ["", "{}", "[]", text.replacing("\"version\":1", with: "\"version\":2"), String(text.dropLast())] {
            #expect(LogBook(kept: Array(other.utf8), origin: "a") == nil)
        }
    }

    @Test func `what nobody has compared comes first, in order and in stretches`() {
        var book = LogBook(origin: "a")
        #expect(book.uncompared(sealed: 0, most: 10) == nil && book.comparedAgain(sealed: 0, most: 10) == nil)
        #expect(book.uncompared(sealed: 25, most: 10) == 0..<10)
        book.take(check(0..<5, .passed))
        book.take(check(7..<9, .failed), changed: [7])
        #expect(book.uncompared(sealed: 25, most: 10) == 5..<7)
        book.take(check(5..<7, .passed))
        #expect(book.uncompared(sealed: 25, most: 10) == 9..<19, "what was changed was compared, too")
        #expect(book.uncompared(sealed: 12, most: 10) == 9..<12)
        book.take(check(9..<25, .passed))
        #expect(book.uncompared(sealed: 25, most: 10) == nil)
        #expect(book.comparedAgain(sealed: 25, most: 10) == 0..<10)
        var standing = LogCheck(
            number: 9, wish: "w", person: "Docket", isStanding: true, began: Timestamp(nanoseconds: 5))
        (standing.records, standing.state) = (10..<20, .passed)
        book.take(standing)
        #expect(book.comparedAgain(sealed: 25, most: 10) == 20..<25)
        let read = LogBook(kept: book.bytes, origin: "a")
        #expect(read?.comparedAgain(sealed: 25, most: 10) == 20..<25 && read?.checks == book.checks)
        #expect(book.comparedAgain(sealed: 20, most: 10) == 0..<10, "behind the end it begins anew")
    }

    @Test func `what is remembered has a bound`() {
        var book = LogBook(origin: "a")
        for number in 0..<1_200 {
            book.take(check(UInt64(number) * 2..<UInt64(number) * 2 + 1, .passed, number: number))
        }
        #expect(book.checks.count == LogBook.mostChecks)
        #expect(book.verified.ranges.count == LogBook.mostStretches)
        #expect(book.verified.contains(2_398) && !book.verified.contains(0))
    }
}

struct ServerProblemsTests {
    @Test func `nothing is wrong where no number says so, and each sign says its sentence`() {
        let metrics = MetricList()
        let problems = ServerProblems(metrics, feeds: [.default: ["anthropic-feed"]])
        let now = Timestamp(nanoseconds: 10_000_000_000_000)
        #expect(problems.sentences(for: .default, now: now).isEmpty)
        let level = metrics.gauge("docket_journal_disk_level", "")
        level.set(2)
        #expect(
            problems.sentences(for: .default, now: now) == ["The disk is nearly full: logs and traces are refused."])
        level.set(0)
        let whole = metrics.gauge("docket_feed_whole_until_seconds", "", labels: [("source", "anthropic-feed")])
        whole.set(9_500)
        #expect(problems.sentences(for: .default, now: now).isEmpty)
        whole.set(9_000)
        #expect(problems.sentences(for: .default, now: now).count == 1)
        #expect(problems.sentences(for: TenantName("other")!, now: now).isEmpty, "what others have is not told")
        metrics.gauge("docket_journal_stopped", "").set(1)
        #expect(problems.sentences(for: .default, now: now).first == "Nothing is written any more; see docs/faults.md.")
    }
}
