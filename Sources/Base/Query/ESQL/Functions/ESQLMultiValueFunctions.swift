import Glibc

/// Functions that see all values of a cell.
enum ESQLMultiValueFunctions {
    private static let ordered: ESQLTypes = [.boolean, .number, .string, .date, .ip, .version]

    static let all: [ESQLFunction] = [
        ESQLFunction("MV_COUNT", .anything, gives: .integer, .whole) { .integer(Int64($0.count)) },
        same("MV_FIRST") { values, _ in values[0] },
        same("MV_LAST") { values, _ in values[values.count - 1] },
        same("MV_MIN", ordered) { values, order in values.min { order($0, $1) < 0 } ?? .null },
        same("MV_MAX", ordered) { values, order in values.max { order($0, $1) < 0 } ?? .null },
        same("MV_DEDUPE", givesMany: true) { values, _ in
            var seen: Set<ESQLValue> = []
            return ESQLValue(values.filter { seen.insert($0).inserted })
        },
        ESQLFunction("MV_SORT") { arguments throws(QueryError) in
            try arguments.count(1...2)
            let term = try arguments.term(0, ordered)
            var sign = 1
            if arguments.terms.count > 1 {
                let order = try arguments.constant(1, .string).string.lowercased()
                guard order == "asc" || order == "desc" else {
                    throw arguments.error(
                        "Invalid order value in [\(arguments.context.source.text(arguments.span))], expected one of "
                            + "[ASC, DESC] but got [\(order)]", at: arguments.terms[1].span)
                }
                if order == "desc" { sign = -1 }
            }
            let compare = term.type.order
            return arguments.call(
                term.type.computed, .whole,
                .one { [sign] value in ESQLValue(value.elements.sorted { compare($0, $1) * sign < 0 }) }, [term],
                givesMany: true)
        },
        ESQLFunction("MV_CONCAT", .string, .string, gives: .keyword, .whole) { values, separator in
            .text(values.elements.map(\.string).joined(separator: separator.string))
        },
        ESQLFunction("MV_SUM", [.integer, .long, .double, .unsignedLong], .whole) { type in
            (type, { (value) throws(ESQLProblem) in try sum(value.elements, type) })
        },
        ESQLFunction("MV_AVG", .number, gives: .double, .whole) { value in
            var sum = CompensatedSum()
            for element in value.elements { sum.add(element.number) }
            return .double(sum.value / Double(value.count))
        },
        ESQLFunction("MV_MEDIAN", .number, .whole) { type in
            (
                type,
                { value in
                    let sorted = value.elements.sorted { $0.order(against: $1) < 0 }
                    let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
                    switch (low, high) {
                    case (.double(let low), .double(let high)): return .double((low + high) / 2)
                    case (.unsigned(let low), .unsigned(let high)):
                        return .unsigned(low / 2 + high / 2 + (low & high & 1))
                    default: return .integer(Int64((Int128(low.whole) + Int128(high.whole)).flooredDivision(by: 2)))
                    }
                }
            )
        },
        ESQLFunction("MV_MEDIAN_ABSOLUTE_DEVIATION", [.integer, .long, .double], .whole) { type in
            (
                type,
                { value in
                    let result = Percentile.medianDeviation(of: value.elements.map(\.number))
                    return type == .double ? .double(result) : .integer(Int64(result))
                }
            )
        },
        ESQLFunction("MV_PERCENTILE") { arguments throws(QueryError) in
            try arguments.count(2...2)
            let term = try arguments.term(0, [.integer, .long, .double])
            let type = term.type
            return arguments.call(
                type, .whole,
                .two { (value, share) throws(ESQLProblem) in
                    guard (0...100).contains(share.number) else {
                        throw ESQLProblem(
                            "Percentile parameter must be a number between 0 and 100, found [\(ESQLConversion.text(share.number))]"
                        )
                    }
                    let result = Percentile.value(share.number, of: value.elements.map(\.number))
                    return type == .double ? .double(result) : .integer(Int64(result))
                }, [term, try arguments.term(1, [.integer, .long, .double])])
        },
        ESQLFunction("MV_SLICE") { arguments throws(QueryError) in
            try arguments.count(2...3)
            let term = try arguments.term(0, .anything)
            let start = try arguments.term(1, [.integer, .long])
            let end = arguments.terms.count > 2 ? try arguments.term(2, [.integer, .long]) : start
            return arguments.call(
                term.type.computed, .whole,
                .three { (values, start, end) throws(ESQLProblem) in try slice(values.elements, start.whole, end.whole)
                },
                [term, start, end], givesMany: true)
        },
        ESQLFunction("MV_ZIP") { arguments throws(QueryError) in
            try arguments.count(2...3)
            let terms = [
                try arguments.term(0, .string), try arguments.term(1, .string),
                try arguments.term(2, .string, default: .text(","), .keyword),
            ]
            return arguments.call(
                .keyword, .raw,
                .three { first, second, separator in
                    if separator.isNull { return .null }
                    let (left, right) = (first.elements, second.elements)
                    return ESQLValue(
                        (0..<max(left.count, right.count)).map { place in
                            if place >= left.count { return right[place] }
                            if place >= right.count { return left[place] }
                            return .text(left[place].string + separator.string + right[place].string)
                        })
                }, terms, givesMany: true)
        },
        two("MV_APPEND", givesNullForNull: true) { left, right throws(ESQLProblem) in
            // Else a query of a few lines, each of which doubles its column, fills any memory.
            guard left.count + right.count <= valueLimit else {
                throw ESQLProblem("more than [\(valueLimit)] values in one cell are not supported")
            }
            return ESQLValue(left.elements + right.elements)
        },
        two("MV_UNION") { left, right in
            var seen: Set<ESQLValue> = []
            return ESQLValue((left.elements + right.elements).filter { seen.insert($0).inserted })
        },
        two("MV_INTERSECTION") { left, right in
            let other = Set(right.elements)
            var seen: Set<ESQLValue> = []
            return ESQLValue(left.elements.filter { other.contains($0) && seen.insert($0).inserted })
        },
        two("MV_DIFFERENCE") { left, right in
            let other = Set(right.elements)
            return ESQLValue(left.elements.filter { !other.contains($0) })
        },
        // Every value of the second is in the first; nothing is in everything.
        two("MV_CONTAINS", gives: .boolean) { left, right in
            .boolean(Set(right.elements).isSubset(of: left.elements))
        },
        two("MV_INTERSECTS", aliases: ["MV_OVERLAPS"], gives: .boolean) { left, right in
            .boolean(!Set(right.elements).isDisjoint(with: left.elements))
        },
        ESQLFunction("MV_PSERIES_WEIGHTED_SUM", .double, .double, gives: .double, .whole) {
            values, power throws(ESQLProblem) in
            var sum = CompensatedSum()
            for (place, value) in values.elements.enumerated() {
                sum.add(value.number / pow(Double(place + 1), power.number))
            }
            return .double(sum.value)
        },
    ]

