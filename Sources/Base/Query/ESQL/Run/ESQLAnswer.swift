public import Platform

/// The table that a query gives.
public struct ESQLAnswer: Sendable {
    public let columns: [ESQLColumn]
    /// As wide as there are columns.
    public let rows: [[ESQLValue]]
    /// Whether there were more rows than may be shown.
    public let isCut: Bool
    /// Whether something was not looked at; a warning says why.
    public let isPartial: Bool
    public let warnings: [QueryError]
    /// What concerns no place in the query.
    public let remarks: [String]
    public let tookMilliseconds: Int

    public init(
        columns: [ESQLColumn], rows: [[ESQLValue]], isCut: Bool = false, isPartial: Bool = false,
        warnings: [QueryError] = [], remarks: [String] = [], tookMilliseconds: Int = 0
    ) {
        self.columns = columns
        self.rows = rows
        self.isCut = isCut
        self.isPartial = isPartial
        self.warnings = warnings
        self.remarks = remarks
        self.tookMilliseconds = tookMilliseconds
    }

    /// Without the columns that are null in all rows.
    public var withoutEmptyColumns: ESQLAnswer {
        let kept = columns.indices.filter { place in rows.contains { !$0[place].isNull } }
        return ESQLAnswer(
            columns: kept.map { columns[$0] }, rows: rows.map { row in kept.map { row[$0] } }, isCut: isCut,
            isPartial: isPartial, warnings: warnings, remarks: remarks, tookMilliseconds: tookMilliseconds)
    }
}

/// Takes the rows that are shown.
private final class Shown: ESQLStage {
    private let numbers: [Int]
    private let limit: Int
    var rows: [[ESQLValue]] = []
    var isCut = false

    init(_ numbers: [Int], limit: Int, _ run: ESQLRun) {
        self.numbers = numbers
        self.limit = limit
        super.init(run, nil)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        for row in 0..<batch.count {
            guard rows.count < limit else {
                isCut = true
                return false
            }
            rows.append(
                numbers.map { number in
                    let column = batch.columns[number]
                    return column.isEmpty ? .null : column[row]
                })
        }
        return true
    }

    override func end() {}
}

extension ESQLPlan {
    /// Runs the plan. May block for as long as the query takes.
    public func answer(
        from engine: some ESQLEngine, limits: ESQLLimits = ESQLLimits(), cancellation: Cancellation? = nil,
        clock: any Clock
    ) throws(SearchError) -> ESQLAnswer {
        let run = ESQLRun(text, limits, cancellation, clock)
        let limit = endsWithLimit ? limits.rows : limits.defaultRows
        let shown = Shown(output.map(\.number), limit: limit, run)
        try feed(shown, outputLimit: limit + 1, engine, run)
        return ESQLAnswer(
            columns: output, rows: shown.rows, isCut: shown.isCut, isPartial: run.isPartial,
            warnings: warnings + run.warnings.list, remarks: run.warnings.general,
            tookMilliseconds: run.tookMilliseconds)
    }

    /// Whether the query itself says how many rows it shows.
    private var endsWithLimit: Bool {
        for step in steps.reversed() {
            switch step {
            case .limit: return true
            case .eval, .extract, .sort, .filter: continue
            default: return false
            }
        }
        return false
    }

    /// Gives all rows of the source to the steps, and what comes of them to `sink`.
    func feed(
        _ sink: ESQLStage, outputLimit: Int?, _ engine: some ESQLEngine, _ run: ESQLRun
    ) throws(SearchError) {
        guard queries.isEmpty else {
            return try listing(engine, run).feed(sink, outputLimit: outputLimit, engine, run)
        }
        func stages(from place: Int) -> ESQLStage {
            ESQLPlan.stages(Array(steps[place...]), width: width, outputLimit: outputLimit, run, sink)
        }
        switch source {
        case .rows(let values):
            var batch = ESQLBatch(count: 1, columns: Array(repeating: [], count: width))
            for (number, column) in values { batch.columns[number] = column }
            let first = stages(from: 0)
            _ = try first.accept(batch)
            try first.end()
        case .table(let table):
            let (scan, stats, behind) = scan(table, outputLimit: outputLimit)
            if let stats, let groups = try engine.aggregate(scan, stats) {
                let first = stages(from: behind)
                if groups.count > 0 { _ = try first.accept(stats.computed(groups, run)) }
                return try first.end()
            }
            let first = stages(from: 0)
            try engine.read(scan) { (batch) throws(SearchError) in
                guard try first.accept(batch) else { return false }
                return try run.mayGoOn()
            }
            try first.end()
        case .events(let events):
            let first = stages(from: 0)
            let answer = try engine.events(events)
            for warning in answer.warnings { run.warnings.add(warning) }
            if answer.isPartial { run.endEarly() }
            for batch in events.batches(of: answer, needed: needed, width: width) {
                guard try first.accept(batch), try run.mayGoOn() else { break }
            }
            try first.end()
        case .union(let parts):
            let first = stages(from: 0)
            for part in parts {
                let inner = Renumbered(part.numbers, width: width, run, first)
                try part.plan.feed(inner, outputLimit: nil, engine, run)
            }
            try first.end()
        }
    }
}

/// The rows of a query within another one, under the numbers of the outer one.
private final class Renumbered: ESQLStage {
    private let numbers: [Int: Int]
    private let width: Int

    init(_ numbers: [Int: Int], width: Int, _ run: ESQLRun, _ next: ESQLStage) {
        self.numbers = numbers
        self.width = width
        super.init(run, next)
    }

    override func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        var columns = Array(repeating: [ESQLValue](), count: width)
        for (inner, outer) in numbers { columns[outer] = batch.columns[inner] }
        return try pass(ESQLBatch(count: batch.count, columns: columns))
    }

    // The outer query goes on.
    override func end() {}
}
