/// What an aggregate computes from the values of a group.
public enum ESQLAggregateKind: Sendable, Hashable {
    /// `COUNT(*)`
    case rows
    case count, countDistinct, sum, average, minimum, maximum, values
    /// The value beside the smallest or largest of the second argument, even if it is null.
    case first, last
    /// - Range: 0 to 100.
    case percentile(Double)
    case standardDeviation, variance, medianAbsoluteDeviation, weightedAverage
    /// The first values of an order, or what the second argument has beside them.
    case top(Int, isDescending: Bool)
    case sample(Int)
    case present, absent, centroid

    var givesMany: Bool {
        switch self {
        case .values, .top, .sample, .first, .last: true
        default: false
        }
    }
}

/// An aggregate that `STATS` may name.
struct ESQLAggregateFunction: Sendable {
    typealias Made = (kind: ESQLAggregateKind, arguments: [ESQLTerm], type: ESQLType)

    let name: String
    let make: @Sendable (ESQLArguments) throws(QueryError) -> Made

    /// One argument; the type of the result may depend on it.
    init(
        _ name: String, _ kind: ESQLAggregateKind, _ types: ESQLTypes,
        _ gives: @escaping @Sendable (ESQLType) -> ESQLType
    ) {
        self.init(name) { arguments throws(QueryError) in
            try arguments.count(1...1)
            let term = try arguments.term(0, types)
            return (kind, [term], gives(term.type))
        }
    }

    init(_ name: String, make: @escaping @Sendable (ESQLArguments) throws(QueryError) -> Made) {
        self.name = name
        self.make = make
    }
}

enum ESQLAggregates {
    static let named: [String: ESQLAggregateFunction] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static let ordered: ESQLTypes = [.boolean, .number, .string, .date, .ip, .version]
    private static let plainNumber: ESQLTypes = [.integer, .long, .double]

    static let all: [ESQLAggregateFunction] = [
        ESQLAggregateFunction("COUNT") { arguments throws(QueryError) in
            try arguments.count(0...1)
            guard !arguments.terms.isEmpty else { return (.rows, [], .long) }
            return (.count, [try arguments.term(0, .anything)], .long)
        },
        ESQLAggregateFunction("COUNT_DISTINCT") { arguments throws(QueryError) in
            try arguments.count(1...2)
            // The precision of an estimate; ours is none.
            if arguments.terms.count > 1 { _ = try arguments.constant(1, [.whole, .unsignedLong]) }
            return (.countDistinct, [try arguments.term(0, ordered)], .long)
        },
        ESQLAggregateFunction("SUM", .sum, plainNumber) { $0 == .double || $0 == .null ? $0 : .long },
        ESQLAggregateFunction("AVG", .average, plainNumber) { _ in .double },
        ESQLAggregateFunction("MIN", .minimum, ordered) { $0.computed },
        ESQLAggregateFunction("MAX", .maximum, ordered) { $0.computed },
        ESQLAggregateFunction("VALUES", .values, .anything) { $0.computed },
        ESQLAggregateFunction("MEDIAN", .percentile(50), plainNumber) { _ in .double },
        ESQLAggregateFunction("PERCENTILE") { arguments throws(QueryError) in
            try arguments.count(2...2)
            let share = try arguments.constant(1, plainNumber).number
            guard (0...100).contains(share) else {
                throw arguments.error("a percentile is between 0 and 100", at: arguments.terms[1].span)
            }
            return (.percentile(share), [try arguments.term(0, plainNumber)], .double)
        },
        ESQLAggregateFunction("STD_DEV", .standardDeviation, plainNumber) { _ in .double },
        ESQLAggregateFunction("VARIANCE", .variance, plainNumber) { _ in .double },
        ESQLAggregateFunction("STD_VAR", .variance, plainNumber) { _ in .double },
        ESQLAggregateFunction("MEDIAN_ABSOLUTE_DEVIATION", .medianAbsoluteDeviation, plainNumber) { _ in .double },
        ESQLAggregateFunction("WEIGHTED_AVG") { arguments throws(QueryError) in
            try arguments.count(2...2)
            return (
                .weightedAverage, [try arguments.term(0, plainNumber), try arguments.term(1, plainNumber)], .double
            )
        },
        ESQLAggregateFunction("FIRST") { arguments throws(QueryError) in try beside(arguments, .first) },
        ESQLAggregateFunction("LAST") { arguments throws(QueryError) in try beside(arguments, .last) },
        ESQLAggregateFunction("TOP") { arguments throws(QueryError) in
            try arguments.count(2...4)
            let term = try arguments.term(0, ordered)
            let limit = try limit(arguments)
            var isDescending = false
            if arguments.terms.count > 2 {
                let order = try arguments.constant(2, .string).string.lowercased()
                guard order == "asc" || order == "desc" else {
                    throw arguments.error(
                        "Invalid order value in [\(arguments.context.source.text(arguments.span))], expected [ASC, DESC] "
                            + "but got [\(order)]", at: arguments.terms[2].span)
                }
                isDescending = order == "desc"
            }
            let kind = ESQLAggregateKind.top(limit, isDescending: isDescending)
            guard arguments.terms.count > 3 else { return (kind, [term], term.type.computed) }
            let output = try arguments.term(3, .anything)
            // What stands beside a value of a column in the same column is that value.
            if case .column(let number) = term.form, case .column(number) = output.form {
                return (kind, [term], term.type.computed)
            }
            return (kind, [term, output], output.type.computed)
        },
        ESQLAggregateFunction("SAMPLE") { arguments throws(QueryError) in
            try arguments.count(2...2)
            let term = try arguments.term(0, .anything)
            return (.sample(try limit(arguments)), [term], term.type.computed)
        },
        ESQLAggregateFunction("PRESENT", .present, .anything) { _ in .boolean },
        ESQLAggregateFunction("ABSENT", .absent, .anything) { _ in .boolean },
        ESQLAggregateFunction("ST_CENTROID_AGG", .centroid, .point) { _ in .geoPoint },
    ]

    private static func beside(
        _ arguments: ESQLArguments, _ kind: ESQLAggregateKind
    ) throws(QueryError) -> ESQLAggregateFunction.Made {
        try arguments.count(2...2)
        let term = try arguments.term(0, .anything)
        let key = arguments.context.settled(try arguments.term(1, ordered))
        return (kind, [term, key], term.type.computed)
    }

    private static func limit(_ arguments: ESQLArguments) throws(QueryError) -> Int {
        let limit = try arguments.constant(1, .whole).whole
        guard (1...10_000).contains(limit) else {
            throw arguments.error("Limit must be greater than 0 and at most 10000", at: arguments.terms[1].span)
        }
        return Int(limit)
    }
}
