import Codecs
public import Platform

/// What is asked in EQL.
public struct EQLRequest: Sendable {
    public var tenant: String
    public var text: String
    /// Which streams events are of; `nil` for all.
    public var streams: StreamPatterns?
    public var from: Timestamp?
    public var to: Timestamp?
    /// The largest count of events or sequences.
    public var limit: Int
    /// Whether those at the end of the time are given where there are more.
    ///
    /// - Default: yes, as in Elasticsearch
    public var wantsLast: Bool
    public var options: EQLOptions
    public var cancellation: Cancellation?

    public init(
        tenant: String, text: String, streams: StreamPatterns? = nil, from: Timestamp? = nil, to: Timestamp? = nil,
        limit: Int = 10, wantsLast: Bool = true, options: EQLOptions = EQLOptions(), cancellation: Cancellation? = nil
    ) {
        self.tenant = tenant
        self.text = text
        self.streams = streams
        self.from = from
        self.to = to
        self.limit = limit
        self.wantsLast = wantsLast
        self.options = options
        self.cancellation = cancellation
    }
}

/// What a query in EQL found.
public struct EQLAnswer: Sendable {
    public struct Sequence: Sendable, Equatable {
        public var key: EQLJoinKey
        /// - Shape: one for each step; `nil` where an event stayed away.
        public var events: [SearchHit?]
    }

    public enum Found: Sendable {
        case events([SearchHit])
        /// Sequences, or samples.
        case sequences([Sequence])
    }

    /// - Order: of time; sequences by their last event.
    public var found: Found
    /// Whether a bound was met, so that something may be missing; a warning says which.
    public var isPartial: Bool
    /// For the person who asked. They may quote the query.
    public var warnings: [String]
    /// Events that were looked at.
    public var examined: Int
    public var tookMilliseconds: Int
}

/// The numbers that bound a search in EQL.
public struct EQLSearchLimits: Sendable {
    /// Events that are looked at. Behind them the answer is partial.
    ///
    /// - Default: 1,000,000
    public var events = 1_000_000

    /// The largest count of events or sequences in an answer.
    ///
    /// - Default: 10,000
    public var results = 10_000

    public var machine = SequenceMachine.Limits()

    public init() {}
}

/// Runs EQL over events that are lent in order: what a filter of the store cannot say is looked at one by one.
public struct EQLSearch: Sendable {
    private let reader: any EventReader
    private let schema: FieldSchema
    private let clock: any Clock
    private let limits: EQLSearchLimits

    public init(
        _ reader: any EventReader, schema: FieldSchema, clock: any Clock, limits: EQLSearchLimits = EQLSearchLimits()
    ) {
        self.reader = reader
        self.schema = schema
        self.clock = clock
        self.limits = limits
    }

    public func search(_ request: EQLRequest) throws(SearchError) -> EQLAnswer {
        let began = clock.steady()
        let plan: EQLPlan
        do throws(QueryError) {
            plan = try EQL.parse(request.text).resolved(schema: schema, now: clock.now(), request.options)
        } catch {
            throw .query(error)
        }
        var run = EQLRun(plan: plan, schema: schema, limits: limits, window: window(plan.pipes, request))
        let reading = EventReadRequest(
            tenant: request.tenant, filter: plan.filter, streams: request.streams, fields: plan.references,
            from: request.from, to: request.to, cancellation: request.cancellation)
        if reading.filter != .nothing, run.window.count > 0 {
            do throws(SearchError) {
                try reader.read(reading) { run.take($0) }
            } catch {
                // What was found until then is an answer.
                guard error == .timeLimit, run.examined > 0 else { throw error }
                run.endEarly()
            }
        }
        run.finish()
        var answer = EQLAnswer(
            found: try found(run, request), isPartial: false, warnings: plan.warnings.map(\.message),
            examined: run.examined, tookMilliseconds: 0)
        for loss in run.losses {
            answer.isPartial = true
            answer.warnings.append(loss)
        }
        answer.tookMilliseconds = Int((clock.steady() - began).nanoseconds / 1_000_000)
        return answer
    }

