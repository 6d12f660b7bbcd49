import Codecs
import Console
import Events
import Holds
import Intake
import Integrity
import Network
import Platform
import Simulate
import TestKit
import Testing

@testable import Server

/// Orders carried out against the simulated API over real HTTP. Time is the test's: waiting turns the clock.
struct HoldKeeperTests {
    final class Bench: Sendable {
        let clock = TestClock()
        let simulator: ComplianceSimulator
        let sink = RecordSinkDouble()
        let folder: TemporaryFolder
        let limits: HoldLimits
        let answers = Answers()

        /// How many wishes were answered, and how many of them the keeper has seen.
        final class Answers: Sendable {
            private let counts = Locked((given: 0, seen: 0))
            var isNews: Bool { counts.withLock { $0.given != $0.seen } }
            func add() { counts.withLock { $0.given += 1 } }
            func note() { counts.withLock { $0.seen = $0.given } }
        }

        init(_ limits: HoldLimits = .init(), _ change: (inout ComplianceSimulator.Options) -> Void = { _ in }) throws {
            self.limits = limits
            folder = try TemporaryFolder()
            var options = ComplianceSimulator.Options()
            options.count = 10
            options.requestsPerMinute = 1_000_000
            options.slowness = .milliseconds(5)
            change(&options)
            simulator = try ComplianceSimulator(options, clock: clock)
            simulator.start()
            try FolderDisk.makeFolder(archive)
        }

        deinit { simulator.stop() }

        var archive: String { folder.file("archive") }

        func keeper() -> HoldKeeper {
            var feed = FeedConfiguration(key: FeedKey(SimulatedKey.standard.text))
            feed.url = simulator.url
            feed.timeout = .seconds(10)
            let recipient = HoldKeeperTests.recipient
            let (clock, answers) = (clock, answers)
            let keeper = HoldKeeper(
                HoldConfiguration(feed: feed, recipients: [recipient], archive: archive, limits: limits),
                data: folder.path, budget: FeedBudget(requestsPerMinute: 1_000_000), sink: sink, clock: clock,
                metrics: MetricList(), log: Log("test", least: .error) { _ in }
            ) { span in
                clock.advance(span)
                guard span == HoldKeeper.pause else { return !Task.isCancelled }
                // A keeper without orders would look again and again, and turn the clock for years.
                _ = await comesTrue(withinSeconds: 60) { answers.isNews || Task.isCancelled }
                answers.note()
                return !Task.isCancelled
            }
            return keeper
        }

        /// Who asks waits on a thread of its own: the pool of tasks has few.
        func ask(_ keeper: HoldKeeper, _ wish: HoldWish, _ who: String) async throws -> JSONValue {
            let credential = Credential(id: who, tenant: .default, uses: [.hold])
            let result = await withCheckedContinuation { waiter in
                let isTaken = keeper.answer(wish, by: credential) { [answers] in
                    answers.add()
                    waiter.resume(returning: $0)
                }
                if !isTaken {
                    waiter.resume(returning: .failure(HoldProblem(.unavailable, "busy")))
                }
            }
            return try result.get()
        }

        func approved(_ keeper: HoldKeeper, expires: Timestamp.Span = .days(365)) async throws -> String {
            let people = simulator.chatOwners.map { JSONValue.string($0) }
            let order = try await ask(
                keeper,
                .request([
                    "reason": "Case 7", "expires": .string(RFC3339.text(clock.now() + expires, digits: 6)),
                    "scope": [
                        "people": .array(people), "from": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z",
                        "content": ["chats", "files"],
                    ],
                ]), "ann")
            let id = try #require(order["id"]?.string)
            _ = try await ask(keeper, .approve(id), "ben")
            _ = try await ask(keeper, .approve(id), "cleo")
            return id
        }

        func state(_ keeper: HoldKeeper, _ id: String) async throws -> (state: String, failure: String) {
            let order = try await ask(keeper, .show(id), "ann")
            return (order["state"]?.string ?? "", order["failure"]?.string ?? "")
        }

        func until(_ state: String, _ keeper: HoldKeeper, _ id: String) async throws -> String {
            var last = (state: "", failure: "")
            let hasCome = try await comesTrue(withinSeconds: 30) {
                last = try await self.state(keeper, id)
                return last.state == state
            }
            #expect(hasCome, "\(last)")
            return last.failure
        }

        /// What happened, as the record has it.
        var told: [String] {
            sink.ownRecords.compactMap { try? JSONValue(parsing: $0)["event"]?["action"]?.string }
        }

        func objects(_ id: String) throws -> [HoldObject] {
            let reading = try HoldReading(folder: "\(archive)/\(id)")
            #expect(try reading.flaws() == [])
            return reading.manifest.objects
        }

        /// Lines of what is done so far.
        func steps(_ id: String) -> Int {
            let disk = FolderDisk(folder: folder.file("holds/\(id)"))
            return ((try? disk.contentsIfThere(of: "progress.ndjson")) ?? nil)?.count { $0 == 10 } ?? 0
        }
    }

