import Platform
import TestKit
import Testing

@testable import Query

/// The machine against another reading of the same rules: each step looks back over everything that was there.
@Suite struct `Sequences of events` {
    @Test(arguments: 0..<600)
    func `Are those that the rules say`(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        let sequence = dice.sequence()
        let events = dice.events()
        var machine = SequenceMachine(sequence)
        var found: [EQLMatch] = []
        for event in events { found += machine.take(event.place, event.hits) }
        found += machine.finish()
        let expected = SequenceOracle(sequence: sequence, events: events).matches()
        #expect(Set(found.map(\.description)) == Set(expected.map(\.description)), "seed \(seed)")
        #expect(found.count == expected.count, "seed \(seed)")
        #expect(machine.losses.isEmpty)
    }

    /// A state that is written down after any event, and taken up again, goes on as if nothing had been.
    @Test(arguments: 0..<200)
    func `Go on after any pause`(_ seed: UInt64) throws {
        var dice = Dice(seed: seed &+ 10_000)
        let sequence = dice.sequence()
        let events = dice.events()
        var whole = SequenceMachine(sequence)
        var paused = SequenceMachine(sequence)
        for event in events {
            let found = whole.take(event.place, event.hits)
            if dice.roll(3) == 0 {
                paused = try SequenceMachine(sequence, query: "q", state: paused.state(of: "q"))
            }
            #expect(paused.take(event.place, event.hits) == found, "seed \(seed)")
        }
        #expect(paused.state(of: "q") == whole.state(of: "q"))
        #expect(paused.finish() == whole.finish())
    }

