/// Numbers groups by their keys.
final class ESQLGroups {
    private let nodes: [ESQLNode]
    private var numbers: [[ESQLValue]: Int] = [:]
    private(set) var keys: [[ESQLValue]] = []
    private let run: ESQLRun

    init(_ terms: [ESQLTerm], _ run: ESQLRun) {
        nodes = terms.map { ESQLNode.make($0, run.warnings) }
        self.run = run
    }

    /// The groups that a row is in: one for each combination of its values.
    ///
    /// - Returns: `nil` when there is no room for another group.
    func groups(of row: Int, of batch: ESQLBatch, _ added: () -> Void) -> [Int]? {
        var combinations: [[ESQLValue]] = [[]]
        for node in nodes {
            let value = node.value(row, of: batch)
            if case .many(let values) = value {
                combinations = combinations.flatMap { start in values.map { start + [$0] } }
            } else {
                for place in combinations.indices { combinations[place].append(value) }
            }
        }
        var found: [Int] = []
        for key in combinations {
            if let number = numbers[key] {
                if !found.contains(number) { found.append(number) }
                continue
            }
            guard run.hold(key.reduce(160) { $0 + $1.size }) else { return nil }
            numbers[key] = keys.count
            found.append(keys.count)
            keys.append(key)
            added()
        }
        return found
    }
}

/// The aggregates of groups, while rows come.
final class ESQLAggregators {
    private struct Part {
        let accumulator: ESQLAccumulator
        let arguments: [ESQLNode]
        let filter: ESQLNode?
        let number: Int
        var size = 0
    }

    private let stats: ESQLStats
    private let run: ESQLRun
    private var parts: [Part]
    let groups: ESQLGroups

    init(_ stats: ESQLStats, _ run: ESQLRun) {
        self.stats = stats
        self.run = run
        groups = ESQLGroups(stats.groups.map(\.term), run)
        parts = stats.aggregates.map { aggregation in
            Part(
                accumulator: ESQLAccumulator.make(aggregation, run.warnings),
                arguments: aggregation.arguments.map { ESQLNode.make($0, run.warnings) },
                filter: aggregation.filter.map { ESQLNode.make($0, run.warnings) }, number: aggregation.number)
        }
        // Without groups there is always one row.
        if stats.groups.isEmpty { _ = groups.groups(of: 0, of: ESQLBatch(count: 0, columns: [])) { addGroup() } }
    }

    private func addGroup() { for part in parts { part.accumulator.addGroup() } }

    /// - Returns: the groups of each row; `nil` when there is no room for more.
    func add(_ batch: ESQLBatch) -> [[Int]]? {
        var rows: [[Int]] = []
        rows.reserveCapacity(batch.count)
        for row in 0..<batch.count {
            guard let found = groups.groups(of: row, of: batch, { addGroup() }) else { return nil }
            rows.append(found)
            for part in parts {
                if let filter = part.filter, filter.value(row, of: batch) != .boolean(true) { continue }
                let values = part.arguments.map { $0.value(row, of: batch) }
                for group in found { part.accumulator.add(values, to: group) }
            }
        }
        for place in parts.indices {
            let growth = parts[place].accumulator.size - parts[place].size
            parts[place].size += growth
            if growth > 0, !run.hold(growth) { return nil }
        }
        return rows
    }

    /// A row for each group, with its keys, aggregates and what is computed of them.
    func results(width: Int) -> ESQLBatch {
        var batch = ESQLBatch(count: groups.keys.count, columns: Array(repeating: [], count: width))
        for (place, group) in stats.groups.enumerated() {
            batch.columns[group.number] = groups.keys.map { $0[place] }
        }
        for part in parts {
            batch.columns[part.number] = groups.keys.indices.map { part.accumulator.result(of: $0) }
        }
        return stats.computed(batch, run)
    }
}

extension ESQLStats {
    /// What is computed of aggregates and groups.
    func computed(_ batch: ESQLBatch, _ run: ESQLRun) -> ESQLBatch {
        var batch = batch
        for result in results {
            let node = ESQLNode.make(result.term, run.warnings)
            batch.columns[result.number] = (0..<batch.count).map { node.value($0, of: batch) }
        }
        return batch
    }
}

/// `STATS`
final class ESQLStatsStage: ESQLStage {
    private let aggregators: ESQLAggregators
    private let width: Int

