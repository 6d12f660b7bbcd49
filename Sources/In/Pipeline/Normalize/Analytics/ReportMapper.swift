import Codecs
import Events
import Platform

/// What a row of a report says of time, people, models and money, beside the row itself, which stands in the document
/// below `anthropic.…` with the names it came with.
struct ReportMapper: Sendable {
    private let fields: MappedFields
    private let own: ReportFields

    init(_ catalog: FieldCatalog, _ fields: MappedFields) {
        self.fields = fields
        own = ReportFields(catalog)
    }

    /// Where the members of a row stand.
    static func root(of stream: StreamName) -> StaticString {
        switch stream {
        case .usage: "anthropic.usage"
        case .cost: "anthropic.cost"
        case .codeUsage: "anthropic.claude_code_usage"
        default: "anthropic.analytics"
        }
    }

    func map(
        _ row: JSONValue, _ facts: ReportFacts, of source: SourceName, into document: inout Document
    ) -> Outcome {
        var outcome = Outcome()
        document.set(fields.ecsVersion, text: Literal.bytes("9.3.0"))
        document.set(fields.eventKind, text: Literal.bytes("metric"))
        document.set(fields.eventAction, text: facts.report.rawValue)
        document.set(fields.eventModule, text: Literal.bytes("anthropic"))
        document.set(fields.eventDataset, text: facts.report.stream.text)
        document.set(fields.streamType, text: Literal.bytes("metrics"))
        document.set(fields.streamDataset, text: facts.report.stream.text)
        document.set(fields.docketIdentity, text: Literal.bytes("credential-bound"))
        setTime(row, facts, &outcome, into: &document)
        document.set(own.name, text: facts.report.rawValue)
        for group in facts.groups { document.set(own.groups, text: group) }
        document.set(own.isCut, boolean: facts.isCut)
        document.set(own.unit, text: facts.unit(of: source))
        if facts.isEmpty { document.set(own.isEmpty, boolean: true) }
        if let width = facts.width { document.set(own.width, text: width) }
        if let moment = facts.refreshed.flatMap(Self.moment) { document.set(own.refreshed, date: moment) }
        if let id = facts.organization ?? row["organization_id"]?.string {
            document.set(fields.organizationID, text: id)
        }
        setPerson(row, facts.report, into: &document)
        setModels(row, into: &document)
        setMoney(row, facts.report, &outcome, into: &document)
        return outcome
    }

    /// What the row is of: the members that are no figures, in the order of their names.
    static func key(of row: JSONValue) -> [(name: String, value: String)] {
        var key: [(name: String, value: String)] = []
        for (name, path) in keyMembers {
            guard let value = path.reduce(row as JSONValue?, { $0?[$1] }), !value.isNull else { continue }
            key.append((name, value.text))
        }
        return key
    }

    /// Members that set rows of one bucket apart. None of them is a figure in any report, and what only describes
    /// another one (such as the name of a group) is not here, as it may change.
    private static let keyMembers: [(name: String, path: [String])] = [
        "account_id", "actor.api_key_name", "actor.email_address", "actor.type", "actor.user_id", "api_key_id",
        "artifact_type", "connector_name", "context_window", "cost_type", "customer_type", "description",
        "inference_geo", "is_remote", "is_shared", "model", "plugin_id", "plugin_name", "product", "project_id",
        "rbac_group_id", "service_account_id", "service_tier", "skill_name", "slack_channel_id", "speed",
        "subscription_type", "terminal_type", "token_type", "user.id", "user_id", "workspace_id",
    ].map { ($0, $0.split(separator: ".").map(String.init)) }

    // MARK: Inside

    private static func moment(_ text: String) -> Timestamp? {
        RFC3339.parse(text.utf8) ?? RFC3339.parse("\(text)T00:00:00Z".utf8)
    }

    private func setTime(
        _ row: JSONValue, _ facts: ReportFacts, _ outcome: inout Outcome, into document: inout Document
    ) {
        let start = row["starting_at"]?.string ?? row["date"]?.string ?? facts.start
        let end = row["ending_at"]?.string ?? facts.end
        if let moment = Self.moment(start) ?? Self.moment(facts.start) {
            document.set(fields.timestamp, date: moment)
            document.set(own.start, date: moment)
        } else {
            outcome.fail("the time of the row cannot be read", fields, &document)
        }
        if let moment = Self.moment(end) { document.set(own.end, date: moment) }
    }

    private func setPerson(_ row: JSONValue, _ report: Report, into document: inout Document) {
        let actor = row["actor"] ?? row["user"]
        let id = actor?["user_id"]?.string ?? actor?["id"]?.string ?? row["user_id"]?.string ?? ""
        let email = actor?["email"]?.string ?? actor?["email_address"]?.string ?? ""
        document.set(personWithID: id, email: email, fields)
        if let name = actor?["name"]?.string { document.set(own.fullName, text: name) }
    }

