/// The parts of what is shown about an event.
enum EventTab: String, Sendable, CaseIterable {
    case overview, table, json, context, related, proof

    var label: String {
        switch self {
        case .overview: "Overview"
        case .table: "Table"
        case .json: "JSON"
        case .context: "Context"
        case .related: "Related"
        case .proof: "Proof"
        }
    }
}
