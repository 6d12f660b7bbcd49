/// An expression as it was written, with the place of each part.
public struct EQLExpression: Sendable, Equatable {
    public indirect enum Form: Sendable, Equatable {
        case literal(EQLLiteral)
        /// The dotted name of a field; `isOptional` with a `?` in front.
        case field(String, isOptional: Bool)
        /// `isCaseless` with a `~` behind the name.
        case call(String, isCaseless: Bool, [EQLExpression])
        case negative(EQLExpression)
        case arithmetic(Arithmetic, EQLExpression, EQLExpression)
        case comparison(EQLComparison, EQLExpression, EQLExpression)
        /// `in` and `in~`
        case isIn(EQLExpression, [EQLExpression], isCaseless: Bool)
        case matches(EQLExpression, EQLMatching, [EQLLiteral])
        /// - Shape: two or more.
        case all([EQLExpression])
        /// - Shape: two or more.
        case any([EQLExpression])
        case not(EQLExpression)
    }

    public let form: Form
    public let span: SourceSpan

    /// Whether they say the same; where they stand does not count.
    public static func == (left: EQLExpression, right: EQLExpression) -> Bool { left.form == right.form }
}

public enum EQLLiteral: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
}

public enum EQLComparison: String, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="

    /// The comparison that says the same with its sides exchanged.
    var mirrored: EQLComparison {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .atMost: .atLeast
        case .greater: .less
        case .atLeast: .atMost
        }
    }
}

/// How a text is compared with patterns.
public enum EQLMatching: String, Sendable, CaseIterable {
    /// With `*` and `?`, in any case of letters.
    case caselessEqual = ":"
    case like
    case caselessLike = "like~"
    /// A regular expression for the whole text.
    case regex
    case caselessRegex = "regex~"

    var isRegular: Bool { self == .regex || self == .caselessRegex }
    var letters: LetterCase { self == .like || self == .regex ? .exact : .ignored }
}
