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

    /// Method: an organization with late and simultaneous activities, pages of any size, a process that ends
    /// at any append, both just before and just after it is durable.
    @Test(arguments: 0..<40)
    func `each activity is journaled exactly once, whenever the process ends`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var world = FeedWorld(
            Self.options(seed, count: 50 + dice.roll(500)), rules: Self.rules(&dice))
        for append in 0..<400 where dice.roll(6) == 0 {
            world.crashes[append] = dice.roll(2) == 0 ? .beforeDurable : .afterDurable
        }
        world.run(for: .minutes(150))
        let flaws = world.flaws
        #expect(flaws.doubled.isEmpty, "seed \(seed)")
        #expect(flaws.missing.isEmpty, "seed \(seed)")
        #expect(world.restarts > 0, "seed \(seed)")
    }

    @Test(arguments: 0..<40)
    func `cursors that expire at any moment neither lose nor double an activity`(seed: Int) {
        var dice = Dice(seed: UInt64(1_000 + seed))
        var world = FeedWorld(
            Self.options(seed, count: 50 + dice.roll(500)), rules: Self.rules(&dice))
        var refusals = Dice(seed: UInt64(seed))
        let refused = Set((0..<3_000).filter { _ in refusals.roll(9) == 0 })
        world.refuses = { refused.contains($0) }
        for append in 0..<400 where dice.roll(12) == 0 { world.crashes[append] = .afterDurable }
        world.run(for: .minutes(150))
        let flaws = world.flaws
        #expect(flaws.doubled.isEmpty, "seed \(seed)")
        #expect(flaws.missing.isEmpty, "seed \(seed)")
    }

    @Test(arguments: 0..<20)
    func `hours without a look, between any two, change nothing`(seed: Int) {
        var dice = Dice(seed: UInt64(2_000 + seed))
        var world = FeedWorld(Self.options(seed, count: 400), rules: Self.rules(&dice))
        for _ in 0..<6 {
            world.run(for: .minutes(Int64(1 + dice.roll(8))))
            if dice.roll(2) == 0 { world.restart() }
            world.now = world.now + .minutes(Int64(dice.roll(50)))
        }
        world.run(for: .hours(3))
        let flaws = world.flaws
        #expect(flaws.doubled.isEmpty, "seed \(seed)")
        #expect(flaws.missing.isEmpty, "seed \(seed)")
    }

    @Test(arguments: 0..<20)
    func `days of the past are read beside the present, exactly once, whenever the process ends`(seed: Int) {
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
        let flaws = world.flaws
        #expect(flaws.doubled.isEmpty, "seed \(seed)")
        #expect(flaws.missing.isEmpty, "seed \(seed)")
        #expect(world.restarts > 0, "seed \(seed)")
        // What the record says to be whole is all that was wanted, up to the last minutes.
        let wanted = FeedWorld.start - .days(4)..<world.now - .minutes(12)
        #expect(world.covered.firstGap(in: wanted) == nil, "seed \(seed)")
    }

    /// A memory for less than three minutes, so activities that are late by seconds are still found, those that
    /// are late by minutes are not. Without crashes: each costs a minute.
    @Test(arguments: 0..<20)
    func `too little memory shortens the overlap`(seed: Int) {
        var world = Self.crowded(seed)
        world.run(for: .minutes(60))
        let flaws = world.flaws
        #expect(flaws.doubled.isEmpty, "seed \(seed)")
        #expect(flaws.missing.isEmpty, "seed \(seed)")
        #expect(world.shortened > 0, "seed \(seed)")
        #expect(world.bookmark.map { $0.count < 8_192 } == true, "seed \(seed)")
    }

    @Test(arguments: 0..<20)
    func `too little memory doubles nothing, whenever the process ends`(seed: Int) {
        var dice = Dice(seed: UInt64(4_000 + seed))
        var world = Self.crowded(seed)
        for append in 0..<400 where dice.roll(6) == 0 {
            world.crashes[append] = dice.roll(2) == 0 ? .beforeDurable : .afterDurable
        }
        world.run(for: .minutes(60))
        #expect(world.flaws.doubled.isEmpty, "seed \(seed)")
        #expect(world.restarts > 0, "seed \(seed)")
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
    func `a crash at each single append gives the same journal`(crash: FeedWorld.Crash) {
        var dice = Dice(seed: 7)
        var rules = Self.rules(&dice)
        rules.limit = 13
        var calm = FeedWorld(Self.options(7, count: 200), rules: rules)
        calm.run(for: .minutes(140))
        for append in 0..<calm.appends {
            var world = FeedWorld(Self.options(7, count: 200), rules: rules)
            world.crashes[append] = crash
            world.run(for: .minutes(140))
            #expect(world.journal.sorted() == calm.journal.sorted(), "append \(append)")
            #expect(world.flaws.missing.isEmpty, "append \(append)")
        }
    }

    @Test func `without an overlap late activities are missed, so the overlap is what finds them`() {
        var missed = 0
        for seed in 0..<20 {
            var dice = Dice(seed: UInt64(seed))
            var rules = Self.rules(&dice)
            rules.overlap = .seconds(0)
            var world = FeedWorld(Self.options(seed, count: 400), rules: rules)
            world.run(for: .minutes(150))
            #expect(world.flaws.doubled.isEmpty)
            missed += world.flaws.missing.count
        }
        #expect(missed > 0)
    }
}
