@testable import Query

/// A second reading of the rules of ES|QL, straight over the tree of an expression: it knows no plan, no kernels and no
/// batches, and does everything in the slowest way.
struct ESQLOracle {
    /// A cell as a list of single values; nothing is null.
    typealias Cell = [Single]

    enum Single: Equatable {
        case flag(Bool)
        case whole(Int64)
        case real(Double)
        case text(String)

        /// By bytes: Swift's own equality of texts follows Unicode equivalence.
        static func == (left: Single, right: Single) -> Bool {
            switch (left, right) {
            case (.flag(let left), .flag(let right)): left == right
            case (.whole(let left), .whole(let right)): left == right
            case (.real(let left), .real(let right)): left == right
            case (.text(let left), .text(let right)): Array(left.utf8) == Array(right.utf8)
            default: false
            }
        }
    }

    let columns: [String: Cell]
    /// Columns that hold 32 bits.
    let narrow: Set<String>

    func value(_ expression: ESQLExpression) -> Cell {
        switch expression.form {
        case .literal(let literal): return Self.cell(literal)
        case .column(let name): return columns[name] ?? []
        case .negative(let part): return negative(part)
        case .arithmetic(let sign, let left, let right): return arithmetic(sign, left, right)
        case .comparison(let sign, let left, let right):
            guard let left = one(left), let right = one(right) else { return [] }
            return [.flag(Self.holds(sign, left, right))]
        case .all(let parts): return junction(parts, decisive: false)
        case .any(let parts): return junction(parts, decisive: true)
        case .not(let part): return flag(part).map { [.flag(!$0)] } ?? []
        case .isNull(let part): return [.flag(value(part).isEmpty)]
        case .isIn(let part, let list):
            guard let wanted = one(part) else { return [] }
            var isUnknown = false
            for element in list {
                guard let other = one(element) else {
                    isUnknown = true
                    continue
                }
                if Self.order(wanted, other) == 0 { return [.flag(true)] }
            }
            return isUnknown ? [] : [.flag(false)]
        case .like(let part, let patterns, false):
            guard case .text(let text)? = one(part) else { return [] }
            return [
                .flag(
                    patterns.contains { pattern in
                        guard case .text(let pattern)? = value(pattern).first else { return false }
                        return Self.fits(Array(text.unicodeScalars)[...], Array(pattern.unicodeScalars)[...])
                    })
            ]
        case .function(let name, let arguments): return call(name.text.uppercased(), arguments)
        default: return []
        }
    }

    // MARK: Parts

    /// The only value; null if there is none or several.
    private func one(_ expression: ESQLExpression) -> Single? {
        let cell = value(expression)
        return cell.count == 1 ? cell[0] : nil
    }

    private func flag(_ expression: ESQLExpression) -> Bool? {
        if case .flag(let flag)? = one(expression) { flag } else { nil }
    }

    private func junction(_ parts: [ESQLExpression], decisive: Bool) -> Cell {
        let flags = parts.map(flag)
        if flags.contains(decisive) { return [.flag(decisive)] }
        return flags.contains(nil) ? [] : [.flag(!decisive)]
    }

    private static func cell(_ literal: ESQLLiteral) -> Cell {
        switch literal {
        case .null, .span: []
        case .boolean(let flag): [.flag(flag)]
        case .integer(let number): [.whole(Int64(number))]
        case .long(let number): [.whole(number)]
        case .unsignedLong(let number): [.whole(Int64(clamping: number))]
        case .double(let number): [.real(number)]
        case .string(let text): [.text(text)]
        case .list(let literals): literals.flatMap(cell)
        }
    }

    static func order(_ left: Single, _ right: Single) -> Int {
        switch (left, right) {
        case (.flag(let left), .flag(let right)): return left == right ? 0 : left ? 1 : -1
        case (.text(let left), .text(let right)):
            let (left, right) = (Array(left.utf8), Array(right.utf8))
            return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
        case (.whole(let left), .whole(let right)): return left < right ? -1 : left == right ? 0 : 1
        default:
            let (left, right) = (real(left), real(right))
            return left < right ? -1 : left == right ? 0 : 1
        }
    }

    private static func real(_ single: Single) -> Double {
        switch single {
        case .whole(let number): Double(number)
        case .real(let number): number
        default: 0
        }
    }

    private static func holds(_ sign: ESQLComparison, _ left: Single, _ right: Single) -> Bool {
        let order = order(left, right)
        return switch sign {
        case .equal, .insensitiveEqual: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .atMost: order <= 0
        case .greater: order > 0
        case .atLeast: order >= 0
        }
    }

