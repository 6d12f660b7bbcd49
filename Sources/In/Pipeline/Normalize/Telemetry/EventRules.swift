import Codecs
import Events

/// ``AttributeTable`` and ``EventTable`` made ready for one client: numbers instead of names.
struct EventRules: Sendable {
    struct Rule: Sendable {
        var step: Step
        var form: AttributeTable.Form
        /// Number of the ``AttributeTable/Slot``, or -1.
        var slot: Int
        /// Where it goes, when that is a field of the catalog.
        var field: FieldID?
        var secondField: FieldID?
    }

    enum Step: UInt8, Sendable { case keep, move, duration, hold }

    let client: AttributeTable.Client
    let stream: StreamName
    /// `claude_code.events.` or `claude_cowork.events.`
    let prefix: [UInt8]
    let attributes: NameTable
    let rules: [Rule]
    let events: NameTable
    /// One behind the last name for all others.
    let verdicts: [Verdict]
    let labels: Labels
    let success, failure, unknown, event, action, apiError, retriesExhausted: Labels.Label
    let provider, dataset, eventDataset, streamType, module, version, anthropic, clientClaimed: Labels.Label

    init(_ client: AttributeTable.Client, _ catalog: FieldCatalog, fixes: Fixes) {
        self.client = client
        stream = client == .code ? .codeEvents : .coworkEvents
        let prefix = stream.text + "."
        self.prefix = Array(prefix.utf8)

        let rows = AttributeTable.rows.filter { $0.client == nil || $0.client == client }
        var names = rows.map { $0.name.description }
        names += catalog.fields.filter { $0.name.hasPrefix(prefix) }.map { String($0.name.dropFirst(prefix.count)) }
        let slots = AttributeTable.Slot.allCases.flatMap { slot in
            slot.names(client).map { ($0.description, slot.rawValue) }
        }
        names += slots.map { $0.0 }
        let slotOfName = Dictionary(slots) { first, _ in first }
        // Rows come first in the list, so they win over what the catalog alone would say.
        var rules: [Rule] = []
        for (index, name) in names.enumerated() {
            var rule = Rule(
                step: .keep, form: .asSent, slot: slotOfName[name] ?? -1, field: catalog.id(of: prefix + name))
            // An alias is a field of another name.
            if let field = rule.field, catalog[field].name != prefix + name { rule.field = nil }
            if index < rows.count { Self.fill(&rule, rows[index], catalog) }
            if rule.form == .date, !fixes.contains(.envelope) { rule.form = .asSent }
            rules.append(rule)
        }
        self.rules = rules
        attributes = NameTable(names)

        var labels = Labels()
        events = NameTable(EventTable.rows.map { $0.name.description })
        verdicts = (EventTable.rows + [EventTable.other]).map {
            Verdict(categories: $0.category.description[...], types: $0.type.description[...], outcome: "", &labels)
        }
        success = labels.label("success")
        failure = labels.label("failure")
        unknown = labels.label("unknown")
        event = labels.label("event")
        action = labels.label("action")
        apiError = labels.label("api_error")
        retriesExhausted = labels.label("api_retries_exhausted")
        provider = labels.label(client == .code ? "claude-code" : "claude-cowork")
        dataset = labels.label(stream.text + ".otel")
        eventDataset = labels.label(stream.text)
        streamType = labels.label("logs")
        module = labels.label(client == .code ? "claude_code" : "claude_cowork")
        version = labels.label("9.3.0")
        anthropic = labels.label("anthropic")
        clientClaimed = labels.label("client-claimed")
        self.labels = labels
    }

    var prefixBytes: RawSpan {
        @_lifetime(borrow self)
        get { unsafe prefix.span.bytes }
    }

    private static func fill(_ rule: inout Rule, _ row: AttributeTable.Row, _ catalog: FieldCatalog) {
        rule.form = row.form
        switch row.step {
        case .keep: rule.step = .keep
        case .hold: rule.step = .hold
        case .duration:
            rule.step = .duration
            rule.field = catalog.known("event.duration")
        case .move(let name):
            rule.step = .move
            rule.field = catalog.known(name)
        case .moveTwice(let name, let second):
            rule.step = .move
            rule.field = catalog.known(name)
            rule.secondField = catalog.known(second)
        }
    }
}
