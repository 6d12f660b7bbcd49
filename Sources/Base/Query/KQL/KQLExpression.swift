/// A query as it was written, with the place of each part.
///
/// A list of values is spread out: `f: (a or b)` is the same tree as `f: a or f: b`.
///
/// - Guarantee: two are equal if they say the same; where they stand does not count.
public struct KQLExpression: Sendable, Equatable {
    public indirect enum Form: Sendable, Equatable {
        /// The empty query.
        case everything
        /// - Shape: two or more, in the order written. `a and (b and c)` keeps its inner group.
        case all([KQLExpression])
        /// - Shape: two or more, in the order written.
        case any([KQLExpression])
        case not(KQLExpression)
        /// `path: { … }`: all of it in one object. Field names inside are relative to the path.
        case object(path: KQLLiteral, KQLExpression)
        /// `field: value`
        case match(field: KQLLiteral, KQLLiteral)
        /// `field < value`
        case compare(field: KQLLiteral, KQLComparison, KQLLiteral)
        /// A value without a field.
        case freeText(KQLLiteral)
    }

    public let form: Form
    public let span: SourceSpan

    public static func == (left: KQLExpression, right: KQLExpression) -> Bool { left.form == right.form }
}

public enum KQLComparison: String, Sendable {
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
}

/// A field name or a value, with escapes undone.
public struct KQLLiteral: Sendable, Equatable {
    public enum Form: Sendable, Equatable {
        /// In quotes: a phrase, in which `*` is a star.
        case quoted(String)
        case plain(String)
        /// Not in quotes, with at least one star that is not escaped.
        case pattern(Wildcard)
        case boolean(Bool)
        /// The word `null`. It does not ask for a missing value; `not field: *` does.
        case null
    }

    public let form: Form
    public let span: SourceSpan

    public static func == (left: KQLLiteral, right: KQLLiteral) -> Bool { left.form == right.form }

    /// The text of the literal; a pattern with its stars.
    public var text: String {
        switch form {
        case .quoted(let text), .plain(let text): text
        case .pattern(let pattern): pattern.description
        case .boolean(let flag): String(flag)
        case .null: "null"
        }
    }
}
