import Events
import Platform
import TestKit
import Testing

@Suite struct `Totals of metrics` {
    private func time(_ seconds: Int) -> Timestamp { Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000) }

    private func series(_ points: [(Int, Double)], isMonotonic: Bool = true) -> CumulativeSeries {
        var series = CumulativeSeries(isMonotonic: isMonotonic)
        for (seconds, value) in points { series.add(value, at: time(seconds)) }
        return series
    }

    @Test func `The newest point of a series is its total`() {
        #expect(series([(1, 3), (2, 5), (3, 9)]).total == 9)
        #expect(series([(3, 9), (1, 3), (2, 5), (2, 5)]).total == 9)
        #expect(series([]).total == 0)
    }

    @Test func `A value that falls began anew`() {
        let series = series([(1, 3), (2, 7), (3, 2), (4, 6)])
        #expect(series.total == 13)
        #expect(series.resets == 1)
        #expect(series.increments.map(\.amount) == [3, 4, 2, 4])
    }

    @Test func `What may fall is not taken for something that began anew`() {
        let series = series([(1, 3), (2, 7), (3, 2)], isMonotonic: false)
        #expect(series.total == 2)
        #expect(series.resets == 0)
    }

    @Test func `What is no number changes nothing`() {
        #expect(series([(1, 3), (2, .nan), (3, .infinity)]).total == 3)
    }

    /// A process that counts, as its exporter tells it: deltas or sums, each in steps of an eighth, so that sums of
    /// them are exact.
    private struct Process {
        var name: String
        var isCumulative: Bool
        var points: [SeriesTotal.Point] = []
        var truth = 0.0

        init(_ name: String, _ dice: inout Dice) {
            self.name = name
            isCumulative = dice.roll(2) == 0
            var clock = dice.roll(1_000)
            var sum = 0.0
            for number in 0...dice.roll(12) {
                let amount = Double(dice.roll(800)) / 8
                clock += 1 + dice.roll(60)
                sum += amount
                truth += amount
                points.append(
                    SeriesTotal.Point(
                        id: "\(name)-\(number)", series: isCumulative ? name : "session",
                        temporality: isCumulative ? .cumulative : .delta,
                        time: Timestamp(nanoseconds: Int64(clock) * 1_000_000_000),
                        value: isCumulative ? sum : amount))
            }
        }
    }

    @Test(arguments: 0..<200)
    func `Whatever comes in whichever order and how often, the total is the truth`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        // Processes of one session, and restarts of one, are series of their own: their starts differ.
        let processes = (0...dice.roll(4)).map { Process("start-\($0)", &dice) }
        var points = processes.flatMap(\.points)
        for _ in 0..<dice.roll(10) { points.append(dice.pick(points)) }
        points.shuffle(using: &dice)
        var total = SeriesTotal()
        for point in points { total.add(point) }
        #expect(total.total == processes.reduce(0) { $0 + $1.truth })

        // Stretches of time that touch one another hold all of it, once.
        var cuts = (0..<4).map { _ in time(dice.roll(1_800)) }.sorted()
        cuts = [time(0)] + cuts + [time(100_000)]
        let parts = zip(cuts, cuts.dropFirst()).map { total.total(from: $0, to: $1) }
        #expect(parts.reduce(0, +) == total.total)
    }
}
