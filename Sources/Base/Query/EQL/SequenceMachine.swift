public import Platform

/// Finds sequences in events that come in the order of time, one at a time, and can be put away between two of them.
///
/// For each join key there is a machine of its own. In front of each step but the first it has room for one sequence
/// that has come so far; a newer one takes the place of an older one. So `A A B` gives the second `A` with `B`, and
/// three events that fit two equal steps give the first two, and the last two.
///
/// - Order: an event first moves on what waits for it, from the last step to the first, so it is in one sequence once.
///   Then it ends what must not meet it: a sequence that it has just begun or moved on is not its concern.
/// - Bounds: of ``Limits``. What falls out of them is counted in ``losses``, and the answer is partial.
public struct SequenceMachine: Sendable {
    public struct Limits: Sendable {
        /// Join keys with a sequence that has begun. Beyond, those that were met the longest time ago are let go.
        ///
        /// - Default: 10,000
        public var keys = 10_000

        /// Sequences that are complete and wait whether an event stays away.
        ///
        /// - Default: 10,000
        public var waiting = 10_000

        public init() {}
    }

    /// What was not looked at.
    public struct Losses: Sendable, Equatable {
        /// Keys that were let go with what they had.
        public internal(set) var keys = 0
        /// Complete sequences that were let go while they waited.
        public internal(set) var waiting = 0
        /// Events that came after later ones.
        public internal(set) var late = 0

        public var isEmpty: Bool { self == Losses() }
    }

    /// A sequence that has begun.
    struct Partial: Sendable, Equatable {
        var events: [SearchPlace]
        /// The last event in front of it that must not be there.
        var lead: Timestamp?
    }

    /// A sequence whose events are there, and that is one if none comes until then that must not.
    struct Waiting: Sendable, Equatable {
        var events: [SearchPlace]
        var deadline: Timestamp
        /// The number of the event that made it complete.
        var order: UInt64
    }

    /// What is known of one join key.
    struct State: Sendable, Equatable {
        /// In front of each step but the first.
        var partials: [Partial?]
        /// The last event that must not come in front of the first step.
        var lead: Timestamp?
        /// - Order: of their deadlines.
        var waiting: [Waiting] = []
        /// The number of the last event that touched it.
        var touched: UInt64 = 0

        var isEmpty: Bool { lead == nil && waiting.isEmpty && partials.allSatisfy { $0 == nil } }
    }

    let sequence: EQLSequence
    let limits: Limits
    public internal(set) var losses = Losses()
    /// The time of the last event.
    public internal(set) var clock = Timestamp(nanoseconds: .min)
    /// Events so far.
    var count: UInt64 = 0
    var states: [EQLJoinKey: State] = [:]
    /// Whose sequences wait, by deadline. One that is gone meanwhile is passed over.
    var deadlines: [(deadline: Timestamp, key: EQLJoinKey)] = []

    public init(_ sequence: EQLSequence, limits: Limits = Limits()) {
        self.sequence = sequence
        self.limits = limits
    }

    /// Join keys with a sequence that has begun.
    public var keyCount: Int { states.count }

    /// Whether a sequence is complete and not certain yet.
    public var isWaiting: Bool { !deadlines.isEmpty }

    // MARK: Events

    /// Takes the next event.
    ///
    /// - Parameter hits: the conditions that it fulfils, as ``EQLPlan/hits(_:)`` says.
    /// - Returns: the sequences that are certain now.
    public mutating func take(_ event: SearchPlace, _ hits: [EQLHit]) -> [EQLMatch] {
        guard event.time >= clock else {
            losses.late += 1
            return []
        }
        var matches = advance(to: event.time)
        count += 1
        var keys: [EQLJoinKey] = []
        var conditions: [EQLJoinKey: [Int]] = [:]
        for hit in hits {
            for key in hit.keys {
                if conditions[key] == nil { keys.append(key) }
                conditions[key, default: []].append(hit.condition)
            }
        }
        for key in keys {
            if let match = take(event, conditions[key] ?? [], key) { matches.append(match) }
        }
        if states.count > limits.keys { letGo() }
        return matches
    }

    private mutating func take(_ event: SearchPlace, _ conditions: [Int], _ key: EQLJoinKey) -> EQLMatch? {
        var state = states[key] ?? State(partials: Array(repeating: nil, count: sequence.steps.count - 1))
        state.touched = count
        let complete = moveOn(&state, event, conditions)
        end(&state, event, conditions)
        var match: EQLMatch?
        if let complete { match = settle(complete, &state, key) }
        states[key] = state.isEmpty ? nil : state
        return match
    }

    /// Moves sequences on to the steps that the event fits.
    ///
    /// - Returns: one that is complete.
    private func moveOn(_ state: inout State, _ event: SearchPlace, _ conditions: [Int]) -> Partial? {
        var complete: Partial?
        for step in sequence.steps.indices.reversed() where conditions.contains(sequence.steps[step]) {
            var partial = Partial(events: [], lead: state.lead)
            if step > 0 {
                guard let waiting = state.partials[step - 1] else { continue }
                partial = waiting
                state.partials[step - 1] = nil
                if let maxspan = sequence.maxspan, event.time - partial.events[0].time > maxspan { continue }
            }
            partial.events.append(event)
            if step == sequence.steps.count - 1 { complete = partial } else { state.partials[step] = partial }
        }
        return complete
    }