    /// With backtracking.
    private static func fits(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "*": return fits(text, rest) || (!text.isEmpty && fits(text.dropFirst(), pattern))
        case "?": return !text.isEmpty && fits(text.dropFirst(), rest)
        default: return text.first == first && fits(text.dropFirst(), rest)
        }
    }

    // MARK: Numbers

    /// Whether the type of an expression of whole numbers has 32 bits.
    private func isNarrow(_ expression: ESQLExpression) -> Bool {
        switch expression.form {
        case .literal(.integer): true
        case .literal(.list(let literals)): literals.allSatisfy { if case .integer = $0 { true } else { false } }
        case .column(let name): narrow.contains(name)
        case .negative(let part): isNarrow(part)
        case .arithmetic(_, let left, let right): isNarrow(left) && isNarrow(right)
        case .function(let name, let arguments):
            switch name.text.uppercased() {
            case "LENGTH", "MV_COUNT", "TO_INTEGER": true
            case "TO_LONG": false
            case "CASE":
                zip(arguments, arguments.indices).allSatisfy { part, place in
                    place % 2 == 0 && place < arguments.count - 1 || isNarrow(part)
                }
            default: arguments.allSatisfy(isNarrow)
            }
        default: false
        }
    }

    private func bounded(_ number: Int128, _ isNarrow: Bool) -> Cell {
        if isNarrow { return Int32(exactly: number).map { [.whole(Int64($0))] } ?? [] }
        return Int64(exactly: number).map { [.whole($0)] } ?? []
    }

    private func negative(_ part: ESQLExpression) -> Cell {
        switch one(part) {
        case .whole(let number)?: bounded(-Int128(number), isNarrow(part))
        case .real(let number)?: [.real(-number)]
        default: []
        }
    }

    private func arithmetic(_ sign: Arithmetic, _ left: ESQLExpression, _ right: ESQLExpression) -> Cell {
        guard let first = one(left), let second = one(right) else { return [] }
        if case .whole(let first) = first, case .whole(let second) = second {
            let (first, second) = (Int128(first), Int128(second))
            if second == 0, sign == .divide || sign == .modulo { return [] }
            let result =
                switch sign {
                case .add: first + second
                case .subtract: first - second
                case .multiply: first * second
                case .divide: first / second
                case .modulo: first % second
                }
            return bounded(result, isNarrow(left) && isNarrow(right))
        }
        let (a, b) = (Self.real(first), Self.real(second))
        if b == 0, sign == .divide || sign == .modulo { return [] }
        let result =
            switch sign {
            case .add: a + b
            case .subtract: a - b
            case .multiply: a * b
            case .divide: a / b
            case .modulo: a.truncatingRemainder(dividingBy: b)
            }
        return result.isFinite ? [.real(result)] : []
    }

    // MARK: Functions

    private func call(_ name: String, _ arguments: [ESQLExpression]) -> Cell {
        let cells = arguments.map(value)
        let sorted = { (cell: Cell) in cell.sorted { Self.order($0, $1) < 0 } }
        switch name {
        case "CASE":
            var place = 0
            while place + 1 < arguments.count {
                if flag(arguments[place]) == true { return value(arguments[place + 1]) }
                place += 2
            }
            return place < arguments.count ? value(arguments[place]) : []
        case "COALESCE": return cells.first { !$0.isEmpty } ?? []
        case "GREATEST", "LEAST":
            guard !cells.contains(where: \.isEmpty) else { return [] }
            let all = sorted(cells.flatMap(\.self))
            return [name == "LEAST" ? all[0] : all[all.count - 1]]
        case "MV_COUNT": return cells[0].isEmpty ? [] : [.whole(Int64(cells[0].count))]
        case "MV_FIRST": return cells[0].isEmpty ? [] : [cells[0][0]]
        case "MV_LAST": return cells[0].isEmpty ? [] : [cells[0][cells[0].count - 1]]
        case "MV_MIN": return cells[0].isEmpty ? [] : [sorted(cells[0])[0]]
        case "MV_MAX": return cells[0].isEmpty ? [] : [sorted(cells[0])[cells[0].count - 1]]
        case "MV_SORT": return sorted(cells[0])
        case "MV_DEDUPE": return cells[0].reduce(into: Cell()) { if !$0.contains($1) { $0.append($1) } }
        case "MV_APPEND": return cells[0].isEmpty || cells[1].isEmpty ? [] : cells[0] + cells[1]
        case "MV_CONTAINS": return [.flag(cells[1].allSatisfy(cells[0].contains))]
        case "MV_SLICE":
            guard case .whole(let start)? = one(arguments[1]), case .whole(let end)? = one(arguments[2]),
                !cells[0].isEmpty
            else { return [] }
            let count = Int64(cells[0].count)
            if start > end || (start < 0 && end >= 0) { return [] }
            let first = start < 0 ? start + count : start
            let last = end < 0 ? end + count : end
            return cells[0].indices.filter { Int64($0) >= first && Int64($0) <= last }.map { cells[0][$0] }
        case "MV_CONCAT":
            guard !cells[0].isEmpty, case .text(let mark)? = one(arguments[1]) else { return [] }
            return [.text(cells[0].map { if case .text(let text) = $0 { text } else { "" } }.joined(separator: mark))]
        case "LENGTH":
            guard case .text(let text)? = one(arguments[0]) else { return [] }
            return [.whole(Int64(text.unicodeScalars.count))]
        case "CONCAT":
            var out = ""
            for argument in arguments {
                guard case .text(let text)? = one(argument) else { return [] }
                out += text
            }
            return [.text(out)]
        case "STARTS_WITH":
            guard case .text(let text)? = one(arguments[0]), case .text(let start)? = one(arguments[1]) else {
                return []
            }
            return [.flag(Array(text.utf8).starts(with: Array(start.utf8)))]
        case "TO_STRING":
            return cells[0].map { single in
                switch single {
                case .flag(let flag): .text(flag ? "true" : "false")
                case .whole(let number): .text("\(number)")
                default: single
                }
            }
        case "ABS":
            switch one(arguments[0]) {
            case .whole(let number)?:
                return bounded(number < 0 ? -Int128(number) : Int128(number), isNarrow(arguments[0]))
            case .real(let number)?: return [.real(abs(number))]
            default: return []
            }
        default: return []
        }
    }
}