    private func setModels(_ row: JSONValue, into document: inout Document) {
        if let model = row["model"]?.string { document.set(fields.requestModel, text: model) }
        guard let models = row["model_breakdown"]?.array else { return }
        for model in models {
            guard let name = model["model"]?.string else { continue }
            document.set(own.models, text: name)
        }
        for (field, member) in own.tokens {
            let counts = models.compactMap { $0["tokens"]?[member]?.integer }
            let total = counts.reduce(Int64?(0)) { total, count in
                guard let (sum, overflow) = total?.addingReportingOverflow(count), !overflow else { return nil }
                return sum
            }
            if let total, !counts.isEmpty { document.set(field, long: total) }
        }
    }

    private func setMoney(
        _ row: JSONValue, _ report: Report, _ outcome: inout Outcome, into document: inout Document
    ) {
        for amount in own.amounts where row[amount.member] != nil {
            guard let text = row[amount.member]?.string else { continue }
            guard let money = Money(cents: text) else {
                outcome.isUnconverted = true
                continue
            }
            set(money, amount, row["currency"]?.string, into: &document)
        }
        guard report == .claudeCode, let models = row["model_breakdown"]?.array else { return }
        // The only money that is a number. Its shortest decimal text is what was sent.
        var total: Money? = Money(billionths: 0)
        for model in models {
            guard let cost = model["estimated_cost"], let amount = cost["amount"] else { continue }
            total = total.flatMap { total in Money(cents: amount.string ?? amount.text).flatMap { total + $0 } }
        }
        guard let total else {
            outcome.isUnconverted = true
            return
        }
        let currency = models.lazy.compactMap { $0["estimated_cost"]?["currency"]?.string }.first
        set(total, own.estimate, currency, into: &document)
    }

    private func set(
        _ money: Money, _ amount: ReportFields.Amount, _ currency: String?, into document: inout Document
    ) {
        document.set(amount.billionths, long: money.billionths)
        if currency == nil || currency == "USD" { document.set(amount.dollars, double: money.units) }
    }
}

/// The fields of rows of reports alone.
private struct ReportFields: Sendable {
    struct Amount: Sendable {
        let member: String
        let billionths, dollars: FieldID
    }

    let name, groups, isCut, isEmpty, unit, width, refreshed, start, end, fullName, models: FieldID
    let tokens: [(field: FieldID, member: String)]
    let amounts: [Amount]
    let estimate: Amount

    init(_ catalog: FieldCatalog) {
        name = catalog.known("docket.report.name")
        groups = catalog.known("docket.report.group_by")
        isCut = catalog.known("docket.report.is_cut")
        isEmpty = catalog.known("docket.report.is_empty")
        unit = catalog.known("docket.report.unit")
        width = catalog.known("docket.report.bucket_width")
        refreshed = catalog.known("docket.report.refreshed")
        start = catalog.known("event.start")
        end = catalog.known("event.end")
        fullName = catalog.known("user.full_name")
        models = catalog.known("anthropic.claude_code_usage.models")
        tokens = [
            (catalog.known("anthropic.claude_code_usage.tokens.input"), "input"),
            (catalog.known("anthropic.claude_code_usage.tokens.output"), "output"),
            (catalog.known("anthropic.claude_code_usage.tokens.cache_read"), "cache_read"),
            (catalog.known("anthropic.claude_code_usage.tokens.cache_creation"), "cache_creation"),
        ]
        amounts = [
            Amount(
                member: "amount", billionths: catalog.known("anthropic.cost.amount_billionths"),
                dollars: catalog.known("anthropic.cost.amount_usd")),
            Amount(
                member: "list_amount", billionths: catalog.known("anthropic.cost.list_amount_billionths"),
                dollars: catalog.known("anthropic.cost.list_amount_usd")),
            Amount(
                member: "attributed_list_price",
                billionths: catalog.known("anthropic.analytics.attributed_list_price_billionths"),
                dollars: catalog.known("anthropic.analytics.attributed_list_price_usd")),
            Amount(
                member: "estimated_overage_spend",
                billionths: catalog.known("anthropic.analytics.estimated_overage_spend_billionths"),
                dollars: catalog.known("anthropic.analytics.estimated_overage_spend_usd")),
        ]
        estimate = Amount(
            member: "estimated_cost", billionths: catalog.known("anthropic.claude_code_usage.cost_billionths"),
            dollars: catalog.known("anthropic.claude_code_usage.cost_usd"))
    }
}
