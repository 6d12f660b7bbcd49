import Events
import Platform
import TestKit
import Testing

@testable import Store

/// Which files are merged, and how their rows are laid out.
@Suite struct MergePolicyTests {
    private static let day: Int64 = 86_400_000_000_000
    /// The first of November 2026.
    private static let start: Int64 = 20_758 * day
    private static let shelf = Shelf(tenant: .default, stream: .codeEvents)

    private static func segment(_ name: Int, day first: Int64, to last: Int64? = nil, rows: Int = 10_000) -> Segment {
        Segment(
            file: "default/claude_code.events/\(name).parquet", shelf: shelf, rows: rows, bytes: 1,
            earliest: Timestamp(nanoseconds: start + first * day + 1),
            latest: Timestamp(nanoseconds: start + (last ?? first) * day + day - 1), columns: [], misfits: [])
    }

    private static func now(_ days: Int64) -> Timestamp { Timestamp(nanoseconds: start + days * day) }

    private func chosen(_ segments: [Segment], _ days: Int64) -> [String] {
        MergePolicy().choose(segments, now: Self.now(days))?.segments.map { String($0.file.dropFirst(27)) } ?? []
    }

    @Test func `files of a day that goes on are merged by eights of one size`() {
        let seven = (0..<7).map { Self.segment($0, day: 0) }
        #expect(chosen(seven, 0) == [])
        let large = Self.segment(8, day: 0, rows: 100_000)
        #expect(chosen(seven + [large], 0) == [], "a large one is none of them")
        #expect(chosen(seven + [large, Self.segment(7, day: 0)], 0).count == 8)
        #expect(chosen(seven + [Self.segment(7, day: 1)], 1) == [], "nor is one of another day")
    }

    @Test func `what is left of a day is merged when it is over, if it is worth it`() {
        let two = [Self.segment(0, day: 0), Self.segment(1, day: 0)]
        #expect(chosen(two, 0) == [])
        #expect(MergePolicy().choose(two, now: Self.now(1) + .hours(1)) == nil, "it is settled two hours later")
        #expect(MergePolicy().choose(two, now: Self.now(1) + .hours(3))?.segments == two)
        let late = [Self.segment(0, day: 0, rows: 300_000), Self.segment(1, day: 0, rows: 10_000)]
        #expect(chosen(late, 2) == [], "a few late rows are not worth writing a day anew")
        #expect(chosen(late + (2..<9).map { Self.segment($0, day: 0, rows: 5_000) }, 2).count == 8)
    }

    @Test func `what is not worth writing its day anew becomes a file of the month, with that of other days`() throws {
        let days = (0..<8).map { Self.segment(Int($0), day: $0, rows: 300_000) }
        let late = (0..<8).map { Self.segment(20 + Int($0), day: $0, rows: 2_000) }
        #expect(chosen(days + late.dropLast(), 9) == [], "seven are too few")
        #expect(chosen(days + late, 7) == [], "the last day goes on")
        let choice = try #require(MergePolicy().choose(days + late, now: Self.now(9)))
        #expect(choice == MergePolicy.Choice(segments: late, isWhole: true))
        #expect(chosen(days + [Self.segment(40, day: 0, to: 7, rows: 16_000)], 9) == [], "then it rests")
    }

    @Test func `no file gets longer than the most, and long ones rest`() {
        let long = (0..<9).map { Self.segment($0, day: 0, rows: 200_000) }
        let choice = MergePolicy().choose(long, now: Self.now(3))
        #expect(choice?.segments.count == 5)
        #expect(chosen((0..<20).map { Self.segment($0, day: 0, rows: 600_000) }, 3) == [])
    }

    @Test func `a month of few rows becomes one file when it is over`() throws {
        let days = (0..<30).map { Self.segment(Int($0), day: $0, rows: 5_000) }
        #expect(chosen(days, 30) == [], "the month is settled two hours later")
        let choice = try #require(MergePolicy().choose(days, now: Self.now(31)))
        #expect(choice.isWhole && choice.segments.count == 30)
        let many = (0..<30).map { Self.segment(Int($0), day: $0, rows: 50_000) }
        #expect(chosen(many, 31) == [], "days of many rows stay files of their own")
    }

