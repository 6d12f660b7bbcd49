/// What a reader of EQL may be told.
public struct EQLOptions: Sendable, Hashable {
    /// The field that the word in front of `where` is compared with.
    ///
    /// - Default: `event.category`
    public var categoryField: String
    /// How `==`, `in` and functions without `~` compare letters. Endgame's EQL looks over their case.
    public var letters: LetterCase
    /// The time zone of dates that name none.
    ///
    /// - Unit: seconds east of UTC.
    public var secondsFromUTC: Int

    public init(categoryField: String = "event.category", letters: LetterCase = .exact, secondsFromUTC: Int = 0) {
        self.categoryField = categoryField
        self.letters = letters
        self.secondsFromUTC = secondsFromUTC
    }
}
