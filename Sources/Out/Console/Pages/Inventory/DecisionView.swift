import Events
import Platform
import Query

/// What is decided about one item: the state, the form, and what was decided before.
struct DecisionView: Sendable {
    let place: DecisionPlace
    let visit: Visit
    var draft: DecisionDraft?

    /// Changes that are shown.
    private static let most = 50

    // MARK: Now

    var decision: Markup {
        h(.section, .labelledBy("decision-heading")) {
            h(.h2, .id("decision-heading")) { "Decision" }
            if let inventory = visit.inventory {
                now(inventory.entries(about: place.kind, of: visit.reader.tenant))
            } else {
                h(.p, .class("empty")) { "Nothing is decided here." }
            }
        }
    }

    @MarkupBuilder private func now(_ entries: InventoryEntries) -> Markup {
        let name = place.name
        let decision = entries.decisions[name]
        let isFixed = entries.fixed[name] != nil
        h(.dl, .class("overview"), .testID("decision")) {
            h(.dt) { "State" }
            h(.dd, .key("state"), .about(entries.state(of: name).rawValue)) { entries.state(of: name).mark }
            fact("owner", "Owner", entries.owner(of: name))
            if !isFixed, let decision {
                fact("note", "Note", decision.note)
                fact("by", "Decided by", decision.changedBy)
                h(.dt) { "On" }
                h(.dd) { Cell.moment(decision.changed).markup }
                fact("reason", "Because", decision.reason)
            }
        }
        if let draft {
            h(.p, .class("problem"), .id("decision-problem"), .role("alert")) { VisibleText.of(draft.problem) }
        }
        if let problem = entries.problem {
            h(.p, .class("problem")) { VisibleText.of(problem) }
        } else if isFixed {
            h(.p, .class("muted"), .testID("fixed")) {
                "The file \(place.kind.list).csv in the folder of store.lists says so. It counts before what is decided here "
                    + "and is changed by whoever runs the server."
            }
        } else if visit.viewer.may(.inventory), visit.reader.session != nil {
            form(decision)
        } else {
            h(.p, .class("muted")) { "To decide takes one of the roles \(Permission.inventory.roles), and a session." }
        }
    }

    @MarkupBuilder private func fact(_ key: String, _ heading: String, _ text: String?) -> Markup {
        h(.dt) { heading }
        h(.dd, .key(key)) { Cell.text(text, most: WrittenLine.length).markup }
    }

    // MARK: Form

    private func form(_ decision: InventoryDecision?) -> Markup {
        let state = draft?.order.state ?? decision?.state ?? .unknown
        return h(.form, .class("stack"), .post, .action(place.address), .testID("decide")) {
            FormToken.field
            h(.input, .type("hidden"), .name("next"), .value(visit.address.whole.text))
            h(.label, .for("decision-state")) { "It is" }
            h(.select, .id("decision-state"), .name("state"), described) {
                for choice in InventoryDecision.State.allCases {
                    h(.option, .value(choice.rawValue), choice == state ? .selected : nil) { choice.rawValue }
                }
            }
            h(.label, .for("decision-owner")) { "Owner: who answers for it here" }
            line("decision-owner", "owner", draft == nil ? decision?.owner : draft?.order.owner)
            h(.label, .for("decision-note")) { "Note, which stays with it" }
            line("decision-note", "note", draft == nil ? decision?.note : draft?.order.note)
            h(.label, .for("decision-reason")) { "Why it is decided, for the record" }
            line("decision-reason", "reason", draft?.order.reason)
            h(.button, .type("submit")) { "Decide" }
        }
    }

    private var described: Attribute? { draft == nil ? nil : .describedBy("decision-problem") }

    private func line(_ id: StaticString, _ name: StaticString, _ text: String?) -> Markup {
        h(
            .input, .type("text"), .id(id), .name(name), .value(text ?? ""), .maxLength(WrittenLine.length),
            .autocomplete("off"), described)
    }

    // MARK: Before

    /// What the record says of it, the newest first.
    func history() throws(SearchError) -> Markup {
        let text = [
            "event.dataset: docket.access", "event.action: \(ReaderAct.Action.inventoryDecision.rawValue)",
            "docket.access.list: \(place.kind.list)", "docket.access.item: \(QuotedText.of(place.name))",
        ].joined(separator: " and ")
        let answer = try visit.engine.search(
            SearchRequest(tenant: visit.tenant, text: text, limit: Self.most, cancellation: visit.cancellation))
        var table = DataTable(
            id: "decisions",
            caption: answer.total > answer.hits.count
                ? "The last \(answer.hits.count) of \(answer.total)" : "In the record",
            columns: [
                DataTable.Column("time", "When"), DataTable.Column("who", "Who"), DataTable.Column("changes", "What"),
                DataTable.Column("note", "Note"), DataTable.Column("reason", "Why"),
            ], emptiness: "The record has no decision about it. One that was just made is there within seconds.")
        table.rows = answer.hits.map { hit in
            let fields = EventFields(hit.document)
            return DataTable.Row(
                key: hit.id,
                cells: [
                    .link(Numbers.minute(hit.time), LocalAddress("/events", segments: [hit.id])),
                    .text(fields["user.name"]), .text(fields.joined("docket.access.changes"), most: 600),
                    .text(fields["docket.access.note"], most: WrittenLine.length),
                    .text(fields["docket.access.reason"], most: WrittenLine.length),
                ])
        }
        return h(.section, .labelledBy("decisions-heading")) {
            h(.h2, .id("decisions-heading")) { "Decided before" }
            table.markup
        }
    }
}

extension Permission {
    /// Who has it, in words: `analyst, admin`.
    var roles: String { Role.allCases.filter { $0.may(self) }.map(\.rawValue).joined(separator: ", ") }
}
