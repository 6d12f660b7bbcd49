import Platform
import TestKit
import Testing

@testable import Query

/// Random expressions over columns with nulls and several values, against ``ESQLOracle``.
struct ESQLPropertyTests {
    private static let columns: [ESQLRelation.Column] = [
        .init("i", .integer), .init("l", .long), .init("d", .double), .init("s", .keyword), .init("b", .boolean),
    ]

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func `expressions mean what their rules say`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let rows = (0..<40).map { _ in Self.columns.map { dice.cell($0.type) } }
        let tables = MemoryTables([.init(name: "t", columns: Self.columns, rows: rows, isLookup: false)])
        var notNull = 0
        for number in 0..<150 {
            let type = dice.pick([.integer, .long, .double, .keyword, .boolean] as [ESQLType])
            let text = dice.expression(type, depth: 3)
            let query = "FROM t | EVAL x = \(text) | KEEP x | LIMIT 1000"
            let parsed = try ESQL.parse(query)
            let answer: ESQLAnswer
            do {
                answer = try parsed.plan(tables, now: .sample).answer(from: tables, clock: SystemClock())
            } catch {
                Issue.record("seed \(seed), \(number): \(text)\n  \(error)")
                continue
            }
            guard case .eval(let assignments) = parsed.commands[1].form else { continue }
            for (row, found) in zip(rows, answer.rows) {
                let cells = Dictionary(uniqueKeysWithValues: zip(Self.columns, row).map { ($0.name, $1.single) })
                let expected = ESQLOracle(columns: cells, narrow: ["i"]).value(assignments[0].value)
                if !expected.isEmpty { notNull += 1 }
                guard !Self.areAlike(found[0].single, expected) else { continue }
                Issue.record(
                    "seed \(seed), \(number): \(text)\n  of \(cells)\n  \(found[0].single), expected \(expected)")
                break
            }
        }
        #expect(notNull > 1_500)
    }

    /// A whole number and the double of it are the same where a branch has made it wider.
    private static func areAlike(_ left: ESQLOracle.Cell, _ right: ESQLOracle.Cell) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { ESQLOracle.order($0, $1) == 0 }
    }
}

extension ESQLValue {
    fileprivate var single: ESQLOracle.Cell {
        elements.map { value in
            switch value {
            case .boolean(let flag): .flag(flag)
            case .integer(let number): .whole(number)
            case .double(let number): .real(number)
            default: .text(value.string)
            }
        }
    }
}

extension Dice {
    fileprivate mutating func cell(_ type: ESQLType) -> ESQLValue {
        ESQLValue((0..<pick([0, 1, 1, 1, 2, 3])).map { _ in single(type) })
    }

    private mutating func single(_ type: ESQLType) -> ESQLValue {
        switch type {
        case .integer: .integer(pick([0, 1, 2, 3, -1, 7, Int64(Int32.max), Int64(Int32.min)]))
        case .long: .integer(pick([0, 1, 2, -5, 1 << 40, .max, .min]))
        case .double: .double(pick([0, 1, 0.5, -2.25, 1e300]))
        case .boolean: .boolean(roll(2) == 0)
        default: .text(pick(["", "a", "ab", "b", "é", "e\u{301}", "a*b", "世界", "A"]))
        }
    }

    private mutating func literal(_ type: ESQLType) -> String {
        if roll(8) == 0 { return "null" }
        switch type {
        case .integer: return pick(["0", "1", "2", "-3", "7", "2147483647"])
        case .long: return pick(["3000000000", "-4000000000", "9223372036854775807", "5000000000"])
        case .double: return pick(["0.5", "1.0", "-2.25", "1e300", "0.0"])
        case .boolean: return pick(["true", "false"])
        default: return pick(["\"a\"", "\"ab\"", "\"\"", "\"é\"", "\"b\""])
        }
    }

