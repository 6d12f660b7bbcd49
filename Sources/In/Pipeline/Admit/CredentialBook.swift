import Codecs
public import Events
import Integrity
public import Platform

/// Which tokens are let in, and for which tenant.
///
/// The book holds digests of random tokens, never the tokens. It is a file of its own in the data directory,
/// readable by its owner alone.
///
/// - Threads: any.
public final class CredentialBook: Sendable {
    public static let fileName = "credentials.json"

    struct Entry: Sendable, Equatable {
        let id: String
        let tenant: TenantName
        let digest: Digest
        let created: Timestamp
    }

    private let folder: String
    private let entries: Locked<[Entry]>

    /// Reads the book of a data directory; an empty one where there is none.
    public init(folder: String) throws(CredentialBookError) {
        self.folder = folder
        let text: [UInt8]?
        do throws(DiskError) {
            text = try FolderDisk(folder: folder).contentsIfThere(of: Self.fileName)
        } catch {
            throw .disk(error)
        }
        guard let text else {
            entries = Locked([])
            return
        }
        guard let read = Self.read(text) else { throw .unreadable(file: "\(folder)/\(Self.fileName)") }
        entries = Locked(read)
    }

    public var isEmpty: Bool { entries.withLock { $0.isEmpty } }

    /// The credential of a token, compared without telling by its time how much of it was right.
    public func credential(for secret: String) -> Credential? {
        let digest = Token(shown: secret).digest
        return entries.withLock { entries in
            var found: Credential?
            for entry in entries where entry.digest.bytes.isEqualInConstantTime(to: digest.bytes) {
                found = Credential(id: entry.id, tenant: entry.tenant)
            }
            return found
        }
    }

    /// Adds a token and makes the book durable.
    ///
    /// - Parameter chosen: the token's text; `nil` makes a random one.
    /// - Returns: the token, to be shown once.
    public func add(tenant: TenantName, chosen: String?, now: Timestamp) throws(CredentialBookError) -> String {
        let token = chosen.map { Token(shown: $0) } ?? Token(word: "docket", random: .system)
        let entry = Entry(
            id: "cred_" + token.digest.hexadecimal.prefix(12), tenant: tenant, digest: token.digest, created: now)
        let all = entries.withLock { entries in
            if !entries.contains(where: { $0.digest == entry.digest }) { entries.append(entry) }
            return entries
        }
        do throws(DiskError) {
            try write(all)
        } catch {
            throw .disk(error)
        }
        return token.reveal()
    }

    private func write(_ entries: [Entry]) throws(DiskError) {
        let value: JSONValue = [
            "version": 1,
            "credentials": .array(
                entries.map {
                    [
                        "id": .string($0.id), "tenant": .string($0.tenant.text),
                        "sha256": .string($0.digest.hexadecimal),
                        "created": .string(RFC3339.text($0.created)),
                    ]
                }),
        ]
        let disk = FolderDisk(folder: folder)
        try disk.replace(Self.fileName, with: Array((value.text + "\n").utf8))
    }

    private static func read(_ text: [UInt8]) -> [Entry]? {
        guard let root = try? JSONValue(parsing: text), root["version"]?.integer == 1,
            let items = root["credentials"]?.array
        else { return nil }
        var entries: [Entry] = []
        for item in items {
            guard let id = item["id"]?.string, let tenant = item["tenant"]?.string.flatMap({ TenantName($0) }),
                let digest = item["sha256"]?.string.flatMap({ Digest(hexadecimal: $0) }),
                let created = item["created"]?.string.flatMap({ RFC3339.parse($0.utf8) })
            else { return nil }
            entries.append(Entry(id: id, tenant: tenant, digest: digest, created: created))
        }
        return entries
    }
}

/// Why the credentials cannot be had.
public enum CredentialBookError: Error, Sendable, CustomStringConvertible {
    case disk(DiskError)
    case unreadable(file: String)

    public var description: String {
        switch self {
        case .disk(let error): error.description
        case .unreadable(let file): "\(file): this is no list of credentials; restore it from a copy"
        }
    }
}