    /// The pipes and the limit of the request, which is one more pipe.
    private func window(_ pipes: [EQLPipe], _ request: EQLRequest) -> EQLWindow {
        let count = max(0, min(request.limit, limits.results))
        return EQLWindow(
            pipes + [EQLPipe(kind: request.wantsLast ? .tail : .head, count: count)], most: limits.results)
    }

    private func found(_ run: EQLRun, _ request: EQLRequest) throws(SearchError) -> EQLAnswer.Found {
        guard run.isOfSequences else {
            let places = run.window.chosen(run.places).map(run.origin)
            let known = try events(at: Set(places), request)
            return .events(places.map { known[$0] ?? Self.gone($0) })
        }
        let matches = run.window.chosen(run.matches).map { match in
            EQLMatch(key: match.key, events: match.events.map { $0.map(run.origin) }, order: match.order)
        }
        let known = try events(at: Set(matches.flatMap { $0.events.compactMap(\.self) }), request)
        return .sequences(
            matches.map { match in
                EQLAnswer.Sequence(key: match.key, events: match.events.map { $0.map { known[$0] ?? Self.gone($0) } })
            })
    }

    /// Whole events: while they were looked at, only what the query looks at was read of them.
    private func events(
        at places: Set<SearchPlace>, _ request: EQLRequest
    ) throws(SearchError) -> [SearchPlace: SearchHit] {
        let hits = try reader.events(
            at: places.sorted { ($0.time, $0.id) < ($1.time, $1.id) }, tenant: request.tenant,
            cancellation: request.cancellation)
        return Dictionary(hits.map { ($0.place, $0) }) { first, _ in first }
    }

    /// An event that retention took meanwhile is still named.
    private static func gone(_ place: SearchPlace) -> SearchHit {
        SearchHit(id: place.id, time: place.time, stream: "", document: Array("{}".utf8))
    }
}

/// Pipes one after another.
struct EQLWindow: Sendable {
    private let pipes: [EQLPipe]
    /// Whether the first pipe lets through more than are kept.
    let isCapped: Bool

    /// - Parameter most: results that are kept, whatever the pipes want.
    init(_ pipes: [EQLPipe], most: Int) {
        isCapped = pipes.first.map { $0.count > most } ?? false
        self.pipes = pipes.map { EQLPipe(kind: $0.kind, count: min($0.count, most)) }
    }

    /// The most results that are given.
    var count: Int { pipes.map(\.count).min() ?? .max }

    /// The results in front that must be known, if the first pipe is a `head`; then nothing behind them counts.
    var head: Int? { pipes.first?.kind == .head ? pipes[0].count : nil }

    /// The results at the end that must be known, if the first pipe is a `tail`.
    var tail: Int? { pipes.first?.kind == .tail ? pipes[0].count : nil }

    func chosen<Result>(_ results: [Result]) -> [Result] {
        pipes.reduce(results) { $1.kind == .head ? Array($0.prefix($1.count)) : Array($0.suffix($1.count)) }
    }
}

/// A search under way.
struct EQLRun {
    let plan: EQLPlan
    let schema: FieldSchema
    let limits: EQLSearchLimits
    let window: EQLWindow
    private(set) var examined = 0
    /// Of events that were found.
    private(set) var places: [SearchPlace] = []
    private(set) var matches: [EQLMatch] = []
    /// The time of the last event that was looked at, if there were more.
    private var cut: Timestamp?
    private var last: Timestamp?
    /// Whether results that a pipe let through found no room.
    private var isTrimmed = false
    /// Events that wait for others which come before them in the order that was asked for.
    private var waiting: [EQLOrder.Entry] = []
    /// By the place that they have in that order, the places where events are.
    private var origins: [SearchPlace: SearchPlace] = [:]
    private var machine: SequenceMachine?
    private var samples: SampleCollector?