    init(_ stats: ESQLStats, _ width: Int, _ run: ESQLRun, _ next: ESQLStage) {
        aggregators = ESQLAggregators(stats, run)
        self.width = width
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool { aggregators.add(batch) != nil }

    override func end() throws(SearchError) {
        let results = aggregators.results(width: width)
        var start = 0
        while start < results.count {
            let end = min(start + ESQLBatch.size, results.count)
            guard try pass(results.count <= ESQLBatch.size ? results : results.taking(Array(start..<end))) else {
                break
            }
            start = end
        }
        try next?.end()
    }
}

/// `INLINE STATS`: a row that has several values of a key is in several groups, and gets what each of them has, in the
/// order of its values. Its keys it keeps.
final class ESQLInlineStatsStage: ESQLStage {
    private let aggregators: ESQLAggregators
    private let width: Int
    private let keys: [(number: Int, node: ESQLNode)]
    /// The columns that groups give to their rows.
    private let given: [Int]
    private var held: [(batch: ESQLBatch, groups: [[Int]])] = []

    init(_ stats: ESQLStats, _ width: Int, _ run: ESQLRun, _ next: ESQLStage) {
        aggregators = ESQLAggregators(stats, run)
        keys = stats.groups.map { ($0.number, ESQLNode.make($0.term, run.warnings)) }
        given = stats.aggregates.map(\.number) + stats.results.map(\.number)
        self.width = width
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        guard let groups = aggregators.add(batch) else { return false }
        held.append((batch, groups))
        return run.hold(batch.size)
    }

    override func end() throws(SearchError) {
        let results = aggregators.results(width: width)
        for (batch, groups) in held {
            var joined = batch
            for key in keys { joined.columns[key.number] = (0..<batch.count).map { key.node.value($0, of: batch) } }
            for number in given {
                let column = results.columns[number]
                joined.columns[number] = groups.map { found in
                    found.count == 1 ? column[found[0]] : ESQLValue(found.flatMap { column[$0].elements })
                }
            }
            guard try pass(joined), try run.mayGoOn() else { break }
        }
        try next?.end()
    }
}

/// `SORT`
final class ESQLSortStage: ESQLStage {
    private struct Row {
        let keys: [ESQLValue]
        let order: Int
        /// Of the columns that are there: a plan has a number for each field of the table.
        let values: [ESQLValue]
        let columns: [Int]

        func value(_ number: Int) -> ESQLValue { columns.firstIndex(of: number).map { values[$0] } ?? .null }
    }

    private struct Key {
        let node: ESQLNode
        let order: (ESQLValue, ESQLValue) -> Int
        let isDescending: Bool
        let putsNullsFirst: Bool

        /// Of several values the one that comes first in the order.
        func single(_ value: ESQLValue) -> ESQLValue {
            guard case .many(let values) = value else { return value }
            return values.min { isDescending ? order($0, $1) > 0 : order($0, $1) < 0 } ?? .null
        }
    }

    private let keys: [Key]
    private let limit: Int?
    private let width: Int
    private var rows: [Row] = []
    private var seen = 0
    private var present: Set<Int> = []

    init(_ keys: [ESQLSortKey], limit: Int?, _ width: Int, _ run: ESQLRun, _ next: ESQLStage) {
        self.keys = keys.map {
            Key(
                node: ESQLNode.make($0.term, run.warnings), order: $0.term.type.order, isDescending: $0.isDescending,
                putsNullsFirst: $0.putsNullsFirst)
        }
        self.limit = limit
        self.width = width
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        let columns = batch.columns.indices.filter { !batch.columns[$0].isEmpty }
        present.formUnion(columns)
        var size = 0
        for row in 0..<batch.count {
            let keys = keys.map { key in key.single(key.node.value(row, of: batch)) }
            let values = columns.map { batch.columns[$0][row] }
            if limit == nil { size += values.reduce(96) { $0 + $1.size } }
            rows.append(Row(keys: keys, order: seen, values: values, columns: columns))
            seen += 1
        }
        // Only as many as are wanted are kept, and sorted from time to time.
        if let limit, rows.count > limit * 2 + ESQLBatch.size { cut(to: limit) }
        return size == 0 || run.hold(size)
    }

    private func precedes(_ left: Row, _ right: Row) -> Bool {
        for (place, key) in keys.enumerated() {
            let (a, b) = (left.keys[place], right.keys[place])
            if a.isNull || b.isNull {
                if a.isNull, b.isNull { continue }
                return a.isNull == key.putsNullsFirst
            }
            let order = key.order(a, b)
            if order != 0 { return (order < 0) != key.isDescending }
        }
        return left.order < right.order
    }

    private func cut(to limit: Int?) {
        rows.sort(by: precedes)
        if let limit { rows = Array(rows.prefix(limit)) }
    }

    override func end() throws(SearchError) {
        cut(to: limit)
        let present = present.sorted()
        var start = 0
        while start < rows.count {
            let part = rows[start..<min(start + ESQLBatch.size, rows.count)]
            var columns = Array(repeating: [ESQLValue](), count: width)
            for number in present { columns[number] = part.map { $0.value(number) } }
            guard try pass(ESQLBatch(count: part.count, columns: columns)), try run.mayGoOn() else { break }
            start += part.count
        }
        try next?.end()
    }
}
