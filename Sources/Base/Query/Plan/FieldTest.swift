/// Whether upper and lower case are different letters.
public enum LetterCase: Sendable, Hashable { case exact, ignored }

/// A question to one value of a field.
public enum FieldTest: Sendable, Hashable {
    /// There is a value. The empty text is one.
    case isPresent
    /// The whole value equals one of these, which are all of one kind. Text is compared byte by byte.
    case equals([FieldValue], LetterCase)
    case text(TextTest)
    case isWithin(ValueRange)
    case isInNetwork(IPNetwork)
}

/// A question to a value that is text.
public enum TextTest: Sendable, Hashable {
    /// The whole value fits.
    case glob(Wildcard, LetterCase)
    /// These words stand side by side in this order. Case never counts.
    ///
    /// - Shape: one or more words in lowercase, none empty.
    case phrase([String])
    /// One word fits. Case never counts.
    ///
    /// - Shape: lowercase letters and digits around the stars, so it cannot fit more than one word.
    case word(Wildcard)
}

/// The values between two bounds. Both must hold for the same value.
public struct ValueRange: Sendable, Hashable {
    public struct Bound: Sendable, Hashable {
        public let value: FieldValue
        public let isInclusive: Bool
    }

    public let lower: Bound?
    public let upper: Bound?

    static func above(_ value: FieldValue, inclusive: Bool) -> ValueRange {
        ValueRange(lower: Bound(value: value, isInclusive: inclusive), upper: nil)
    }

    static func below(_ value: FieldValue, inclusive: Bool) -> ValueRange {
        ValueRange(lower: nil, upper: Bound(value: value, isInclusive: inclusive))
    }

    static func from(_ lower: FieldValue, through upper: FieldValue) -> ValueRange {
        ValueRange(
            lower: Bound(value: lower, isInclusive: true), upper: Bound(value: upper, isInclusive: true))
    }
}
