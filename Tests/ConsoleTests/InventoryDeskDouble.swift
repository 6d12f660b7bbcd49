import Console
import Events
import Platform

/// Decisions of a test, in memory.
final class InventoryDeskDouble: InventoryDesk {
    struct Made: Sendable {
        let order: InventoryOrder
        let tenant: TenantName
        let actor: String
    }

    private let state = Locked<[Made]>([])
    /// What a file of the operator says about MCP servers.
    let fixed = Locked<[String: InventoryEntries.Fixed]>([:])
    /// Thrown at the next decisions.
    let problem = Locked<InventoryProblem?>(nil)

    var made: [Made] { state.withLock { $0 } }

    func entries(about kind: InventoryKind, of tenant: TenantName) -> InventoryEntries {
        var decisions: [String: InventoryDecision] = [:]
        for one in made where one.order.kind == kind && one.tenant == tenant {
            let decision = InventoryDecision(one.order, of: tenant, by: one.actor, at: .sample)
            decisions[decision.item] = decision
        }
        return InventoryEntries(fixed: kind == .servers ? fixed.withLock { $0 } : [:], decisions: decisions)
    }

    func decide(_ order: InventoryOrder, of tenant: TenantName, by actor: String) throws(InventoryProblem) {
        if let problem = problem.withLock({ $0 }) { throw problem }
        state.withLock { $0.append(Made(order: order, tenant: tenant, actor: actor)) }
    }
}
