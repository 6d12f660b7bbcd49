/// Which of the two readers of KQL is meant. They agree on every query that a careful person writes.
public enum KQLDialect: Sendable, Hashable {
    /// The search bar and the rules. A keyword without both sides is an error.
    case kibana
    /// The `kql` query and ES|QL's `KQL()`. A keyword that dangles is a word, as in `message: OR`; braces
    /// on a field that holds no objects are an error, and so is free text inside braces.
    case elasticsearch
}

/// What a reader of KQL may be told.
public struct KQLOptions: Sendable, Hashable {
    public var dialect: KQLDialect
    /// Whether a value may begin with `*`, as in `*.example.com`. `field: *` always may.
    ///
    /// - Default: yes. Some sites forbid it, because no index helps to answer it.
    public var allowsLeadingWildcard: Bool
    /// How keywords are compared. Sigma rules do not distinguish case.
    public var letters: LetterCase
    /// The time zone of dates that name none.
    ///
    /// - Unit: seconds east of UTC.
    public var secondsFromUTC: Int

    public init(
        dialect: KQLDialect = .kibana, allowsLeadingWildcard: Bool = true, letters: LetterCase = .exact,
        secondsFromUTC: Int = 0
    ) {
        self.dialect = dialect
        self.allowsLeadingWildcard = allowsLeadingWildcard
        self.letters = letters
        self.secondsFromUTC = secondsFromUTC
    }
}

/// How large a query may be, so that a hostile one costs little.
enum KQLLimit {
    /// - Unit: bytes.
    static let text = 16 * 1024
    /// Parentheses and braces inside one another.
    static let nesting = 64
    /// Tests of one value.
    static let leaves = 4_096
}
