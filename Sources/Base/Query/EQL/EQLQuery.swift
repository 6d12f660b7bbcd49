public import Platform

/// A query that was read: its text, and the tree whose spans point into it.
public struct EQLQuery: Sendable {
    public indirect enum Form: Sendable, Equatable {
        case event(EQLEventFilter)
        case sequence(EQLSequenceForm)
        /// Events of the same keys in any order.
        case sample(keys: [EQLExpression], [EQLTerm])
    }

    public let source: SourceText
    public let form: Form
    public let pipes: [EQLPipe]
}

/// `category where condition`
public struct EQLEventFilter: Sendable, Equatable {
    /// - Shape: `nil` for `any`.
    public let category: String?
    public let condition: EQLExpression
    public let span: SourceSpan

    public static func == (left: EQLEventFilter, right: EQLEventFilter) -> Bool {
        left.category == right.category && left.condition == right.condition
    }
}

/// Events of the same keys in order.
public struct EQLSequenceForm: Sendable, Equatable {
    /// What all events share.
    public let keys: [EQLExpression]
    /// The longest time from the first event to the last.
    public let maxspan: Timestamp.Span?
    public let terms: [EQLTerm]
    /// What ends a sequence that is not complete.
    public let until: EQLTerm?
}

/// An event filter between brackets.
public struct EQLTerm: Sendable, Equatable {
    public let filter: EQLEventFilter
    /// Keys besides those of the whole sequence.
    public let keys: [EQLExpression]
    /// How many such events follow one another.
    public let runs: Int
    /// `![ … ]`: no such event.
    public let isMissing: Bool
    public let span: SourceSpan

    public static func == (left: EQLTerm, right: EQLTerm) -> Bool {
        left.filter == right.filter && left.keys == right.keys && left.runs == right.runs
            && left.isMissing == right.isMissing
    }
}

/// `| head 5`
public struct EQLPipe: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable { case head, tail }

    public let kind: Kind
    public let count: Int
}
