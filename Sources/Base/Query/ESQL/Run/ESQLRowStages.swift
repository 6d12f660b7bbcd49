/// `WHERE`
final class ESQLFilterStage: ESQLStage {
    private let node: ESQLNode
    private let span: SourceSpan

    init(_ term: ESQLTerm, _ run: ESQLRun, _ next: ESQLStage) {
        node = ESQLNode.make(term, run.warnings)
        span = term.span
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        var rows: [Int] = []
        for row in 0..<batch.count {
            switch node.value(row, of: batch) {
            case .boolean(true): rows.append(row)
            case .many: run.warnings.add(.severalValues, at: span)
            default: continue
            }
        }
        return try pass(rows.count == batch.count ? batch : batch.taking(rows))
    }
}

/// `EVAL`
final class ESQLEvalStage: ESQLStage {
    private let assigned: [(number: Int, node: ESQLNode)]

    init(_ assigned: [ESQLAssigned], _ run: ESQLRun, _ next: ESQLStage) {
        self.assigned = assigned.map { ($0.number, ESQLNode.make($0.term, run.warnings)) }
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        var batch = batch
        var held = 0
        // Texts that are made here may be large.
        defer { run.release(held) }
        for (number, node) in assigned {
            var values: [ESQLValue] = []
            values.reserveCapacity(batch.count)
            var size = 0
            for row in 0..<batch.count {
                let value = node.value(row, of: batch)
                size += value.size
                values.append(value)
                guard size > 1 << 20 else { continue }
                held += size
                guard run.hold(size) else { return false }
                size = 0
            }
            batch.columns[number] = values
        }
        return try pass(batch)
    }
}

/// `LIMIT`
final class ESQLLimitStage: ESQLStage {
    private let count: Int
    private let groups: [ESQLNode]
    private var seen = 0
    private var seenOfGroup: [[ESQLValue]: Int] = [:]

    init(_ count: Int, _ groups: [ESQLTerm], _ run: ESQLRun, _ next: ESQLStage) {
        self.count = count
        self.groups = groups.map { ESQLNode.make($0, run.warnings) }
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        if groups.isEmpty {
            let room = count - seen
            seen += min(room, batch.count)
            if room <= 0 { return false }
            let wantsMore = try pass(room >= batch.count ? batch : batch.taking(Array(0..<room)))
            return wantsMore && seen < count
        }
        var rows: [Int] = []
        for row in 0..<batch.count {
            let key = groups.map { $0.value(row, of: batch) }
            let before = seenOfGroup[key]
            if before == nil, !run.hold(key.reduce(64) { $0 + $1.size }) { return false }
            if before ?? 0 < count { rows.append(row) }
            seenOfGroup[key] = (before ?? 0) + 1
        }
        return try pass(batch.taking(rows))
    }
}

/// `MV_EXPAND`
final class ESQLExpandStage: ESQLStage {
    private let from: Int
    private let into: Int

    init(_ from: Int, _ into: Int, _ run: ESQLRun, _ next: ESQLStage) {
        self.from = from
        self.into = into
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        let column = batch.columns[from]
        var rows: [Int] = []
        var values: [ESQLValue] = []
        for row in 0..<batch.count {
            let value = column.isEmpty ? .null : column[row]
            for element in value.isNull ? [.null] : value.elements {
                // A handful at a time: several of these steps make of one row more than any memory holds.
                if rows.count == ESQLBatch.size {
                    guard try pass(rows, values, of: batch), try run.mayGoOn() else { return false }
                    rows = []
                    values = []
                }
                rows.append(row)
                values.append(element)
            }
        }
        return try pass(rows, values, of: batch)
    }

    private func pass(_ rows: [Int], _ values: [ESQLValue], of batch: ESQLBatch) throws(SearchError) -> Bool {
        var expanded = rows.count == batch.count ? batch : batch.taking(rows)
        expanded.columns[into] = values
        return try pass(expanded)
    }
}

/// `DISSECT`, `GROK` and their like.
final class ESQLExtractStage: ESQLStage {
    private let node: ESQLNode
    private let extraction: ESQLExtraction
    private let numbers: [Int]
    private let span: SourceSpan
    /// For each pattern of `GROK` the places of its fields among the columns.
    private let places: [[Int]]

