import Events

/// What a test looks at.
public enum FieldReference: Sendable, Hashable {
    /// A field of the schema. Never a flattened one, which has members instead.
    case column(Field)
    /// The member of a flattened field with this full name, which begins with the name of the field.
    case member(Field, String)
    /// All members of a flattened field whose full name fits. A test holds if it holds for one of them.
    case members(Field, Wildcard)
    /// The open attribute with this full name: a field that nobody knows.
    case attribute(String)
    /// All open attributes with a fitting name. A test holds if it holds for one of them.
    case attributes(Wildcard)
}

extension FieldSchema {
    /// What a name in a query refers to; no type for the members of a flattened field.
    ///
    /// - Returns: `nil` for a name that is not known.
    func reference(to name: String) -> (reference: FieldReference, type: FieldType?)? {
        if let known = field(named: name) {
            return known.type == .flattened
                ? (.members(known, Wildcard(["", ""])), nil) : (.column(known), known.type)
        }
        guard let holder = flattenedField(holding: name) else { return nil }
        // Behind an alias of the field the members are called as behind its name.
        return (.member(holder.field, holder.field.name + holder.rest), nil)
    }
}

extension FieldReference: CustomStringConvertible {
    public var description: String {
        switch self {
        case .column(let field): field.name
        case .member(_, let name): "member \(name)"
        case .members(let field, let pattern):
            pattern.isEverything ? "members of \(field.name)" : "members \(pattern) of \(field.name)"
        case .attribute(let name): "attribute \(name)"
        case .attributes(let pattern): "attributes \(pattern)"
        }
    }
}
