/// Functions that choose among their arguments.
enum ESQLConditionalFunctions {
    static let all: [ESQLFunction] = [
        ESQLFunction("CASE") { arguments throws(QueryError) in
            try arguments.count(2...Int.max)
            var branches: [ESQLBranch] = []
            var otherwise: ESQLTerm?
            var place = 0
            while place < arguments.terms.count {
                guard place + 1 < arguments.terms.count else {
                    otherwise = arguments.terms[place]
                    break
                }
                branches.append(
                    ESQLBranch(
                        condition: try arguments.term(place, .boolean),
                        value: arguments.terms[place + 1]))
                place += 2
            }
            let last = otherwise ?? ESQLTerm(.constant(.null), .null, at: arguments.span)
            let values = branches.map(\.value) + [last]
            if values.contains(where: \.type.isSpan), let chosen = chosen(branches, otherwise: last) { return chosen }
            let type = try common(values, arguments)
            let context = arguments.context
            return context.folded(
                ESQLTerm(
                    .choose(
                        branches.map {
                            ESQLBranch(condition: $0.condition, value: context.widened($0.value, to: type))
                        },
                        otherwise: context.widened(last, to: type)), type,
                    mayBeMany: values.contains { $0.mayBeMany }, at: arguments.span))
        },
        ESQLFunction("COALESCE") { arguments throws(QueryError) in
            try arguments.count(1...Int.max)
            let type = try common(arguments.terms, arguments)
            let context = arguments.context
            return context.folded(
                ESQLTerm(
                    .firstPresent(arguments.terms.map { context.widened($0, to: type) }), type,
                    mayBeMany: arguments.terms.contains { $0.mayBeMany }, at: arguments.span))
        },
        extreme("GREATEST", sign: 1), extreme("LEAST", sign: -1),
        clamp("CLAMP", 3...3) { value, bounds, order in
            let high = order(value, bounds[0]) < 0 ? bounds[0] : value
            return order(high, bounds[1]) > 0 ? bounds[1] : high
        },
        clamp("CLAMP_MIN", 2...2) { value, bounds, order in order(value, bounds[0]) < 0 ? bounds[0] : value },
        clamp("CLAMP_MAX", 2...2) { value, bounds, order in order(value, bounds[0]) > 0 ? bounds[0] : value },
        ESQLFunction("NOW") { arguments throws(QueryError) in
            try arguments.count(0...0)
            return ESQLTerm(.constant(.integer(arguments.context.now)), .date, at: arguments.span)
        },
    ]

    /// The branch that is taken in all rows: a length of time is a constant, and so is the choice of one.
    private static func chosen(_ branches: [ESQLBranch], otherwise: ESQLTerm) -> ESQLTerm? {
        for branch in branches {
            guard let condition = branch.condition.constant else { return nil }
            if condition.bool == true { return branch.value }
        }
        return otherwise
    }

    /// The type that all values can have.
    private static func common(_ terms: [ESQLTerm], _ arguments: ESQLArguments) throws(QueryError) -> ESQLType {
        var type = ESQLType.null
        for (place, term) in terms.enumerated() {
            guard let joined = type.joined(with: term.type), !term.type.isSpan else {
                let which = ["first", "second", "third", "fourth", "fifth"]
                let name = terms.count == arguments.terms.count && place < 5 ? which[place] + " " : ""
                throw arguments.error(
                    "\(name)argument of [\(arguments.context.source.text(arguments.span))] must be [\(type.computed.messageName)], "
                        + "found value [\(arguments.context.source.text(term.span))] type [\(term.type.messageName)]")
            }
            type = joined
        }
        return type.computed
    }

    /// A value, or the bound that it passes.
    private static func clamp(
        _ name: String, _ count: ClosedRange<Int>,
        _ choose: @escaping @Sendable (ESQLValue, [ESQLValue], (ESQLValue, ESQLValue) -> Int) -> ESQLValue
    ) -> ESQLFunction {
        ESQLFunction(name) { arguments throws(QueryError) in
            try arguments.count(count)
            let type = try common(arguments.terms, arguments)
            let allowed: ESQLTypes = [.boolean, .number, .string, .date, .ip, .version]
            for place in arguments.terms.indices { _ = try arguments.term(place, allowed) }
            let context = arguments.context
            return arguments.call(
                type, .single, .several { values in choose(values[0], Array(values.dropFirst()), type.order) },
                arguments.terms.map { context.widened($0, to: type) })
        }
    }

    /// Of the values of all arguments; null if one is null.
    private static func extreme(_ name: String, sign: Int) -> ESQLFunction {
        ESQLFunction(name) { arguments throws(QueryError) in
            try arguments.count(1...Int.max)
            let type = try common(arguments.terms, arguments)
            let allowed: ESQLTypes = [.boolean, .number, .string, .date, .ip, .version]
            for place in arguments.terms.indices { _ = try arguments.term(place, allowed) }
            let context = arguments.context
            return arguments.call(
                type, .raw,
                .several { values in
                    guard !values.contains(where: \.isNull) else { return .null }
                    let elements = values.flatMap(\.elements)
                    return elements.dropFirst().reduce(elements[0]) { best, value in
                        type.order(value, best) * sign > 0 ? value : best
                    }
                }, arguments.terms.map { context.widened($0, to: type) })
        }
    }
}