    init(
        _ term: ESQLTerm, _ extraction: ESQLExtraction, _ numbers: [Int], _ run: ESQLRun, _ next: ESQLStage
    ) {
        node = ESQLNode.make(term, run.warnings)
        self.extraction = extraction
        self.numbers = numbers
        span = term.span
        if case .grok(let groks) = extraction {
            let names = Set(groks.flatMap { $0.fields.map(\.name) }).sorted { ByteText.order($0, $1) < 0 }
            places = groks.map { grok in grok.fields.map { field in names.firstIndex(of: field.name) ?? 0 } }
        } else {
            places = []
        }
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        var columns = Array(repeating: [ESQLValue](), count: numbers.count)
        for place in columns.indices { columns[place].reserveCapacity(batch.count) }
        for row in 0..<batch.count {
            var gathered: [[ESQLValue]] = Array(repeating: [], count: numbers.count)
            for element in node.value(row, of: batch).elements {
                guard let values = read(element) else { continue }
                for (place, value) in values.enumerated() { gathered[place] += value.elements }
            }
            for place in columns.indices { columns[place].append(ESQLValue(gathered[place])) }
        }
        var batch = batch
        for (number, column) in zip(numbers, columns) { batch.columns[number] = column }
        return try pass(batch)
    }

    private func read(_ value: ESQLValue) -> [ESQLValue]? {
        switch extraction {
        case .dissect(let dissect): return dissect.match(value.string)?.map { .text($0) }
        case .grok(let groks):
            for (place, grok) in groks.enumerated() {
                guard let found = grok.match(value.string) else { continue }
                var values = Array(repeating: ESQLValue.null, count: numbers.count)
                for (field, captured) in zip(places[place], found) { values[field] = ESQLValue(captured.map(\.value)) }
                return values
            }
            return nil
        case .parts(let read):
            do {
                return try read(value)
            } catch {
                if let problem = error as? ESQLProblem { run.warnings.add(problem, at: span) }
                return nil
            }
        }
    }
}

/// `SAMPLE`
final class ESQLSampleStage: ESQLStage {
    private let share: Double

    init(_ share: Double, _ run: ESQLRun, _ next: ESQLStage) {
        self.share = share
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        try pass(batch.taking((0..<batch.count).filter { _ in Double.random(in: 0..<1) < share }))
    }
}

/// `LOOKUP JOIN` and `ENRICH`.
final class ESQLJoinStage: ESQLStage {
    private let join: ESQLJoin
    private let keys: [ESQLNode]
    private let condition: ESQLNode?
    /// Rows of the table by their key; all of them where there is none.
    private var rows: [[ESQLValue]: [Int]] = [:]
    /// Keys of rows with several values, which fit nothing.
    private var severalKeys: Set<[ESQLValue]> = []
    private var networks: [(network: IPNetwork, row: Int)] = []

    init(_ join: ESQLJoin, _ run: ESQLRun, _ next: ESQLStage) {
        self.join = join
        keys = join.keys.map { ESQLNode.make($0.term, run.warnings) }
        condition = join.condition.map { ESQLNode.make($0, run.warnings) }
        super.init(run, next)
        for (number, row) in join.table.rows.enumerated() {
            if join.matchesNetworks {
                for element in row[join.keys[0].place].elements {
                    if let network = IPNetwork(element.string) ?? IPNetwork("\(element.string)/32") {
                        networks.append((network, number))
                    }
                }
                continue
            }
            // A row with several values of a key fits each of them in `ENRICH`, and nothing in `LOOKUP JOIN`.
            var combinations: [[ESQLValue]] = [[]]
            for key in join.keys {
                combinations = combinations.flatMap { start in row[key.place].elements.map { start + [comparable($0)] }
                }
            }
            if join.kind == .lookup, join.keys.contains(where: { row[$0.place].isMany }) {
                severalKeys.formUnion(combinations)
                continue
            }
            for key in combinations { rows[key, default: []].append(number) }
        }
    }

    /// Numbers of different types are looked up as the same value.
    private func comparable(_ value: ESQLValue) -> ESQLValue {
        if case .double(let number) = value, let exact = Int64(exactly: number) { return .integer(exact) }
        return value
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        switch join.kind {
        case .enrich: return try pass(enriched(batch))
        case .lookup: return try multiply(batch)
        }
    }

