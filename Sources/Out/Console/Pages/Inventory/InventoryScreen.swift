import Events
import Platform
import Query

/// What is in use: MCP servers, plugins and skills, hooks, models, API keys, domains.
struct InventoryScreen: Screen {
    static let most = 500

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let visit = visit.reaching(TimeTerms(from: "now-30d", to: "now"))
        let list = InventoryList.shown(visit)
        let frame = FilteredPage(
            visit: visit, title: "Inventory", place: .inventory,
            purpose: "What was in use in the chosen time, who used it, and what about it has changed between its first "
                + "event and its last.")
        let tabs = TabLinks(
            label: "What", tabs: InventoryList.all.map { TabLinks.Tab(name: $0.name, label: $0.label) },
            current: list.name, address: visit.address)
        return frame.page(under: tabs.markup) { [InventoryView(list: list, question: $0).markup] }
    }
}

/// One tab, as a query and what its columns are.
struct InventoryList: Sendable {
    struct Property: Sendable {
        let name: String
        let heading: String
        /// In ES|QL. What differs between the first event and the last is drift.
        let value: String
    }

    /// What is decided about its items.
    let subject: InventoryKind
    let label: String
    /// ES|QL: which events, and what an item is.
    let items: String
    /// ES|QL: an aggregate of how much it was used, and what that is called.
    let uses: (aggregate: String, heading: String)
    let properties: [Property]
    var kind: Entity.Kind?
    /// Whether items are made of addresses, which are content. A host is none: of `url.full` the list of what redaction leaves
    /// alone has `url.domain`.
    var isOfHosts = false

    var name: String { subject.rawValue }

    /// The one that an address names.
    static func shown(_ visit: Visit) -> InventoryList { all.first { $0.name == visit.value("tab") } ?? .servers }
    static func of(_ subject: InventoryKind) -> InventoryList { all.first { $0.subject == subject } ?? .servers }

    static let all = [servers, plugins, skills, hooks, models, keys, domains]

    static let servers = InventoryList(
        subject: .servers, label: "MCP servers",
        items: "\(Telemetry.source), anthropic.audit "
            + "| EVAL item = COALESCE(\(Telemetry.server), anthropic.audit.mcp_server_name)",
        uses: ("COUNT(*) WHERE event.action == \"tool_result\"", "Calls"),
        properties: [
            Property(name: "transport", heading: "Transport", value: Telemetry.either("transport_type")),
            Property(name: "scope", heading: "Scope", value: Telemetry.either("server_scope")),
        ], kind: .server)

    static let plugins = InventoryList(
        subject: .plugins, label: "Plugins",
        items: "\(Telemetry.source), anthropic.audit "
            + "| EVAL item = COALESCE(\(Telemetry.either("plugin.name")), anthropic.audit.plugin_name)",
        uses: ("COUNT(*) WHERE event.action == \"plugin_loaded\"", "Loaded"),
        properties: [
            Property(name: "version", heading: "Version", value: Telemetry.either("plugin.version")),
            Property(name: "scope", heading: "Scope", value: Telemetry.either("plugin.scope")),
            Property(name: "market", heading: "Marketplace", value: Telemetry.either("marketplace.name")),
            Property(name: "way", heading: "Enabled by", value: Telemetry.either("enabled_via")),
        ], kind: .plugin)

    static let skills = InventoryList(
        subject: .skills, label: "Skills",
        items: "\(Telemetry.source), anthropic.audit "
            + "| EVAL item = COALESCE(\(Telemetry.either("skill.name")), anthropic.audit.skill_name)",
        uses: ("COUNT(*) WHERE event.action == \"skill_activated\"", "Activated"),
        properties: [
            Property(name: "source", heading: "Source", value: Telemetry.either("skill.source")),
            Property(name: "plugin", heading: "Plugin", value: Telemetry.either("plugin.name")),
            Property(name: "trigger", heading: "Trigger", value: Telemetry.either("invocation_trigger")),
        ])

    static let hooks = InventoryList(
        subject: .hooks, label: "Hooks",
        items: "\(Telemetry.source) | WHERE event.action IN (\"hook_registered\", \"hook_execution_complete\") "
            + "| EVAL item = CONCAT(\(Telemetry.either("hook_event")), \" from \", "
            + "COALESCE(\(Telemetry.either("hook_source")), \"an unknown source\"))",
        uses: ("COUNT(*) WHERE event.action == \"hook_execution_complete\"", "Runs"),
        properties: [
            Property(name: "type", heading: "Type", value: Telemetry.either("hook_type")),
            Property(name: "matcher", heading: "Matcher", value: Telemetry.either("hook_matcher")),
            Property(name: "managed", heading: "Managed only", value: Telemetry.either("managed_only")),
        ])

    static let models = InventoryList(
        subject: .models, label: "Models",
        items: "\(Telemetry.source) | WHERE event.action == \"api_request\" | EVAL item = gen_ai.request.model",
        uses: ("COUNT(*)", "Requests"),
        properties: [
            Property(name: "effort", heading: "Effort", value: Telemetry.either("effort")),
            Property(name: "speed", heading: "Speed", value: Telemetry.either("speed")),
        ], kind: .model)

    static let keys = InventoryList(
        subject: .keys, label: "API keys",
        items: "anthropic.audit, anthropic.usage, anthropic.cost "
            + "| EVAL item = COALESCE(anthropic.audit.actor.api_key_id, anthropic.audit.actor.admin_api_key_id, "
            + "anthropic.audit.api_key_id, anthropic.usage.api_key_id, anthropic.cost.api_key_id)",
        uses: (
            "COUNT(*) WHERE anthropic.audit.actor.api_key_id == item "
                + "OR anthropic.audit.actor.admin_api_key_id == item", "Activities"
        ),
        properties: [
            Property(name: "name", heading: "Name", value: "anthropic.audit.api_key_name"),
            Property(name: "address", heading: "IP address", value: "TO_STRING(source.ip)"),
            Property(name: "country", heading: "Country", value: "source.geo.country_name"),
        ], kind: .key)

    static let domains = InventoryList(
        subject: .domains, label: "Domains",
        items: "\(Telemetry.source) | WHERE url.full IS NOT NULL | URI_PARTS address = url.full "
            + "| EVAL item = TO_LOWER(address.domain)",
        uses: ("COUNT(*) WHERE event.action == \"tool_result\"", "Calls"),
        properties: [
            Property(name: "tool", heading: "Tool", value: "gen_ai.tool.name"),
            Property(name: "scheme", heading: "Scheme", value: "address.scheme"),
        ], isOfHosts: true)

    /// Asks for the items of a time.
    ///
    /// - Parameter order: ES|QL.
    func items(_ question: ListQuestion, _ order: String, most: Int) throws(SearchError) -> TableRows {
        try question.table(
            "\(query) | \(order) | LIMIT \(most)", rows: most,
            of: isOfHosts ? question.visit.covered.engine : nil)
    }

    /// What is asked.
    private var query: String {
        let values = properties.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
        let ends = properties.map {
            "\($0.name)_first = FIRST(\($0.name), @timestamp) WHERE \($0.name) IS NOT NULL, "
                + "\($0.name)_last = LAST(\($0.name), @timestamp) WHERE \($0.name) IS NOT NULL"
        }.joined(separator: ", ")
        return "\(items) | WHERE item IS NOT NULL | EVAL \(values) | STATS first = MIN(@timestamp), "
            + "last = MAX(@timestamp), people = COUNT_DISTINCT(user.key), events = COUNT(*), uses = \(uses.aggregate), "
            + "\(ends) BY item"
    }
}
