/// Gathers the values of many groups at once. Groups are numbered from 0 on.
class ESQLAccumulator {
    /// Memory that it takes beside a few words for each group.
    ///
    /// - Unit: bytes, roughly.
    fileprivate(set) var size = 0

    /// One more group.
    func addGroup() {}
    func add(_ values: [ESQLValue], to group: Int) {}
    func result(of group: Int) -> ESQLValue { .null }

    static func make(_ aggregation: ESQLAggregation, _ warnings: ESQLWarnings) -> ESQLAccumulator {
        let type = aggregation.arguments.first?.type ?? .long
        return switch aggregation.kind {
        case .rows: CountRows()
        case .count: Count()
        case .countDistinct: Distinct()
        case .sum: type == .double ? RealSum() : WholeSum(aggregation.span, warnings)
        case .average: Average()
        case .minimum: Extreme(type, isMaximum: false)
        case .maximum: Extreme(type, isMaximum: true)
        case .values: Values(type)
        case .first: Beside(type, aggregation.arguments[1], isLast: false)
        case .last: Beside(type, aggregation.arguments[1], isLast: true)
        case .percentile(let share): Share(share)
        case .standardDeviation: Spread(isRoot: true)
        case .variance: Spread(isRoot: false)
        case .medianAbsoluteDeviation: MedianDeviation()
        case .weightedAverage: WeightedAverage(aggregation, warnings)
        case .top(let limit, let isDescending): Top(aggregation.arguments, limit, isDescending: isDescending)
        case .sample(let limit): Sample(limit)
        case .present: Present(whenThere: true)
        case .absent: Present(whenThere: false)
        case .centroid: Centroid()
        }
    }
}

/// A sum of many doubles that loses little.
///
/// - Source: Kahan, *Further remarks on reducing truncation errors* (1965), in Neumaier's form.
struct CompensatedSum {
    private var sum = 0.0
    private var lost = 0.0

    mutating func add(_ number: Double) {
        let next = sum + number
        if next.isFinite {
            lost += sum.magnitude >= number.magnitude ? (sum - next) + number : (number - next) + sum
        }
        sum = next
    }

    var value: Double { sum + lost }
}

private final class CountRows: ESQLAccumulator {
    private var counts: [Int64] = []
    override func addGroup() { counts.append(0) }
    override func add(_ values: [ESQLValue], to group: Int) { counts[group] += 1 }
    override func result(of group: Int) -> ESQLValue { .integer(counts[group]) }
}

private final class Count: ESQLAccumulator {
    private var counts: [Int64] = []
    override func addGroup() { counts.append(0) }
    override func add(_ values: [ESQLValue], to group: Int) { counts[group] += Int64(values[0].count) }
    override func result(of group: Int) -> ESQLValue { .integer(counts[group]) }
}

private final class Distinct: ESQLAccumulator {
    private var sets: [Set<ESQLValue>] = []
    override func addGroup() { sets.append([]) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for value in values[0].elements where sets[group].insert(value).inserted { size += value.size + 16 }
    }
    override func result(of group: Int) -> ESQLValue { .integer(Int64(sets[group].count)) }
}

private final class WholeSum: ESQLAccumulator {
    private var sums: [Int128?] = []
    private let span: SourceSpan
    private let warnings: ESQLWarnings

    init(_ span: SourceSpan, _ warnings: ESQLWarnings) {
        self.span = span
        self.warnings = warnings
    }

    override func addGroup() { sums.append(nil) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for value in values[0].elements { sums[group] = (sums[group] ?? 0) + Int128(value.whole) }
    }
    override func result(of group: Int) -> ESQLValue {
        guard let sum = sums[group] else { return .null }
        guard let exact = Int64(exactly: sum) else {
            warnings.add(.longOverflow, at: span)
            return .null
        }
        return .integer(exact)
    }
}

private final class RealSum: ESQLAccumulator {
    private var sums: [CompensatedSum?] = []
    override func addGroup() { sums.append(nil) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for value in values[0].elements { sums[group, orNew: CompensatedSum()].add(value.number) }
    }
    override func result(of group: Int) -> ESQLValue { sums[group].map { .double($0.value) } ?? .null }
}

private final class Average: ESQLAccumulator {
    private var sums: [(whole: Int128, real: CompensatedSum, count: Int)] = []
    override func addGroup() { sums.append((0, CompensatedSum(), 0)) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for value in values[0].elements {
            if case .integer(let number) = value {
                sums[group].whole += Int128(number)
            } else {
                sums[group].real.add(value.number)
            }
            sums[group].count += 1
        }
    }
    override func result(of group: Int) -> ESQLValue {
        let sum = sums[group]
        return sum.count == 0 ? .null : .double((Double(sum.whole) + sum.real.value) / Double(sum.count))
    }
}

private final class Extreme: ESQLAccumulator {
    private var best: [ESQLValue] = []
    private let order: (ESQLValue, ESQLValue) -> Int
    private let sign: Int

    init(_ type: ESQLType, isMaximum: Bool) {
        order = type.order
        sign = isMaximum ? 1 : -1
    }

