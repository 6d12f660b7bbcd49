public import Events

/// Where it is kept what people decided about the inventory.
public protocol InventoryDesk: Sendable {
    func entries(about kind: InventoryKind, of tenant: TenantName) -> InventoryEntries

    /// Keeps a decision and tells the record of it. On a thread that may block.
    ///
    /// - Parameter actor: whose decision it is.
    func decide(_ order: InventoryOrder, of tenant: TenantName, by actor: String) throws(InventoryProblem)
}

/// All that is known of one list.
public struct InventoryEntries: Sendable {
    /// What a file of the operator says. It counts before what people decide here.
    public struct Fixed: Sendable, Equatable {
        public let state: InventoryDecision.State
        public let owner: String?

        public init(state: InventoryDecision.State, owner: String?) {
            self.state = state
            self.owner = owner
        }
    }

    public let fixed: [String: Fixed]
    public let decisions: [String: InventoryDecision]
    /// Why nothing can be decided; `nil` when it can.
    public let problem: String?

    public init(
        fixed: [String: Fixed] = [:], decisions: [String: InventoryDecision] = [:], problem: String? = nil
    ) {
        self.fixed = fixed
        self.decisions = decisions
        self.problem = problem
    }

    // MARK: Of one item, by what the list calls it

    func state(of item: String) -> InventoryDecision.State {
        fixed[item]?.state ?? decisions[item]?.state ?? .unknown
    }

    func owner(of item: String) -> String? {
        if let fixed = fixed[item] { return fixed.owner }
        return decisions[item]?.owner
    }
}

/// Why a decision was not kept, for the person who made it.
public struct InventoryProblem: Error, Sendable, Equatable {
    public let message: String
    public init(_ message: String) { self.message = message }
}
