/// Finds samples: for each join key one event for each condition, all different, in any order.
///
/// - Bounds: it keeps as many events of a condition as there are conditions, for more can never be needed.
public struct SampleCollector: Sendable {
    private let conditions: Int
    private let limit: Int
    private var states: [EQLJoinKey: [[SearchPlace]]] = [:]
    /// Keys that found no room.
    public private(set) var lostKeys = 0

    /// - Parameter keys: the most join keys that are kept. Later ones are passed over.
    public init(conditions: Int, keys: Int) {
        self.conditions = conditions
        limit = keys
    }

    public mutating func take(_ event: SearchPlace, _ hits: [EQLHit]) {
        for hit in hits {
            for key in hit.keys {
                guard states[key] != nil || states.count < limit else {
                    lostKeys += 1
                    continue
                }
                var state = states[key] ?? Array(repeating: [], count: conditions)
                if state[hit.condition].count < conditions { state[hit.condition].append(event) }
                states[key] = state
            }
        }
    }

    /// The samples, one for each key, in the order of the keys.
    public func matches() -> [EQLMatch] {
        states.compactMap { key, events in
            assignment(events).map { EQLMatch(key: key, events: $0, order: 0) }
        }.sorted { $0.key < $1.key }
    }

    /// An event for each condition, none of them twice.
    private func assignment(_ events: [[SearchPlace]]) -> [SearchPlace]? {
        var owners: [SearchPlace: Int] = [:]
        func find(_ condition: Int, _ tried: inout Set<SearchPlace>) -> Bool {
            for event in events[condition] where tried.insert(event).inserted {
                if let owner = owners[event], !find(owner, &tried) { continue }
                owners[event] = condition
                return true
            }
            return false
        }
        // From the last to the first, for whoever comes later takes from others what they can do without.
        for condition in (0..<conditions).reversed() {
            var tried: Set<SearchPlace> = []
            guard find(condition, &tried) else { return nil }
        }
        var chosen: [SearchPlace?] = Array(repeating: nil, count: conditions)
        for (event, condition) in owners { chosen[condition] = event }
        return chosen.compactMap(\.self)
    }
}