    @Test func `merging comes to an end, and writes a row about as often as there are sizes`() {
        var dice = Dice(seed: 3)
        var segments: [Segment] = []
        var (written, next) = (0, 0)
        let policy = MergePolicy()
        for hour in 0..<(24 * 40) {
            for _ in 0..<2 {
                next += 1
                let day = Int64(hour / 24)
                // Some of them have rows of the day before, too.
                let first = dice.roll(3) == 0 ? max(0, day - 1) : day
                segments.append(Self.segment(next, day: first, to: day, rows: 12_000))
            }
            let now = Timestamp(nanoseconds: Self.start + Int64(hour) * 3_600_000_000_000)
            var rounds = 0
            while let choice = policy.choose(segments, now: now) {
                rounds += 1
                #expect(rounds < 50, "it does not end")
                if rounds >= 50 { return }
                let rows = choice.segments.reduce(0) { $0 + $1.rows }
                written += rows
                segments.removeAll(where: choice.segments.contains)
                next += 1
                let days = choice.segments.map { Stretch.day(of: $0.latest) - Self.start / Self.day }
                segments.append(Self.segment(next, day: days.min() ?? 0, to: days.max() ?? 0, rows: rows))
            }
        }
        let rows = 24 * 40 * 2 * 12_000
        #expect(segments.reduce(0) { $0 + $1.rows } == rows)
        #expect(written < 4 * rows)
        #expect(segments.count < 100)
    }

    // MARK: Layout

    private func layout(_ times: [Int64], enough: Int = 10, whole: Bool = false) -> MergeLayout {
        MergeLayout(times.sorted(), groupRows: 16, enough: enough, isWhole: whole)
    }

    private func rows(_ count: Int, day: Int64) -> [Int64] {
        (0..<count).map { Self.start + day * Self.day + Int64($0) * 1_000 }
    }

    @Test func `days with enough rows are files, the others a file of their month, and the rest is one`() {
        let times =
            rows(40, day: 0) + rows(3, day: 1) + rows(9, day: 2) + rows(12, day: 5) + rows(2, day: 40)
            + rows(2, day: -20)
        let found = layout(times).outputs
        #expect(found.map(\.rows) == [40, 12, 12, 4])
        #expect(found[2].earliest == Self.start + Self.day)
        #expect(found[3].earliest == Self.start - 20 * Self.day)
        #expect(layout(times, whole: true).outputs.map(\.rows) == [68])
        #expect(layout([]).outputs.isEmpty)
    }

    /// The one thing that must never fail: each row is in one slice of one output.
    @Test(arguments: 0..<40) func `each row is laid into one file and one row group`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        let times = (0..<(1 + dice.roll(400))).map { _ in
            // Many at one moment, some at the edges of days.
            Self.start + Int64(dice.roll(70)) * Self.day + [0, -1, 1, Int64(dice.roll(5)) * 1_000][dice.roll(4)]
        }.sorted()
        let found = layout(times, enough: 1 + dice.roll(30), whole: dice.roll(8) == 0).outputs
        for time in times {
            let holders = found.flatMap(\.slices).count { $0.contains(time) }
            #expect(holders == 1, "seed \(seed)")
        }
        for output in found {
            let held = times.filter { time in output.slices.contains { $0.contains(time) } }
            #expect(held.count == output.rows && held.first == output.earliest && held.last == output.latest)
            #expect(zip(output.slices, output.slices.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        }
    }

    @Test func `months are those of the calendar`() {
        func month(_ text: String) -> Int64? {
            RFC3339.parse(text.utf8).map { Stretch.month(of: $0) }
        }
        #expect(month("2026-11-01T00:00:00Z") == month("2026-11-30T23:59:59.999Z"))
        #expect(month("2026-11-30T23:59:59Z") != month("2026-12-01T00:00:00Z"))
        #expect(month("2024-02-29T12:00:00Z") == month("2024-02-01T00:00:00Z"))
        #expect(month("2023-12-31T23:59:59Z").map { $0 + 1 } == month("2024-01-01T00:00:00Z"))
        #expect(month("1969-12-31T23:59:59Z").map { $0 + 1 } == month("1970-01-01T00:00:00Z"))
    }
}
