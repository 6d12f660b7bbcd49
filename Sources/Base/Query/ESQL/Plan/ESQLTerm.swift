/// An expression whose columns and functions were found, with the type of what it gives.
public struct ESQLTerm: Sendable {
    public indirect enum Form: Sendable {
        case constant(ESQLValue)
        /// A column, by its number in the plan.
        case column(Int)
        case call(ESQLCall)
        case all([ESQLTerm])
        case any([ESQLTerm])
        case not(ESQLTerm)
        case isNull(ESQLTerm)
        case isIn(ESQLTerm, [ESQLTerm])
        /// Among what a query of the plan gives, by its place. It becomes `isIn` when that was asked.
        case isInQuery(ESQLTerm, Int)
        /// `CASE`: the first branch whose condition is true, and nothing else of it is computed.
        case choose([ESQLBranch], otherwise: ESQLTerm)
        /// `COALESCE`: the first that is not null, and nothing behind it is computed.
        case firstPresent([ESQLTerm])
    }

    public let form: Form
    public let type: ESQLType
    /// Whether a cell may have several values. What is known not to have them needs no check.
    public let mayBeMany: Bool
    public let span: SourceSpan

    init(_ form: Form, _ type: ESQLType, mayBeMany: Bool = false, at span: SourceSpan) {
        self.form = form
        self.type = type
        self.mayBeMany = mayBeMany
        self.span = span
    }

    /// The value, if it is the same for all rows.
    var constant: ESQLValue? { if case .constant(let value) = form { value } else { nil } }

    /// The columns that it reads.
    var columns: Set<Int> {
        switch form {
        case .constant: []
        case .column(let number): [number]
        case .call(let call): call.arguments.columns
        case .all(let parts), .any(let parts), .firstPresent(let parts): parts.columns
        case .not(let part), .isNull(let part), .isInQuery(let part, _): part.columns
        case .isIn(let part, let list): ([part] + list).columns
        case .choose(let branches, let otherwise):
            (branches.flatMap { [$0.condition, $0.value] } + [otherwise]).columns
        }
    }
}

extension ESQLTerm {
    /// Whether a query of the plan has to be asked before its value is known.
    var hasQuery: Bool {
        switch form {
        case .isInQuery: true
        case .constant, .column: false
        case .call(let call): call.arguments.contains(where: \.hasQuery)
        case .all(let parts), .any(let parts), .firstPresent(let parts): parts.contains(where: \.hasQuery)
        case .not(let part), .isNull(let part): part.hasQuery
        case .isIn(let part, let list): part.hasQuery || list.contains(where: \.hasQuery)
        case .choose(let branches, let otherwise):
            otherwise.hasQuery || branches.contains { $0.condition.hasQuery || $0.value.hasQuery }
        }
    }
}

extension [ESQLTerm] {
    var columns: Set<Int> { reduce(into: []) { $0.formUnion($1.columns) } }
}

public struct ESQLBranch: Sendable {
    public let condition: ESQLTerm
    public let value: ESQLTerm
}

/// A function or operator with its arguments.
public struct ESQLCall: Sendable {
    /// What a function does with nulls and with several values.
    enum Reach: Sendable {
        /// Several values in one argument give null and a warning; null gives null.
        case single
        /// The first argument's values are taken one by one; the others are as in `single`.
        case each
        /// The first argument is given whole, unless it is null; the others are as in `single`.
        case whole
        /// Everything is given as it is.
        case raw
    }

    /// In capitals, or the sign of an operator.
    public let name: String
    let reach: Reach
    let kernel: ESQLKernel
    public let arguments: [ESQLTerm]
}

/// What computes one row of a function. A problem becomes null and a warning.
enum ESQLKernel: Sendable {
    typealias One = @Sendable (ESQLValue) throws(ESQLProblem) -> ESQLValue
    typealias Two = @Sendable (ESQLValue, ESQLValue) throws(ESQLProblem) -> ESQLValue
    typealias Three = @Sendable (ESQLValue, ESQLValue, ESQLValue) throws(ESQLProblem) -> ESQLValue
    typealias Several = @Sendable ([ESQLValue]) throws(ESQLProblem) -> ESQLValue

    case one(One)
    case two(Two)
    case three(Three)
    case several(Several)
}

/// Why a row has no value.
struct ESQLProblem: Error {
    let message: String
    init(_ message: String) { self.message = message }

    static let severalValues = ESQLProblem("single-value function encountered multi-value")
    static let longOverflow = ESQLProblem("long overflow")
}