    /// Gives what it takes.
    private static func same(
        _ name: String, _ types: ESQLTypes = .anything, givesMany: Bool = false,
        _ body: @escaping @Sendable ([ESQLValue], (ESQLValue, ESQLValue) -> Int) -> ESQLValue
    ) -> ESQLFunction {
        ESQLFunction(name) { arguments throws(QueryError) in
            try arguments.count(1...1)
            let term = try arguments.term(0, types)
            let compare = term.type.order
            return arguments.call(
                term.type.computed, .whole, .one { body($0.elements, compare) }, [term], givesMany: givesMany)
        }
    }

    /// Two arguments of one type.
    /// Of one cell.
    private static let valueLimit = 100_000

    private static func two(
        _ name: String, aliases: [String] = [], gives type: ESQLType? = nil, givesNullForNull: Bool = false,
        _ body: @escaping @Sendable (ESQLValue, ESQLValue) throws(ESQLProblem) -> ESQLValue
    ) -> ESQLFunction {
        let kernel: ESQLKernel.Two = { left, right throws(ESQLProblem) in
            givesNullForNull && (left.isNull || right.isNull) ? .null : try body(left, right)
        }
        return ESQLFunction(name, aliases: aliases) { arguments throws(QueryError) in
            try arguments.count(2...2)
            var left = try arguments.term(0, .anything)
            var right = arguments.terms[1]
            if left.type == .keyword, left.constant != nil {
                left = try arguments.context.converted(left, to: ESQLTypes(right.type)) ?? left
            }
            if !right.type.isText || !left.type.isText {
                right = try arguments.context.converted(right, to: ESQLTypes(left.type)) ?? right
            }
            guard let joined = left.type.joined(with: right.type) else {
                throw arguments.error(
                    "second argument of [\(arguments.context.source.text(arguments.span))] must be [\(left.type.computed.messageName)], "
                        + "found value [\(arguments.context.source.text(right.span))] type [\(right.type.messageName)]")
            }
            let context = arguments.context
            return arguments.call(
                type ?? joined.computed, .raw, .two(kernel),
                [context.widened(left, to: joined), context.widened(right, to: joined)], givesMany: type == nil)
        }
    }

    private static func sum(_ values: [ESQLValue], _ type: ESQLType) throws(ESQLProblem) -> ESQLValue {
        switch type {
        case .double:
            var sum = CompensatedSum()
            for value in values { sum.add(value.number) }
            return .double(sum.value)
        case .unsignedLong:
            var sum: UInt64 = 0
            for case .unsigned(let number) in values {
                let (next, overflow) = sum.addingReportingOverflow(number)
                if overflow { throw ESQLProblem("unsigned_long overflow") }
                sum = next
            }
            return .unsigned(sum)
        default:
            let sum = values.reduce(Int128(0)) { $0 + Int128($1.whole) }
            if type == .integer {
                guard let small = Int32(exactly: sum) else { throw ESQLProblem("integer overflow") }
                return .integer(Int64(small))
            }
            guard let exact = Int64(exactly: sum) else { throw ESQLProblem("long overflow") }
            return .integer(exact)
        }
    }

    /// Both ends belong to it; a negative place is counted from the end.
    private static func slice(_ values: [ESQLValue], _ start: Int64, _ end: Int64) throws(ESQLProblem) -> ESQLValue {
        if start > end { throw ESQLProblem("Start offset is greater than end offset") }
        if start < 0, end >= 0 { throw ESQLProblem("Start and end offset have different signs") }
        let count = Int64(values.count)
        let from = start < 0 ? count &+ start : start
        let to = end < 0 ? count &+ end : end
        let lower = max(0, from)
        let upper = min(count - 1, to)
        return lower > upper ? .null : ESQLValue(Array(values[Int(lower)...Int(upper)]))
    }
}
