import Platform
import Simulate
import TestKit
import Testing

@testable import Intake

struct FeedMachinePropertyTests {
    static func options(_ seed: Int, count: Int) -> ComplianceSimulator.Options {
        var options = ComplianceSimulator.Options()
        options.seed = UInt64(seed)
        options.count = count
        options.before = .hours(5)
        options.after = .hours(2)
        options.faults = [.late, .equalTimes]
        options.lateness = .minutes(10)
        return options
    }

    static func rules(_ dice: inout Dice) -> FeedMachine.Rules {
        var rules = FeedMachine.Rules()
        rules.limit = 1 + dice.roll(60)
        rules.overlapInterval = .seconds(Int64(5 + dice.roll(600)))
        return rules
    }

    /// What became of a run.
    struct Outcome: Sendable {
        let doubled, missing, journal: [String]
        let appends, restarts, shortened: Int
        let bookmarkSize: Int?
        /// Of the last four days, but for the last minutes, what is not whole.
        let gap: Range<Timestamp>?

        init(_ world: FeedWorld) {
            (doubled, missing) = world.flaws
            journal = world.journal.sorted()
            (appends, restarts, shortened) = (world.appends, world.restarts, world.shortened)
            bookmarkSize = world.bookmark?.count
            gap = world.covered.firstGap(in: FeedWorld.start - .days(4)..<world.now - .minutes(12))
        }
    }

    /// A run takes long, and the threads that run tests are few.
    static func outcome(_ run: @escaping @Sendable () -> FeedWorld) async -> Outcome {
        await onOwnThread { Outcome(run()) }
    }

    /// Method: an organization with late and simultaneous activities, pages of any size, a process that ends
    /// at any append, both just before and just after it is durable.
    @Test(arguments: 0..<40)
    func `each activity is journaled exactly once, whenever the process ends`(seed: Int) async {
        let outcome = await Self.outcome {
            var dice = Dice(seed: UInt64(seed))
            var world = FeedWorld(
                Self.options(seed, count: 50 + dice.roll(500)), rules: Self.rules(&dice))
            for append in 0..<400 where dice.roll(6) == 0 {
                world.crashes[append] = dice.roll(2) == 0 ? .beforeDurable : .afterDurable
            }
            world.run(for: .minutes(150))
            return world
        }
        #expect(outcome.doubled.isEmpty, "seed \(seed)")
        #expect(outcome.missing.isEmpty, "seed \(seed)")
        #expect(outcome.restarts > 0, "seed \(seed)")
    }

    @Test(arguments: 0..<40)
    func `cursors that expire at any moment neither lose nor double an activity`(seed: Int) async {
        let outcome = await Self.outcome {
            var dice = Dice(seed: UInt64(1_000 + seed))
            var world = FeedWorld(
                Self.options(seed, count: 50 + dice.roll(500)), rules: Self.rules(&dice))
            var refusals = Dice(seed: UInt64(seed))
            let refused = Set((0..<3_000).filter { _ in refusals.roll(9) == 0 })
            world.refuses = { refused.contains($0) }
            for append in 0..<400 where dice.roll(12) == 0 { world.crashes[append] = .afterDurable }
            world.run(for: .minutes(150))
            return world
        }
        #expect(outcome.doubled.isEmpty, "seed \(seed)")
        #expect(outcome.missing.isEmpty, "seed \(seed)")
    }

    @Test(arguments: 0..<20)
    func `hours without a look, between any two, change nothing`(seed: Int) async {
        let outcome = await Self.outcome {
            var dice = Dice(seed: UInt64(2_000 + seed))
            var world = FeedWorld(Self.options(seed, count: 400), rules: Self.rules(&dice))
            for _ in 0..<6 {
                world.run(for: .minutes(Int64(1 + dice.roll(8))))
                if dice.roll(2) == 0 { world.restart() }
                world.now = world.now + .minutes(Int64(dice.roll(50)))
            }
            world.run(for: .hours(3))
            return world
        }
        #expect(outcome.doubled.isEmpty, "seed \(seed)")
        #expect(outcome.missing.isEmpty, "seed \(seed)")
    }

