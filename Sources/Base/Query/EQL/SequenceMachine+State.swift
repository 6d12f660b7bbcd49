import Codecs
import Platform

/// Why a state that was put away cannot be taken up again.
public enum SequenceStateError: Error, Sendable, Equatable {
    /// It is of another query.
    case otherQuery
    /// It is no state, or one of another version.
    case unreadable
}

extension SequenceMachine {
    private static let format = "docket sequence state 1"

    /// Everything that it knows, as one line of JSON.
    ///
    /// - Parameter query: ``EQLPlan/text``, so that no state is taken for that of another query.
    public func state(of query: String) -> [UInt8] {
        let ordered = states.sorted { ($0.value.touched, $0.key) < ($1.value.touched, $1.key) }
        let keys = ordered.map { key, state -> JSONValue in
            .object([
                .init("key", .array(key.values.map(Self.json))), .init("touched", Self.json(state.touched)),
                .init("lead", Self.json(state.lead)),
                .init("partials", .array(state.partials.map(Self.json))),
                .init("waiting", .array(state.waiting.map(Self.json))),
            ])
        }
        let value = JSONValue.object([
            .init("format", .string(Self.format)), .init("query", .string(query)),
            .init("clock", .integer(clock.nanoseconds)), .init("count", Self.json(count)),
            .init(
                "losses",
                .array([losses.keys, losses.waiting, losses.late].map { .integer(Int64($0)) })),
            .init("keys", .array(keys)),
        ])
        return Array(value.text.utf8)
    }

    /// Takes up what was put away.
    public init(
        _ sequence: EQLSequence, limits: Limits = Limits(), query: String, state: [UInt8]
    ) throws(SequenceStateError) {
        self.init(sequence, limits: limits)
        guard let value = try? JSONValue(parsing: state), value["format"]?.string == Self.format else {
            throw .unreadable
        }
        guard value["query"]?.string == query else { throw .otherQuery }
        guard let clock = value["clock"]?.integer, let count = Self.number(value["count"]),
            let losses = value["losses"]?.array?.compactMap(\.integer), losses.count == 3,
            let keys = value["keys"]?.array
        else { throw .unreadable }
        self.clock = Timestamp(nanoseconds: clock)
        self.count = count
        self.losses = Losses(keys: Int(losses[0]), waiting: Int(losses[1]), late: Int(losses[2]))
        for entry in keys {
            guard let (key, state) = Self.state(entry, steps: sequence.steps.count) else { throw .unreadable }
            states[key] = state
            deadlines += state.waiting.map { ($0.deadline, key) }
        }
        deadlines.sort { $0.deadline < $1.deadline }
    }

    private static func state(_ value: JSONValue, steps: Int) -> (EQLJoinKey, State)? {
        guard let values = value["key"]?.array, let touched = number(value["touched"]),
            let partials = value["partials"]?.array, partials.count == steps - 1,
            let waiting = value["waiting"]?.array
        else { return nil }
        var key: [FieldValue?] = []
        for value in values {
            guard let known = self.value(value) else { return nil }
            key.append(known)
        }
        var state = State(partials: [], lead: moment(value["lead"]), touched: touched)
        for (place, partial) in partials.enumerated() {
            if partial.isNull {
                state.partials.append(nil)
                continue
            }
            guard let events = events(partial["events"]), events.count == place + 1 else { return nil }
            state.partials.append(Partial(events: events, lead: moment(partial["lead"])))
        }
        for entry in waiting {
            guard let events = events(entry["events"]), events.count == steps,
                let deadline = moment(entry["deadline"]), let order = number(entry["order"])
            else { return nil }
            state.waiting.append(Waiting(events: events, deadline: deadline, order: order))
        }
        return (EQLJoinKey(key), state)
    }

    // MARK: Parts

    private static func json(_ partial: Partial?) -> JSONValue {
        guard let partial else { return .null }
        return .object([.init("events", json(partial.events)), .init("lead", json(partial.lead))])
    }

    private static func json(_ waiting: Waiting) -> JSONValue {
        .object([
            .init("events", json(waiting.events)), .init("deadline", json(waiting.deadline)),
            .init("order", json(waiting.order)),
        ])
    }

    private static func json(_ events: [SearchPlace]) -> JSONValue { .array(events.map { .string($0.text) }) }
    private static func json(_ number: UInt64) -> JSONValue { .integer(Int64(clamping: number)) }
    private static func json(_ moment: Timestamp?) -> JSONValue { moment.map { .integer($0.nanoseconds) } ?? .null }

    /// Dates and addresses are texts with a mark in front, which a text has not: its own mark is `=`.
    private static func json(_ value: FieldValue?) -> JSONValue {
        switch value {
        case .text(let text): .string("=" + text)
        case .integer(let number): .integer(number)
        case .double(let number): .string("%" + String(number))
        case .boolean(let flag): .bool(flag)
        case .date(let moment): .string("@" + String(moment.nanoseconds))
        case .ip(let address): .string("#" + address.description)
        case nil: .null
        }
    }

    /// - Returns: a value that may be null, or `nil` for what is none.
    private static func value(_ json: JSONValue) -> FieldValue?? {
        switch json {
        case .null: return .some(nil)
        case .bool(let flag): return .boolean(flag)
        case .integer(let number): return .integer(number)
        case .string(let text):
            let rest = String(text.dropFirst())
            switch text.first {
            case "=": return .text(rest)
            case "%": return Double(rest).map { .double($0) }
            case "@": return Int64(rest).map { .date(Timestamp(nanoseconds: $0)) }
            case "#": return IPAddress(rest).map { .ip($0) }
            default: return nil
            }
        case .double, .array, .object: return nil
        }
    }

    private static func number(_ json: JSONValue?) -> UInt64? { json?.integer.flatMap { UInt64(exactly: $0) } }
    private static func moment(_ json: JSONValue?) -> Timestamp? {
        json?.integer.map { Timestamp(nanoseconds: $0) }
    }

    private static func events(_ json: JSONValue?) -> [SearchPlace]? {
        guard let texts = json?.array else { return nil }
        let events = texts.compactMap { $0.string.flatMap { SearchPlace($0) } }
        return events.count == texts.count ? events : nil
    }
}