    override func addGroup() { best.append(.null) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for value in values[0].elements where best[group].isNull || order(value, best[group]) * sign > 0 {
            best[group] = value
        }
    }
    override func result(of group: Int) -> ESQLValue { best[group] }
}

private final class Values: ESQLAccumulator {
    private var sets: [Set<ESQLValue>] = []
    private let order: (ESQLValue, ESQLValue) -> Int
    init(_ type: ESQLType) { order = type.order }
    override func addGroup() { sets.append([]) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for value in values[0].elements where sets[group].insert(value).inserted { size += value.size + 16 }
    }
    /// In their order, so that the same rows always give the same.
    override func result(of group: Int) -> ESQLValue { ESQLValue(sets[group].sorted { order($0, $1) < 0 }) }
}

/// The value beside the smallest key for `FIRST`, and the largest one for `LAST`; it may be null. Rows without a key count
/// only where all of a group are without one, and then it is the first row that counts.
///
/// Of several values beside the same key it is the first one of their order for `FIRST`, the last one for `LAST`, and a
/// null only if there is nothing else, so that the same rows always give the same. A constant says nothing about rows, so
/// beside it the first one counts.
private final class Beside: ESQLAccumulator {
    private var best: [(key: ESQLValue, value: ESQLValue)?] = []
    private let order: (ESQLValue, ESQLValue) -> Int
    private let orderOfKeys: (ESQLValue, ESQLValue) -> Int
    private let isOfOneKey: Bool
    private let sign: Int

    init(_ type: ESQLType, _ key: ESQLTerm, isLast: Bool) {
        order = type.orderOfSeveral
        orderOfKeys = key.type.order
        isOfOneKey = key.constant != nil
        sign = isLast ? 1 : -1
    }

    override func addGroup() { best.append(nil) }
    override func add(_ values: [ESQLValue], to group: Int) {
        if best[group] == nil { best[group] = (.null, values[0]) } else if isOfOneKey { return }
        for key in values[1].elements where precedes(key, values[0], group) { best[group] = (key, values[0]) }
    }

    /// Whether a value and its key take the place of what a group has.
    private func precedes(_ key: ESQLValue, _ value: ESQLValue, _ group: Int) -> Bool {
        guard let known = best[group], !known.key.isNull else { return true }
        let distance = orderOfKeys(key, known.key) * sign
        guard distance == 0 else { return distance > 0 }
        return known.value.isNull || !value.isNull && order(value, known.value) * sign > 0
    }

    override func result(of group: Int) -> ESQLValue { best[group]?.value ?? .null }
}

/// Aggregates that look at all numbers of a group at the end.
private class Numbers: ESQLAccumulator {
    private var numbers: [[Double]] = []
    override func addGroup() { numbers.append([]) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for value in values[0].elements {
            numbers[group].append(value.number)
            size += 8
        }
    }
    override func result(of group: Int) -> ESQLValue {
        numbers[group].isEmpty ? .null : .double(result(numbers[group]))
    }
    func result(_ numbers: [Double]) -> Double { 0 }
}

private final class Share: Numbers {
    private let share: Double
    init(_ share: Double) { self.share = share }
    override func result(_ numbers: [Double]) -> Double { Percentile.value(share, of: numbers) }
}

private final class MedianDeviation: Numbers {
    override func result(_ numbers: [Double]) -> Double { Percentile.medianDeviation(of: numbers) }
}

/// Of all values, not of a sample of them.
///
/// - Source: Welford, *Note on a method for calculating corrected sums of squares and products* (1962).
private final class Spread: ESQLAccumulator {
    private var states: [(count: Double, mean: Double, squares: Double)] = []
    private let isRoot: Bool
    init(isRoot: Bool) { self.isRoot = isRoot }
    override func addGroup() { states.append((0, 0, 0)) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for value in values[0].elements {
            let number = value.number
            states[group].count += 1
            let distance = number - states[group].mean
            states[group].mean += distance / states[group].count
            states[group].squares += distance * (number - states[group].mean)
        }
    }
    override func result(of group: Int) -> ESQLValue {
        let state = states[group]
        guard state.count > 0 else { return .null }
        let variance = state.squares / state.count
        return .double(isRoot ? variance.squareRoot() : variance)
    }
}

/// The sum of values times weights by that of the weights. Several values of a row count each beside a weight that is the
/// same for all rows; beside another one they do not count, for it says nothing about each of them.
private final class WeightedAverage: ESQLAccumulator {
    private struct Sums {
        var product = CompensatedSum()
        var wholeProduct: Int128 = 0
        var weight = CompensatedSum()
        var isEmpty = true
    }

    private var sums: [Sums] = []
    private let isOfOneWeight: Bool
    /// Whether the sum is one of whole numbers, which 64 bits have to hold.
    private let isWhole: Bool
    private let span: SourceSpan
    private let warnings: ESQLWarnings