    @Test(arguments: 0..<20)
    func `days of the past are read beside the present, exactly once, whenever the process ends`(seed: Int) async {
        let outcome = await Self.outcome {
            var dice = Dice(seed: UInt64(5_000 + seed))
            var options = Self.options(seed, count: 300 + dice.roll(500))
            options.before = .days(4)
            var rules = Self.rules(&dice)
            rules.limit += 5
            rules.initialInterval = .days(5)
            var world = FeedWorld(options, rules: rules)
            var refusals = Dice(seed: UInt64(seed))
            let refused = Set((0..<3_000).filter { _ in refusals.roll(9) == 0 })
            world.refuses = { refused.contains($0) }
            for append in 0..<400 where dice.roll(6) == 0 {
                world.crashes[append] = dice.roll(2) == 0 ? .beforeDurable : .afterDurable
            }
            world.run(for: .minutes(400))
            return world
        }
        #expect(outcome.doubled.isEmpty, "seed \(seed)")
        #expect(outcome.missing.isEmpty, "seed \(seed)")
        #expect(outcome.restarts > 0, "seed \(seed)")
        // What the record says to be whole is all that was wanted, up to the last minutes.
        #expect(outcome.gap == nil, "seed \(seed)")
    }

    /// A memory for less than three minutes, so activities that are late by seconds are still found, those that
    /// are late by minutes are not. Without crashes: each costs a minute.
    @Test(arguments: 0..<20)
    func `too little memory shortens the overlap`(seed: Int) async {
        let outcome = await Self.outcome {
            var world = Self.crowded(seed)
            world.run(for: .minutes(60))
            return world
        }
        #expect(outcome.doubled.isEmpty, "seed \(seed)")
        #expect(outcome.missing.isEmpty, "seed \(seed)")
        #expect(outcome.shortened > 0, "seed \(seed)")
        #expect(outcome.bookmarkSize.map { $0 < 8_192 } == true, "seed \(seed)")
    }

    @Test(arguments: 0..<20)
    func `too little memory doubles nothing, whenever the process ends`(seed: Int) async {
        let outcome = await Self.outcome {
            var dice = Dice(seed: UInt64(4_000 + seed))
            var world = Self.crowded(seed)
            for append in 0..<400 where dice.roll(6) == 0 {
                world.crashes[append] = dice.roll(2) == 0 ? .beforeDurable : .afterDurable
            }
            world.run(for: .minutes(60))
            return world
        }
        #expect(outcome.doubled.isEmpty, "seed \(seed)")
        #expect(outcome.restarts > 0, "seed \(seed)")
    }

    /// Some forty activities a minute, and memory for a hundred.
    static func crowded(_ seed: Int) -> FeedWorld {
        var dice = Dice(seed: UInt64(3_000 + seed))
        var options = options(seed, count: 3_000)
        options.before = .minutes(40)
        options.after = .minutes(40)
        options.faults = [.equalTimes]
        var rules = rules(&dice)
        rules.limit += 20
        rules.rememberedIDs = 100
        return FeedWorld(options, rules: rules)
    }

    /// One run, ended at each append in turn.
    @Test(arguments: [FeedWorld.Crash.beforeDurable, .afterDurable])
    func `a crash at each single append gives the same journal`(crash: FeedWorld.Crash) async {
        let run: @Sendable (Int?) -> FeedWorld = { append in
            var dice = Dice(seed: 7)
            var rules = Self.rules(&dice)
            rules.limit = 13
            var world = FeedWorld(Self.options(7, count: 200), rules: rules)
            if let append { world.crashes[append] = crash }
            world.run(for: .minutes(140))
            return world
        }
        let calm = await Self.outcome { run(nil) }
        for append in 0..<calm.appends {
            let outcome = await Self.outcome { run(append) }
            #expect(outcome.journal == calm.journal, "append \(append)")
            #expect(outcome.missing.isEmpty, "append \(append)")
        }
    }

    @Test func `without an overlap late activities are missed, so the overlap is what finds them`() async {
        var missed = 0
        for seed in 0..<20 {
            let outcome = await Self.outcome {
                var dice = Dice(seed: UInt64(seed))
                var rules = Self.rules(&dice)
                rules.overlap = .seconds(0)
                var world = FeedWorld(Self.options(seed, count: 400), rules: rules)
                world.run(for: .minutes(150))
                return world
            }
            #expect(outcome.doubled.isEmpty)
            missed += outcome.missing.count
        }
        #expect(missed > 0)
    }
}
