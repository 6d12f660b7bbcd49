import Archive
import Events
import Integrity
import Ledger
import Platform
import Server

/// What the commands about an archive share: where it is, whose it is, what opens it.
struct ArchiveOptions {
    let options: DataOptions
    let archive: ArchiveConfiguration
    let tenant: TenantName?
    private let signer: VerifierKey?
    private let keysAreNamed: Bool

    static let help = """
        --config FILE    a configuration; its `archive` section says where and how
        --archive PLACE  another archive than the configuration's: a directory or `s3://BUCKET/PREFIX`
        --keys PLACE     where the copies of the keys are; without it the configuration's, else those in the data
                         directory, else none
        --key VKEY       the signer's key, as `docket keys` shows it, from wherever you keep it
        --tenant T       only of this tenant
        --data DIR       the data directory, for its keys
        """

    init(_ words: inout Words) throws {
        let place = try words.option("--archive")
        let keys = try words.option("--keys")
        signer = try SignerKey.option(&words)
        tenant = try words.option("--tenant").map { name throws(WrongUse) in
            guard let tenant = TenantName(name) else { throw WrongUse("`\(name)` is not the name of a tenant") }
            return tenant
        }
        options = try DataOptions(&words)
        var archive = options.configuration.archive
        if let place {
            guard let to = ArchiveConfiguration.Place(place) else {
                throw WrongUse("--archive must be a directory, or a bucket such as s3://archive.example/docket")
            }
            if archive == nil { archive = ArchiveConfiguration(to: to) } else { archive?.to = to }
        }
        guard var archive else { throw WrongUse("which archive? --archive PLACE, or --config FILE with `archive.to`") }
        keysAreNamed = keys != nil || archive.keys != nil
        if let keys {
            guard let place = ArchiveConfiguration.Place(keys) else { throw WrongUse("--keys must be a place") }
            archive.keys = place
        }
        archive.takeCredentials(from: Environment.all)
        self.archive = archive
    }

    /// - Parameter opens: whether records are opened, where there are keys.
    func audit(opens: Bool) throws(StartError) -> ArchiveAudit {
        let folder = "\(options.data)/signer"
        let chain: KeyChain?
        do throws(LedgerError) {
            chain = FolderDisk.isFolder(folder) ? try SignerFolder(folder).chain() : nil
        } catch {
            throw StartError("\(error)")
        }
        // Keys that follow the one that is trusted, by its own word, are trusted, too.
        let trusted = signer.map { chain?.keys(from: $0) ?? [$0] } ?? chain?.keys ?? []
        guard !trusted.isEmpty else {
            throw StartError(
                "which key signs? --key VKEY, as `docket keys` shows it; there is none in `\(options.data)`")
        }
        return ArchiveAudit(
            archive.target(clock: options.clock), signers: trusted.map(\.key), keyFile: opens ? keyFile() : nil)
    }

    private func keyFile() -> ((String) throws(ArchiveError) -> [UInt8]?)? {
        if keysAreNamed, let place = archive.keyPlace(clock: options.clock) {
            return { name throws(ArchiveError) in try place.get(name) }
        }
        let folder = "\(options.data)/ledger"
        guard !keysAreNamed, FolderDisk.isFolder(folder) else { return nil }
        let directory = KeyDirectory(folder)
        return { name throws(ArchiveError) in try directory.get(name) }
    }
}

/// The key of a signer on a command line.
enum SignerKey {
    static func option(_ words: inout Words) throws(WrongUse) -> VerifierKey? {
        guard let text = try words.option("--key") else { return nil }
        guard let key = VerifierKey(text: text) else {
            throw WrongUse("--key must be a key as `docket keys` shows it")
        }
        return key
    }
}
