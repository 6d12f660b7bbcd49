import Integrity
import Platform

/// An archive in a directory: another disk, or what a network file system shows.
///
/// An object is written under another name, synced, renamed, and may not be written from then on. The file system
/// keeps it from mistakes; from people who administer the machine only `immutable` on a machine of others does.
public final class DirectoryTarget: ArchiveTarget {
    public enum Protection: String, Sendable, CaseIterable {
        case readOnly = "read-only"
        /// The flag that `chattr +i` sets: not even root can delete the file before it is taken away.
        case immutable
    }

    private let root: String
    private let protection: Protection
    private let open: @Sendable (_ folder: String) throws(DiskError) -> any Disk

    /// Bytes that are copied at once.
    private static let piece = 1 << 20

    public convenience init(_ root: String, protection: Protection) {
        self.init(root: root, protection: protection) { folder throws(DiskError) in FolderDisk(folder: folder) }
    }

    /// - Parameter open: gives the disk of a folder that exists.
    init(
        root: String, protection: Protection, open: @escaping @Sendable (_ folder: String) throws(DiskError) -> any Disk
    ) {
        self.root = root
        self.protection = protection
        self.open = open
    }

    public func check() throws(ArchiveError) {
        guard FolderDisk.isFolder(root) else {
            // Making it would fill the wrong disk when the right one is not mounted.
            throw .refused("the archive's directory `\(root)` is not there; mount it or make it")
        }
        let probe = ".docket-probe"
        do throws(DiskError) {
            let disk = try open(root)
            if try disk.names().contains(probe) { try disk.remove(probe) }
            try disk.replace(probe, with: Array("docket".utf8))
            if protection == .immutable { try FileProtection.setImmutable("\(root)/\(probe)", true) }
            if protection == .immutable { try FileProtection.setImmutable("\(root)/\(probe)", false) }
            try disk.remove(probe)
        } catch {
            let remedy =
                protection == .immutable
                ? "; files can be made immutable by root on ext4, xfs and btrfs; `archive.protect: read-only` does "
                    + "without" : ""
            throw .refused("the archive's directory cannot be used: \(error)\(remedy)")
        }
    }

    public func put(_ name: String, _ content: ArchiveContent, keep: Retention) throws(ArchiveError) -> String? {
        let (folder, file) = place(of: name)
        if try isThere(name) {
            guard try digest(of: name) == content.digest else { throw .conflict(name) }
            return nil
        }
        try onDisk { () throws(DiskError) in
            try FolderDisk.makeFolder(folder)
            let disk = try open(folder)
            let unfinished = ".\(file).new"
            if try disk.names().contains(unfinished) { try disk.remove(unfinished) }
            let target = try disk.create(unfinished)
            for start in stride(from: 0, to: content.size, by: Self.piece) {
                let bytes = try content.read(start..<min(start + Self.piece, content.size))
                try unsafe target.write(bytes.span.bytes, at: start)
            }
            try target.sync()
            try disk.rename(unfinished, to: file)
            try disk.syncNames()
            if disk is FolderDisk {
                try FileProtection.makeReadOnly("\(folder)/\(file)")
                if protection == .immutable { try FileProtection.setImmutable("\(folder)/\(file)", true) }
            }
        }
        return nil
    }

    public func get(_ name: String, version: String?) throws(ArchiveError) -> [UInt8]? {
        guard try isThere(name) else { return nil }
        let (folder, file) = place(of: name)
        return try onDisk { () throws(DiskError) in try reading(folder).contents(of: file) }
    }

    public func names() throws(ArchiveError) -> [String] {
        guard FolderDisk.isFolder(root) else { throw .refused("the archive's directory `\(root)` is not there") }
        var found: [String] = []
        try onDisk { () throws(DiskError) in try collect("", &found) }
        return found.sorted()
    }

    private func collect(_ prefix: String, _ found: inout [String]) throws(DiskError) {
        for name in try reading(prefix.isEmpty ? root : "\(root)/\(prefix)").names() where !name.hasPrefix(".") {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            if FolderDisk.isFolder("\(root)/\(path)") {
                try collect(path, &found)
            } else {
                found.append(path)
            }
        }
    }

    public func retention(of name: String, version: String?) -> Retention? { nil }

    // MARK: Files

    private func place(of name: String) -> (folder: String, file: String) {
        guard let slash = name.lastIndex(of: "/") else { return (root, name) }
        return ("\(root)/\(name[..<slash])", String(name[name.index(after: slash)...]))
    }

    /// A disk whose files may not be written.
    private func reading(_ folder: String) throws(DiskError) -> any Disk {
        let disk = try open(folder)
        return disk is FolderDisk ? FolderDisk(folder: folder, readsOnly: true) : disk
    }

    private func isThere(_ name: String) throws(ArchiveError) -> Bool {
        let (folder, file) = place(of: name)
        guard FolderDisk.isFolder(folder) else { return false }
        return try onDisk { () throws(DiskError) in try open(folder).names().contains(file) }
    }

    private func digest(of name: String) throws(ArchiveError) -> Digest {
        let (folder, fileName) = place(of: name)
        return try onDisk { () throws(DiskError) in
            let file = try reading(folder).open(fileName)
            return try FileDigest.of(file, size: try file.size())
        }
    }
}

/// Copies of keys in a directory.
public final class KeyDirectory: KeyPlace {
    private let root: String

    public init(_ root: String) { self.root = root }

    public func replace(_ name: String, with bytes: [UInt8]) throws(ArchiveError) {
        try onDisk { () throws(DiskError) in
            try FolderDisk.makeFolder(root)
            try FolderDisk(folder: root).replace(name, with: bytes)
        }
    }

    public func get(_ name: String) throws(ArchiveError) -> [UInt8]? {
        guard FolderDisk.isFolder(root) else { return nil }
        return try onDisk { () throws(DiskError) in
            try FolderDisk(folder: root, readsOnly: true).contentsIfThere(of: name)
        }
    }
}
