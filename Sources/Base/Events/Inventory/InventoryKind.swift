/// What people decide about: may it be used or not. Each kind is a list that queries can join with.
public enum InventoryKind: String, Sendable, CaseIterable {
    case servers = "mcp"
    case plugins, skills, hooks, models, keys, domains

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
        case .domains: "domain"
        }
    }

    /// What the list calls an item. MCP servers and domains stand there in lower case, as rules ask for them: the same one is
    /// written in several ways.
    public func name(of item: String) -> String {
        switch self {
        case .servers, .domains: item.lowercased()
        default: item
        }
    }
}