    init(_ aggregation: ESQLAggregation, _ warnings: ESQLWarnings) {
        isOfOneWeight = aggregation.arguments[1].constant != nil
        isWhole = aggregation.arguments.allSatisfy { $0.type == .integer || $0.type == .long }
        span = aggregation.span
        self.warnings = warnings
    }

    override func addGroup() { sums.append(Sums()) }
    override func add(_ values: [ESQLValue], to group: Int) {
        guard !values[0].isNull, !values[1].isNull else { return }
        guard !values[1].isMany, isOfOneWeight || !values[0].isMany else {
            warnings.add(.severalValues, at: span)
            return
        }
        sums[group].isEmpty = false
        for value in values[0].elements {
            sums[group].product.add(value.number * values[1].number)
            sums[group].weight.add(values[1].number)
            // Beside one weight the values alone are added up.
            if isWhole { sums[group].wholeProduct += Int128(value.whole) * Int128(isOfOneWeight ? 1 : values[1].whole) }
        }
    }
    override func result(of group: Int) -> ESQLValue {
        let sums = sums[group]
        guard !sums.isEmpty else { return .null }
        guard !isWhole || Int64(exactly: sums.wholeProduct) != nil else {
            warnings.add(.longOverflow, at: span)
            return .null
        }
        let weight = sums.weight.value
        guard weight != 0 else {
            warnings.add(ESQLProblem("/ by zero"), at: span)
            return .null
        }
        return .double(sums.product.value / weight)
    }
}

/// The first values of an order; with two arguments what stands beside them.
private final class Top: ESQLAccumulator {
    private var lists: [[(value: ESQLValue, output: ESQLValue)]] = []
    private let order: (ESQLValue, ESQLValue) -> Int
    private let orderOfOutputs: (ESQLValue, ESQLValue) -> Int
    private let limit: Int
    private let sign: Int

    init(_ arguments: [ESQLTerm], _ limit: Int, isDescending: Bool) {
        order = arguments[0].type.order
        orderOfOutputs = arguments[arguments.count - 1].type.order
        self.limit = limit
        sign = isDescending ? -1 : 1
    }

    override func addGroup() { lists.append([]) }
    override func add(_ values: [ESQLValue], to group: Int) {
        guard values.count > 1 else {
            for value in values[0].elements { add(value, value, to: group) }
            return
        }
        // Several values stand each beside each.
        for value in values[0].elements {
            for output in values[1].elements { add(value, output, to: group) }
        }
    }

    private func add(_ value: ESQLValue, _ output: ESQLValue, to group: Int) {
        lists[group].append((value, output))
        size += value.size
        if lists[group].count >= limit * 2 + 64 { cut(group) }
    }

    private func cut(_ group: Int) {
        let before = lists[group].count
        lists[group].sort { left, right in
            let distance = order(left.value, right.value) * sign
            return distance == 0 ? orderOfOutputs(left.output, right.output) * sign < 0 : distance < 0
        }
        lists[group] = Array(lists[group].prefix(limit))
        size -= (before - lists[group].count) * 24
    }
    override func result(of group: Int) -> ESQLValue {
        cut(group)
        return ESQLValue(lists[group].map(\.output))
    }
}

/// Each value with the same chance, however many there are.
private final class Sample: ESQLAccumulator {
    private var lists: [(values: [ESQLValue], seen: Int)] = []
    private let limit: Int
    init(_ limit: Int) { self.limit = limit }
    override func addGroup() { lists.append(([], 0)) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for value in values[0].elements {
            lists[group].seen += 1
            if lists[group].values.count < limit {
                lists[group].values.append(value)
                size += value.size
            } else {
                let place = Int.random(in: 0..<lists[group].seen)
                if place < limit { lists[group].values[place] = value }
            }
        }
    }
    override func result(of group: Int) -> ESQLValue { ESQLValue(lists[group].values) }
}

private final class Present: ESQLAccumulator {
    private var found: [Bool] = []
    private let whenThere: Bool
    init(whenThere: Bool) { self.whenThere = whenThere }
    override func addGroup() { found.append(false) }
    override func add(_ values: [ESQLValue], to group: Int) { if !values[0].isNull { found[group] = true } }
    override func result(of group: Int) -> ESQLValue { .boolean(found[group] == whenThere) }
}

private final class Centroid: ESQLAccumulator {
    private var sums: [(x: CompensatedSum, y: CompensatedSum, count: Double)] = []
    override func addGroup() { sums.append((CompensatedSum(), CompensatedSum(), 0)) }
    override func add(_ values: [ESQLValue], to group: Int) {
        for case .point(let x, let y) in values[0].elements {
            sums[group].x.add(x)
            sums[group].y.add(y)
            sums[group].count += 1
        }
    }
    override func result(of group: Int) -> ESQLValue {
        let sum = sums[group]
        return sum.count == 0 ? .null : .point(sum.x.value / sum.count, sum.y.value / sum.count)
    }
}

extension [CompensatedSum?] {
    fileprivate subscript(place: Int, orNew new: CompensatedSum) -> CompensatedSum {
        get { self[place] ?? new }
        set { self[place] = newValue }
    }
}
