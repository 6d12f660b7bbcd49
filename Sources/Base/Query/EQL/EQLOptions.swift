/// What a reader of EQL may be told.
public struct EQLOptions: Sendable, Hashable {
    /// The field that the word in front of `where` is compared with.
    ///
    /// - Default: `event.category`
    public var categoryField: String
    /// The field that says when an event was, for the order and for `maxspan`; `nil` for the time that every event has.
    /// Events without a value of it do not count.
    public var timestampField: String?
    /// The field by which events of one moment are ordered, those without it last; `nil` for the order in which they are
    /// lent.
    public var tiebreakerField: String?
    /// How `==`, `in` and functions without `~` compare letters. Endgame's EQL looks over their case.
    public var letters: LetterCase
    /// The time zone of dates that name none.
    ///
    /// - Unit: seconds east of UTC.
    public var secondsFromUTC: Int

    public init(
        categoryField: String = "event.category", timestampField: String? = nil, tiebreakerField: String? = nil,
        letters: LetterCase = .exact, secondsFromUTC: Int = 0
    ) {
        self.categoryField = categoryField
        self.timestampField = timestampField
        self.tiebreakerField = tiebreakerField
        self.letters = letters
        self.secondsFromUTC = secondsFromUTC
    }
}
