import Codecs
import Platform

/// What one person is going to do on one day of the calendar. The same person and day give the same plan.
struct WorkPlan {
    private(set) var activities: [PlannedActivity] = []
    private(set) var sessions: [SessionPlan] = []
    private let colleague: Colleague
    private let day: Int
    private var draws: Draws

    /// - Parameter left: the first day on which the colleague is not there any more.
    init(_ colleague: Colleague, day: Int, seed: UInt64, left: Int?) {
        self.colleague = colleague
        self.day = day
        draws = Draws(
            seed: seed ^ 0x0077_6f72_6b, of: UInt64(colleague.number) << 32 | UInt64(UInt32(truncatingIfNeeded: day)))
        if let left, day >= left {
            if day == left { leave() }
            return
        }
        // 1970 began on a Thursday.
        let isWeekend = (day + 3) % 7 >= 5
        guard draws.isTrue(isWeekend ? 0.12 : 0.92) else { return }
        let begin = colleague.midnight(day) + colleague.begin + .minutes(Int64(draws.number(below: 40)))
        signIn(before: begin)
        work(from: begin, isShort: isWeekend)
        if colleague.person.isAdministrator, !isWeekend { administer(from: begin) }
    }

    // MARK: In and out

    private mutating func signIn(before begin: Timestamp) {
        if draws.isTrue(0.05) { add("sso_login_failed", begin - .seconds(90), by: .unauthenticated) }
        add("sso_login_initiated", begin - .seconds(20), by: .unauthenticated)
        add("sso_login_succeeded", begin - .seconds(10))
    }

    /// The directory takes the account away; nothing comes from it any more.
    private mutating func leave() {
        add(
            "scim_user_deleted", colleague.midnight(day) + .hours(7), by: .directorySync,
            ["user_id": .string(colleague.person.id)])
    }

    // MARK: The day

    private mutating func work(from begin: Timestamp, isShort: Bool) {
        let hours = isShort ? 2 : 8
        // Sessions one after the other, with a meal in between.
        var start = begin + .minutes(Int64(draws.number(below: 30)))
        for _ in 0..<(isShort ? 1 : 1 + draws.number(below: colleague.sessions)) {
            let program: SessionPlan.Program = draws.isTrue(colleague.codeShare) ? .code : .cowork
            sessions.append(
                SessionPlan(
                    colleague: colleague.number, start: start, program: program, turns: 2 + draws.number(below: 9),
                    seed: draws.next()))
            if program == .cowork { add("cowork_session_updated", start + .seconds(30)) }
            start = start + .minutes(Int64(60 + draws.number(below: 90)))
        }
        for _ in 0..<(2 + draws.number(below: isShort ? 3 : 12)) {
            let moment = begin + .seconds(Int64(60 + draws.number(below: hours * 3_600)))
            add(draws.one(of: Self.ordinary), moment)
        }
    }

    /// As often as they happen.
    static let ordinary = [
        "claude_chat_created", "claude_chat_created", "claude_chat_created", "claude_chat_viewed", "claude_chat_viewed",
        "claude_chat_viewed", "claude_chat_viewed", "claude_file_uploaded", "claude_file_uploaded",
        "claude_chat_settings_updated", "claude_user_settings_updated", "claude_project_created",
    ]

    /// A key that is created is used, from where its owner's machines are.
    private mutating func administer(from begin: Timestamp) {
        add("org_user_viewed", begin + .minutes(Int64(20 + draws.number(below: 200))))
        if draws.isTrue(0.15) {
            add("claude_organization_settings_updated", begin + .minutes(Int64(10 + draws.number(below: 300))))
        }
        guard draws.isTrue(0.3) else { return }
        let key = ActivityID.other("apikey", &draws)
        var moment = begin + .minutes(Int64(30 + draws.number(below: 120)))
        add("platform_api_key_created", moment, ["api_key_id": .string(key)])
        for _ in 0...draws.number(below: 4) {
            moment = moment + .minutes(Int64(1 + draws.number(below: 50)))
            add("platform_file_content_downloaded", moment, by: .key, detail: ActivityDetail(actorID: key))
        }
    }

    private mutating func add(
        _ type: String, _ time: Timestamp, by actor: ActorKind = .user, _ fields: ActivityFields = [:]
    ) {
        add(type, time, by: actor, detail: ActivityDetail(fields: fields))
    }

    private mutating func add(_ type: String, _ time: Timestamp, by actor: ActorKind, detail: ActivityDetail) {
        activities.append(
            PlannedActivity(time: time, type: type, actor: actor, person: colleague.number, detail: detail))
    }
}
