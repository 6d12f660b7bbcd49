public import Codecs
import Events

/// Where objects are kept whole, so that two tests can be asked of the same one.
///
/// Docket keeps them in two places: below flattened fields, whose values are JSON, and in lists of objects under names
/// that no catalog knows. Of a field that is known only its values are kept.
public enum ObjectPath: Sendable, Hashable {
    /// The objects under this full name, which is that of the flattened field or begins with it.
    case member(Field, String)
    /// The objects of the open attributes with this full name.
    case attribute(String)

    /// The full name.
    public var name: String {
        switch self {
        case .member(_, let name), .attribute(let name): name
        }
    }

    /// The objects of a value that lie under a name: an object itself, and those that a list holds.
    ///
    /// - Parameter name: of the value; the names inside follow behind a dot.
    public static func objects(in value: JSONValue, called name: String, at path: String) -> [JSONValue] {
        switch value {
        case .array(let elements): elements.flatMap { objects(in: $0, called: name, at: path) }
        case .object where name == path: [value]
        case .object(let members) where path.hasPrefix(name + "."):
            members.flatMap { objects(in: $0.value, called: "\(name).\($0.key)", at: path) }
        default: []
        }
    }
}

extension FieldSchema {
    /// - Parameter isOpen: whether a name that nobody knows may hold objects.
    /// - Returns: `nil` for a field, or an object of fields, of which only the values are kept.
    func objectPath(_ name: String, isOpen: Bool) -> ObjectPath? {
        if let field = field(named: name) { return field.type == .flattened ? .member(field, field.name) : nil }
        if let holder = flattenedField(holding: name) {
            return .member(holder.field, holder.field.name + holder.rest)
        }
        return isOpen && !fields.contains { $0.name.hasPrefix(name + ".") } ? .attribute(name) : nil
    }
}

/// One object that a filter is asked about, under names relative to it.
struct ObjectDocument: FilterDocument {
    /// What stands in front of the names, so that all of them have a dot.
    private static let root = "o"
    let object: JSONValue

    func values(of field: FieldReference) -> [FieldValue] {
        switch field {
        case .attribute(let name): leaves { $0 == "\(Self.root).\(name)" }
        case .attributes(let pattern): leaves { pattern.matches(String($0.dropFirst(Self.root.count + 1))) }
        case .column, .member, .members: []
        }
    }

    func searchableTexts() -> [String] {
        leaves { _ in true }.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    func objects(at path: ObjectPath) -> [JSONValue] {
        ObjectPath.objects(in: object, called: Self.root, at: "\(Self.root).\(path.name)")
    }

    private func leaves(where fits: (String) -> Bool) -> [FieldValue] {
        JSONDocument.leaves(object, Self.root, where: fits)
    }
}