    @Test func `A state is of one query, and of no other`() throws {
        let sequence = Self.pair(maxspan: nil)
        let state = SequenceMachine(sequence).state(of: "one")
        #expect(throws: SequenceStateError.otherQuery) {
            try SequenceMachine(sequence, query: "other", state: state)
        }
        var begun = SequenceMachine(sequence)
        _ = begun.take(SearchPlace(time: .sample, id: "1"), [EQLHit(condition: 0, keys: [EQLJoinKey([])])])
        let text = String(decoding: begun.state(of: "one"), as: UTF8.self)
        for broken in [
            "", "{}", "[]", "null", text.replacing("partials", with: "x"), text.replacing("[{", with: "[{},{"),
        ] {
            #expect(throws: SequenceStateError.unreadable, "\(broken)") {
                _ = try SequenceMachine(sequence, query: "one", state: Array(broken.utf8))
            }
        }
    }

    /// Each kind of key value is the same value after a pause.
    @Test func `A key is the same key after a pause`() throws {
        let key = EQLJoinKey([
            .text("=a~1"), .integer(.min), .double(0.1), .boolean(true), .date(.sample),
            .ip(try #require(IPAddress("::1"))),
            nil,
        ])
        let sequence = Self.pair(maxspan: nil)
        var machine = SequenceMachine(sequence)
        _ = machine.take(SearchPlace(time: .sample, id: "a~b"), [EQLHit(condition: 0, keys: [key])])
        var again = try SequenceMachine(sequence, query: "", state: machine.state(of: ""))
        let match = again.take(SearchPlace(time: .sample, id: "c"), [EQLHit(condition: 1, keys: [key])])
        #expect(match.map { $0.events.map { $0?.id } } == [["a~b", "c"]])
    }

    @Test func `What comes late is counted and not taken`() {
        var machine = SequenceMachine(Self.pair(maxspan: nil))
        _ = machine.take(SearchPlace(time: .sample, id: "1"), [])
        _ = machine.take(
            SearchPlace(time: .sample - .seconds(1), id: "0"), [EQLHit(condition: 0, keys: [EQLJoinKey([])])])
        #expect(machine.keyCount == 0)
        #expect(machine.losses.late == 1)
    }

    @Test func `Too many keys are let go, the oldest first, and counted`() {
        var limits = SequenceMachine.Limits()
        limits.keys = 80
        var machine = SequenceMachine(Self.pair(maxspan: nil), limits: limits)
        for number in 0..<200 {
            let hit = EQLHit(condition: 0, keys: [EQLJoinKey([.integer(Int64(number))])])
            _ = machine.take(SearchPlace(time: .sample, id: "\(number)"), [hit])
            #expect(machine.keyCount <= 80)
        }
        #expect(machine.losses.keys == 200 - machine.keyCount)
        func completes(_ number: Int64) -> Bool {
            var machine = machine
            let hit = EQLHit(condition: 1, keys: [EQLJoinKey([.integer(number)])])
            return !machine.take(SearchPlace(time: .sample, id: "end"), [hit]).isEmpty
        }
        #expect(completes(199))
        #expect(!completes(0))
    }

    @Test func `Keys whose time is over make room and are no loss`() {
        var limits = SequenceMachine.Limits()
        limits.keys = 10
        var machine = SequenceMachine(Self.pair(maxspan: .seconds(1)), limits: limits)
        for number in 0..<200 {
            let hit = EQLHit(condition: 0, keys: [EQLJoinKey([.integer(Int64(number))])])
            _ = machine.take(SearchPlace(time: .sample + .seconds(Int64(number)), id: ""), [hit])
        }
        #expect(machine.losses.isEmpty)
    }

    @Test func `Sequences that wait have a bound`() {
        var limits = SequenceMachine.Limits()
        limits.waiting = 5
        let sequence = EQLSequence(
            conditions: [], terms: [(0, false), (1, true)], until: nil, maxspan: .hours(1))
        var machine = SequenceMachine(sequence, limits: limits)
        for number in 0..<20 {
            _ = machine.take(
                SearchPlace(time: .sample + .seconds(Int64(number)), id: "\(number)"),
                [EQLHit(condition: 0, keys: [EQLJoinKey([.integer(Int64(number % 3))])])])
        }
        #expect(machine.losses.waiting == 15)
        #expect(machine.finish().map { $0.events[0]?.id } == ["15", "16", "17", "18", "19"])
    }

    /// What is certain by the clock alone is given without an event.
    @Test func `Time alone makes a sequence certain`() {
        let sequence = EQLSequence(conditions: [], terms: [(0, false), (1, true)], until: nil, maxspan: .seconds(5))
        var machine = SequenceMachine(sequence)
        let hit = EQLHit(condition: 0, keys: [EQLJoinKey([])])
        #expect(machine.take(SearchPlace(time: .sample, id: "1"), [hit]).isEmpty)
        #expect(machine.advance(to: .sample + .seconds(5)).isEmpty)
        let moment = Timestamp.sample + .seconds(5) + Timestamp.Span(nanoseconds: 1)
        #expect(machine.advance(to: moment).map { $0.events.map { $0?.id } } == [["1", nil]])
        #expect(machine.keyCount == 0)
    }

    private static func pair(maxspan: Timestamp.Span?) -> EQLSequence {
        EQLSequence(conditions: [], terms: [(0, false), (1, false)], until: nil, maxspan: maxspan)
    }
}

/// What a random event is to a sequence.
private struct StreamEvent {
    let place: SearchPlace
    let hits: [EQLHit]

    func has(_ condition: Int, _ key: EQLJoinKey) -> Bool {
        hits.contains { $0.condition == condition && $0.keys.contains(key) }
    }
}

extension EQLMatch {
    fileprivate var description: String {
        let values = key.values.map { $0.map { "\($0)" } ?? "null" }
        return "\(values) \(events.map { $0?.id ?? "-" })"
    }
}

extension Dice {
    fileprivate mutating func sequence() -> EQLSequence {
        let conditions = 4
        var terms: [(condition: Int, isMissing: Bool)] = []
        for _ in 0..<(2 + roll(3)) { terms.append((roll(conditions), roll(4) == 0)) }
        if terms.allSatisfy(\.isMissing) { terms[0].isMissing = false }
        let hasMissing = terms.contains(where: \.isMissing)
        let maxspan: Timestamp.Span? = hasMissing || roll(2) == 0 ? .seconds(Int64(1 + roll(8))) : nil
        return EQLSequence(
            conditions: [], terms: terms, until: roll(3) == 0 ? roll(conditions) : nil, maxspan: maxspan)
    }

