import Codecs

/// The fields of one document by their dotted names, for showing them.
///
/// - Shape: in the document's order; nested objects and dotted keys give the same names; null and empty
///   objects and lists are not here.
struct EventFields {
    struct Field: Equatable {
        let name: String
        var values: [String]
    }

    private(set) var fields: [Field] = []
    private var places: [String: Int] = [:]
    private let covered: Set<String>

    /// - Parameters:
    ///   - document: one JSON object. Of what cannot be read nothing is shown here; its text still is.
    ///   - covered: fields that have something else in the place of content.
    init(_ document: [UInt8], covered: [String] = []) {
        self.covered = Set(covered)
        guard let value = try? JSONValue(parsing: document) else { return }
        add(value, name: "")
    }

    private mutating func add(_ value: JSONValue, name: String) {
        switch value {
        case .null: break
        case .object(let members):
            for member in members { add(member.value, name: name.isEmpty ? member.key : "\(name).\(member.key)") }
        case .array(let elements): for element in elements { add(element, name: name) }
        case .string(let text): add(text, name)
        case .bool, .integer, .double: add(value.text, name)
        }
    }

    private mutating func add(_ text: String, _ name: String) {
        if let place = places[name] {
            fields[place].values.append(text)
        } else {
            places[name] = fields.count
            fields.append(Field(name: name, values: [text]))
        }
    }

    /// The first value of a field; `nil` without one or when it is empty.
    subscript(name: String) -> String? {
        guard let value = places[name].flatMap({ fields[$0].values.first }), !value.isEmpty else { return nil }
        return value
    }

    func isCovered(_ name: String) -> Bool { covered.contains(name) }

    /// All values of a field beside each other; `nil` without one.
    func joined(_ name: String) -> String? { places[name].map { fields[$0].values.joined(separator: "; ") } }

    /// The first of several fields that is there.
    func first(_ names: String...) -> String? { first(names) }

    func first(_ names: [String]) -> String? { firstName(of: names).flatMap { self[$0] } }

    /// What the first of several fields is called that is there.
    func firstName(of names: [String]) -> String? { names.first { self[$0] != nil } }

    var user: String? { first("user.email", "user.name", "user.id", "anthropic.audit.actor.api_key_id") }
}
