public import Platform

/// The numbers that bound one run of a query.
public struct ESQLLimits: Sendable {
    /// Rows that are shown when the query names no limit.
    ///
    /// - Default: 1,000
    public var defaultRows = 1_000

    /// Rows that are shown at the most.
    ///
    /// - Default: 10,000
    public var rows = 10_000

    /// What rows and groups that are held may take. Behind it the source is not read on, and the answer is partial.
    ///
    /// - Unit: bytes   - Default: 256 MiB
    public var memory = 256 << 20

    /// - Default: 30 s
    public var time = Timestamp.Span.seconds(30)

    public init() {}
}

/// What is the same for all steps of one run.
final class ESQLRun {
    let warnings: ESQLWarnings
    let limits: ESQLLimits
    private let cancellation: Cancellation?
    private let clock: any Clock
    private let began: Timestamp
    private var memory = 0
    /// Whether something could not be looked at.
    private(set) var isPartial = false

    init(_ source: SourceText, _ limits: ESQLLimits, _ cancellation: Cancellation?, _ clock: any Clock) {
        warnings = ESQLWarnings(source)
        self.limits = limits
        self.cancellation = cancellation
        self.clock = clock
        began = clock.steady()
    }

    /// Accounts for memory that a step holds from now on, or lets go of.
    ///
    /// - Returns: whether there is room for more; if not, what was read so far is all there will be.
    func hold(_ bytes: Int) -> Bool {
        memory += bytes
        guard memory > limits.memory else { return true }
        stop("the query needs more than \(limits.memory >> 20) MiB; what was read until then was looked at")
        return false
    }

    /// Lets go of memory that was held.
    func release(_ bytes: Int) { memory -= bytes }

    /// - Returns: whether to read on.
    func mayGoOn() throws(SearchError) -> Bool {
        if cancellation?.isCancelled == true { throw .cancelled }
        guard clock.steady() - began > limits.time else { return true }
        stop("the time for a query is over; what was read until then was looked at")
        return false
    }

    /// What is read is not all there is; who says so has said why.
    func endEarly() { isPartial = true }

    private func stop(_ message: String) {
        isPartial = true
        warnings.add(message)
    }

    var tookMilliseconds: Int { Int((clock.steady() - began).nanoseconds / 1_000_000) }
}

/// One step of a running query: takes rows, and gives rows to the step behind it.
class ESQLStage {
    let run: ESQLRun
    let next: ESQLStage?

    init(_ run: ESQLRun, _ next: ESQLStage?) {
        self.run = run
        self.next = next
    }

    /// - Returns: whether more rows are wanted.
    func accept(_ batch: ESQLBatch) throws(SearchError) -> Bool { true }

    /// There are no more rows.
    func end() throws(SearchError) { try next?.end() }

    final func pass(_ batch: ESQLBatch) throws(SearchError) -> Bool {
        guard let next, batch.count > 0 else { return true }
        return try next.accept(batch)
    }
}

extension ESQLPlan {
    /// The first stage of steps whose last one gives to `sink`.
    static func stages(_ steps: [ESQLStep], width: Int, outputLimit: Int?, _ run: ESQLRun, _ sink: ESQLStage)
        -> ESQLStage
    {
        var stage = sink
        for place in steps.indices.reversed() {
            switch steps[place] {
            case .filter(let term): stage = ESQLFilterStage(term, run, stage)
            case .eval(let assigned): stage = ESQLEvalStage(assigned, run, stage)
            case .stats(let stats):
                stage =
                    stats.keepsRows
                    ? ESQLInlineStatsStage(stats, width, run, stage) : ESQLStatsStage(stats, width, run, stage)
            case .sort(let keys):
                let limit = rowsWanted(behind: place, of: steps, outputLimit)
                stage = ESQLSortStage(keys, limit: limit, width, run, stage)
            case .limit(let count, let groups): stage = ESQLLimitStage(count, groups, run, stage)
            case .expand(let from, let into): stage = ESQLExpandStage(from, into, run, stage)
            case .extract(let term, let extraction, let numbers):
                stage = ESQLExtractStage(term, extraction, numbers, run, stage)
            case .join(let join): stage = ESQLJoinStage(join, run, stage)
            case .fork(let branches):
                stage = ESQLForkStage(branches, width: width, outputLimit: outputLimit, run, stage)
            case .sample(let share): stage = ESQLSampleStage(share, run, stage)
            }
        }
        return stage
    }

    /// How many of its first rows a step needs to give, if that is known.
    static func rowsWanted(behind place: Int, of steps: [ESQLStep], _ outputLimit: Int?) -> Int? {
        for step in steps[(place + 1)...] {
            switch step {
            case .eval, .extract: continue
            case .limit(let count, let groups): return groups.isEmpty ? count : nil
            default: return nil
            }
        }
        return outputLimit
    }
}
