public import Codecs
public import Events
import Platform

/// The book of decisions as a file. `docs/formats/inventory.md` describes it.
enum DecisionFile: BookFormat {
    typealias Failure = DecisionBookError

    static let version: Int64 = 1
    /// Decisions of one book, also those that were forgotten. Each change writes all of them.
    static let most = 20_000

    private static let members: Set = [
        "tenant", "kind", "item", "state", "owner", "note", "changed", "by", "reason",
    ]

    static func index(_ decisions: [InventoryDecision]) -> DecisionIndex { DecisionIndex(decisions) }

    /// One decision a line, so that a person can read it and a difference shows what changed.
    static func bytes(_ decisions: [InventoryDecision]) -> [UInt8] {
        let lines = decisions.map { JSONValue.object($0.members).text }
        let list = lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n]"
        return Array("{\"version\":\(version),\"decisions\":\(list)}\n".utf8)
    }

    static func read(_ bytes: [UInt8]) throws(BookFlaw) -> [InventoryDecision] {
        let items = try MemberReader.lines(of: bytes, named: "decisions", version: version, most: most)
        var decisions: [InventoryDecision] = []
        var known: Set<[String]> = []
        for (place, item) in items.enumerated() {
            let reader = try MemberReader(item, at: "decisions[\(place)]", members)
            let decision = try decision(reader)
            guard known.insert([decision.tenant.text, decision.kind.rawValue, decision.item]).inserted else {
                throw reader.flaw("item", "stands twice in its list")
            }
            decisions.append(decision)
        }
        return decisions
    }

    private static func decision(_ reader: MemberReader) throws(BookFlaw) -> InventoryDecision {
        func text(_ name: String, most: Int) throws(BookFlaw) -> String? {
            try reader.isThere(name) ? reader.line(name, most: most) : nil
        }
        let item = try reader.text(
            "item", "must be 1 to \(InventoryOrder.itemLength) bytes", if: InventoryOrder.isItem)
        let order = InventoryOrder(
            try reader.word("kind"), item, try reader.word("state"),
            owner: try text("owner", most: InventoryOrder.ownerLength),
            note: try text("note", most: WrittenLine.length),
            reason: try text("reason", most: WrittenLine.length))
        guard order.kind.name(of: item) == item else { throw reader.flaw("item", "must be in lower case") }
        return InventoryDecision(
            order, of: try reader.tenant(), by: try reader.line("by", most: BookFile.actorLength),
            at: try reader.moment("changed"))
    }
}

extension InventoryDecision {
    public var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("tenant", .string(tenant.text)), .init("kind", .string(kind.rawValue)), .init("item", .string(item)),
            .init("state", .string(state.rawValue)),
        ]
        for case (let key, let text?) in [("owner", owner), ("note", note)] {
            members.append(.init(key, .string(text)))
        }
        members += [.init("changed", .string(RFC3339.text(changed, digits: 9))), .init("by", .string(changedBy))]
        if let reason { members.append(.init("reason", .string(reason))) }
        return members
    }
}
