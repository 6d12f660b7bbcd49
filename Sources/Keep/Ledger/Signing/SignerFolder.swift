public import Integrity
import Platform

/// What a signer keeps: its key, and the book of what it signed.
///
///     PRIVATE+KEY+docket-signer+a1b2c3d4+AR…
///
/// - Shape: the key as a note signer under the name `docket-signer`; for each log it signs under the log's own name.
public struct SignerFolder: Sendable {
    private static let keyFile = "key"
    private static let keyName = KeyName("docket-signer")!

    public let path: String

    public init(_ path: String) { self.path = path }

    /// Where the signer listens.
    public var socket: String { "\(path)/socket" }

    /// Opens it, with a new key when there is none.
    public func signer(random: RandomBytes = .system) throws(LedgerError) -> LocalSigner {
        try onDisk { () throws(DiskError) in try FolderDisk.makeFolder(path) }
        let disk = FolderDisk(folder: path)
        let book = try SigningBook(disk: disk)
        return LocalSigner(secrets: [try secret(disk, book, random)], book: book)
    }

    /// The key that others verify with.
    ///
    /// - Returns: `nil` when there is none yet.
    public func publicKey() throws(LedgerError) -> Ed25519.PublicKey? {
        let disk = FolderDisk(folder: path)
        guard FolderDisk.isFolder(path) else { return nil }
        return try kept(disk)?.publicKey
    }

    private func kept(_ disk: FolderDisk) throws(LedgerError) -> Ed25519.SecretKey? {
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: Self.keyFile) }) else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasSuffix("\n"), let signer = NoteSigner(kept: String(text.dropLast())) else { throw .key }
        return signer.secret
    }

    private func secret(
        _ disk: FolderDisk, _ book: borrowing SigningBook, _ random: RandomBytes
    ) throws(LedgerError) -> Ed25519.SecretKey {
        if let kept = try kept(disk) { return kept }
        // A new key must not go on where another one has signed.
        guard book.isEmpty else { throw .key }
        guard let secret = Ed25519.SecretKey(seed: random.bytes(32)) else { preconditionFailure("a seed of 32 bytes") }
        let text = NoteSigner(name: Self.keyName, secret: secret).reveal() + "\n"
        try onDisk { () throws(DiskError) in try disk.replace(Self.keyFile, with: Array(text.utf8)) }
        return secret
    }
}
