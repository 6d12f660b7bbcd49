public import Codecs

/// Why parameters are none.
public struct ESQLParameterError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

extension ESQLParameters {
    /// Reads parameters as clients of Elasticsearch send them: `[1, "x"]`, `[{"n1": "x"}, {"n2": [1, 2]}]`, and with what
    /// they are, `[{"n1": {"identifier": "user.email"}}, {"n2": {"pattern": "user.*"}}]`.
    public init(_ json: [JSONValue]) throws(ESQLParameterError) {
        guard json.count <= Self.most else { throw ESQLParameterError("a query has at most \(Self.most) parameters") }
        var entries: [Entry] = []
        for element in json { entries.append(try Self.entry(element)) }
        guard Set(entries.map { $0.name == nil }).count < 2 else {
            throw ESQLParameterError("Params cannot contain both named and unnamed parameters")
        }
        self.init(entries: entries)
    }

    private static func entry(_ json: JSONValue) throws(ESQLParameterError) -> Entry {
        guard let members = json.members else { return Entry(name: nil, meaning: .value(try literal(json, ""))) }
        guard members.count == 1 else {
            throw ESQLParameterError("Cannot parse more than one key:value pair as parameter, and not less")
        }
        let name = members[0].key
        guard QueryCursor.isWord(name), !name.hasPrefix("@") else {
            throw ESQLParameterError(
                "[\(name)] is not a valid parameter name, a valid parameter name starts with a letter or underscore, and "
                    + "contains letters, digits and underscores only")
        }
        return Entry(name: name, meaning: try meaning(members[0].value, name))
    }

    private static func meaning(_ json: JSONValue, _ name: String) throws(ESQLParameterError) -> Meaning {
        guard let members = json.members else { return .value(try literal(json, name)) }
        guard members.count == 1 else {
            throw ESQLParameterError("[\(name)] is one of value, identifier, pattern, and one of them only")
        }
        let value = members[0].value
        switch members[0].key.lowercased() {
        case "value": return .value(try literal(value, name))
        case "identifier":
            guard let text = value.string, !text.isEmpty else {
                throw ESQLParameterError("[\(name)] is no identifier: an identifier is a string")
            }
            return .name(text)
        case "pattern":
            guard let text = value.string, text.contains("*") else {
                throw ESQLParameterError("[\(name)] is no pattern: a pattern is a string and contains *")
            }
            return .pattern(text)
        default:
            throw ESQLParameterError(
                "[\(members[0].key)] is not a valid param attribute, a valid attribute is any of value, identifier, "
                    + "pattern")
        }
    }

    private static func literal(_ json: JSONValue, _ name: String) throws(ESQLParameterError) -> ESQLLiteral {
        guard let elements = json.array else {
            guard let literal = ESQLLiteral(json) else {
                throw ESQLParameterError(
                    "\(name.isEmpty ? "" : "\(name)=")\(json.text) is not supported as a parameter")
            }
            return literal
        }
        guard elements.count <= ESQLLimit.parts else {
            throw ESQLParameterError("a list has at most \(ESQLLimit.parts) values")
        }
        let literals = elements.compactMap { $0.isNull ? nil : ESQLLiteral($0) }
        guard literals.count == elements.count, Set(literals.map(\.kind)).count < 2 else {
            throw ESQLParameterError("a list of a parameter holds values of one kind, and no null")
        }
        return literals.isEmpty ? .null : .list(literals)
    }
}

extension ESQLLiteral {
    /// - Returns: `nil` for a list, an object, and a number that no double holds.
    fileprivate init?(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .boolean(flag)
        case .integer(let number): self = Int32(exactly: number).map { .integer($0) } ?? .long(number)
        case .double(let number) where number.isFinite: self = .double(number)
        case .string(let text): self = .string(text)
        case .double, .array, .object: return nil
        }
    }
}
