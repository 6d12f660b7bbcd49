/// Different whole numbers, counted as the bits of words.
///
/// Numbers of events lie close together, so those of a session are a few words of 64 bits, where a set of them is an entry
/// each: over the months of a store the words take a quarter of the time. Numbers that lie far apart are a word each,
/// which costs no more than the set.
extension DuckDBTerms {
    /// Aggregates in two steps.
    public struct Words: Sendable {
        /// What rows of a group are told apart by in the first step: the upper bits of the number.
        public let word: String
        /// Of the rows of a group and a word, called `a0`, `a1`, …
        public let first: [String]
        /// Of the words of a group.
        public let second: [String]
    }

    /// - Returns: `nil` when not exactly one of the aggregates counts different whole numbers, or when another one cannot be
    ///   had in two steps.
    public func words(_ aggregates: [ESQLAggregation], _ builder: inout SQLBuilder) -> Words? {
        let counts = aggregates.filter { $0.kind == .countDistinct }
        guard counts.count == 1, let number = counts[0].arguments.first, number.type == .integer || number.type == .long
        else { return nil }
        return builder.attempt { builder in
            guard let sql = exact(number, &builder) else { return nil }
            var (first, second): ([String], [String]) = ([], [])
            for (place, aggregation) in aggregates.enumerated() {
                let name = "a\(place)"
                guard let part = part(aggregation, sql, &builder), let whole = Self.whole(aggregation.kind, name) else {
                    return nil
                }
                first.append("\(part) AS \(name)")
                second.append(whole)
            }
            return Words(word: "\(sql) >> 6", first: first, second: second)
        }
    }

    private func part(_ aggregation: ESQLAggregation, _ number: String, _ builder: inout SQLBuilder) -> String? {
        guard aggregation.kind == .countDistinct else { return aggregate(aggregation, &builder) }
        guard let condition = condition(of: aggregation, &builder) else { return nil }
        return "bit_or(1::UBIGINT << (\(number) & 63))\(Self.filter(condition))"
    }

    private static func whole(_ kind: ESQLAggregateKind, _ part: String) -> String? {
        switch kind {
        case .rows, .count: "coalesce(sum(\(part)), 0)::BIGINT"
        case .countDistinct: "coalesce(sum(bit_count(\(part))), 0)::BIGINT"
        case .minimum: "min(\(part))"
        case .maximum: "max(\(part))"
        case .values: "list_distinct(flatten(list(\(part))))"
        default: nil
        }
    }
}
