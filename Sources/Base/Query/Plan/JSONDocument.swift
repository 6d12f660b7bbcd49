public import Codecs
import Events
import Platform

/// A document as JSON that filters can be asked about, as the store answers for it.
///
/// - Shape: names may be nested, dotted, or both. What does not suit the type of its field is a text.
public struct JSONDocument: FilterDocument, Sendable {
    private var columns: [String: [FieldValue]] = [:]
    /// What is below flattened fields, whole.
    private var flattened: [String: [JSONValue]] = [:]
    /// Members with a name of their own below a flattened field, names that nobody knows, and what does not suit its
    /// field.
    private var open: [(name: String, value: JSONValue)] = []
    private var texts: [String] = []

    public init(_ document: JSONValue, schema: FieldSchema) {
        for member in document.members ?? [] { read(member.value, member.key, schema) }
    }

    private mutating func read(_ value: JSONValue, _ name: String, _ schema: FieldSchema) {
        if let field = schema.field(named: name) {
            read(value, field)
        } else if case .object(let members) = value, schema.flattenedField(holding: name) == nil {
            for member in members { read(member.value, "\(name).\(member.key)", schema) }
        } else {
            open.append((name, value))
        }
    }

    private mutating func read(_ value: JSONValue, _ field: Field) {
        if field.type == .flattened { return flattened[field.name, default: []].append(value) }
        let elements = Self.elements(of: value)
        let known = elements.compactMap { Self.value($0, field.type) }
        guard known.count == elements.count, known.count < 2 || field.isMultiValued else {
            return open.append((field.name, value))
        }
        columns[field.name, default: []] += known
        if field.type.isSearchable { texts += known.map(\.text) }
    }

    /// What a list has, and a list in it; of anything else itself. Null is nothing.
    private static func elements(of value: JSONValue) -> [JSONValue] {
        switch value {
        case .null: []
        case .array(let elements): elements.flatMap(elements(of:))
        default: [value]
        }
    }

    /// - Returns: `nil` for what does not suit.
    private static func value(_ json: JSONValue, _ type: FieldType) -> FieldValue? {
        switch (json, type) {
        case (.object, .geoPoint): .text(json.text)
        case (.integer(let number), .long): .integer(number)
        case (.integer(let number), .double): .double(Double(number))
        case (.double(let number), .double): .double(number)
        case (.bool(let flag), .boolean): .boolean(flag)
        case (.string(let text), .date): RFC3339.parse(text.utf8).map { .date($0) }
        case (.string(let text), .keyword), (.string(let text), .text), (.string(let text), .ip): .text(text)
        default: nil
        }
    }

    // MARK: Questions

    public func values(of field: FieldReference) -> [FieldValue] {
        switch field {
        case .column(let column): return (columns[column.name] ?? []) + attributes { $0 == column.name }
        case .member(let column, let name): return members(of: column) { $0 == name }
        case .members(let column, let pattern): return members(of: column) { pattern.matches($0) }
        case .attribute(let name): return attributes { $0 == name }
        case .attributes(let pattern): return attributes { pattern.matches($0) }
        }
    }

    public func searchableTexts() -> [String] {
        let whole = flattened.flatMap { name, values in values.flatMap { Self.leaves($0, name) { _ in true } } }
        return texts
            + (whole + attributes { _ in true }).compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    public func objects(at path: ObjectPath) -> [JSONValue] {
        var objects = open.flatMap { ObjectPath.objects(in: $0.value, called: $0.name, at: path.name) }
        if case .member(let field, let name) = path {
            objects += (flattened[field.name] ?? []).flatMap {
                ObjectPath.objects(in: $0, called: field.name, at: name)
            }
        }
        return objects
    }

    private func members(of field: Field, where fits: (String) -> Bool) -> [FieldValue] {
        (flattened[field.name] ?? []).flatMap { Self.leaves($0, field.name, where: fits) }
            + attributes { $0.hasPrefix(field.name + ".") && fits($0) }
    }

    private func attributes(where fits: (String) -> Bool) -> [FieldValue] {
        open.flatMap { Self.leaves($0.value, $0.name, where: fits) }
    }

    /// The single values inside a value, each under its dotted name, as ``LeafReader`` finds them.
    static func leaves(_ value: JSONValue, _ path: String, where fits: (String) -> Bool) -> [FieldValue] {
        switch value {
        case .null: []
        case .object(let members): members.flatMap { leaves($0.value, "\(path).\($0.key)", where: fits) }
        case .array(let elements): elements.flatMap { leaves($0, path, where: fits) }
        case .string(let text): fits(path) ? [.text(text)] : []
        case .bool, .integer, .double: fits(path) ? [.text(value.text)] : []
        }
    }
}