    private func found(_ row: Int, of batch: ESQLBatch) -> [Int] {
        let values = keys.map { $0.value(row, of: batch) }
        if join.kind == .lookup {
            let isMany = values.contains(where: \.isMany)
            let key = values.map(comparable)
            if isMany || severalKeys.contains(key) {
                run.warnings.add(ESQLProblem("LOOKUP JOIN encountered multi-value"), at: join.span)
            }
            return isMany ? [] : rows[key] ?? []
        }
        var found: Set<Int> = []
        for element in values[0].elements {
            if case .address(let address) = element, join.matchesNetworks {
                for entry in networks where entry.network.contains(address) { found.insert(entry.row) }
            } else {
                found.formUnion(rows[[comparable(element)]] ?? [])
            }
        }
        return found.sorted()
    }

    private func enriched(_ batch: ESQLBatch) -> ESQLBatch {
        var batch = batch
        var columns = Array(repeating: [ESQLValue](), count: join.columns.count)
        for row in 0..<batch.count {
            let found = found(row, of: batch)
            for (place, column) in join.columns.enumerated() {
                columns[place].append(ESQLValue(found.flatMap { join.table.rows[$0][column.place].elements }))
            }
        }
        for (column, values) in zip(join.columns, columns) { batch.columns[column.number] = values }
        return batch
    }

    private func multiply(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        var left: [Int] = []
        var right: [Int?] = []
        for row in 0..<batch.count {
            var found = found(row, of: batch)
            if let condition {
                guard try run.mayGoOn() else { return false }
                found = fitting(found, row, of: batch, condition)
            }
            left += Array(repeating: row, count: max(found.count, 1))
            right += found.isEmpty ? [nil] : found
            // A key that fits thousands of rows must not make one batch of all.
            if left.count >= ESQLBatch.size * 8 {
                guard try passJoined(batch, left, right), try run.mayGoOn() else { return false }
                (left, right) = ([], [])
            }
        }
        return try passJoined(batch, left, right)
    }

    /// Those rows of the table for which the condition holds beside a row.
    private func fitting(_ rows: [Int], _ row: Int, of batch: ESQLBatch, _ condition: ESQLNode) -> [Int] {
        var fitting: [Int] = []
        for start in stride(from: 0, to: rows.count, by: ESQLBatch.size) {
            let some = Array(rows[start..<min(start + ESQLBatch.size, rows.count)])
            let pairs = joined(batch, Array(repeating: row, count: some.count), some)
            fitting += some.indices.filter { condition.value($0, of: pairs).bool == true }.map { some[$0] }
        }
        return fitting
    }

    private func joined(_ batch: ESQLBatch, _ left: [Int], _ right: [Int?]) -> ESQLBatch {
        var joined = batch.taking(left)
        for column in join.columns {
            joined.columns[column.number] = right.map { $0.map { join.table.rows[$0][column.place] } ?? .null }
        }
        return joined
    }

    private func passJoined(_ batch: ESQLBatch, _ left: [Int], _ right: [Int?]) throws(SearchError) -> Bool {
        try pass(joined(batch, left, right))
    }
}

/// `FORK`: each branch sees all rows; what they give follows one another.
final class ESQLForkStage: ESQLStage {
    private final class Held: ESQLStage {
        var batches: [ESQLBatch] = []
        override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
            batches.append(batch)
            return run.hold(batch.size)
        }
        override func end() {}
    }

    private var branches: [(stage: ESQLStage, held: Held, wantsMore: Bool)] = []

    init(_ steps: [[ESQLStep]], width: Int, outputLimit: Int?, _ run: ESQLRun, _ next: ESQLStage) {
        super.init(run, next)
        for steps in steps {
            let held = Held(run, nil)
            branches.append(
                (ESQLPlan.stages(steps, width: width, outputLimit: outputLimit, run, held), held, true))
        }
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        var wantsMore = false
        for place in branches.indices where branches[place].wantsMore {
            branches[place].wantsMore = try branches[place].stage.accept(batch)
            if branches[place].wantsMore { wantsMore = true }
        }
        return wantsMore
    }

    override func end() throws(SearchError) {
        for branch in branches {
            try branch.stage.end()
            for batch in branch.held.batches { guard try pass(batch) else { break } }
        }
        try next?.end()
    }
}

extension GrokType {
    var type: ESQLType {
        switch self {
        case .keyword: .keyword
        case .int: .integer
        case .long: .long
        case .float, .double: .double
        case .boolean: .boolean
        }
    }
}

extension GrokValue {
    var value: ESQLValue {
        switch self {
        case .text(let text): .text(text)
        case .integer(let number): .integer(Int64(number))
        case .double(let number): .double(number)
        case .boolean(let flag): .boolean(flag)
        }
    }
}
