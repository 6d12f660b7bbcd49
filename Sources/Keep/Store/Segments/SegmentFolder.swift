import Codecs
import Events
public import Platform

/// The store's folder: the manifest, and below it a folder for each tenant and stream.
struct SegmentFolder {
    static let manifestName = "manifest.json"
    let path: String

    /// Reads the manifest, makes sure that its files are there whole, and removes what it does not name.
    func open() throws(StoreError) -> Manifest {
        let damaged: String?
        do throws(DiskError) {
            try FolderDisk.makeFolder(path)
            if let manifest = try manifestText().map({ Manifest($0) }) ?? Manifest() {
                damaged = try damagedFile(manifest)
                if damaged == nil {
                    try removeLeftovers(manifest)
                    return manifest
                }
            } else {
                damaged = nil
            }
        } catch {
            throw .disk(error)
        }
        guard let damaged else { throw .unreadable(file: manifestPath, reason: "this is no manifest of a store") }
        throw .unreadable(
            file: manifestPath, reason: "the file \(damaged) that it names is missing or has another size")
    }

    /// Reads the manifest and touches nothing, also beside the program that writes it.
    ///
    /// - Returns: `nil` when there is no store.
    func read() throws(StoreError) -> Manifest? {
        let text: [UInt8]?
        do throws(DiskError) {
            text = FolderDisk.isFolder(path) ? try manifestText() : nil
        } catch {
            throw .disk(error)
        }
        guard let text else { return nil }
        guard let manifest = Manifest(text) else {
            throw .unreadable(file: manifestPath, reason: "this is no manifest of a store")
        }
        return manifest
    }

    private var manifestPath: String { "\(path)/\(Self.manifestName)" }

    private func manifestText() throws(DiskError) -> [UInt8]? {
        try FolderDisk(folder: path).contentsIfThere(of: Self.manifestName)
    }

    /// Replaces the manifest durably.
    func write(_ manifest: Manifest) throws(DiskError) {
        try FolderDisk(folder: path).replace(Self.manifestName, with: manifest.text)
    }

    /// The folder of a shelf, made durably when it is missing.
    func folder(of shelf: Shelf) throws(DiskError) -> String {
        let folder = "\(path)/\(shelf.tenant)/\(shelf.stream)"
        guard !FolderDisk.isFolder(folder) else { return folder }
        try FolderDisk.makeFolder(folder)
        // A folder's name lasts when the folder it is in is synced.
        try FolderDisk(folder: "\(path)/\(shelf.tenant)").syncNames()
        try FolderDisk(folder: path).syncNames()
        return folder
    }

    /// Removes a file of a shelf durably, and its filter, as far as they are there.
    func remove(_ file: String) throws(DiskError) {
        let (folder, name) = split(file)
        let disk = FolderDisk(folder: folder)
        let there = try disk.names().filter { $0 == name || $0 == name + IDFilter.suffix }
        for name in there { try disk.remove(name) }
        if !there.isEmpty { try disk.syncNames() }
    }

    /// A file that is missing or has another size than it was written with.
    private func damagedFile(_ manifest: Manifest) throws(DiskError) -> String? {
        for segment in manifest.segments {
            let (folder, name) = split(segment.file)
            do throws(DiskError) {
                let size = try FolderDisk(folder: folder).open(name).size()
                if size != segment.bytes { return segment.file }
            } catch {
                if error.number == ErrorNumber.notFound { return segment.file }
                throw error
            }
        }
        return nil
    }

    private func removeLeftovers(_ manifest: Manifest) throws(DiskError) {
        let known = Set(manifest.segments.flatMap { [$0.file, $0.file + IDFilter.suffix] })
        for tenant in try FolderDisk(folder: path).names() where TenantName(tenant) != nil {
            for stream in try FolderDisk(folder: "\(path)/\(tenant)").names() {
                let disk = FolderDisk(folder: "\(path)/\(tenant)/\(stream)")
                for file in try disk.names() where !known.contains("\(tenant)/\(stream)/\(file)") {
                    try disk.remove(file)
                }
            }
        }
    }
}

/// Why a store cannot be opened.
public enum StoreError: Error, Sendable, CustomStringConvertible {
    case disk(DiskError)
    case unreadable(file: String, reason: String)
    case engine(String)

    public var description: String {
        switch self {
        case .disk(let error): error.description
        case .unreadable(let file, let reason):
            "\(file): \(reason); move it away and the store is built again from the journal"
        case .engine(let message): message
        }
    }
}
