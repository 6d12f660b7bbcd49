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
