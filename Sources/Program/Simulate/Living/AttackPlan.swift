import Codecs
import Platform

/// An attack that happens once, and what it does to the feed and in a session.
struct AttackPlan {
    private(set) var activities: [PlannedActivity] = []
    private(set) var session: SessionPlan?
    private let mark: Attack.Mark
    private let attacker: Colleague
    private let others: [Colleague]
    /// An address that nobody else has.
    private let address: String
    private var now: Timestamp
    private var draws: Draws

    /// - Parameter colleagues: those who stay.
    init(_ mark: Attack.Mark, at time: Timestamp, colleagues: [Colleague], seed: UInt64) {
        self.mark = mark
        now = time
        draws = Draws(
            seed: seed ^ 0x6174_7461,
            of: UInt64(mark.day) << 8 | UInt64(Attack.allCases.firstIndex(of: mark.attack) ?? 0))
        address = "2001:db8:bad::\(String(1 + draws.number(below: 60_000), radix: 16))"
        let place = draws.number(below: colleagues.count)
        attacker = colleagues[place]
        others = colleagues.filter { $0.number != colleagues[place].number }
        if mark.attack.isInSession { planSession() } else { planActivities() }
    }

    private mutating func planSession() {
        // Whoever works has signed in.
        activities.append(.signIn(attacker.number, at: now))
        session = SessionPlan(
            colleague: attacker.number, start: now + .seconds(30), program: .code, turns: 3, seed: draws.next(),
            attack: mark)
    }

    private mutating func planActivities() {
        let me: JSONValue = .string(attacker.person.id)
        switch mark.attack {
        case .signInGuessing:
            for _ in 0..<6 { add("magic_link_login_failed", by: .unauthenticated) }
            add("magic_link_login_succeeded")
        case .signInSpray:
            for other in others.prefix(12) { add("sso_login_failed", by: .unauthenticated, of: other) }
        case .travel:
            add("sso_login_succeeded", from: attacker.person.address)
            add("sso_login_succeeded")
        case .protectionOff:
            add("org_sso_toggled", by: .anthropic, ["enabled": false])
            add("magic_link_login_succeeded")
        case .domainClaim:
            add("domain_claim_initiated")
            add("org_sso_add_initiated", by: .anthropic)
        case .directoryPurge:
            // Guests, whom the story does not need any more.
            for _ in 0..<25 {
                let guest = ActivityID.other("user", &draws)
                add("scim_user_deleted", by: .directorySync, ["user_id": .string(guest)])
            }
        case .adminGrant:
            add("role_assignment_granted", ["role": "admin", "target_id": me, "target_type": "user"])
            add("rbac_role_assigned", ["principal_id": me, "principal_type": "user"])
        case .keyElsewhere:
            let key = ActivityID.other("apikey", &draws)
            add(
                "admin_api_key_created", from: attacker.person.address,
                ["admin_api_key_id": .string(key), "scopes": ["read:compliance_activities"]])
            for _ in 0..<3 { add("platform_api_key_created", by: .adminKey, called: key) }
        case .networkOpen: add("org_ip_restriction_deleted", by: .user)
        case .massExport:
            for type in ["org_data_export_started", "org_data_export_completed", "org_data_export_accessed"] {
                add(type, ["export_type": "conversations"])
            }
        case .publicLink:
            add("claude_artifact_published")
            add("session_share_created")
        case .massReading:
            for _ in 0..<60 { add("claude_chat_viewed", pause: 4) }
        case .complianceKey:
            let key = ActivityID.other("apikey", &draws)
            for _ in 0..<8 {
                let url =
                    "https://api.anthropic.com/v1/compliance/apps/chats/\(ActivityID.other("claude_chat", &draws))"
                add(
                    "compliance_api_accessed", by: .adminKey, called: key,
                    ["url": .string(url), "status_code": 403, "request_method": "GET"])
            }
        case .guardrailOff:
            add("org_cowork_mcp_always_allow_enabled")
            add("org_cowork_otlp_settings_updated", ["otlp_headers_change": "cleared"])
        case .loggingOff:
            add(
                "org_compliance_api_settings_updated",
                ["compliance_api_enabled": true, "compliance_api_logging_enabled": false])
            add("audit_log_export_started")
        default: break
        }
    }

    private mutating func add(
        _ type: String, by actor: ActorKind = .user, of other: Colleague? = nil, from origin: String? = nil,
        called id: String? = nil, pause: Int = 40, _ fields: ActivityFields = [:]
    ) {
        activities.append(
            PlannedActivity(
                time: now, type: type, actor: actor, person: (other ?? attacker).number,
                detail: ActivityDetail(address: origin ?? address, actorID: id, fields: fields), attack: mark))
        now = now + .seconds(Int64(1 + draws.number(below: pause)))
    }
}
