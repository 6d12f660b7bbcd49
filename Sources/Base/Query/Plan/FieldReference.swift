/// What a test looks at.
public enum FieldReference: Sendable, Hashable {
    /// A field of the schema. Never a flattened one: its keys are open attributes.
    case column(Field)
    /// The open attribute with this full name: a key of a flattened field, or a field nobody knows.
    case attribute(String)
    /// All open attributes with a fitting name. A test holds if it holds for one of them.
    case attributes(Wildcard)
}

extension FieldReference: CustomStringConvertible {
    public var description: String {
        switch self {
        case .column(let field): field.name
        case .attribute(let name): "attribute \(name)"
        case .attributes(let pattern): "attributes \(pattern)"
        }
    }
}
