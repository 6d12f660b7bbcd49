import Platform

/// What happens in an organization, one after the other, for as long as somebody asks.
///
/// Days are planned when their time comes and sessions are made turn by turn, so memory is bounded by the number of
/// people. The same story gives the same happenings.
struct LivingOrganization: Sendable {
    struct Story: Sendable {
        var seed: UInt64 = 1
        var people = 40
        /// The first moment.
        var start: Timestamp
        /// Attacks and gaps come back after this many days.
        var days = 7
        var attacks = Set(Attack.allCases)
        var gaps = Set(Gap.allCases)
    }

    enum Happening: Sendable {
        case activity(PlannedActivity)
        case export(LivingExport)
        /// Something was planted that must not be kept.
        case secret(PlantedSecret)
    }

    private enum Waiting: Sendable {
        case activity(PlannedActivity)
        case plan(SessionPlan)
        /// A session, and the turn that it is about to send.
        case session(LivingSession, LivingSession.Turn)
    }

    let colleagues: [Colleague]
    /// Who leaves in the middle of the story.
    let leaver: Int?
    /// The day of the calendar on which that is.
    let leavingDay: Int
    private let story: Story
    private var heap = TimeHeap<Waiting>()
    private var ready: [Happening] = []
    /// Who is silent, from when to when.
    private var silences: [(colleague: Int, from: Timestamp, until: Timestamp, mark: Gap.Mark)] = []
    private var plannedDay: Int
    private var storyDay = 0

    init(_ story: Story) {
        self.story = story
        let organization = SimulatedOrganization(seed: story.seed, people: story.people)
        colleagues = (0..<story.people).map { Colleague($0, of: organization, seed: story.seed) }
        let first = Int(story.start.nanoseconds / Timestamp.Span.days(1).nanoseconds)
        leaver = story.people >= 10 ? story.people - 1 : nil
        leavingDay = first + max(1, story.days / 2)
        plannedDay = first - 2
    }

    /// The next happening, and when it is. They come in the order of their times.
    mutating func next() -> (time: Timestamp, happening: Happening) {
        while true {
            if let happening = ready.popLast() { return (heapTime, happening) }
            plan()
            guard let (time, waiting) = heap.removeFirst() else { continue }
            heapTime = time
            switch waiting {
            case .activity(let activity): return (time, .activity(activity))
            case .plan(let plan): goOn(LivingSession(plan, of: colleagues[plan.colleague]))
            case .session(let session, let turn):
                send(turn, of: session)
                goOn(session)
            }
        }
    }

    private var heapTime = Timestamp(nanoseconds: 0)

    private mutating func goOn(_ session: LivingSession) {
        var session = session
        guard let turn = session.next() else { return }
        heap.add(.session(session, turn), at: turn.end)
    }

    // MARK: Plans

    /// Plans as many days as may begin before the next thing that waits.
    private mutating func plan() {
        while true {
            let next = heap.first
            let calendar = Timestamp(nanoseconds: 0) + .days(Int64(plannedDay)) - Colleague.widestZone
            let ofStory = story.start + .days(Int64(storyDay))
            if next.map({ calendar <= $0 }) ?? true {
                planCalendarDay()
            } else if next.map({ ofStory <= $0 }) ?? true {
                planStoryDay()
            } else {
                return
            }
        }
    }

    private mutating func planCalendarDay() {
        defer { plannedDay += 1 }
        for colleague in colleagues {
            let plan = WorkPlan(
                colleague, day: plannedDay, seed: story.seed, left: colleague.number == leaver ? leavingDay : nil)
            // Whoever is already at work when the story begins comes in tomorrow, so that all have signed in.
            guard plan.activities.allSatisfy({ $0.time >= story.start }) else { continue }
            for activity in plan.activities { heap.add(.activity(activity), at: activity.time) }
            for session in plan.sessions { heap.add(.plan(session), at: session.start) }
        }
    }

