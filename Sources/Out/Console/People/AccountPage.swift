import Events
import Platform

/// `/account`: who somebody is here, what they may, where they are signed in, and their password.
struct AccountPage {
    let reader: Reader
    /// Of the same person, the newest first.
    let sessions: [Session]
    var problem: String?
    /// What was done.
    var news: String?
    let clock: any Clock

    var page: Page {
        Page("Account") {
            h(.h1) { "Account" }
            if let news { h(.p, .role("status"), .testID("news")) { news } }
            who
            if case .user? = reader.session?.owner { passwordForm }
            sessionTable
        }
    }

    private var who: Markup {
        h(.dl, .class("overview")) {
            h(.dt) { "Name" }
            h(.dd) { VisibleText.of(reader.viewer.name, most: 254) }
            h(.dt) { "Tenant" }
            h(.dd) { reader.tenant.text }
            h(.dt) { "Role" }
            h(.dd, .key("role")) { reader.viewer.role.rawValue }
            h(.dt) { "May" }
            h(.dd) {
                Permission.allCases.filter(reader.viewer.may).map(\.words).joined(separator: ", ")
            }
        }
    }

    private var passwordForm: Markup {
        h(.section, .labelledBy("password-heading")) {
            h(.h2, .id("password-heading")) { "Password" }
            if let problem {
                h(.p, .class("problem"), .id("problem"), .role("alert")) { problem }
            }
            h(.form, .class("stack"), .post, .action(LocalAddress("/account/password"))) {
                FormToken.field
                // So that a password manager knows whose it is.
                h(
                    .input, .type("hidden"), .name("username"), .autocomplete("username"),
                    .value(reader.actor.name ?? ""))
                h(.label, .for("old")) { "Password until now" }
                h(
                    .input, .type("password"), .id("old"), .name("old"), .autocomplete("current-password"), .required,
                    .noSpelling, .maxLength(1_024), problem == nil ? nil : .invalid)
                h(.label, .for("new")) { "New password" }
                h(
                    .input, .type("password"), .id("new"), .name("new"), .autocomplete("new-password"), .required,
                    .noSpelling, .maxLength(1_024), .describedBy("new-help"), problem == nil ? nil : .invalid)
                h(.p, .class("muted"), .id("new-help")) {
                    "At least 12 characters; a sentence is good. All other sessions end."
                }
                h(.button, .type("submit")) { "Change it" }
            }
        }
    }

    private var sessionTable: Markup {
        h(.section, .labelledBy("sessions-heading")) {
            h(.h2, .id("sessions-heading")) { "Sessions" }
            h(.table, .testID("sessions")) {
                h(.thead) {
                    h(.tr) {
                        for heading in ["Session", "Began", "From", "Rests since"] { h(.th, .scope("col")) { heading } }
                        h(.th, .scope("col")) { "End it" }
                    }
                }
                h(.tbody) { for session in sessions { row(session) } }
            }
        }
    }

    private func row(_ session: Session) -> Markup {
        let isThis = session.publicName == reader.session?.publicName
        return h(.tr, .key(session.publicName)) {
            h(.th, .scope("row")) { session.publicName + (isThis ? " (this one)" : "") }
            h(.td, .heading("Began")) { RFC3339.text(session.began) }
            h(.td, .heading("From")) { session.address }
            h(.td, .heading("Rests since")) { "\(session.rest(clock).nanoseconds / 60_000_000_000) min" }
            h(.td, .heading("End it")) {
                h(.form, .post, .action(LocalAddress("/account/sessions"))) {
                    FormToken.field
                    h(.input, .type("hidden"), .name("session"), .value(session.publicName))
                    h(.button, .type("submit"), .label("End session \(session.publicName)")) { "End" }
                }
            }
        }
    }
}

extension Permission {
    /// In a list of what somebody may.
    var words: String {
        switch self {
        case .search: "search"
        case .content: "see content"
        case .export: "take exports"
        case .savedSearches: "save searches for others"
        case .dashboards: "change dashboards"
        case .inventory: "decide what is approved"
        case .proofs: "verify and take proofs"
        case .queries: "see what others searched for"
        case .people: "manage people"
        case .holdRequest: "ask for legal holds"
        case .holdApproval: "approve legal holds"
        }
    }
}
