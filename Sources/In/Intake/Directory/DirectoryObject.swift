import Codecs

/// One object of the directory as the API delivered it, and what is remembered of it.
struct DirectoryObject: Sendable, Equatable {
    let id: String
    /// The JSON of it, byte for byte.
    let bytes: [UInt8]
    let traits: DirectoryTraits

    /// - Returns: `nil` for what is no object, or does not say which one it is.
    init?(_ bytes: [UInt8], _ kind: DirectoryPart.Kind) {
        guard let value = try? JSONValue(parsing: bytes), value.members != nil else { return nil }
        if let id = value[kind.idName]?.string, !id.isEmpty {
            self.id = id
        } else if kind == .permission {
            // A permission may be named by its content alone.
            id = value["name"]?.string ?? DirectoryTrait.digest(of: value)
        } else {
            return nil
        }
        self.bytes = bytes
        let isWord = kind == .setting && Self.wordTypes.contains(value["type"]?.string ?? "")
        traits = DirectoryTraits(
            kind.traits.map { name, isPlain in
                DirectoryTrait(
                    name == DirectoryPart.wholeObject ? value : value[name],
                    isPlain: isPlain || name == "value" && isWord)
            })
    }

    /// Types of settings whose values are words out of a closed set, numbers and durations.
    private static let wordTypes: Set<String> = ["boolean", "integer", "provisioning_mode", "data_retention"]
}

/// What is remembered of an object, as the text that stands in the bookmark: of everybody in an organization it is held
/// while a look is made.
struct DirectoryTraits: Sendable, Equatable {
    /// Fields with a tab between.
    let text: String

    /// - Parameter traits: in the order of ``DirectoryPart/Kind/traits``.
    init(_ traits: [DirectoryTrait]) { text = traits.map(\.text).joined(separator: "\t") }

    /// - Returns: `nil` for what is not remembered of this kind.
    init?(text: String, _ kind: DirectoryPart.Kind) {
        self.text = text
        guard all.count == kind.traits.count, DirectoryTraits(all) == self else { return nil }
    }

    var all: [DirectoryTrait] {
        text.split(separator: "\t", omittingEmptySubsequences: false).compactMap { DirectoryTrait(text: $0) }
    }
}

/// What is remembered of one member of an object: enough to see that it changed, and what it was where that is no
/// content.
enum DirectoryTrait: Sendable, Equatable {
    case absent
    case plain(JSONValue)
    case digest(String)

    /// Bytes of a value that is remembered as it is.
    private static let plainBytes = 2_048

    init(_ value: JSONValue?, isPlain: Bool) {
        guard let value, !value.isNull else {
            self = .absent
            return
        }
        let ordered = Self.ordered(value)
        // A number that is too large for any type is no JSON any more.
        let isKept =
            isPlain && ordered.text.utf8.count <= Self.plainBytes && (try? JSONValue(parsing: ordered.text)) == ordered
        self = isKept ? .plain(ordered) : .digest(Self.digest(of: value))
    }

    /// What it was, as a record tells it; `nil` when only a digest is known.
    var told: JSONValue? {
        switch self {
        case .absent: .null
        case .plain(let value): value
        case .digest: nil
        }
    }

    static func digest(of value: JSONValue) -> String {
        let digits = String(IdentityDigest.of(ordered(value).text.utf8), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The same value in one order: the API promises none for lists, and nothing that is listed has one.
    private static func ordered(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements):
            .array(elements.map(ordered).sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) })
        case .object(let members):
            .object(members.map { .init($0.key, ordered($0.value)) }.sorted { $0.key < $1.key })
        default: value
        }
    }

    // MARK: Text

    /// Without tabs and line feeds.
    var text: String {
        switch self {
        case .absent: "-"
        case .plain(let value): value.text
        case .digest(let digits): "#\(digits)"
        }
    }

    /// - Returns: `nil` for what ``text`` does not write.
    init?(text: some StringProtocol) {
        if text == "-" {
            self = .absent
        } else if text.hasPrefix("#") {
            self = .digest(String(text.dropFirst()))
        } else if let value = try? JSONValue(parsing: String(text)) {
            self = .plain(value)
        } else {
            return nil
        }
    }
}
