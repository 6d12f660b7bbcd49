import ArchiveFormat
import Integrity
import Platform

/// `docket-verify archive`: a copy of an archive in a directory, without keys and without Docket.
///
/// It opens Zstandard and reads JSON, which the other commands do not need; what is sealed stays sealed.
enum VerifyArchive {
    /// - Parameter keys: those that sign, from wherever they are trusted.
    /// - Throws: ``DocketVerify/Changed`` for the first thing that is not what it was.
    static func run(_ folder: String, keys: [Ed25519.PublicKey], say: (String) -> Void) throws {
        guard FolderDisk.isFolder(folder) else { throw DocketVerify.CannotTell("\(folder) is no directory") }
        var names: [String] = []
        try collect(folder, "", &names)
        let manifests = names.compactMap { ArchiveName(manifest: $0) }.sorted()
        guard !manifests.isEmpty else { throw DocketVerify.CannotTell("there is no manifest in \(folder)") }
        let check = ArchiveCheck(keys: keys)
        var order = ArchiveSequence()
        var records = 0
        do {
            for name in manifests {
                if let finding = order.follow(name) { throw finding }
                guard let manifest = ArchiveManifest(kept: try bytes(folder, name.manifest), name: name) else {
                    throw ArchiveFinding(name.manifest, .manifest)
                }
                guard names.contains(name.object) else { throw ArchiveFinding(name.object, .objectMissing) }
                try check.check(manifest, try bytes(folder, name.object)) { _ in records += 1 }
            }
        } catch let finding as ArchiveFinding {
            throw DocketVerify.Changed("\(finding)")
        }
        say("proven: \(manifests.count) objects with \(records) records are what was signed")
        say("what is sealed in them was compared with the digests of the manifests; only keys show what it says")
    }

    private static func collect(_ folder: String, _ prefix: String, _ names: inout [String]) throws {
        for name in try FolderDisk(folder: "\(folder)/\(prefix)").names() where !name.hasPrefix(".") {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            if FolderDisk.isFolder("\(folder)/\(path)") {
                try collect(folder, path, &names)
            } else {
                names.append(path)
            }
        }
    }

    private static func bytes(_ folder: String, _ name: String) throws -> [UInt8] {
        try FolderDisk(folder: folder, readsOnly: true).contents(of: name)
    }
}
