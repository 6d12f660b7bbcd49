import Events
import Platform
import TestKit
import Testing

@testable import Query

/// How EQL is read, written, and asked of documents, against other readings of the same rules.
@Suite struct `EQL as text and as a filter` {
    @Test(arguments: 1...400)
    func `Is read as it was written, whatever it says`(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let expression = RandomEQL.expression(&dice, depth: 4)
        let text = "any where \(expression)"
        let query = try EQL.parse(text)
        guard case .event(let filter) = query.form else { return #expect(Bool(false), "no event") }
        #expect(filter.condition == expression, "seed \(seed): \(text)")
    }

    @Test(arguments: 1...500)
    func `Holds where its words say so, and the store's filter lets it through`(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let condition = dice.condition(depth: 3)
        let query = try EQL.parse("any where \(condition)")
        guard case .event(let form) = query.form else { return #expect(Bool(false), "no event") }
        let plan = try query.resolved(schema: .sample, now: .sample)
        guard case .event(let resolved) = plan.form else { return #expect(Bool(false), "no event") }
        for _ in 0..<20 {
            let document = dice.document()
            let holds = resolved.holds(for: document)
            let expected = EQLOracle(document: document).answer(form.condition)
            #expect(holds == (expected == true), "seed \(seed): \(condition) of \(document.fields)")
            if holds { #expect(plan.filter.matches(document), "seed \(seed): \(condition): \(plan.filter)") }
        }
    }

    /// Where a filter of the store can say all of it, it is the same: nothing is looked at in vain.
    @Test(arguments: [
        "user.name == \"a\" and not event.action : (\"x*\", \"y\")",
        "http.response.status_code >= 200 or tags in (\"a\")",
        "not (user.name like \"a*b\" or startsWith(url.domain, \"api.\"))", "cidrMatch(source.ip, \"10.0.0.0/8\")",
        "user.name != null and ?vendor.none == null", "@timestamp > \"now-1d\" and user.is_admin",
        "not user.is_admin == false",
        "stringContains~(tags, \"A\") or anthropic.audit.metadata.k == \"b\"",
        "?vendor.count > 7 and not ?vendor.color == \"a\"",
    ])
    func `Is a filter of the store where that is possible`(_ condition: String) throws {
        func plan(_ condition: String) throws -> EQLPlan {
            try EQL.parse("any where \(condition)").resolved(schema: .sample, now: .sample)
        }
        let (filter, opposite) = (try plan(condition).filter, try plan("not (\(condition))").filter)
        #expect(Filter.notOf(filter) == opposite || filter == Filter.notOf(opposite), "\(filter)\n\(opposite)")
        #expect(filter != .everything)
    }

    @Test func `What no filter can say is looked at one by one`() throws {
        for condition in ["length(user.name) > 3", "user.name regex \"a+\"", "sizes + 1 == 2"] {
            let plan = try EQL.parse("any where \(condition)").resolved(schema: .sample, now: .sample)
            #expect(plan.filter == .everything, "\(condition)")
        }
        let plan = try EQL.parse("any where user.name == \"a\" and length(user.name) > 3")
            .resolved(schema: .sample, now: .sample)
        #expect("\(plan.filter)" == "user.name is \"a\"")
    }

    /// Nothing that somebody may send costs more than its length, nor ends the process.
    @Test func `Has limits`() {
        func deep(_ open: String, _ close: String, _ count: Int) -> String {
            "any where " + String(repeating: open, count: count) + "true" + String(repeating: close, count: count)
        }
        #expect(throws: Never.self) { try EQL.parse(deep("(", ")", 100)) }
        for text in [
            deep("(", ")", 5_000), deep("f(", ")", 5_000), deep("not ", "", 5_000), deep("-", "", 5_000),
            deep("1 + ", "", 5_000), "any where a in (1" + String(repeating: ",1", count: 20_000) + ")",
            "sequence" + String(repeating: " [any where true]", count: 5_000),
            "sequence [any where true] with runs=100 [any where true] with runs=100 [any where true] with runs=100",
            "sequence by " + Array(repeating: "a", count: 40).joined(separator: ", ")
                + " [any where true] [any where true]",
            String(repeating: " ", count: 300_000),
        ] {
            #expect(throws: QueryError.self, "\(text.prefix(40))") { try EQL.parse(text) }
        }
    }

    /// An event with many values in each of many keys has a bound, too.
    @Test func `The keys of one event have a bound`() throws {
        let query = try EQL.parse("sequence by tags, ?vendor.color [any where true] [any where true]")
        let plan = try query.resolved(schema: .sample, now: .sample)
        let values = (0..<100).map { FieldValue.text("\($0)") }
        let document = SampleDocument(["tags": values, "vendor.color": values])
        #expect(plan.hits(document).map(\.keys.count) == [64, 64])
    }

    /// The shapes of rules that detection is written in: they are read, and their fields are Docket's own.
    @Test(arguments: [
        """
        sequence by user.email, source.ip with maxspan=30m
          [any where event.dataset == "anthropic.audit" and event.action in ("sso_login_failed", "other_login_failed")] with runs=3
          [any where event.dataset == "anthropic.audit" and event.action in ("sso_login_succeeded")]
        """,
        """
        sequence by organization.id with maxspan=4h
          [any where event.action == "org_sso_toggled" and anthropic.audit.enabled == false]
          [any where event.action == "magic_link_login_succeeded"]
        until [any where event.action == "org_sso_toggled" and anthropic.audit.enabled == true]
        """,
        """
        sequence by user.email with maxspan=1h
          [authentication where event.dataset != "anthropic.audit" and (event.outcome == "failure" or ?event.risk_score >= 70)]
          [any where event.action == "api_key_created"]
        """,
        """
        sequence by claude_code.events.session.id with maxspan=15m
          [any where ?claude_code.events.tool_name in ("WebFetch", "mcp_tool") or ?claude_code.events.mcp_server_name != null]
          [any where ?file.path like~ ("*/.ssh/*", "*.pem") or ?process.command_line like~ ("*.ssh/id_*", "printenv*")]
          [any where ?process.command_line like~ ("*curl*", "* nc *")]
        """,
    ])
    func `Rules are read`(_ text: String) throws {
        let query = try EQL.parse(text)
        #expect(try EQL.parse(query.description).form == query.form)
        let plan = try query.resolved(schema: FieldSchema(.standard), now: .sample)
        #expect(plan.filter != .everything && plan.filter != .nothing)
    }
}

/// Expressions made at random.
private enum RandomEQL {
    private static let nowhere = SourceSpan(0, 0)

    static func expression(_ dice: inout Dice, depth: Int) -> EQLExpression {
        EQLExpression(form: form(&dice, depth: depth), span: nowhere)
    }

    private static func form(_ dice: inout Dice, depth: Int) -> EQLExpression.Form {
        func part() -> EQLExpression { expression(&dice, depth: depth - 1) }
        func parts(_ least: Int) -> [EQLExpression] { (0..<least + dice.roll(2)).map { _ in part() } }
        guard depth > 0 else { return leaf(&dice) }
        switch dice.roll(11) {
        case 0: return .all(parts(2))
        case 1: return .any(parts(2))
        case 2: return .not(part())
        case 3: return .comparison(dice.pick(EQLComparison.allCases), part(), part())
        case 4, 5: return .arithmetic(dice.pick(Arithmetic.allCases), part(), part())
        case 6: return .negative(part())
        case 7: return .isIn(part(), parts(1), isCaseless: dice.roll(2) == 0)
        case 8:
            let patterns = (0...dice.roll(2)).map { _ in EQLLiteral.string(dice.pick(["a*", "\\\"?\n", ""])) }
            return .matches(part(), dice.pick(EQLMatching.allCases), patterns)
        case 9: return .call(dice.pick(["length", "f"]), isCaseless: dice.roll(2) == 0, parts(0))
        default: return leaf(&dice)
        }
    }

    private static func leaf(_ dice: inout Dice) -> EQLExpression.Form {
        switch dice.roll(4) {
        case 0:
            .field(
                dice.pick(["a", "user.name", "@timestamp", "odd name", "x.by.y", "not", "`", "a..b"]),
                isOptional: dice.roll(2) == 0)
        case 1: .literal(dice.pick([.null, .boolean(true), .string("é\n\"\\"), .string("")]))
        case 2: .literal(dice.pick([.integer(0), .integer(-5), .integer(.max), .integer(.min)]))
        default: .literal(dice.pick([.double(1.5), .double(-1e-7), .double(1e300), .double(-0.0)]))
        }
    }
}

extension Dice {
    /// The text of a condition that suits the sample schema.
    fileprivate mutating func condition(depth: Int) -> String {
        guard depth > 0, roll(4) > 0 else { return conditionTest() }
        switch roll(3) {
        case 0: return "(\(condition(depth: depth - 1)) and \(condition(depth: depth - 1)))"
        case 1: return "(\(condition(depth: depth - 1)) or \(condition(depth: depth - 1)))"
        default: return "not (\(condition(depth: depth - 1)))"
        }
    }

    private mutating func conditionTest() -> String {
        let sign = pick(["==", "!=", "<", "<=", ">", ">="])
        let name = pick(["event.action", "user.name", "tags", "message", "?vendor.color", "anthropic.audit.metadata.k"])
        let number = pick(["http.response.status_code", "sizes", "cost.usd"])
        let value = QuotedText.of(text())
        switch roll(10) {
        case 0: return "\(pick([name, number, "user.is_admin"])) \(pick(["==", "!="])) null"
        case 1, 2: return "\(name) \(sign) \(value)"
        case 3: return "\(value) \(sign) \(name)"
        case 4: return "\(number) \(sign) \(roll(4))\(pick(["", ".5"]))"
        case 5: return "\(name) \(pick(["in", "in~", "not in"])) (\(value), \(QuotedText.of(text())))"
        case 6, 7:
            let patterns = (0...roll(2)).map { _ in
                QuotedText.of(pick(["*", "?", ""]) + text() + pick(["*", "?", ""]))
            }
            return "\(name) \(pick([":", "like", "like~"])) (\(patterns.joined(separator: ", ")))"
        case 8: return "user.is_admin\(pick(["", " == true", " == false", " != true"]))"
        default: return "\(number) \(sign) null"
        }
    }
}

/// Conditions over the tree as it was read, without plans, filters or types.
private struct EQLOracle {
    let document: SampleDocument

    /// - Returns: `nil` where it is neither true nor false.
    func answer(_ expression: EQLExpression) -> Bool? {
        switch expression.form {
        case .all(let parts):
            let answers = parts.map(answer)
            return answers.contains(false) ? false : answers.contains(nil) ? nil : true
        case .any(let parts):
            let answers = parts.map(answer)
            return answers.contains(true) ? true : answers.contains(nil) ? nil : false
        case .not(let part): return answer(part).map { !$0 }
        case .field: return values(expression).contains(.boolean(true))
        case .comparison(let sign, let left, let right):
            let (field, wanted) = if case .literal = left.form { (right, left) } else { (left, right) }
            let found = values(field)
            // What no schema knows is null where it is missing, and no comparison with null holds.
            if case .field(_, true) = field.form, found.isEmpty, !values(wanted).isEmpty { return false }
            if case .literal = left.form { return compare(found, sign.mirrored, values(left).first) }
            return compare(found, sign, values(right).first)
        case .isIn(let left, let list, let isCaseless):
            let wanted = list.flatMap(values).map { folded($0.text, isCaseless) }
            return values(left).contains { wanted.contains(folded($0.text, isCaseless)) }
        case .matches(let left, let matching, let patterns):
            let isCaseless = matching.letters == .ignored
            let globs = patterns.map { pattern -> [Character] in
                guard case .string(let text) = pattern else { return [] }
                return Array(folded(text, isCaseless))
            }
            return values(left).contains { value in
                globs.contains { Self.fits($0[...], Array(folded(value.text, isCaseless))[...]) }
            }
        default: return nil
        }
    }

    private func compare(_ left: [FieldValue], _ sign: EQLComparison, _ right: FieldValue?) -> Bool? {
        guard let right else {
            return sign == .equal ? left.isEmpty : sign == .notEqual ? !left.isEmpty : nil
        }
        if sign == .notEqual { return compare(left, .equal, right).map { !$0 } }
        return left.contains { value in
            let order: Int? =
                switch (value, right) {
                case (.text(let left), .text(let right)):
                    left == right ? 0 : Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8)) ? -1 : 1
                case (.boolean(let left), .boolean(let right)): left == right ? 0 : 1
                default: number(value).flatMap { left in number(right).map { left < $0 ? -1 : left == $0 ? 0 : 1 } }
                }
            guard let order else { return false }
            return switch sign {
            case .equal, .notEqual: order == 0
            case .less: order < 0
            case .atMost: order <= 0
            case .greater: order > 0
            case .atLeast: order >= 0
            }
        }
    }

    private func number(_ value: FieldValue) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    private func values(_ expression: EQLExpression) -> [FieldValue] {
        switch expression.form {
        case .field(let name, _): document.fields[name] ?? []
        case .literal(.string(let text)): [.text(text)]
        case .literal(.integer(let number)): [.integer(number)]
        case .literal(.double(let number)): [.double(number)]
        case .literal(.boolean(let flag)): [.boolean(flag)]
        default: []
        }
    }

    private func folded(_ text: String, _ isCaseless: Bool) -> String { isCaseless ? text.lowercased() : text }

    private static func fits(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return fits(pattern.dropFirst(), text) || (!text.isEmpty && fits(pattern, text.dropFirst()))
        }
        guard let letter = text.first else { return false }
        return (first == "?" || first == letter) && fits(pattern.dropFirst(), text.dropFirst())
    }
}
