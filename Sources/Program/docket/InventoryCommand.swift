import Codecs
import Events
import Pipeline
import Platform
import Server

/// `docket inventory`: what is approved and what is not. It works while a server runs.
struct InventoryCommand: Command {
    static let name = "inventory"
    static let summary = "Approve or deny MCP servers, plugins, skills, hooks, models and API keys."
    static let help = """
        docket inventory list [--kind KIND] [--all] [--format table|ndjson]
        docket inventory approve|deny|forget KIND NAME

        list     shows what was decided, with --all also what was forgotten
        approve  lets it be used
        deny     says that it may not be used
        forget   takes the decision back: nobody has decided
          --owner TEXT   who answers for it here
          --note TEXT    stays with it
          --reason TEXT  why, for the record
          --tenant T     whose decision it is; default: default

        KIND is \(InventoryKind.allCases.map(\.rawValue).joined(separator: ", ")). NAME is what events call it. Owner and note stay
        as they are when they are not named, and go with what is forgotten. Queries and rules read decisions as
        list_KIND_approved, behind a file of this name in the folder of store.lists. This command stops nobody from anything.

        \(DataOptions.help)

        A server that runs follows within a second and records the decision.
        Exit: 0 done, 1 the list is empty, 2 could not
        """

    private enum Action {
        case list(kind: InventoryKind?, all: Bool, ndjson: Bool)
        case decide(InventoryOrder)

        static let names = ["list", "approve", "deny", "forget"]
    }

    private let action: Action
    private let tenant: TenantName
    private let options: DataOptions

    init(_ words: inout Words) throws {
        guard let name = words.first() else { throw WrongUse("what? \(Action.names.joined(separator: ", "))") }
        guard Action.names.contains(name) else {
            throw WrongUse("`\(name)` is no action\(Words.didYouMean(name, Action.names))")
        }
        let tenant = try words.option("--tenant") ?? TenantName.default.text
        guard let tenant = TenantName(tenant) else {
            throw WrongUse("--tenant `\(tenant)` is not a tenant name: 1 to 63 of a–z 0–9 - _")
        }
        self.tenant = tenant
        if name == "list" {
            let format = try words.option("--format") ?? "table"
            guard ["table", "ndjson"].contains(format) else {
                throw WrongUse("`\(format)` is no format\(Words.didYouMean(format, ["table", "ndjson"]))")
            }
            action = .list(
                kind: try words.option("--kind").map(Self.kind), all: words.flag("--all"), ndjson: format == "ndjson")
            options = try DataOptions(&words)
            return
        }
        let states: [String: InventoryDecision.State] = ["approve": .approved, "deny": .denied]
        var order = InventoryOrder(
            .servers, "", states[name] ?? .unknown, owner: try words.option("--owner"),
            note: try words.option("--note"), reason: try words.option("--reason"))
        options = try DataOptions(&words)
        let rest = try words.rest()
        guard rest.count == 2 else { throw WrongUse("about what? KIND NAME, such as mcp github") }
        order.kind = try Self.kind(rest[0])
        order.item = rest[1]
        if let flaw = order.flaw { throw WrongUse("the \(flaw.part.rawValue) \(flaw.problem)") }
        action = .decide(order)
    }

    private static func kind(_ word: String) throws(WrongUse) -> InventoryKind {
        guard let kind = InventoryKind(rawValue: word) else {
            throw WrongUse("`\(word)` is no kind\(Words.didYouMean(word, InventoryKind.allCases.map(\.rawValue)))")
        }
        return kind
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            let book = try DecisionBook(folder: try options.folder)
            switch action {
            case .list(let kind, let all, let ndjson):
                let decisions = book.decisions.filter {
                    $0.tenant == tenant && (kind == nil || $0.kind == kind) && (all || !$0.isBare)
                }
                print(decisions, ndjson, terminal)
                return decisions.isEmpty ? .refuted : .done
            case .decide(let order):
                let decision = try book.decide(
                    kept(order, book), of: tenant, by: Caller.name, now: options.clock.now())
                terminal.out("\(decision.item) is \(decision.state.rawValue) in \(decision.kind.list)")
                return .done
            }
        } catch {
            terminal.error("docket inventory: \(error)")
            return .couldNot
        }
    }

    /// With the owner and the note that it had.
    private func kept(_ order: InventoryOrder, _ book: DecisionBook) -> InventoryOrder {
        guard order.state != .unknown else { return order }
        let known = book.decisions(about: order.kind, of: tenant)[order.kind.name(of: order.item)]
        var order = order
        order.owner = order.owner ?? known?.owner
        order.note = order.note ?? known?.note
        return order
    }

    private func print(_ decisions: [InventoryDecision], _ ndjson: Bool, _ terminal: Terminal) {
        guard !ndjson else {
            for decision in decisions { terminal.out(JSONValue.object(decision.members).text) }
            return
        }
        let rows = decisions.map { decision in
            [
                decision.kind.rawValue, decision.item, decision.state.rawValue, decision.owner ?? "-",
                String(RFC3339.text(decision.changed).prefix(10)), decision.changedBy, decision.note ?? "-",
            ]
        }
        for line in TextTable([["KIND", "NAME", "STATE", "OWNER", "CHANGED", "BY", "NOTE"]] + rows).lines {
            terminal.out(line)
        }
    }
}
