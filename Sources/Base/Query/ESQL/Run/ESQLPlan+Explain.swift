extension ESQLPlan {
    /// What the plan asks of the engine, and the groups that it may leave to it; `nil` for a source that is no table.
    public var request: (scan: ESQLScan, stats: ESQLStats?)? {
        guard case .table(let table) = source else { return nil }
        let (scan, stats, _) = scan(table, outputLimit: nil)
        return (scan, stats)
    }
}