    /// Attacks and gaps: each once in the days of the story, and again after them.
    private mutating func planStoryDay() {
        defer { storyDay += 1 }
        let staying = colleagues.filter { $0.number != leaver }
        func moment(_ number: Int) -> Timestamp? {
            guard (storyDay + number) % max(1, story.days) == 0 else { return nil }
            var draws = Draws(seed: story.seed ^ 0x706c_616e, of: UInt64(storyDay) << 16 | UInt64(number))
            return story.start + .days(Int64(storyDay)) + .minutes(Int64(120 + draws.number(below: 18 * 60)))
        }
        for (number, attack) in Attack.allCases.enumerated() where story.attacks.contains(attack) {
            guard let time = moment(number) else { continue }
            let plan = AttackPlan(
                Attack.Mark(attack: attack, day: storyDay), at: time, colleagues: staying, seed: story.seed)
            for activity in plan.activities { heap.add(.activity(activity), at: activity.time) }
            if let session = plan.session { heap.add(.plan(session), at: session.start) }
        }
        for (number, gap) in Gap.allCases.enumerated() where story.gaps.contains(gap) {
            // The late activity is on the last day: who looks back for such looks back a day or two.
            guard let time = moment(gap == .lateRow ? 1 : number + 100) else { continue }
            planGap(Gap.Mark(gap: gap, day: storyDay), at: time, staying)
        }
    }

    private mutating func planGap(_ mark: Gap.Mark, at time: Timestamp, _ staying: [Colleague]) {
        var draws = Draws(
            seed: story.seed ^ 0x0067_6170,
            of: UInt64(mark.day) << 8 | UInt64(Gap.allCases.firstIndex(of: mark.gap) ?? 0))
        let colleague = draws.one(of: staying).number
        if mark.gap == .lateRow {
            let late = PlannedActivity(
                time: time, type: "claude_chat_created", actor: .user, person: colleague, detail: ActivityDetail(),
                gap: mark)
            return heap.add(.activity(late), at: time)
        }
        heap.add(.activity(.signIn(colleague, at: time)), at: time)
        let begin = time + .minutes(5)
        let plan = SessionPlan(
            colleague: colleague, start: begin, program: .code, turns: 4, seed: draws.next(),
            gap: mark.gap == .silentExporter ? nil : mark)
        heap.add(.plan(plan), at: begin)
        guard mark.gap == .silentExporter else { return }
        silences.removeAll { $0.until < time }
        silences.append((colleague, time, time + .hours(1), mark))
    }

    // MARK: Sending

    private mutating func send(_ turn: LivingSession.Turn, of session: LivingSession) {
        var signals: [(TelemetrySignal, LivingExport.Fate)] = []
        let silence = silences.first {
            // What an attack does is seen by somebody in any case.
            session.plan.attack == nil && $0.colleague == session.plan.colleague && $0.from <= turn.end
                && turn.end < $0.until
        }
        let gap = session.isInPlantedTurn ? session.plan.gap : nil
        let fate: LivingExport.Fate =
            if let silence { .silent(silence.mark) } else if let gap, gap.gap == .repeatedExport {
                .twice(gap)
            } else { .sent }
        var logs = turn.logs
        if silence == nil, let gap, gap.gap == .sequenceHole {
            // Every prompt has a request and an answer behind it.
            signals.append((.logs(Array(logs[1..<3])), .lost(gap)))
            logs.removeSubrange(1..<3)
        }
        signals.append((.logs(logs), fate))
        if !turn.points.isEmpty { signals.append((.metrics(turn.points), fate)) }
        if !turn.spans.isEmpty { signals.append((.traces(turn.spans), fate)) }
        let exports = signals.map { signal, fate in
            Happening.export(
                LivingExport(
                    signal: signal, fate: fate, origin: session.origin, session: session.id,
                    colleague: session.plan.colleague, isCowork: session.plan.program == .cowork))
        }
        // Taken from the end.
        ready = (turn.secrets.map(Happening.secret) + exports).reversed()
    }
}

/// One request of an exporter.
struct LivingExport: Sendable {
    enum Fate: Sendable {
        case sent
        /// Sent, and sent again.
        case twice(Gap.Mark)
        /// Made, and never sent.
        case silent(Gap.Mark), lost(Gap.Mark)

        var copies: Int {
            switch self {
            case .sent: 1
            case .twice: 2
            case .silent, .lost: 0
            }
        }

        var gap: Gap.Mark? {
            switch self {
            case .sent: nil
            case .twice(let gap), .silent(let gap), .lost(let gap): gap
            }
        }
    }

    let signal: TelemetrySignal
    let fate: Fate
    let origin: TelemetryOrigin
    let session: String
    let colleague: Int
    let isCowork: Bool

    /// What a Docket calls the documents.
    var stream: String {
        switch signal {
        case .logs: isCowork ? "claude_cowork.events" : "claude_code.events"
        case .metrics: "claude_code.metrics"
        case .traces: "claude_code.traces"
        }
    }
}
