import Codecs
import Events
public import Platform

/// The store's folder: the manifest, and below it a folder for each tenant and stream.
struct SegmentFolder {
    static let manifestName = "manifest.json"
    let path: String

    /// Reads the manifest and removes what it does not name.
    func open() throws(StoreError) -> Manifest {
        do throws(DiskError) {
            try FolderDisk.makeFolder(path)
            guard let text = try manifestText() else {
                try removeLeftovers(Manifest())
                return Manifest()
            }
            if let manifest = Manifest(text) {
                try removeLeftovers(manifest)
                return manifest
            }
        } catch {
            throw .disk(error)
        }
        throw .unreadable(file: "\(path)/\(Self.manifestName)", reason: "this is no manifest of a store")
    }

    private func manifestText() throws(DiskError) -> [UInt8]? {
        try FolderDisk(folder: path).contentsIfThere(of: Self.manifestName)
    }

    /// Replaces the manifest durably.
    func write(_ manifest: Manifest) throws(DiskError) {
        try FolderDisk(folder: path).replace(Self.manifestName, with: manifest.text)
    }

    /// The folder of a shelf, made when it is missing.
    func folder(of shelf: Shelf) throws(DiskError) -> String {
        let folder = "\(path)/\(shelf.tenant)/\(shelf.stream)"
        try FolderDisk.makeFolder(folder)
        return folder
    }

    private func removeLeftovers(_ manifest: Manifest) throws(DiskError) {
        let known = Set(manifest.segments.map(\.file))
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
