import Codecs
public import Platform

/// What was asked for, or why there is none.
public enum Found<Value> {
    case there(Value)
    /// The API does not know any more where the page before ended.
    case placeUnknown
    /// The API does not have it, for this cause.
    case missing(String)
}

/// A page of chats.
public struct ChatPage: Sendable {
    public let chats: [ListedChat]
    /// `nil` at the end.
    public let next: String?
}

/// A chat as the API lists it.
public struct ListedChat: Sendable {
    public let id: String
    public let created: Timestamp?
    /// Byte for byte.
    public let bytes: [UInt8]

    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), let id = value["id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        created = value["created_at"]?.string.flatMap { RFC3339.parse($0.utf8) }
        self.bytes = bytes
    }
}

/// A page of messages.
public struct MessagePage: Sendable {
    /// Byte for byte.
    public let body: [UInt8]
    public let count: Int
    /// What lies beside the messages.
    public let files: [HeldFile]
    /// `nil` at the end.
    public let next: String?

    init(_ page: APIPage, _ body: [UInt8]) {
        let elements = page.lists["data"] ?? []
        var files: [HeldFile] = []
        for element in elements {
            guard let message = try? JSONValue(parsing: element) else { continue }
            for kind in HeldFile.Kind.allCases {
                for file in message[kind.member]?.array ?? [] {
                    guard let id = (file["version_id"] ?? file["id"])?.string, !id.isEmpty else { continue }
                    files.append(HeldFile(kind: kind, id: id))
                }
            }
        }
        self.body = body
        self.files = files
        count = elements.count
        next = page.next
    }
}

/// A file beside a chat.
public struct HeldFile: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case file
        case generatedFile = "generated_file"
        case artifact

        /// Where a message names them.
        var member: String { self == .artifact ? "artifacts" : "\(rawValue)s" }

        var path: String {
            switch self {
            case .file: "chats/files"
            case .generatedFile: "chats/generated-files"
            case .artifact: "artifacts"
            }
        }
    }

    public let kind: Kind
    /// Of an artifact that of its version.
    public let id: String

    public init(kind: Kind, id: String) {
        self.kind = kind
        self.id = id
    }
}
