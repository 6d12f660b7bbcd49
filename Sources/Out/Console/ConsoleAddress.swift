/// Addresses of the console's pages, for programs that lead people there.
public enum ConsoleAddress {
    /// - Parameter query: KQL, for the page `search`.
    public static func page(_ name: String, query: String? = nil) -> String {
        LocalAddress("/", segments: [name], query: query.map { [("q", $0)] } ?? []).text
    }

    public static func event(_ id: String) -> String { LocalAddress("/events", segments: [id]).text }
}
