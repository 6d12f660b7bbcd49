public import Events
public import Platform

/// What people decided about the inventory: a file beside the credentials, that its owner alone can read.
///
/// A decision that is forgotten stays as a line of the state `unknown`, so that the record can say who forgot it.
///
/// - Threads: any.
public final class DecisionBook: Sendable {
    public static let fileName = "inventory.json"
    static let lockName = "inventory.lock"

    private let book: LineBook<DecisionFile>

    public var file: String { book.path }

    /// Reads the book of a data directory; an empty one where there is none.
    public init(folder: String) throws(DecisionBookError) {
        book = try LineBook(BookFile(folder: folder, name: Self.fileName, lockName: Self.lockName))
    }

    /// In the order in which they were first made.
    public var decisions: [InventoryDecision] { book.lines }

    /// By what the list calls the items.
    public func decisions(about kind: InventoryKind, of tenant: TenantName) -> [String: InventoryDecision] {
        book.index.lists[DecisionIndex.List(tenant: tenant, kind: kind)] ?? [:]
    }

    /// - Cost: one system call when nothing has changed.
    /// - Returns: whether it was read.
    public func refresh() throws(DecisionBookError) -> Bool { try book.refresh() }

    /// - Parameter actor: who wants it, in words.
    /// - Returns: what holds now. What says nothing new changes nothing, so it stays the decision of who made it first,
    ///   unless somebody confirms it by a reason.
    public func decide(
        _ order: InventoryOrder, of tenant: TenantName, by actor: String, now: Timestamp
    ) throws(DecisionBookError) -> InventoryDecision {
        if let flaw = order.flaw { throw .order(flaw.part, flaw.problem) }
        guard WrittenLine.isOne(actor, most: BookFile.actorLength) else { throw .order(.owner, "has no name") }
        let decision = InventoryDecision(order, of: tenant, by: actor, at: now)
        return try book.change { (decisions) throws(DecisionBookError) in
            let place = decisions.firstIndex {
                $0.item == decision.item && $0.kind == decision.kind && $0.tenant == tenant
            }
            guard let place else {
                // Nothing said of what nobody has said anything of.
                guard !decision.isBare else { return decision }
                guard decisions.count < DecisionFile.most else { throw .full(most: DecisionFile.most) }
                decisions.append(decision)
                return decision
            }
            if !decisions[place].saysTheSame(as: decision) || decision.reason != nil {
                decisions[place] = decision
            }
            return decisions[place]
        }
    }
}

/// The decisions by whose they are and what they are about.
struct DecisionIndex: Sendable {
    struct List: Hashable {
        let tenant: TenantName
        let kind: InventoryKind
    }

    private(set) var lists: [List: [String: InventoryDecision]] = [:]

    init(_ decisions: [InventoryDecision]) {
        for decision in decisions {
            lists[List(tenant: decision.tenant, kind: decision.kind), default: [:]][decision.item] = decision
        }
    }
}

/// Why the decisions cannot be had, or not be changed as wanted.
public enum DecisionBookError: BookFailure, Sendable, CustomStringConvertible {
    case book(BookError)
    /// What is wanted cannot be kept.
    case order(InventoryOrder.Part, String)
    case full(most: Int)

    init(_ error: BookError) { self = .book(error) }

    public var description: String {
        switch self {
        case .book(let error): error.description
        case .order(let part, let problem): "the \(part.rawValue) \(problem)"
        case .full(let most):
            "a book holds \(most) decisions at the most; write a file of store.lists for what many decisions are about"
        }
    }
}

extension BookWatch {
    /// Takes over what `docket inventory` decides.
    ///
    /// - Parameter looked: is called after every look, whether there was something new or not.
    public convenience init(
        _ book: DecisionBook, log: Log, metrics: MetricList, looked: @escaping @Sendable () -> Void
    ) {
        self.init("decisions", log: log, metrics: metrics) { () throws(BookProblem) in
            defer { looked() }
            do throws(DecisionBookError) {
                return try book.refresh() ? book.decisions.count : nil
            } catch {
                throw BookProblem(error.description)
            }
        }
    }
}
