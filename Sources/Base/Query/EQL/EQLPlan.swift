import Platform

/// What a query asks of the fields of a schema.
public struct EQLPlan: Sendable {
    public enum Form: Sendable {
        case event(EQLCondition)
        case sequence(EQLSequence)
        /// One event for each condition, all different, all with the same keys.
        case sample([EQLCondition])
    }

    /// The query in one way of writing, by which a state is known to be its own.
    public let text: String
    public let form: Form
    public let pipes: [EQLPipe]
    /// `nil` for the order in which events are lent.
    let order: EQLOrder?
    public let warnings: [QueryError]

    /// Each condition that an event may fulfil.
    public var conditions: [EQLCondition] {
        switch form {
        case .event(let condition): [condition]
        case .sequence(let sequence): sequence.conditions
        case .sample(let conditions): conditions
        }
    }

    /// A filter for the store that lets through every event that matters, and perhaps some more.
    public var filter: Filter { .anyOf(conditions.map(\.filter)) }

    /// The conditions that a document fulfils, each with the keys it has for it.
    public func hits(_ document: some FilterDocument) -> [EQLHit] {
        conditions.enumerated().compactMap { place, condition in
            guard condition.test.holds(for: document), let keys = condition.keys(of: document) else { return nil }
            return EQLHit(condition: place, keys: keys)
        }
    }
}

/// A condition of a query and what is read from the events that fulfil it.
public struct EQLCondition: Sendable {
    let test: EQLTest
    let keys: [EQLKey]

    /// A filter for the store that lets through every event that fulfils it, and perhaps some more.
    public var filter: Filter { test.filter }

    public func holds(for document: some FilterDocument) -> Bool { test.holds(for: document) }

    /// The keys of one event that count at the most: one with several values belongs to each of them.
    static let keysOfEvent = 64

    /// - Returns: `nil` for an event without a value for a key that must have one.
    func keys(of document: some FilterDocument) -> [EQLJoinKey]? {
        var found: [[FieldValue?]] = [[]]
        for key in keys {
            let values = key.node.values(in: document)
            guard !values.isEmpty || key.isOptional else { return nil }
            let choices: [FieldValue?] = values.isEmpty ? [nil] : values.map(EQLJoinKey.normal)
            found = Array(found.lazy.flatMap { row in choices.map { row + [$0] } }.prefix(Self.keysOfEvent))
        }
        var known: Set<EQLJoinKey> = []
        return found.map(EQLJoinKey.init).filter { known.insert($0).inserted }
    }
}

/// A value by which events are joined.
struct EQLKey: Sendable {
    let node: EQLNode
    /// Whether events without it share a key of their own.
    let isOptional: Bool
}

/// What all events of a sequence share.
public struct EQLJoinKey: Sendable, Hashable, Comparable {
    /// - Shape: `nil` where events have no value.
    public let values: [FieldValue?]

    public init(_ values: [FieldValue?]) { self.values = values }

    /// Value by value, null first.
    public static func < (left: EQLJoinKey, right: EQLJoinKey) -> Bool {
        for (left, right) in zip(left.values, right.values) where left != right {
            guard let left, let right else { return left == nil }
            if let order = left.order(against: right), order != 0 { return order < 0 }
            return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
        }
        return left.values.count < right.values.count
    }

    /// A number is the same key however it is kept.
    static func normal(_ value: FieldValue) -> FieldValue {
        if case .double(let number) = value, let whole = Int64(exactly: number) { return .integer(whole) }
        return value
    }
}

/// That an event fulfils a condition.
public struct EQLHit: Sendable, Equatable {
    /// Its place among the conditions of the plan.
    public let condition: Int
    public let keys: [EQLJoinKey]

    public init(condition: Int, keys: [EQLJoinKey]) {
        self.condition = condition
        self.keys = keys
    }
}

/// A sequence as a machine sees it: events that must come, and between them some that must not.
public struct EQLSequence: Sendable {
    let conditions: [EQLCondition]
    /// The conditions of the events that must come, in order; runs are written out.
    let steps: [Int]
    /// The conditions of events that must not come: in front of each step, and behind the last one.
    let gaps: [[Int]]
    let until: Int?
    let maxspan: Timestamp.Span?
    /// The steps as they were written: a place among `steps`, or `nil` for an event that must not come.
    let layout: [Int?]

    init(
        conditions: [EQLCondition], terms: [(condition: Int, isMissing: Bool)], until: Int?, maxspan: Timestamp.Span?
    ) {
        var steps: [Int] = []
        var gaps: [[Int]] = [[]]
        var layout: [Int?] = []
        for term in terms {
            layout.append(term.isMissing ? nil : steps.count)
            if term.isMissing {
                gaps[gaps.count - 1].append(term.condition)
            } else {
                steps.append(term.condition)
                gaps.append([])
            }
        }
        self.conditions = conditions
        self.steps = steps
        self.gaps = gaps
        self.until = until
        self.maxspan = maxspan
        self.layout = layout
    }
}
