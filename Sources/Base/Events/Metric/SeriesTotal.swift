public import Platform

/// What a series of cumulative points counted, in whichever order they are added.
///
/// Each point says how much came since the series began, so points are not added up: between two of them came the
/// difference, and before the first of them all that it says. A value of a series that only grows and is smaller than
/// the one before it began anew, at zero, between the two.
///
/// A point that comes twice changes nothing. Of two points of one moment the larger one counts.
public struct CumulativeSeries: Sendable {
    private struct Point {
        var time: Timestamp
        var value: Double
    }

    /// What came up to a moment, since the point before it.
    public struct Increment: Sendable, Equatable {
        public let time: Timestamp
        public let amount: Double
    }

    /// Whether it only grows. One that does not may fall without beginning anew.
    public let isMonotonic: Bool
    /// In the order of their times, each once.
    private var points: [Point] = []

    public init(isMonotonic: Bool) { self.isMonotonic = isMonotonic }

    public mutating func add(_ value: Double, at time: Timestamp) {
        guard value.isFinite else { return }
        var low = 0
        var high = points.count
        while low < high {
            let middle = (low + high) / 2
            if points[middle].time < time { low = middle + 1 } else { high = middle }
        }
        if low < points.count, points[low].time == time {
            points[low].value = max(points[low].value, value)
        } else {
            points.insert(Point(time: time, value: value), at: low)
        }
    }

    /// All that was counted, in the order of time.
    public var increments: [Increment] {
        var last = 0.0
        return points.map { point in
            let beganAnew = isMonotonic && point.value < last
            let amount = beganAnew ? point.value : point.value - last
            last = point.value
            return Increment(time: point.time, amount: amount)
        }
    }

    public var total: Double { increments.reduce(0) { $0 + $1.amount } }

    /// How many times it began anew without saying so.
    public var resets: Int {
        guard isMonotonic else { return 0 }
        return zip(points, points.dropFirst()).count { $1.value < $0.value }
    }
}

/// The sum over points of many series, as the documents of a metric have them.
///
/// - Guarantee: the same for any order and any repetition of the points. Two processes that say the same of
///   themselves are two series, for they began at different times (`metric.series`).
/// - Cost: keeps each cumulative point and the id of each delta, so whoever uses it bounds how many he adds.
public struct SeriesTotal: Sendable {
    /// What a document says of a point.
    public struct Point: Sendable {
        /// `metric.temporality`
        public enum Temporality: Sendable { case delta, cumulative }

        /// `event.id`
        public var id: String
        /// `metric.series`
        public var series: String
        public var temporality: Temporality
        public var isMonotonic: Bool
        /// `@timestamp`
        public var time: Timestamp
        /// `metric.value`
        public var value: Double

        public init(
            id: String, series: String, temporality: Temporality, isMonotonic: Bool = true, time: Timestamp,
            value: Double
        ) {
            self.id = id
            self.series = series
            self.temporality = temporality
            self.isMonotonic = isMonotonic
            self.time = time
            self.value = value
        }
    }

    private var deltas: [String: CumulativeSeries.Increment] = [:]
    private var cumulative: [String: CumulativeSeries] = [:]

    public init() {}

    public mutating func add(_ point: Point) {
        switch point.temporality {
        case .delta:
            guard point.value.isFinite else { return }
            deltas[point.id] = .init(time: point.time, amount: point.value)
        case .cumulative:
            cumulative[point.series, default: CumulativeSeries(isMonotonic: point.isMonotonic)]
                .add(point.value, at: point.time)
        }
    }

    /// What came when, in the order of time. Sums over stretches of time are sums over these.
    public var increments: [CumulativeSeries.Increment] {
        // Also ordered by amount, so that a sum is rounded the same way whatever the order of arrival.
        (deltas.values + cumulative.values.flatMap(\.increments)).sorted { ($0.time, $0.amount) < ($1.time, $1.amount) }
    }

    public var total: Double { increments.reduce(0) { $0 + $1.amount } }

    /// What came from one moment up to, but not including, another one.
    public func total(from start: Timestamp, to end: Timestamp) -> Double {
        increments.reduce(0) { start <= $1.time && $1.time < end ? $0 + $1.amount : $0 }
    }
}
