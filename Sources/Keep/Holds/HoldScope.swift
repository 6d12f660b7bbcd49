import Codecs
public import Platform

/// What is held: of whom, from when to when, chats or the files beside them or both.
public struct HoldScope: Sendable, Equatable {
    /// Ids that begin with `user_`, and e-mail addresses.
    public var people: [String]
    /// What was said from here on …
    public var from: Timestamp
    /// … until before this.
    public var until: Timestamp
    public var hasChats: Bool
    public var hasFiles: Bool

    static let mostPeople = 200

    public init(people: [String], from: Timestamp, until: Timestamp, hasChats: Bool, hasFiles: Bool) {
        self.people = people
        self.from = from
        self.until = until
        self.hasChats = hasChats
        self.hasFiles = hasFiles
    }

    init(_ value: JSONValue?) throws(HoldFlaw) {
        let reader = try HoldReader(value, "scope", ["people", "from", "until", "content"])
        people = try reader.texts("people", 1...Self.mostPeople)
        for person in people where !Self.isPerson(person) {
            throw HoldFlaw("`scope.people` has ids that begin with `user_`, and e-mail addresses")
        }
        guard Set(people).count == people.count else { throw HoldFlaw("`scope.people` has somebody twice") }
        from = try reader.moment("from")
        until = try reader.moment("until")
        guard from < until else { throw HoldFlaw("`scope.until` must be behind `scope.from`") }
        let content = try reader.texts("content", 1...2)
        guard Set(content).isSubset(of: ["chats", "files"]), Set(content).count == content.count else {
            throw HoldFlaw("`scope.content` is a list of `chats` and `files`")
        }
        hasChats = content.contains("chats")
        hasFiles = content.contains("files")
    }

    private static func isPerson(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (3...254).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        return text.hasPrefix("user_") || text.split(separator: "@").count == 2
    }

    var value: JSONValue {
        let content = (hasChats ? ["chats"] : []) + (hasFiles ? ["files"] : [])
        return [
            "people": .array(people.map { .string($0) }), "from": HoldOrder.text(from), "until": HoldOrder.text(until),
            "content": .array(content.map { .string($0) }),
        ]
    }
}

/// What is wrong with an order, for the person who wrote it.
public struct HoldFlaw: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// Reads an object whose members are all known.
struct HoldReader {
    private let value: JSONValue
    private let place: String

    init(_ value: JSONValue?, _ place: String, _ known: Set<String>) throws(HoldFlaw) {
        guard let value, let members = value.members else { throw HoldFlaw("`\(place)` must be an object") }
        self.value = value
        self.place = place.isEmpty ? "" : "\(place)."
        for member in members where !known.contains(member.key) {
            let names = known.sorted().joined(separator: ", ")
            throw HoldFlaw("`\(self.place)\(member.key.prefix(40))` is not known; there are \(names)")
        }
        guard Set(members.map(\.key)).count == members.count else {
            throw HoldFlaw("a member of `\(place)` is there twice")
        }
    }

    func has(_ name: String) -> Bool { value[name].map { !$0.isNull } ?? false }
    func member(_ name: String) -> JSONValue? { value[name] }

    func text(_ name: String, _ length: ClosedRange<Int> = 1...200) throws(HoldFlaw) -> String {
        guard let text = value[name]?.string, length.contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw HoldFlaw(
                "`\(place)\(name)` must be text of \(length.lowerBound) to \(length.upperBound) bytes on one line")
        }
        return text
    }

    func texts(_ name: String, _ count: ClosedRange<Int>) throws(HoldFlaw) -> [String] {
        let texts = value[name]?.array?.compactMap(\.string) ?? []
        guard count.contains(texts.count), texts.count == value[name]?.array?.count else {
            throw HoldFlaw("`\(place)\(name)` must be a list of \(count.lowerBound) to \(count.upperBound) texts")
        }
        return texts
    }

    func moment(_ name: String) throws(HoldFlaw) -> Timestamp {
        guard let moment = value[name]?.string.flatMap({ RFC3339.parse($0.utf8) }) else {
            throw HoldFlaw("`\(place)\(name)` must be a time such as 2026-10-08T00:00:00Z")
        }
        return moment
    }

    func count(_ name: String) throws(HoldFlaw) -> Int {
        guard let count = value[name]?.integer, count >= 0 else {
            throw HoldFlaw("`\(place)\(name)` must be a whole number")
        }
        return Int(count)
    }
}
