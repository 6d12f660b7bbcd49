import Platform
import Query

/// What an analyst wants to know in the first minute: what, who, from where, how it was approved, how it ended.
struct EventOverview {
    let hit: SearchHit
    let fields: EventFields

    /// What is shown of a long value before it is opened. - Unit: Unicode scalars
    static let valueLength = 2_000

    var markup: Markup {
        h(.dl, .class("overview"), .testID("overview")) {
            pair("Time", RFC3339.text(hit.time, digits: 9))
            pair("Stream", hit.stream)
            pair("Action", fields["event.action"])
            link("User", fields.user, fields.user.map { LocalAddress("/people", segments: [$0]) })
            pair("Identity", fields["docket.identity"].map(Self.identity))
            optional("Tool", fields["gen_ai.tool.name"])
            optional("Command", fields["process.command_line"])
            optional("MCP server", server)
            optional("Model", fields.first("gen_ai.response.model", "gen_ai.request.model"))
            optional("Approved by", approval)
            optional("Permission mode", fields.first(Telemetry.names(of: "permission_mode")))
            pair("Outcome", fields["event.outcome"])
            optional("Error", fields.first("error.message", "claude_code.events.error"))
            optional("From", origin)
            optional("Device", fields.first("host.name", "user_agent.original"))
            optional("Surface", fields["docket.surface"])
            optional("Key", fields["anthropic.audit.actor.api_key_id"])
            if let session {
                link("Session", session, LocalAddress("/sessions", segments: [session]))
            }
            optional("Prompt", fields.first(Telemetry.names(of: "prompt.id")))
            pair("Redacted", redactions)
            pair("Id", hit.id)
        }
    }

    var session: String? { fields.first(Telemetry.names(of: "session.id")) }

    private var server: String? {
        fields.first(
            Telemetry.names(of: "mcp_server_name") + Telemetry.names(of: "server_name") + [
                "anthropic.audit.mcp_server_name"
            ])
    }

    private var approval: String? {
        guard let decision = fields.first(Telemetry.names(of: "decision")) else {
            return fields.first(Telemetry.names(of: "decision_source"))
        }
        let source = fields.first(Telemetry.names(of: "source") + Telemetry.names(of: "decision_source"))
        return decision + (source.map { ", by \($0)" } ?? "")
    }

    private var origin: String? {
        guard let address = fields["source.ip"] else { return nil }
        let place = fields.first("source.geo.city_name", "source.geo.country_name", "source.geo.country_iso_code")
        let network = fields["source.as.organization.name"]
        return ([address] + [place, network].compactMap(\.self)).joined(separator: ", ")
    }

    private var redactions: String {
        let count = fields["docket.redaction.count"].flatMap { Int($0) } ?? 0
        let withheld = fields["docket.redaction.withheld"].flatMap { Int($0) } ?? 0
        guard count + withheld > 0 else { return "nothing" }
        var words = "\(Numbers.grouped(count)) replaced"
        if withheld > 0 { words += ", \(Numbers.grouped(withheld)) fields withheld" }
        return words + (fields.joined("docket.redaction.detectors").map { " (\($0))" } ?? "")
    }

    private static func identity(_ word: String) -> String {
        switch word {
        case "credential-bound": "credential-bound: the source vouches for the person"
        case "client-claimed": "client-claimed: only the sender says so"
        default: word
        }
    }

    // MARK: Rows

    @MarkupBuilder private func pair(_ name: String, _ value: String?) -> Markup {
        h(.dt) { name }
        h(.dd) { value.map { VisibleText.of($0, most: Self.valueLength) } ?? "–" }
    }

    @MarkupBuilder private func optional(_ name: String, _ value: String?) -> Markup {
        if let value { pair(name, value) }
    }

    @MarkupBuilder private func link(_ name: String, _ value: String?, _ address: LocalAddress?) -> Markup {
        h(.dt) { name }
        h(.dd) {
            if let value, let address {
                h(.a, .href(address)) { VisibleText.of(value, most: 200) }
            } else {
                "–"
            }
        }
    }
}
