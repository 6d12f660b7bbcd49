public import Platform

/// What somebody decided about one item of the inventory.
public struct InventoryDecision: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case approved, denied
        /// Nobody has decided, or nobody stands by it any more.
        case unknown
    }

    public let tenant: TenantName
    public let kind: InventoryKind
    /// As the list has it, see ``InventoryKind/name(of:)``.
    public let item: String
    public var state: State
    /// Who answers for it here.
    public var owner: String?
    public var note: String?
    /// Of the last change: when, by whom, and why.
    public var changed: Timestamp
    public var changedBy: String
    public var reason: String?

    public init(_ order: InventoryOrder, of tenant: TenantName, by actor: String, at time: Timestamp) {
        self.tenant = tenant
        kind = order.kind
        item = order.kind.name(of: order.item)
        state = order.state
        owner = order.owner
        note = order.note
        changed = time
        changedBy = actor
        reason = order.reason
    }

    /// Whether it says nothing.
    public var isBare: Bool { state == .unknown && owner == nil && note == nil }

    /// Whether it says the same, whoever said it.
    public func saysTheSame(as other: InventoryDecision) -> Bool {
        state == other.state && owner == other.owner && note == other.note
    }
}

/// What somebody wants to be decided.
public struct InventoryOrder: Sendable, Equatable {
    public var kind: InventoryKind
    public var item: String
    public var state: InventoryDecision.State
    public var owner: String?
    public var note: String?
    public var reason: String?

    public init(
        _ kind: InventoryKind, _ item: String, _ state: InventoryDecision.State, owner: String? = nil,
        note: String? = nil, reason: String? = nil
    ) {
        self.kind = kind
        self.item = item
        self.state = state
        self.owner = owner
        self.note = note
        self.reason = reason
    }

    /// - Unit: bytes
    public static let itemLength = 512
    /// - Unit: bytes. An address of mail has 254 at the most.
    public static let ownerLength = 254

    /// Which part is none, and what it must be; `nil` when all are good.
    ///
    /// - Rule: items are what senders called them, any text; the rest is one line that a person wrote.
    public var flaw: (part: Part, problem: String)? {
        guard Self.isItem(kind.name(of: item)) else { return (.item, "must be 1 to \(Self.itemLength) bytes") }
        for (part, text, most) in [
            (Part.owner, owner, Self.ownerLength), (.note, note, WrittenLine.length),
            (.reason, reason, WrittenLine.length),
        ] {
            guard let text, !WrittenLine.isOne(text, most: most) else { continue }
            return (part, "must be 1 to \(most) bytes on one line")
        }
        return nil
    }

    public enum Part: String, Sendable { case item, owner, note, reason }

    public static func isItem(_ text: String) -> Bool { (1...itemLength).contains(text.utf8.count) }
}
