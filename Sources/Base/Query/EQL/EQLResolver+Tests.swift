/// Conditions.
extension EQLResolver {
    mutating func test(_ expression: EQLExpression) throws(QueryError) -> EQLTest {
        switch expression.form {
        case .all(let parts): return .allOf(try tests(parts))
        case .any(let parts): return .anyOf(try tests(parts))
        case .not(let part): return .notOf(try test(part))
        case .comparison(let comparison, let left, let right): return try compare(comparison, left, right)
        case .isIn(let value, let list, let isCaseless): return try isIn(value, list, isCaseless: isCaseless)
        case .matches(let value, let matching, let patterns):
            return try matches(value, matching, patterns, expression.span)
        case .literal, .field, .call, .negative, .arithmetic:
            let (node, kind) = try node(expression)
            guard kind == .boolean || kind == .any else {
                throw error(
                    "`\(expression)` is a \(kind.rawValue) and neither true nor false", at: expression.span,
                    hint: "compare it with something")
            }
            return truth(node)
        }
    }

    private mutating func tests(_ parts: [EQLExpression]) throws(QueryError) -> [EQLTest] {
        var tests: [EQLTest] = []
        for part in parts { tests.append(try test(part)) }
        return tests
    }

    /// That a value is true.
    private func truth(_ node: EQLNode) -> EQLTest {
        switch node {
        case .constant(let value): return .constant(value.map { $0 == .boolean(true) })
        case .test(let test): return test
        case .call(let function, let letters, let arguments):
            return Self.search(function, letters, arguments) ?? .holds(node, .equals([.boolean(true)], .exact))
        default: return .holds(node, .equals([.boolean(true)], .exact))
        }
    }

    /// Functions that a filter of the store can say.
    private static func search(_ function: EQLFunction, _ letters: LetterCase, _ arguments: [EQLNode]) -> EQLTest? {
        var constants: [FieldValue] = []
        for argument in arguments.dropFirst() {
            guard case .constant(let value?) = argument else { return nil }
            constants.append(value)
        }
        switch function {
        case .startsWith, .endsWith, .stringContains:
            let pieces = function.around(constants[0].text)
            return .holds(arguments[0], .text(.glob(Wildcard(pieces), letters)))
        case .cidrMatch:
            let networks = constants.compactMap { IPNetwork($0.text) }
            return .anyOf(networks.map { .holds(arguments[0], .isInNetwork($0)) })
        default: return nil
        }
    }

    private mutating func compare(
        _ comparison: EQLComparison, _ left: EQLExpression, _ right: EQLExpression
    ) throws(QueryError) -> EQLTest {
        let (leftNode, leftKind) = try node(left)
        let (rightNode, rightKind) = try node(right)
        if let value = rightNode.constant {
            return try compare((left, leftNode, leftKind), comparison, value, right)
        }
        if let value = leftNode.constant {
            return try compare((right, rightNode, rightKind), comparison.mirrored, value, left)
        }
        throw error(
            "`\(left)` and `\(right)` both depend on the event", at: left.span.joined(with: right.span),
            hint: "compare each of them with a constant; ES|QL compares fields")
    }

    private mutating func compare(
        _ left: (expression: EQLExpression, node: EQLNode, kind: EQLKind), _ comparison: EQLComparison,
        _ value: FieldValue?, _ place: EQLExpression
    ) throws(QueryError) -> EQLTest {
        guard let value else {
            guard case .literal(.null) = place.form, comparison == .equal || comparison == .notEqual else {
                return .constant(nil)
            }
            if case .constant(let known) = left.node { return .constant((known == nil) == (comparison == .equal)) }
            return comparison == .equal ? .isNull(left.node) : .notOf(.isNull(left.node))
        }
        if case .constant(nil) = left.node { return .constant(nil) }
        if case .boolean(let flag) = value, left.kind == .boolean, comparison == .equal || comparison == .notEqual {
            let isTrue = truth(left.node)
            // What a field says can be missing; what a test says cannot.
            if case .field = left.node {
                let isFlag = EQLTest.holds(left.node, .equals([.boolean(flag)], .exact))
                return comparison == .equal ? isFlag : .notOf(isFlag)
            }
            return flag == (comparison == .equal) ? isTrue : .notOf(isTrue)
        }
        if case .text(let text) = value, left.kind == .text || left.kind == .any, options.letters == .ignored,
            comparison != .equal, comparison != .notEqual
        {
            let comparer = EQLComparer(kind: .text, now: now, options: options)
            let test = comparer.order(comparison, .text(Words.lowercased(text)))
            return Self.folded(.holds(.folded(left.node), test))
        }
        if case .text(let text) = value, comparison == .equal || comparison == .notEqual, text.contains("*") {
            warn("`*` is no wildcard for `\(comparison.rawValue)`", at: place.span, hint: "write `:`, or `like`")
        }
        let comparer = EQLComparer(kind: left.kind, now: now, options: options)
        do throws(EQLComparer.Problem) {
            let test = try comparer.test(comparison, value)
            if test == nil {
                warn("`\(left.expression)` is a \(left.kind.rawValue), which `\(place)` is not", at: place.span)
            }
            let found: EQLTest = test.map { .holds(left.node, $0) } ?? .constant(false)
            guard comparison == .notEqual else { return Self.folded(found) }
            // A field that nobody knows is null where it is missing, and no comparison with null holds.
            if case .field(.attribute) = left.node { return .allOf([.notOf(.isNull(left.node)), .notOf(found)]) }
            return Self.folded(.notOf(found))
        } catch {
            throw self.error(error.message(left.expression.description), at: place.span, hint: error.hint)
        }
    }

