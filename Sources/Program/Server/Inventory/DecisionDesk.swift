import Codecs
import Console
import Events
import Pipeline
import Platform

/// The book of decisions as the console needs it.
struct DecisionDesk: InventoryDesk {
    let book: DecisionBook
    let lists: ApprovalLists
    let chronicle: BookChronicle<InventoryDecision>
    private let clock: any Clock

    init(
        _ book: DecisionBook, _ lists: ApprovalLists, data: String, sink: any RecordSink, clock: any Clock, log: Log
    ) {
        self.book = book
        self.lists = lists
        self.clock = clock
        chronicle = BookChronicle(
            "decisions", data: data, fileName: "inventory.told.json", sink: sink, log: log,
            lines: { book.decisions })
    }

    func entries(about kind: InventoryKind, of tenant: TenantName) -> InventoryEntries {
        lists.entries(about: kind, of: tenant)
    }

    func decide(_ order: InventoryOrder, of tenant: TenantName, by actor: String) throws(InventoryProblem) {
        let entries = lists.entries(about: order.kind, of: tenant)
        if let problem = entries.problem { throw InventoryProblem(problem) }
        guard entries.fixed[order.kind.name(of: order.item)] == nil else {
            throw InventoryProblem(
                "Not kept: \(order.kind.list).csv in the folder of store.lists says something about it, and counts first."
            )
        }
        do throws(DecisionBookError) {
            _ = try book.decide(order, of: tenant, by: actor, now: clock.now())
        } catch .order(let part, let problem) {
            throw InventoryProblem("Not kept: the \(part.rawValue) \(problem).")
        } catch .full(let most) {
            throw InventoryProblem("Not kept: there are \(most) decisions already.")
        } catch {
            // The words name files of the server, which are none of a browser's business.
            throw InventoryProblem("Not kept: the server cannot write its decisions now; ask whoever runs it.")
        }
        // At once and not with the next look: two decisions within a second are two records.
        chronicle.tell()
    }
}

extension InventoryDecision: ToldLine {
    var id: String { "\(tenant)/\(kind.rawValue)/\(item)" }

    func acts(since before: JSONValue?) -> [ReaderAct] {
        var act = ReaderAct(.inventoryDecision, of: tenant, by: ReaderAct.Actor(name: changedBy))
        act.list = kind.list
        act.item = item
        act.note = note
        act.reason = reason
        let then = before.map { ($0["state"]?.string ?? "", $0["owner"]?.string) } ?? (State.unknown.rawValue, nil)
        for (part, old, new) in [("state", then.0, state.rawValue), ("owner", then.1 ?? "nobody", owner ?? "nobody")]
        where old != new {
            act.changes.append("\(part): \(old) to \(new)")
        }
        if before?["note"]?.string != note { act.changes.append(note == nil ? "note: removed" : "note: written") }
        if act.changes.isEmpty { act.changes = ["confirmed: \(state.rawValue)"] }
        return [act]
    }

    /// With its moment: what is confirmed is told, too.
    var told: [JSONValue.Member] {
        var told: [JSONValue.Member] = [
            .init("state", .string(state.rawValue)), .init("changed", .string(RFC3339.text(changed, digits: 9))),
        ]
        for case (let key, let text?) in [("owner", owner), ("note", note)] { told.append(.init(key, .string(text))) }
        return told
    }
}
