/// An expression as it was written, with the place of each part.
public struct ESQLExpression: Sendable, Equatable {
    public indirect enum Form: Sendable, Equatable {
        case literal(ESQLLiteral)
        /// The dotted name of a column.
        case column(String)
        case function(ESQLName, [ESQLExpression])
        /// `COUNT(*)`
        case everyRow(ESQLName)
        /// `{"key": value}`: options of a function.
        case options([ESQLOption])
        case negative(ESQLExpression)
        case arithmetic(Arithmetic, ESQLExpression, ESQLExpression)
        case comparison(ESQLComparison, ESQLExpression, ESQLExpression)
        /// - Shape: two or more.
        case all([ESQLExpression])
        /// - Shape: two or more.
        case any([ESQLExpression])
        case not(ESQLExpression)
        case isNull(ESQLExpression)
        case isIn(ESQLExpression, [ESQLExpression])
        /// `IN (FROM …)`: among what a query of one column gives.
        case isInQuery(ESQLExpression, [ESQLCommand])
        /// `LIKE` and `RLIKE`, with one pattern or a list.
        case like(ESQLExpression, [ESQLExpression], isRegular: Bool)
        /// `field : "text"`
        case match(ESQLExpression, ESQLLiteral)
        case cast(ESQLExpression, ESQLName)
    }

    public let form: Form
    public let span: SourceSpan

    /// Whether they say the same; where they stand does not count.
    public static func == (left: ESQLExpression, right: ESQLExpression) -> Bool { left.form == right.form }
}

/// The name of a function, a type or a column, and where it stands.
public struct ESQLName: Sendable, Equatable {
    public let text: String
    public let span: SourceSpan

    public static func == (left: ESQLName, right: ESQLName) -> Bool { left.text == right.text }
}

public struct ESQLOption: Sendable, Equatable {
    public let name: String
    public let value: ESQLLiteral
}

public indirect enum ESQLLiteral: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// A whole number that fits into 32 bits.
    case integer(Int32)
    case long(Int64)
    case unsignedLong(UInt64)
    case double(Double)
    case string(String)
    /// `1 day`; the unit in its shortest name.
    case span(Int64, ESQLTimeUnit)
    /// Of literals of one kind.
    case list([ESQLLiteral])
}

public enum ESQLComparison: String, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
    /// Equal but for the case of letters.
    case insensitiveEqual = "=~"
}

/// A unit of time in an interval.
public enum ESQLTimeUnit: String, Sendable, CaseIterable {
    case millisecond, second, minute, hour, day, week, month, quarter, year

    /// - Parameter name: in any case, short, long or with an s.
    public init?(_ name: String) {
        switch name.lowercased() {
        case "ms", "millisecond", "milliseconds": self = .millisecond
        case "s", "sec", "second", "seconds": self = .second
        case "m", "min", "minute", "minutes": self = .minute
        case "h", "hour", "hours": self = .hour
        case "d", "day", "days": self = .day
        case "w", "week", "weeks": self = .week
        case "mo", "month", "months": self = .month
        case "q", "quarter", "quarters": self = .quarter
        case "y", "yr", "year", "years": self = .year
        default: return nil
        }
    }

    /// How many milliseconds, days or months it is.
    var factor: Int {
        switch self {
        case .millisecond, .day, .month: 1
        case .second: 1_000
        case .minute: 60_000
        case .hour: 3_600_000
        case .week: 7
        case .quarter: 3
        case .year: 12
        }
    }

    /// Whether it has always the same length.
    public var isDuration: Bool {
        switch self {
        case .millisecond, .second, .minute, .hour: true
        case .day, .week, .month, .quarter, .year: false
        }
    }
}