    init(plan: EQLPlan, schema: FieldSchema, limits: EQLSearchLimits, window: EQLWindow) {
        self.plan = plan
        self.schema = schema
        self.limits = limits
        self.window = window
        switch plan.form {
        case .event: break
        case .sequence(let sequence): machine = SequenceMachine(sequence, limits: limits.machine)
        case .sample(let conditions):
            samples = SampleCollector(conditions: conditions.count, keys: limits.machine.keys)
        }
    }

    var isOfSequences: Bool { machine != nil || samples != nil }

    /// - Returns: whether the next event is wanted.
    mutating func take(_ hit: SearchHit) -> Bool {
        guard examined < limits.events else {
            endEarly()
            return false
        }
        examined += 1
        last = hit.time
        guard let value = try? JSONValue(parsing: hit.document) else { return true }
        let document = JSONDocument(value, schema: schema)
        let found = plan.hits(document)
        guard let order = plan.order else { return take(hit.place, found) }
        // Of one moment all must be there before the first of them is known; of a field of its own, all of them.
        if order.timestamp == nil, let first = waiting.first, first.moment < hit.time, !takeWaiting() { return false }
        if !found.isEmpty, let entry = order.entry(hit.place, found, document) { waiting.append(entry) }
        return true
    }

    /// - Returns: whether the next event is wanted.
    private mutating func takeWaiting() -> Bool {
        let entries = EQLOrder.sorted(waiting)
        waiting = []
        for entry in entries {
            let place = SearchPlace(time: entry.moment, id: entry.place.id)
            if place != entry.place { origins[place] = entry.place }
            guard take(place, entry.hits) else { return false }
        }
        return true
    }

    private mutating func take(_ place: SearchPlace, _ found: [EQLHit]) -> Bool {
        if machine != nil {
            // The machine also learns the time from events that fulfil nothing.
            keep(machine?.take(place, found) ?? [])
            return machine?.isWaiting == true || wantsMore(matches.count)
        }
        if found.isEmpty { return true }
        if samples != nil {
            samples?.take(place, found)
            return true
        }
        places.append(place)
        if let tail = window.tail, places.count >= 2 * tail + 1_000 {
            places.removeFirst(places.count - tail)
            isTrimmed = window.isCapped
        }
        return wantsMore(places.count)
    }

    private mutating func wantsMore(_ count: Int) -> Bool {
        guard let head = window.head, count >= head else { return true }
        if window.isCapped { endEarly() }
        return false
    }

    private mutating func keep(_ new: [EQLMatch]) {
        matches += new
        // Some become certain late, so those that are let go leave room for them.
        let most = limits.results + limits.machine.waiting
        if window.tail != nil, matches.count > 2 * most {
            matches.sort { $0.order < $1.order }
            matches.removeFirst(matches.count - most)
            isTrimmed = window.isCapped
        }
    }

    /// Says that there are events behind the last one that are not looked at.
    mutating func endEarly() { cut = last }

    mutating func finish() {
        if !waiting.isEmpty { _ = takeWaiting() }
        if let samples {
            matches = samples.matches()
        } else if machine != nil {
            // Behind a cut there may be the event that must not come.
            if cut == nil { matches += machine?.finish() ?? [] }
            matches.sort { $0.order < $1.order }
        }
    }

    /// Where the event is that has a place in the order that was asked for.
    func origin(of place: SearchPlace) -> SearchPlace { origins[place] ?? place }

    /// What was not looked at, each as a sentence.
    var losses: [String] {
        var losses: [String] = []
        if let cut {
            losses.append("only the first \(examined) events were looked at, until \(RFC3339.text(cut))")
        }
        if isTrimmed { losses.append("only the last \(limits.results) results were kept") }
        let keys = (machine?.losses.keys ?? 0) + (samples?.lostKeys ?? 0)
        if keys > 0 { losses.append("more than \(limits.machine.keys) join keys; \(keys) were let go") }
        let waiting = machine?.losses.waiting ?? 0
        if waiting > 0 { losses.append("\(waiting) sequences were let go while they waited for an event to stay away") }
        return losses
    }
}
