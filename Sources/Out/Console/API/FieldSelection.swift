import Codecs
import Query

/// The fields of documents that are asked for, by name or with stars.
struct FieldSelection {
    /// The most of them. - Unit: names and patterns
    static let most = 200

    /// Those that tables have where none are asked for.
    static let usual = [
        "@timestamp", "event.action", "user.email", "event.outcome", "gen_ai.tool.name", "event.id",
    ]

    private let names: Set<String>
    private let patterns: [Wildcard]
    /// What the columns of a table are called, and the name that each of them has in documents.
    let columns: [(title: String, name: String)]

    /// - Parameter wishes: names, aliases and patterns.
    init(_ wishes: [String], _ schema: FieldSchema) {
        var names: Set<String> = []
        var patterns: [Wildcard] = []
        var columns: [(String, String)] = []
        for wish in wishes {
            if let pattern = Wildcard(starred: wish) {
                patterns.append(pattern)
                columns += schema.fields.filter { pattern.matches($0.name) }.map { ($0.name, $0.name) }
            } else {
                let name = schema.field(named: wish)?.name ?? wish
                names.insert(name)
                columns.append((wish, name))
            }
        }
        self.names = names
        self.patterns = patterns
        self.columns = columns
    }

    /// A document with these fields only.
    func document(_ document: [UInt8]) -> [UInt8] {
        guard let value = try? JSONValue(parsing: document), let members = value.members else { return document }
        return Array(JSONValue.object(kept(members, below: "")).text.utf8)
    }

    private func kept(_ members: [JSONValue.Member], below path: String) -> [JSONValue.Member] {
        members.compactMap { member in
            let name = path.isEmpty ? member.key : "\(path).\(member.key)"
            if names.contains(name) || patterns.contains(where: { $0.matches(name) }) { return member }
            guard let inner = member.value.members else { return nil }
            let kept = kept(inner, below: name)
            return kept.isEmpty ? nil : JSONValue.Member(member.key, .object(kept))
        }
    }

    /// One cell for each column.
    func cells(_ document: [UInt8]) -> [String] {
        let value = (try? JSONValue(parsing: document)) ?? .null
        return columns.map { value.value(at: $0.name)?.cell ?? "" }
    }
}

extension Wildcard {
    /// A text with stars; `nil` without any.
    init?(starred text: String) {
        let pieces = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count > 1 else { return nil }
        self.init(pieces)
    }
}