    /// An expression of a type.
    fileprivate mutating func expression(_ type: ESQLType, depth: Int) -> String {
        let column = [ESQLType.integer: "i", .long: "l", .double: "d", .keyword: "s", .boolean: "b"][type] ?? "s"
        guard depth > 0, roll(5) > 0 else { return roll(3) == 0 ? literal(type) : column }
        func part(_ dice: inout Dice, _ type: ESQLType) -> String { dice.expression(type, depth: depth - 1) }
        switch roll(type == .boolean ? 4 : 9) {
        case 0: return "CASE(\(part(&self, .boolean)), \(part(&self, type)), \(part(&self, type)))"
        case 1: return "COALESCE(\(part(&self, type)), \(part(&self, type)))"
        case 2:
            return "\(pick(["MV_FIRST", "MV_LAST", "MV_MIN", "MV_MAX", "MV_DEDUPE", "MV_SORT"]))(\(part(&self, type)))"
        case 3 where type != .boolean:
            return "\(pick(["GREATEST", "LEAST", "MV_APPEND"]))(\(part(&self, type)), \(part(&self, type)))"
        case 4: return "MV_SLICE(\(part(&self, type)), \(pick(["0", "1", "-2", "-1"])), \(pick(["0", "2", "-1"])))"
        default: break
        }
        switch type {
        case .integer:
            switch roll(5) {
            case 0: return "LENGTH(\(part(&self, .keyword)))"
            case 1: return "MV_COUNT(\(part(&self, pick([.keyword, .double, .boolean]))))"
            case 2: return "-(\(part(&self, .integer)))"
            case 3: return "ABS(\(part(&self, .integer)))"
            default: return "(\(part(&self, .integer)) \(pick(["+", "-", "*", "/", "%"])) \(part(&self, .integer)))"
            }
        case .long:
            return "(\(part(&self, .long)) \(pick(["+", "-", "*", "/", "%"])) \(part(&self, pick([.integer, .long]))))"
        case .double:
            return
                "(\(part(&self, .double)) \(pick(["+", "-", "*", "/", "%"])) \(part(&self, pick([.integer, .long, .double]))))"
        case .boolean: return test(depth)
        default:
            switch roll(3) {
            case 0: return "CONCAT(\(part(&self, .keyword)), \(part(&self, .keyword)))"
            case 1: return "MV_CONCAT(\(part(&self, .keyword)), \(pick(["\",\"", "\"\"", "null"])))"
            default: return "TO_STRING(\(part(&self, pick([.integer, .boolean]))))"
            }
        }
    }

    private mutating func test(_ depth: Int) -> String {
        func part(_ dice: inout Dice, _ type: ESQLType) -> String { dice.expression(type, depth: depth - 1) }
        switch roll(9) {
        case 0: return "(\(part(&self, .boolean)) AND \(part(&self, .boolean)))"
        case 1: return "(\(part(&self, .boolean)) OR \(part(&self, .boolean)))"
        case 2: return "NOT (\(part(&self, .boolean)))"
        case 3: return "(\(part(&self, pick([.integer, .keyword]))) IS \(pick(["", "NOT "]))NULL)"
        case 4:
            return
                "(\(part(&self, .keyword)) \(pick(["", "NOT "]))LIKE \(pick(["\"a*\"", "\"*b\"", "\"?\"", "(\"a?\", \"*é*\")"])))"
        case 5: return "(\(part(&self, .integer)) IN (\(literal(.integer)), \(part(&self, .integer)), 2))"
        case 6: return "STARTS_WITH(\(part(&self, .keyword)), \(literal(.keyword)))"
        case 7: return "MV_CONTAINS(\(part(&self, .keyword)), \(part(&self, .keyword)))"
        default:
            let sign = pick(["==", "!=", "<", "<=", ">", ">="])
            let (left, right) = pick(
                [
                    (.integer, .integer), (.integer, .long), (.long, .double), (.double, .integer),
                    (.keyword, .keyword),
                ] as [(ESQLType, ESQLType)])
            return "(\(part(&self, left)) \(sign) \(part(&self, right)))"
        }
    }
}
