/// One command of a pipeline, as it was written.
public struct ESQLCommand: Sendable, Equatable {
    public indirect enum Form: Sendable, Equatable {
        // Sources

        case from([ESQLSource], metadata: [ESQLName])
        case row([ESQLAssignment])
        case showInfo
        /// `EQL pattern "query"`: events and sequences that a query of EQL finds.
        case eql([ESQLSource], query: ESQLText, metadata: [ESQLName], options: [ESQLOption])

        // Commands

        case filter(ESQLExpression)
        case eval([ESQLAssignment])
        case stats([ESQLAggregate], by: [ESQLAssignment], keepsRows: Bool)
        case sort([ESQLOrder])
        case limit(Int, by: [ESQLExpression])
        case keep([ESQLNamePattern])
        case drop([ESQLNamePattern])
        case rename([ESQLRenaming])
        case dissect(ESQLExpression, pattern: ESQLText, separator: String?)
        case grok(ESQLExpression, patterns: [ESQLText])
        case expand(ESQLName)
        case enrich(ESQLName, on: ESQLName?, with: [ESQLRenaming])
        case lookupJoin(ESQLSource, on: [ESQLExpression])
        /// Branches whose rows follow one another.
        case fork([[ESQLCommand]])
        case changePoint(ESQLName, on: ESQLName?, type: ESQLName?, probability: ESQLName?, by: [ESQLExpression])
        case sample(Double)
        /// `IP_LOCATION`, `URI_PARTS` and their like: columns below a name.
        case parts(ESQLName, prefix: ESQLName, ESQLExpression, options: [ESQLOption])
    }

    public let form: Form
    public let span: SourceSpan

    public static func == (left: ESQLCommand, right: ESQLCommand) -> Bool { left.form == right.form }
}

/// A pattern of indices, or a query within parentheses.
public struct ESQLSource: Sendable, Equatable {
    public indirect enum Form: Sendable, Equatable {
        /// With `*`; `isExcluded` with a `-` in front.
        case pattern(String, isExcluded: Bool)
        case query([ESQLCommand])
    }

    public let form: Form
    public let span: SourceSpan

    public static func == (left: ESQLSource, right: ESQLSource) -> Bool { left.form == right.form }
}

/// `name = expression`; without a name the expression's own text is it.
public struct ESQLAssignment: Sendable, Equatable {
    public let name: ESQLName
    public let value: ESQLExpression
}

public struct ESQLAggregate: Sendable, Equatable {
    public let assignment: ESQLAssignment
    /// The rows that count.
    public let filter: ESQLExpression?
}

public struct ESQLOrder: Sendable, Equatable {
    public let value: ESQLExpression
    public let isDescending: Bool
    public let putsNullsFirst: Bool
}

/// A name of columns, perhaps with `*`.
public struct ESQLNamePattern: Sendable, Equatable {
    /// The texts around the stars: one for a name without any.
    public let pieces: [String]
    public let span: SourceSpan

    public var name: String? { pieces.count == 1 ? pieces[0] : nil }

    public func matches(_ name: String) -> Bool {
        pieces.count == 1 ? pieces[0] == name : Wildcard(pieces).matches(name)
    }

    public static func == (left: ESQLNamePattern, right: ESQLNamePattern) -> Bool { left.pieces == right.pieces }
}

/// `old AS new`
public struct ESQLRenaming: Sendable, Equatable {
    public let old: ESQLName
    public let new: ESQLName
}

/// A string, and where it stands.
public struct ESQLText: Sendable, Equatable {
    public let text: String
    public let span: SourceSpan

    public static func == (left: ESQLText, right: ESQLText) -> Bool { left.text == right.text }
}

/// `SET name = value;` in front of a query.
public struct ESQLSetting: Sendable, Equatable {
    public let name: ESQLName
    public let value: ESQLLiteral
}
