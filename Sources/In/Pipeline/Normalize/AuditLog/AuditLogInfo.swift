import Codecs

/// A dictionary of a row: what was taken out of it stands elsewhere in the document, the rest is kept.
struct AuditLogInfo {
    private(set) var members: [JSONValue.Member] = []

    func text(_ name: String) -> String? { value(name)?.string }

    /// A truth value, also one that is text.
    func flag(_ name: String) -> Bool? {
        switch value(name) {
        case .bool(let flag): flag
        case .string("True"), .string("true"): true
        case .string("False"), .string("false"): false
        default: nil
        }
    }

    /// Takes a text out; anything else stays where it is.
    mutating func takeText(_ name: String) -> String? {
        guard let place = members.firstIndex(where: { $0.key == name }), let text = members[place].value.string else {
            return nil
        }
        members.remove(at: place)
        return text
    }

    /// Takes a text out of a dictionary within.
    mutating func takeText(_ outer: String, _ name: String) -> String? {
        guard let place = members.firstIndex(where: { $0.key == outer }),
            case .object(let inner) = members[place].value
        else { return nil }
        var info = AuditLogInfo(members: inner)
        guard let text = info.takeText(name) else { return nil }
        members[place] = JSONValue.Member(outer, .object(info.members))
        return text
    }

    private func value(_ name: String) -> JSONValue? { members.first { $0.key == name }?.value }
}

extension JSONValue {
    /// Without null, empty texts, lists and objects, at any depth, as all documents are.
    var withoutEmpty: JSONValue? {
        switch self {
        case .null, .string(""): return nil
        case .array(let elements):
            let left = elements.compactMap(\.withoutEmpty)
            return left.isEmpty ? nil : .array(left)
        case .object(let members):
            let left = members.compactMap { member in member.value.withoutEmpty.map { Member(member.key, $0) } }
            return left.isEmpty ? nil : .object(left)
        default: return self
        }
    }
}