    fileprivate mutating func events() -> [StreamEvent] {
        var time = Timestamp.sample
        return (0..<(5 + roll(25))).map { number in
            time = time + .seconds(Int64(pick([0, 0, 1, 1, 2, 5])))
            var hits: [EQLHit] = []
            for condition in 0..<4 where roll(3) == 0 {
                let keys = Set((0..<(1 + roll(2))).map { _ in roll(2) })
                hits.append(
                    EQLHit(condition: condition, keys: keys.sorted().map { EQLJoinKey([.integer(Int64($0))]) }))
            }
            return StreamEvent(place: SearchPlace(time: time, id: "\(number)"), hits: hits)
        }
    }
}

/// The rules of sequences, step by step instead of event by event, without any state of a machine.
private struct SequenceOracle {
    let sequence: EQLSequence
    let events: [StreamEvent]

    func matches() -> [EQLMatch] {
        let keys = Set(events.flatMap { $0.hits.flatMap(\.keys) })
        return keys.flatMap { matches(of: $0) }
    }

    private func matches(of key: EQLJoinKey) -> [EQLMatch] {
        /// Sequences that have come to a step, as places of events.
        var reached = places(of: sequence.steps[0], key).map { [$0] }
        for step in sequence.steps.indices.dropFirst() {
            var taken: Set<Int> = []
            var next: [[Int]] = []
            for place in places(of: sequence.steps[step], key) {
                // The newest one in front, and no older one: a newer one took their place.
                guard
                    let choice = reached.indices.filter({ reached[$0].last ?? 0 < place })
                        .max(by: { reached[$0].last ?? 0 < reached[$1].last ?? 0 }), taken.insert(choice).inserted,
                    !isEnded(reached[choice], by: place, in: step, key), isInTime(reached[choice][0], place)
                else { continue }
                next.append(reached[choice] + [place])
            }
            reached = next
        }
        return reached.filter { isAlone($0, key) }.map { found in
            let events = sequence.layout.map { $0.map { self.events[found[$0]].place } }
            return EQLMatch(key: key, events: events, order: 0)
        }
    }

    private func places(of condition: Int, _ key: EQLJoinKey) -> [Int] {
        events.indices.filter { events[$0].has(condition, key) }
    }

    private func time(_ place: Int) -> Timestamp { events[place].place.time }

    private func isInTime(_ first: Int, _ last: Int) -> Bool {
        sequence.maxspan.map { time(last) - time(first) <= $0 } ?? true
    }

    /// Whether something between the last event and the next one ended it.
    private func isEnded(_ partial: [Int], by place: Int, in step: Int, _ key: EQLJoinKey) -> Bool {
        let enemies = sequence.gaps[step] + [sequence.until].compactMap(\.self)
        return events.indices.contains { between in
            between > partial[partial.count - 1] && between < place
                && enemies.contains { events[between].has($0, key) }
        }
    }

    /// Whether there is a stretch as long as the longest time in which no event is in front or behind that must not.
    private func isAlone(_ found: [Int], _ key: EQLJoinKey) -> Bool {
        guard let maxspan = sequence.maxspan else { return true }
        let (first, last) = (found[0], found[found.count - 1])
        let (leading, trailing) = (sequence.gaps[0], sequence.gaps[sequence.steps.count])
        let before = events.indices.last { place in place < first && leading.contains { events[place].has($0, key) } }
        let behind = events.indices.first { place in place > last && trailing.contains { events[place].has($0, key) } }
        if leading.isEmpty, trailing.isEmpty { return true }
        // Without any such event the stretch has no end.
        if leading.isEmpty { return behind.map { time($0) - time(first) > maxspan } ?? true }
        if trailing.isEmpty { return before.map { time(last) - time($0) > maxspan } ?? true }
        guard let before, let behind else { return true }
        return time(behind) - time(before) > maxspan
    }
}
