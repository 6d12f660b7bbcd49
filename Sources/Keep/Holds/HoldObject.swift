import Codecs
public import Integrity

/// One line of what was done for an order: something that was sealed, or is missing and why, or was only looked through.
///
/// - Shape: JSON on one line; `docs/formats/legal-hold.md`.
public struct HoldObject: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// What the API lists of a chat. Stands behind everything else of the chat.
        case chat
        /// A page of its messages.
        case messages
        case file
        case generatedFile = "generated_file"
        case artifact
        /// What was sealed of a chat so far counts no more; it was begun anew.
        case restart

        var isFile: Bool { self == .file || self == .generatedFile || self == .artifact }
    }

    /// A file that a page of messages names.
    public struct File: Sendable, Hashable {
        public let kind: Kind
        public let id: String

        public init(kind: Kind, id: String) {
            self.kind = kind
            self.id = id
        }
    }

    /// What was sealed.
    public struct Sealed: Sendable, Equatable {
        /// Name of the file.
        public let name: String
        /// - Unit: bytes, sealed.
        public let size: Int
        /// Of the sealed bytes.
        public let digest: Digest
    }

    public let kind: Kind
    public let chat: String
    /// Of a file.
    public var id: String?
    /// Of messages: counts from 0.
    public var part: Int?
    public var sealed: Sealed?
    /// Why there is nothing to seal.
    public var missing: String?
    /// Where the messages go on; it stays in the data directory.
    public var next: String?
    /// Which files the messages name; they stay in the data directory.
    public var files: [File] = []

    public init(_ kind: Kind, of chat: String) {
        self.kind = kind
        self.chat = chat
    }

    /// - Parameter isWhole: with what only the collecting needs.
    func text(isWhole: Bool) -> String {
        var members: [JSONValue.Member] = [.init("kind", .string(kind.rawValue)), .init("chat", .string(chat))]
        if let id { members.append(.init("id", .string(id))) }
        if let part { members.append(.init("part", .integer(Int64(part)))) }
        if let sealed {
            members += [
                .init("name", .string(sealed.name)), .init("size", .integer(Int64(sealed.size))),
                .init("sha256", .string(sealed.digest.hexadecimal)),
            ]
        }
        if let missing { members.append(.init("missing", .string(missing))) }
        if isWhole, let next { members.append(.init("next", .string(next))) }
        if isWhole, !files.isEmpty {
            members.append(
                .init("files", .array(files.map { ["kind": .string($0.kind.rawValue), "id": .string($0.id)] })))
        }
        return JSONValue.object(members).text
    }

    public init(line: [UInt8]) throws(HoldFlaw) {
        guard let value = try? JSONValue(parsing: line) else { throw HoldFlaw("it is no JSON") }
        let reader = try HoldReader(
            value, "", ["kind", "chat", "id", "part", "name", "size", "sha256", "missing", "next", "files"])
        guard let kind = Kind(rawValue: try reader.text("kind")) else { throw HoldFlaw("`kind` is none") }
        self.init(kind, of: try reader.text("chat"))
        if reader.has("id") { id = try reader.text("id") }
        if reader.has("part") { part = try reader.count("part") }
        if reader.has("name") {
            let name = try reader.text("name")
            guard let digest = Digest(hexadecimal: try reader.text("sha256")), HoldArchive.isObject(name) else {
                throw HoldFlaw("`name` or `sha256` is none")
            }
            sealed = Sealed(name: name, size: try reader.count("size"), digest: digest)
        }
        if reader.has("missing") { missing = try reader.text("missing") }
        if reader.has("next") { next = try reader.text("next", 1...4_096) }
        for file in value["files"]?.array ?? [] {
            let reader = try HoldReader(file, "files", ["kind", "id"])
            guard let kind = Kind(rawValue: try reader.text("kind")), kind.isFile else {
                throw HoldFlaw("`files.kind` is none")
            }
            files.append(File(kind: kind, id: try reader.text("id")))
        }
    }
}
