import Events

/// Names that sources give to their fields, so that a policy that misspells one is told so.
///
/// A rule holds for the very name: that of an attribute, or of a member with those of the objects that it lies in. So an
/// ending of a name, or a name behind one that is no object, would be a rule for nothing.
enum KnownFields {
    private static let all: Set<String> = {
        let events = AttributeTable.rows.map(\.name.description)
        let slots = AttributeTable.Slot.allCases.flatMap { $0.names(.code) + $0.names(.cowork) }.map(\.description)
        let activities = ActivityTable.rows.map(\.name.description)
        let catalog = FieldCatalog.standard.fields.map { sourceName(of: $0.name) }.filter { !$0.hasPrefix("docket.") }
        // Those that are documented and stay as they are have no row of their own anywhere else.
        let content = DisclosureTable.standard.parts.filter { !$0.hasPrefix("event-field.") && !$0.hasPrefix("row") }
        return Set(KeptFields.all + events + slots + activities + catalog + content + ["otlp.message"])
    }()

    /// Names of objects whose members are the sender's.
    private static let open = Set(
        FieldCatalog.standard.fields.filter { $0.type == .flattened }.map { sourceName(of: $0.name) } + ["metadata"])

    /// What the source calls a field that a document has below the name of its stream.
    private static func sourceName(of field: String) -> String {
        let parts = field.split(separator: ".", maxSplits: 2)
        let isBelow = parts.count == 3 && ["anthropic", "claude_code", "claude_cowork"].contains(parts[0])
        return isBelow ? String(parts[2]) : field
    }

    static func hold(_ name: String) -> Bool {
        all.contains(name) || parents(of: name).contains { open.contains($0) }
    }

    /// What somebody may have meant, in words; `nil` when nobody can tell.
    static func meant(by name: String) -> String? {
        let own = sourceName(of: name)
        if own != name, hold(own) { return "did you mean `\(own)`? That is what its source calls it." }
        let longer = all.filter { $0.hasSuffix(".\(name)") }.sorted()
        if !longer.isEmpty {
            return
                "did you mean \(longer.prefix(3).map { "`\($0)`" }.joined(separator: " or "))? The whole name is needed."
        }
        if let parent = parents(of: name).first(where: all.contains) {
            return "did you mean `\(parent)`? It is a text, also where it holds an object."
        }
        return Nearness.nearest(to: name, among: all.sorted()).map { "did you mean `\($0)`?" }
    }

    /// The longest first.
    private static func parents(of name: String) -> [String] {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return (1..<max(parts.count, 1)).reversed().map { parts.prefix($0).joined(separator: ".") }
    }
}