    /// Ends what must not meet the event.
    private func end(_ state: inout State, _ event: SearchPlace, _ conditions: [Int]) {
        let isEnd = sequence.until.map(conditions.contains) ?? false
        for gap in sequence.gaps.indices {
            let isThere = sequence.gaps[gap].contains(where: conditions.contains)
            if gap == sequence.steps.count {
                if isThere { state.waiting.removeAll() }
            } else if gap == 0 {
                if isThere { state.lead = event.time }
            } else if isThere || isEnd, state.partials[gap - 1]?.events.last != event {
                state.partials[gap - 1] = nil
            }
        }
    }

    /// What becomes of a sequence whose events are all there.
    private mutating func settle(_ complete: Partial, _ state: inout State, _ key: EQLJoinKey) -> EQLMatch? {
        let match = EQLMatch(key: key, events: complete.events, order: count, sequence.layout)
        let last = complete.events[complete.events.count - 1].time
        guard let maxspan = sequence.maxspan else { return match }
        let isLed = !sequence.gaps[0].isEmpty
        guard !sequence.gaps[sequence.steps.count].isEmpty else {
            // Far enough behind the event that must not be in front of it.
            return !isLed || complete.lead.map { last - $0 > maxspan } ?? true ? match : nil
        }
        // With one that must not come at either end, there must be a stretch of that length that holds neither.
        guard let start = isLed ? complete.lead : complete.events[0].time else { return match }
        let deadline = start + maxspan
        guard deadline >= last else { return match }
        let waiting = Waiting(events: complete.events, deadline: deadline, order: count)
        let place = state.waiting.firstIndex { $0.deadline > deadline } ?? state.waiting.count
        state.waiting.insert(waiting, at: place)
        wait(deadline, key)
        return nil
    }

    // MARK: Waiting

    private mutating func wait(_ deadline: Timestamp, _ key: EQLJoinKey) {
        var (low, high) = (0, deadlines.count)
        while low < high {
            let middle = (low + high) / 2
            if deadlines[middle].deadline <= deadline { low = middle + 1 } else { high = middle }
        }
        deadlines.insert((deadline, key), at: low)
        guard deadlines.count > limits.waiting else { return }
        let oldest = deadlines.removeFirst()
        guard var state = states[oldest.key], state.waiting.first?.deadline == oldest.deadline else { return }
        losses.waiting += 1
        state.waiting.removeFirst()
        states[oldest.key] = state.isEmpty ? nil : state
    }

    /// Says that no event in front of this moment comes any more.
    ///
    /// - Returns: the sequences that are certain now.
    public mutating func advance(to moment: Timestamp) -> [EQLMatch] {
        clock = max(clock, moment)
        return settle { $0 < moment }
    }

    /// Says that no event comes any more.
    public mutating func finish() -> [EQLMatch] { settle { _ in true } }

    private mutating func settle(_ isOver: (Timestamp) -> Bool) -> [EQLMatch] {
        let over = deadlines.prefix { isOver($0.deadline) }
        deadlines.removeFirst(over.count)
        var matches: [EQLMatch] = []
        for (_, key) in over {
            guard var state = states[key] else { continue }
            let certain = state.waiting.prefix { isOver($0.deadline) }
            matches += certain.map { EQLMatch(key: key, events: $0.events, order: $0.order, sequence.layout) }
            state.waiting.removeFirst(certain.count)
            states[key] = state.isEmpty ? nil : state
        }
        return matches.sorted { ($0.order, $0.key) < ($1.order, $1.key) }
    }

    // MARK: Bounds

    /// Lets go what can become nothing, and then, where there are still too many keys, an eighth of them.
    private mutating func letGo() {
        if let maxspan = sequence.maxspan { removeExpired(before: clock - maxspan) }
        guard states.count > limits.keys else { return }
        let oldest = states.sorted { ($0.value.touched, $0.key) < ($1.value.touched, $1.key) }
            .prefix(states.count - limits.keys + limits.keys / 8)
        for (key, state) in oldest {
            losses.keys += 1
            losses.waiting += state.waiting.count
            states[key] = nil
        }
    }

    private mutating func removeExpired(before moment: Timestamp) {
        for (key, state) in states {
            var state = state
            for place in state.partials.indices where state.partials[place].map({ $0.events[0].time < moment }) ?? false
            {
                state.partials[place] = nil
            }
            if let lead = state.lead, lead < moment { state.lead = nil }
            states[key] = state.isEmpty ? nil : state
        }
    }
}

/// A sequence that was found.
public struct EQLMatch: Sendable, Equatable {
    public let key: EQLJoinKey
    /// - Shape: as the steps were written, runs one by one; `nil` where an event stayed away.
    public let events: [SearchPlace?]
    /// The number of the event that made it complete, by which sequences are ordered.
    public let order: UInt64

    init(key: EQLJoinKey, events: [SearchPlace?], order: UInt64) {
        self.key = key
        self.events = events
        self.order = order
    }

    init(key: EQLJoinKey, events: [SearchPlace], order: UInt64, _ layout: [Int?]) {
        self.init(key: key, events: layout.map { place in place.map { events[$0] } }, order: order)
    }
}