    /// A test of constants is known at once.
    static func folded(_ test: EQLTest) -> EQLTest {
        switch test {
        case .holds(.folded(.constant(let value)), let test):
            .constant(value.map { test.holds(for: .text(Words.lowercased($0.text))) })
        case .holds(.constant(let value), let test): .constant(value.map { test.holds(for: $0) })
        case .matches(.constant(let value), let pattern): .constant(value.map { pattern.matches($0.text) })
        case .not(let inner): .notOf(folded(inner))
        default: test
        }
    }

    private mutating func isIn(
        _ value: EQLExpression, _ list: [EQLExpression], isCaseless: Bool
    ) throws(QueryError) -> EQLTest {
        let (node, kind) = try node(value)
        var tests: [EQLTest] = []
        for place in list {
            let (item, _) = try self.node(place)
            guard let constant = item.constant else {
                throw error("`\(place)` depends on the event", at: place.span, hint: "a list has constants")
            }
            guard let constant else { continue }
            if isCaseless, case .text = constant, kind == .text || kind == .any {
                tests.append(Self.folded(.holds(node, .equals([constant], .ignored))))
            } else {
                tests.append(try compare((value, node, kind), .equal, constant, place))
            }
        }
        return .anyOf(Self.merged(tests))
    }

    /// Values of one kind that the same is compared with become one list.
    private static func merged(_ tests: [EQLTest]) -> [EQLTest] {
        var merged: [EQLTest] = []
        for test in tests {
            if case .holds(let node, .equals(let values, let letters)) = test,
                case .holds(node, .equals(let known, letters))? = merged.last,
                EQLKind(known.first) == EQLKind(values.first)
            {
                merged[merged.count - 1] = .holds(node, .equals(known + values, letters))
            } else {
                merged.append(test)
            }
        }
        return merged
    }

    private mutating func matches(
        _ value: EQLExpression, _ matching: EQLMatching, _ patterns: [EQLLiteral], _ span: SourceSpan
    ) throws(QueryError) -> EQLTest {
        let (node, kind) = try node(value)
        var tests: [EQLTest] = []
        var globs: [EQLGlob] = []
        var expressions: [EQLRegex] = []
        for pattern in patterns {
            guard case .string(let text) = pattern else {
                let literal = EQLExpression(form: .literal(pattern), span: span)
                tests.append(try compare((value, node, kind), .equal, pattern.value, literal))
                continue
            }
            guard kind.suits(.text) || kind == .address || kind == .date else {
                throw self.error(
                    "`\(value)` is a \(kind.rawValue), and `\(matching.rawValue)` looks for \(QuotedText.of(text)) in texts",
                    at: value.span, hint: "compare it with `==`, or write `string(\(value))`")
            }
            do throws(RegexError) {
                if matching.isRegular {
                    expressions.append(try EQLRegex(text, matching.letters))
                } else {
                    let glob = try EQLGlob(text, matching.letters)
                    if glob.hasSingles {
                        globs.append(glob)
                    } else {
                        tests.append(Self.folded(.holds(node, glob.wider)))
                    }
                }
            } catch {
                throw self.error("`\(text)` is no pattern: \(error)", at: span)
            }
        }
        if !globs.isEmpty { tests.append(Self.folded(.matches(node, .globs(globs)))) }
        if !expressions.isEmpty { tests.append(Self.folded(.matches(node, .expressions(expressions)))) }
        return .anyOf(tests)
    }
}

extension EQLTest {
    /// All of these hold, said in the shortest way.
    static func allOf(_ parts: [EQLTest]) -> EQLTest {
        let kept = parts.filter { $0 != .constant(true) }
        if kept.contains(.constant(false)) { return .constant(false) }
        return kept.isEmpty ? .constant(true) : kept.count == 1 ? kept[0] : .all(kept)
    }

    /// One of these holds, said in the shortest way.
    static func anyOf(_ parts: [EQLTest]) -> EQLTest {
        let kept = parts.filter { $0 != .constant(false) }
        if kept.contains(.constant(true)) { return .constant(true) }
        return kept.isEmpty ? .constant(false) : kept.count == 1 ? kept[0] : .any(kept)
    }

    static func notOf(_ part: EQLTest) -> EQLTest {
        if case .constant(let answer) = part { return .constant(answer.map { !$0 }) }
        return .not(part)
    }
}
