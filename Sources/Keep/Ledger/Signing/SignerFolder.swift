public import Integrity
public import Platform

/// What a signer keeps: its keys, and the book of what it signed.
///
/// | File | Holds |
/// | --- | --- |
/// | `key` | the key that signs, and below it the one before while both sign: `PRIVATE+KEY+docket-signer+a1b2c3d4+AR…` |
/// | `keys` | the ``KeyChain``: for others |
/// | `signed` | ``SigningBook`` |
///
/// - Shape: keys have the name `docket-signer`; for each log they sign under the log's own name.
public struct SignerFolder: Sendable {
    private static let keyFile = "key"
    private static let chainFile = "keys"
    private static let keyName = KeyName("docket-signer")!

    public let path: String

    public init(_ path: String) { self.path = path }

    /// Where the signer listens.
    public var socket: String { "\(path)/socket" }

    /// Changes when the keys do.
    public var stamp: FileStamp? { FileStamp(of: "\(path)/\(Self.keyFile)") }

    private var disk: FolderDisk { FolderDisk(folder: path) }

    /// Opens it, with a new key when there is none.
    public func signer(random: RandomBytes = .system) throws(LedgerError) -> LocalSigner {
        try onDisk { () throws(DiskError) in try FolderDisk.makeFolder(path) }
        if try kept().isEmpty {
            // A new key must not go on where another one has signed.
            guard try SigningBook(disk: disk).isEmpty else { throw .key }
            try SigningBook.begin(disk)
            try write([NoteSigner(name: Self.keyName, secret: Ed25519.SecretKey(random: random))])
        }
        // And a key without its book would sign everything once more.
        guard try SigningBook.isThere(disk) else { throw .signed }
        return LocalSigner(try keys(), book: try SigningBook(disk: disk))
    }

    /// The keys as they are now.
    public func keys() throws(LedgerError) -> SignerKeys {
        let signers = try kept()
        guard let youngest = signers.first, let oldest = signers.last else { throw .key }
        var chain = try self.chain() ?? KeyChain(first: oldest.key)
        if chain.last != youngest.key {
            // Between a new key and its introduction the program may have ended; or it was the first key ever.
            guard chain.last == oldest.key else { throw .key }
            chain.append(youngest, by: oldest)
        }
        if try self.chain() != chain {
            let text = chain.text
            try onDisk { () throws(DiskError) in try disk.replace(Self.chainFile, with: Array(text.utf8)) }
        }
        return SignerKeys(secrets: signers.map(\.secret), chain: chain)
    }

    /// The keys that others verify with.
    ///
    /// - Returns: `nil` when there is none yet.
    public func chain() throws(LedgerError) -> KeyChain? {
        guard FolderDisk.isFolder(path) else { return nil }
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: Self.chainFile) }) else {
            return nil
        }
        guard let chain = KeyChain(text: String(decoding: bytes, as: UTF8.self)) else { throw .key }
        return chain
    }

    // MARK: Another key

    /// Adds a new key. Both sign until ``retire()``.
    ///
    /// - Returns: the new one.
    public func rotate(random: RandomBytes = .system) throws(LedgerError) -> VerifierKey {
        let signers = try kept()
        guard let old = signers.first else { throw .key }
        guard signers.count == 1 else { throw .overlap }
        try write([NoteSigner(name: Self.keyName, secret: Ed25519.SecretKey(random: random)), old])
        return try keys().chain.last
    }

    /// Ends the overlap: the older key signs no more, and is gone.
    ///
    /// - Returns: the one that is left.
    public func retire() throws(LedgerError) -> VerifierKey {
        let signers = try kept()
        guard let young = signers.first else { throw .key }
        guard signers.count == 2 else { throw .noOverlap }
        // What introduces the young one is durable before the old one is gone.
        _ = try keys()
        try write([young])
        return young.key
    }

    // MARK: The file

    /// The youngest first; none when there is no file.
    private func kept() throws(LedgerError) -> [NoteSigner] {
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: Self.keyFile) }) else {
            return []
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let signers = lines.dropLast().compactMap { NoteSigner(kept: String($0)) }
        guard lines.last == "", (1...2).contains(signers.count), signers.count == lines.count - 1,
            signers.allSatisfy({ $0.key.name == Self.keyName && $0.key.kind == .note })
        else { throw .key }
        return signers
    }

    private func write(_ signers: [NoteSigner]) throws(LedgerError) {
        let text = signers.reduce(into: "") { $0 += $1.reveal() + "\n" }
        try onDisk { () throws(DiskError) in try disk.replace(Self.keyFile, with: Array(text.utf8)) }
    }
}

/// The keys of a signer at one moment.
public struct SignerKeys: Sendable {
    /// Those that sign; the youngest first.
    public let secrets: [Ed25519.SecretKey]
    public let chain: KeyChain

    public init(secrets: [Ed25519.SecretKey], chain: KeyChain) {
        precondition(!secrets.isEmpty, "a signer without a key")
        self.secrets = secrets
        self.chain = chain
    }
}
