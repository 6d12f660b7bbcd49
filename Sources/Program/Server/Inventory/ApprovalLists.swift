import Console
import Events
import Pipeline
import Platform
import Query
import Store

/// The lists of what is approved, as queries, rules and pages have them: rows of the operator's files, and what people
/// decided about items that no file names.
///
///     list_mcp_approved.csv ─┐
///                            ├─▶ list_mcp_approved
///     inventory.json ────────┘
///
/// - Threads: any.
final class ApprovalLists: Sendable {
    private static let approved = "approved"
    private static let owner = "owner"

    private let files: QueryLists
    private let book: DecisionBook

    init(_ files: QueryLists, _ book: DecisionBook) {
        self.files = files
        self.book = book
    }

    /// What a search engine asks for somebody's tenant.
    func lists(of tenant: TenantName) -> ESQLLists {
        ESQLLists(
            names: Set(files.names + InventoryKind.allCases.map(\.list)).sorted(),
            lookup: { self.lookup($0, of: tenant) }, policy: { self.lookup($0, of: tenant).flatMap(Self.policy) },
            place: { self.files.place(of: $0) })
    }

    private func lookup(_ name: String, of tenant: TenantName) -> ESQLLookup? {
        let file = files.lookup(name)
        guard let kind = InventoryKind.allCases.first(where: { $0.list == name }) else { return file }
        let base = file ?? Self.empty(kind)
        guard let list = FileList(base) else { return file }
        let rows = decisions(about: kind, of: tenant, besides: list).map { item, decision in
            base.columns.indices.map { place -> ESQLValue in
                switch place {
                case 0: .text(item)
                case list.approved: decision.state == .unknown ? .null : .boolean(decision.state == .approved)
                case list.owner: decision.owner.map { .text($0) } ?? .null
                default: .null
                }
            }
        }
        return ESQLLookup(name: name, columns: base.columns, rows: base.rows + rows)
    }

    /// What no file says, in the order of names, so that an answer is the same each time.
    private func decisions(
        about kind: InventoryKind, of tenant: TenantName, besides list: FileList
    ) -> [(String, InventoryDecision)] {
        book.decisions(about: kind, of: tenant).filter { list.rows[$0.key] == nil }.sorted { $0.key < $1.key }
    }

    /// Each list is a policy, too: rows are found by its first column.
    private static func policy(_ lookup: ESQLLookup) -> ESQLPolicy? {
        guard let match = lookup.columns.first else { return nil }
        let isRange = lookup.rows.contains { $0[0].text(match.type).contains("/") } && match.type == .keyword
        return ESQLPolicy(
            name: lookup.name, table: lookup, matchField: match.name,
            enrichFields: lookup.columns.dropFirst().map(\.name), isRange: isRange)
    }

    private static func empty(_ kind: InventoryKind) -> ESQLLookup {
        ESQLLookup(
            name: kind.list,
            columns: [
                ESQLRelation.Column(kind.column, .keyword, mayBeMany: false),
                ESQLRelation.Column(approved, .boolean, mayBeMany: false),
                ESQLRelation.Column(owner, .keyword, mayBeMany: false),
            ], rows: [])
    }

    /// A list that decisions can stand in: its first column names items, and one says whether they are approved.
    private struct FileList {
        let approved: Int
        let owner: Int?
        /// The first row of each item.
        var rows: [String: [ESQLValue]] = [:]

        init?(_ lookup: ESQLLookup) {
            func place(_ name: String, _ type: ESQLType) -> Int? {
                lookup.columns.dropFirst().firstIndex { $0.name == name && $0.type == type }
            }
            guard lookup.columns.first?.type == .keyword, let approved = place(ApprovalLists.approved, .boolean)
            else { return nil }
            self.approved = approved
            owner = place(ApprovalLists.owner, .keyword)
            for row in lookup.rows {
                guard case .text(let item) = row[0], rows[item] == nil else { continue }
                rows[item] = row
            }
        }
    }

    // MARK: For pages

    func entries(about kind: InventoryKind, of tenant: TenantName) -> InventoryEntries {
        let decisions = book.decisions(about: kind, of: tenant)
        guard let file = files.lookup(kind.list) else { return InventoryEntries(decisions: decisions) }
        guard let list = FileList(file) else {
            return InventoryEntries(
                problem: "The file \(kind.list).csv in the folder of store.lists has no column approved:boolean behind "
                    + "one of names, so nothing can be decided here. Add the column, or take the file away.")
        }
        let fixed = list.rows.mapValues { row in
            let owner: String? = list.owner.flatMap { if case .text(let owner) = row[$0] { owner } else { nil } }
            let state: InventoryDecision.State =
                switch row[list.approved] {
                case .boolean(let isApproved): isApproved ? .approved : .denied
                default: .unknown
                }
            return InventoryEntries.Fixed(state: state, owner: owner)
        }
        return InventoryEntries(fixed: fixed, decisions: decisions)
    }
}
