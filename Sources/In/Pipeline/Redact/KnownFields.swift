import Events

/// Names that sources give to their fields, so that a policy that misspells one is told so.
enum KnownFields {
    private static let all: Set<String> = {
        let events = AttributeTable.rows.map(\.name.description)
        let slots = AttributeTable.Slot.allCases.flatMap { $0.names(.code) + $0.names(.cowork) }.map(\.description)
        let activities = ActivityTable.rows.map(\.name.description)
        // Fields below the name of a stream are called as the source calls them.
        let below = FieldCatalog.standard.fields.flatMap { field in
            let parts = field.name.split(separator: ".")
            return (1..<max(2, min(4, parts.count))).map { parts.dropFirst($0).joined(separator: ".") } + [field.name]
        }
        return Set(KeptFields.all + events + slots + activities + below + ["otlp.body", "otlp.message"])
    }()

    /// Whether it, or an object that it lies in, is the name of a field.
    static func hold(_ name: String) -> Bool {
        var name = name[...]
        while !all.contains(String(name)) {
            guard let dot = name.lastIndex(of: ".") else { return false }
            name = name[..<dot]
        }
        return true
    }

    static func nearest(to name: String) -> String? { Nearness.nearest(to: name, among: all.sorted()) }
}
