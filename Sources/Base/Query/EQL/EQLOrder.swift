import Platform

/// The order of events by fields that whoever lends them does not know of.
struct EQLOrder: Sendable {
    /// `nil` for the time that every event has.
    let timestamp: FieldReference?
    let tiebreaker: FieldReference?

    /// An event while it waits for its turn.
    struct Entry: Sendable {
        let place: SearchPlace
        let hits: [EQLHit]
        let moment: Timestamp
        let tiebreaker: FieldValue?
    }

    /// - Returns: `nil` for an event without a value of the field that says when it was.
    func entry(_ place: SearchPlace, _ hits: [EQLHit], _ document: some FilterDocument) -> Entry? {
        var moment = place.time
        if let timestamp {
            guard let first = document.values(of: timestamp).lazy.compactMap(Self.moment).min() else { return nil }
            moment = first
        }
        return Entry(
            place: place, hits: hits, moment: moment,
            tiebreaker: tiebreaker.flatMap { document.values(of: $0).min(by: Self.precedes) })
    }

    private static func moment(_ value: FieldValue) -> Timestamp? {
        if case .date(let moment) = value { moment } else { nil }
    }

    private static func precedes(_ left: FieldValue, _ right: FieldValue) -> Bool {
        if let order = left.order(against: right) { return order < 0 }
        return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Those that came first stay in front of those that are equal.
    static func sorted(_ entries: [Entry]) -> [Entry] {
        entries.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if one.moment != other.moment { return one.moment < other.moment }
            switch (one.tiebreaker, other.tiebreaker) {
            case (let first?, let second?):
                if precedes(first, second) { return true }
                if precedes(second, first) { return false }
            case (nil, nil): break
            case (_, nil): return true
            case (nil, _): return false
            }
            return left.offset < right.offset
        }.map(\.element)
    }
}
