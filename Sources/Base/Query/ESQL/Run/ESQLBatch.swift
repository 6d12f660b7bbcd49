/// Some rows, column by column.
public struct ESQLBatch: Sendable {
    public var count: Int
    /// By the number of the column in the plan; a column that is not here is empty.
    public var columns: [[ESQLValue]]

    public init(count: Int, columns: [[ESQLValue]]) {
        self.count = count
        self.columns = columns
    }

    /// Rows that are asked for from an engine at a time.
    static let size = 1_024

    /// The rows at these places, in this order.
    func taking(_ rows: [Int]) -> ESQLBatch {
        ESQLBatch(
            count: rows.count,
            columns: columns.map { column in column.isEmpty ? [] : rows.map { column[$0] } })
    }

    /// About how much memory it takes.
    ///
    /// - Unit: bytes.
    var size: Int {
        columns.reduce(0) { sum, column in sum + column.reduce(0) { $0 + $1.size } }
    }
}

extension ESQLValue {
    /// - Unit: bytes, roughly.
    var size: Int {
        switch self {
        case .text(let text): 24 + (text.utf8.count > 15 ? text.utf8.count + 32 : 0)
        case .many(let values): values.reduce(56) { $0 + $1.size }
        default: 24
        }
    }
}
