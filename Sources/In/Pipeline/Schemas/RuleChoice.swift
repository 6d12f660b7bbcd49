import Codecs

/// The rows of the tables that can hold for an action: most rows ask for one, and the same actions come again and
/// again.
///
/// - Bound: a sender can make up actions, so it forgets all of them when there are too many.
struct RuleChoice {
    static let limit = 1_024

    struct Rows {
        fileprivate var action: [UInt8]
        var events: [Int]
        var objects: [Int]
    }

    private var places: [UInt64: Int] = [:]
    private(set) var kept: [Rows] = []

    /// The place of the rows in ``kept``.
    mutating func place(of action: RawSpan, _ translation: borrowing Translation) -> Int {
        let hash = NameTable.hash(action)
        if let place = places[hash] {
            let known = kept[place].action
            if unsafe known.span.bytes.isEqual(to: action) { return place }
        }
        if kept.count >= Self.limit {
            kept.removeAll(keepingCapacity: true)
            places.removeAll(keepingCapacity: true)
        }
        kept.append(
            Rows(
                action: action.array,
                events: translation.events.indices.filter { translation.events[$0].action.matches(action) },
                objects: translation.objects.indices.filter { translation.objects[$0].action.matches(action) }))
        places[hash] = kept.count - 1
        return kept.count - 1
    }
}