    /// Of nobody.
    static let recipient = AgeRecipient("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")!

    @Test func `an approved order is carried out, and each thing is held once`() async throws {
        let bench = try Bench()
        let keeper = bench.keeper()
        keeper.start()
        let id = try await bench.approved(keeper)
        _ = try await bench.until("complete", keeper, id)
        keeper.stop()
        let objects = try bench.objects(id)
        #expect(Set(objects.filter { $0.kind == .chat }.map(\.chat)) == Set(bench.simulator.readableChats))
        #expect(objects.contains { $0.part == 1 } && objects.contains { $0.missing != nil })
        #expect(
            bench.told == [
                "hold-requested", "hold-approved", "hold-approved", "hold-started", "hold-completed",
            ])
    }

    @Test(arguments: [1, 2, 3])
    func `with faults and starts in the middle nothing is held twice, and nothing is left out`(seed: UInt64)
        async throws
    {
        let bench = try Bench { options in
            options.seed = seed
            options.faults = [.rateStorm, .error, .unavailable, .overloaded, .slow, .cut, .badJSON]
            options.faultChance = 0.1
        }
        var keeper = bench.keeper()
        let id = try await bench.approved(keeper)
        var dice = Dice(seed: seed)
        for _ in 0..<4 {
            let wanted = bench.steps(id) + 1 + dice.roll(30)
            keeper.start()
            #expect(await eventually { bench.steps(id) >= wanted })
            keeper.stop()
            keeper = bench.keeper()
        }
        keeper.start()
        _ = try await bench.until("complete", keeper, id)
        keeper.stop()
        let objects = try bench.objects(id)
        let names = objects.map { "\($0.kind) \($0.id ?? $0.chat) \($0.part ?? 0)" }
        #expect(Set(names).count == names.count)
        #expect(Set(objects.filter { $0.kind == .chat }.map(\.chat)) == Set(bench.simulator.readableChats))
        #expect(bench.told.count { $0 == "hold-started" } == 1 && bench.told.count { $0 == "hold-completed" } == 1)
    }

    @Test func `a key that is refused stops it for a person, and after that it goes on`() async throws {
        let bench = try Bench()
        bench.simulator.refuseKeys()
        let keeper = bench.keeper()
        keeper.start()
        let id = try await bench.approved(keeper)
        let failure = try await bench.until("failed", keeper, id)
        #expect(failure.contains("authentication_error") && failure.contains("docket hold resume"))
        bench.simulator.acceptKeys()
        _ = try await bench.ask(keeper, .resume(id), "dora")
        _ = try await bench.until("complete", keeper, id)
        keeper.stop()
        #expect(bench.told.suffix(3) == ["hold-resumed", "hold-started", "hold-completed"])
    }

    @Test func `an archive that is not there, and a limit, stop it for a person`() async throws {
        let bench = try Bench(HoldLimits(objects: 2))
        let keeper = bench.keeper()
        try FolderDisk.makeFolder(bench.folder.file("elsewhere"))
        #expect(Shell.run("mv", bench.archive, bench.folder.file("elsewhere")).code == 0)
        keeper.start()
        let id = try await bench.approved(keeper)
        #expect(try await bench.until("failed", keeper, id).contains("legal_hold.archive"))
        #expect(Shell.run("mv", bench.folder.file("elsewhere/archive"), bench.archive).code == 0)
        _ = try await bench.ask(keeper, .resume(id), "ann")
        #expect(await eventually { bench.told.count { $0 == "hold-failed" } == 2 })
        #expect(try await bench.until("failed", keeper, id).contains("legal_hold.objects"))
        keeper.stop()
        let names = try FolderDisk(folder: "\(bench.archive)/\(id)").names()
        #expect(names.sorted() == ["000001.age", "000002.age"])
    }

    @Test func `what is released in the middle is not gone on with`() async throws {
        let bench = try Bench { options in
            options.faults = [.slow]
            options.faultChance = 1
            options.slowness = .milliseconds(30)
        }
        let keeper = bench.keeper()
        keeper.start()
        let id = try await bench.approved(keeper)
        #expect(await eventually { bench.steps(id) >= 3 })
        _ = try await bench.ask(keeper, .release(id), "ben")
        let before = bench.simulator.requests
        // The chat that was begun is finished at the most.
        #expect(await eventually { bench.told.last == "hold-released" })
        let steps = bench.steps(id)
        keeper.stop()
        #expect(bench.simulator.requests - before < 20 && bench.steps(id) - steps < 20)
        #expect(!bench.told.contains("hold-completed"))
    }

    @Test func `another tenant sees nothing`() async throws {
        let bench = try Bench()
        let keeper = bench.keeper()
        let id = try await bench.approved(keeper)
        let other = Credential(id: "eve", tenant: TenantName("other")!, uses: [.hold])
        let result = await withCheckedContinuation { waiter in
            #expect(keeper.answer(.show(id), by: other) { waiter.resume(returning: $0) })
        }
        #expect(throws: HoldProblem(.notThere, "There is no such order.")) { try result.get() }
        keeper.stop()
    }
}
