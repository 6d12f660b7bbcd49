/// What happens to the members of an activity. A name below `anthropic.audit` in the field catalog moves
/// there under its own name; these are the others. What is in neither list goes to `anthropic.audit.metadata`.
enum ActivityTable {
    enum Step: Sendable {
        case move(StaticString)
        /// Is looked at by the rules that name it, and goes where they say.
        case hold
    }

    /// Members that rules ask for.
    enum Slot: Int, Sendable, CaseIterable {
        case type, createdAt, actor, status, url
        case invitedEmail, deletedUserEmail, userEmail, inviteeEmail
        case userID, deletedUserID, requesterUserID
        case principalID, principalType, targetID, targetType
        case role, orgName, organizationName, fromDate, toDate, webhookID, approved, memberIDs, alertEmails
    }

    struct Row: Sendable {
        let name: StaticString
        let step: Step
        let slot: Slot?

        init(_ name: StaticString, _ step: Step, _ slot: Slot? = nil) {
            self.name = name
            self.step = step
            self.slot = slot
        }
    }

    static let rows: [Row] = [
        Row("id", .move("event.id")),
        Row("type", .move("event.action"), .type),
        Row("created_at", .hold, .createdAt),
        Row("organization_id", .move("organization.id")),
        Row("request_method", .move("http.request.method")),
        Row("request_id", .move("http.request.id")),
        Row("status_code", .move("http.response.status_code"), .status),
        Row("url", .move("url.original"), .url),
        Row("filename", .move("file.name")),
        Row("reason", .move("event.reason")),
        Row("org_name", .hold, .orgName),
        Row("organization_name", .hold, .organizationName),
        Row("invited_email", .hold, .invitedEmail),
        Row("deleted_user_email", .hold, .deletedUserEmail),
        Row("user_email", .hold, .userEmail),
        Row("invitee_email", .hold, .inviteeEmail),
        Row("user_id", .hold, .userID),
        Row("deleted_user_id", .hold, .deletedUserID),
        Row("requester_user_id", .hold, .requesterUserID),
        Row("principal_id", .hold, .principalID),
        Row("principal_type", .move("anthropic.audit.principal_type"), .principalType),
        Row("target_id", .hold, .targetID),
        Row("target_type", .move("anthropic.audit.target_type"), .targetType),
        Row("role", .hold, .role),
        Row("actor", .hold, .actor),
        Row("metadata", .move("anthropic.audit.setting_metadata")),
        Row("from_date", .hold, .fromDate),
        Row("to_date", .hold, .toDate),
        Row("github_webhook_id", .hold, .webhookID),
        Row("approved", .move("anthropic.audit.approved"), .approved),
        Row("member_ids", .move("anthropic.audit.member_ids"), .memberIDs),
        Row("alert_emails", .move("anthropic.audit.alert_emails"), .alertEmails),
    ]

    /// The person acted upon: of each list the first that is there.
    static let targetEmails: [Slot] = [.invitedEmail, .deletedUserEmail, .userEmail, .inviteeEmail]
    static let targetIDs: [Slot] = [.userID, .deletedUserID, .requesterUserID]

    /// Names below `anthropic.audit` that do not come from a member of the same name.
    static let filledOtherwise: Set<String> = ["metadata", "setting_metadata"]
}
