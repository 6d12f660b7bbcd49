/// What people decide about: may it be used or not. Each kind is a list that queries can join with.
public enum InventoryKind: String, Sendable, CaseIterable {
    case servers = "mcp"
    case plugins, skills, hooks, models, keys

    /// What `LOOKUP JOIN` and `ENRICH` call it, and a file of `store.lists` without its `.csv`.
    public var list: String { "list_\(rawValue)_approved" }

    /// The first column of the list, by which rows are found.
    public var column: String {
        switch self {
        case .servers: "mcp_server"
        case .plugins: "plugin"
        case .skills: "skill"
        case .hooks: "hook"
        case .models: "model"
        case .keys: "key_id"
        }
    }

    /// What the list calls an item. MCP servers stand there in lower case, as rules ask for them: the same server is written
    /// in several ways in settings.
    public func name(of item: String) -> String { self == .servers ? item.lowercased() : item }
}
