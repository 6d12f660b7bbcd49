import Events
import Platform
import Query

/// The table of one tab of the inventory.
struct InventoryView: Sendable {
    let list: InventoryList
    let question: ListQuestion

    private var columns: [DataTable.Column] {
        [
            DataTable.Column("item", list.label, isSortable: true),
            DataTable.Column("state", "State"), DataTable.Column("owner", "Owner"),
            DataTable.Column("first", "First seen", isSortable: true),
            DataTable.Column("last", "Last seen", isSortable: true),
            DataTable.Column("people", "People", isNumber: true, isSortable: true),
            DataTable.Column("uses", list.uses.heading, isNumber: true, isSortable: true),
            DataTable.Column("events", "Events", isNumber: true, isSortable: true),
        ] + list.properties.map { DataTable.Column($0.name, $0.heading) } + [DataTable.Column("drift", "Drift")]
    }

    func markup() throws(SearchError) -> Markup {
        let visit = question.visit
        let order =
            visit.value("sort").flatMap { SortOrder($0, among: columns) }
            ?? SortOrder("last", isDescending: true)
        let most = InventoryScreen.most
        let answer = try list.items(question, "\(order.step), item ASC", most: most + 1)
        let entries = visit.inventory?.entries(about: list.subject, of: visit.reader.tenant) ?? InventoryEntries()
        var table = DataTable(
            id: "inventory",
            caption: answer.count > most ? "The first \(most). Filter to see others." : "\(answer.count) in this time",
            columns: columns, sorting: DataTable.Sorting(order: order, address: visit.address),
            emptiness: "No event of this time names one.")
        table.rows = answer.indices.prefix(most).map { row(answer, $0, entries) }
        return .several([
            PartialNote.markup(answer), note(entries, canTake: visit.viewer.may(.export)), table.markup,
        ])
    }

    private func note(_ entries: InventoryEntries, canTake: Bool) -> Markup {
        .several([
            entries.problem.map { problem in h(.p, .class("problem")) { VisibleText.of(problem) } } ?? .none,
            h(.p, .class("muted")) {
                "A state leads to who decided and why. Rules and queries read the same as "
                h(.code) { list.subject.list }
                "."
            },
            canTake
                ? h(.p, .class("paging")) {
                    h(.a, .href(file("/inventory.csv")), .testID("csv")) { "As CSV" }
                    h(.a, .href(file("/inventory.ndjson")), .testID("ndjson")) { "As NDJSON" }
                } : .none,
        ])
    }

    private func file(_ path: StaticString) -> LocalAddress {
        LocalAddress(path).with(question.visit.address.others(than: ["sort"]))
    }

    private func row(_ answer: TableRows, _ row: Int, _ entries: InventoryEntries) -> DataTable.Row {
        let item = answer.text(row, "item") ?? ""
        let drift = Self.drift(list, answer, row)
        let name = list.subject.name(of: item)
        let state = entries.state(of: name)
        return DataTable.Row(
            key: item,
            cells: [
                .link(item, list.kind.map { Entity($0, item).address }),
                .markup(
                    h(.a, .href(DecisionPlace(list.subject, item).address), .about(state.rawValue)) { state.mark }),
                .text(entries.owner(of: name)), .moment(answer.time(row, "first")),
                .moment(answer.time(row, "last")), .count(answer.int(row, "people")),
                .count(answer.int(row, "uses")), .count(answer.int(row, "events")),
            ] + list.properties.map { .text(answer.text(row, "\($0.name)_last")) } + [
                drift.isEmpty
                    ? .text("none")
                    : .markup(
                        h(.span, .class("warn")) { "▲ \(VisibleText.of(drift.joined(separator: "; "), most: 300))" })
            ])
    }

    /// What is not what it was at the first event.
    static func drift(_ list: InventoryList, _ answer: TableRows, _ row: Int) -> [String] {
        list.properties.compactMap { property -> String? in
            guard let first = answer.text(row, "\(property.name)_first"),
                let last = answer.text(row, "\(property.name)_last"), first != last
            else { return nil }
            return "\(property.heading): \(first) → \(last)"
        }
    }
}

extension InventoryDecision.State {
    /// Always a shape and a word, never a color alone.
    var mark: Markup {
        switch self {
        case .approved: h(.span, .class("good")) { "● approved" }
        case .denied: h(.span, .class("bad")) { "✗ denied" }
        case .unknown: h(.span, .class("muted")) { "○ unknown" }
        }
    }
}
