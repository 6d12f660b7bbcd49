import Platform

/// How the rows of some files are laid into new ones: a file for each day that has enough of them, one for each month
/// that has enough others, and one for the rest.
///
/// So a row that came late lies among those of its time, and a day of few rows costs no file of its own.
struct MergeLayout: Equatable, Sendable {
    struct Output: Equatable, Sendable {
        /// Stretches of time without their ends, in order; each has a row group's worth of rows or less. No two outputs
        /// share one.
        var slices: [Range<Int64>] = []
        var rows = 0
        let earliest: Int64
        let latest: Int64
    }

    private(set) var outputs: [Output] = []

    /// - Parameter times: of all rows, in order. In nanoseconds.
    /// - Parameter groupRows: rows of a row group.
    /// - Parameter enough: rows that are worth a file.
    init(_ times: [Int64], groupRows: Int, enough: Int, isWhole: Bool = false) {
        guard !times.isEmpty else { return }
        guard !isWhole else {
            outputs = [Self.output([times.indices], times, groupRows)]
            return
        }
        var rest: [Range<Int>] = []
        for month in Self.runs(times.indices, times, by: { Stretch.month(of: $0) }) {
            let days = Self.runs(month, times) { Stretch.day(of: $0) }
            for day in days where day.count >= enough { outputs.append(Self.output([day], times, groupRows)) }
            let others = days.filter { $0.count < enough }
            if others.reduce(0, { $0 + $1.count }) >= enough {
                outputs.append(Self.output(others, times, groupRows))
            } else {
                rest += others
            }
        }
        if !rest.isEmpty { outputs.append(Self.output(rest, times, groupRows)) }
    }

    /// Cuts where the key of the time changes.
    private static func runs(
        _ places: Range<Int>, _ times: [Int64], by key: (Timestamp) -> Int64
    ) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = places.lowerBound
        var current: Int64?
        for place in places {
            let next = key(Timestamp(nanoseconds: times[place]))
            if let current, current != next {
                runs.append(start..<place)
                start = place
            }
            current = next
        }
        return runs + [start..<places.upperBound]
    }

    private static func output(_ parts: [Range<Int>], _ times: [Int64], _ groupRows: Int) -> Output {
        var output = Output(
            earliest: times[parts[0].lowerBound], latest: times[parts[parts.count - 1].upperBound - 1])
        for part in joined(parts) {
            output.rows += part.count
            var start = part.lowerBound
            while start < part.upperBound {
                var end = min(start + groupRows, part.upperBound)
                // Rows of one moment stay together.
                while end < part.upperBound, times[end] == times[end - 1] { end += 1 }
                output.slices.append(times[start]..<(times[end - 1] + 1))
                start = end
            }
        }
        return output
    }

    /// Neighbors become one.
    private static func joined(_ parts: [Range<Int>]) -> [Range<Int>] {
        parts.reduce(into: []) { joined, part in
            if let last = joined.last, last.upperBound == part.lowerBound {
                joined[joined.count - 1] = last.lowerBound..<part.upperBound
            } else {
                joined.append(part)
            }
        }
    }
}
