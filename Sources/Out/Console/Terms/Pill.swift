import Query

/// A filter that was clicked together rather than written, shown as a pill that can be taken off again.
///
/// - Shape: in an address `f=user.email:a@example.com`, `f=?user.email` for "has a value"; with a minus in front for
///   the opposite.
struct Pill: Sendable, Equatable {
    /// One field, or several with commas between them, of which any may have the value: what two products call
    /// differently.
    let field: String
    /// `nil` for any value.
    let value: String?
    var isNegated = false

    /// How many an address may have, and how long each may be. - Unit: bytes
    static let most = 32
    static let length = 2_048

    init(_ field: String, _ value: String?, isNegated: Bool = false) {
        self.field = field
        self.value = value
        self.isNegated = isNegated
    }

    /// - Returns: `nil` for what names no field.
    init?(_ text: String) {
        guard text.utf8.count <= Self.length else { return nil }
        var rest = text[...]
        let isNegated = rest.first == "-"
        if isNegated { rest = rest.dropFirst() }
        if rest.first == "?" {
            guard rest.count > 1 else { return nil }
            self.init(String(rest.dropFirst()), nil, isNegated: isNegated)
        } else {
            guard let mark = rest.firstIndex(of: ":"), mark != rest.startIndex else { return nil }
            self.init(String(rest[..<mark]), String(rest[rest.index(after: mark)...]), isNegated: isNegated)
        }
    }

    var fields: [String] { field.split(separator: ",").map(String.init) }

    /// Of several fields what their names have in common at the end, or else the first.
    var shortName: String {
        let parts = fields.map { $0.split(separator: ".") }
        guard parts.count > 1 else { return field }
        var common: [Substring] = []
        while let next = parts[0].dropLast(common.count).last,
            parts.allSatisfy({ $0.dropLast(common.count).last == next })
        {
            common.insert(next, at: 0)
        }
        return common.isEmpty ? fields[0] : common.joined(separator: ".")
    }

    /// As it stands in an address.
    var text: String { (isNegated ? "-" : "") + (value.map { "\(field):\($0)" } ?? "?\(field)") }

    /// The condition in KQL.
    var kql: String {
        let condition = KQLText.condition(fields, value.map(QuotedText.of) ?? "*")
        return isNegated ? "not \(condition)" : condition
    }

    var opposite: Pill { Pill(field, value, isNegated: !isNegated) }
}

/// Pieces of KQL.
enum KQLText {
    /// A field's name, with escapes where they are needed.
    static func name(_ text: String) -> String {
        var out = ""
        for character in text {
            if "\\():<>\"*{} ".contains(character) { out.append("\\") }
            out.append(character)
        }
        return ["and", "or", "not"].contains(out.lowercased()) ? "\\\(out)" : out
    }

    /// Any of the fields has the value.
    static func condition(_ fields: [String], _ value: String) -> String {
        let parts = fields.map { "\(name($0)): \(value)" }
        return parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " or ")))"
    }

    /// Conditions that all hold. Empty ones say nothing.
    static func all(_ conditions: [String]) -> String {
        let conditions = conditions.filter { $0.contains { !$0.isWhitespace } }
        return conditions.count > 1 ? conditions.map { "(\($0))" }.joined(separator: " and ") : conditions.first ?? ""
    }
}
