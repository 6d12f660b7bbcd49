import Integrity
public import Platform

/// Keeps copies of the keys of records beside an archive: without them nobody can open what is sealed in it.
///
/// A file that changed because seeds were forgotten is written over, so that they are forgotten in the copy, too.
///
/// - Threads: one at a time.
public final class KeyCopies {
    private let disk: any Disk
    private let place: any KeyPlace
    private let metrics: ArchiveMetrics
    /// What each copy is.
    private var known: [String: Digest] = [:]
    /// When a file was looked at the last time.
    private var stamps: [String: FileStamp] = [:]
    /// The folder of the files, to look at them without reading; `nil` for a disk that has no paths.
    private let folder: String?

    /// - Parameter disk: the folder of the logs.
    public init(disk: any Disk, place: any KeyPlace, metrics: ArchiveMetrics) {
        self.disk = disk
        self.place = place
        self.metrics = metrics
        folder = (disk as? FolderDisk)?.folder
    }

    /// Files whose copies are kept: the seeds, and the names and pseudonym keys of the logs.
    public static func isKey(_ name: String) -> Bool {
        name.hasSuffix(".log") || name.split(separator: ".").dropFirst().first == "seeds" && !name.hasSuffix(".new")
    }

    /// Copies what is new or was changed.
    public func copy() throws(ArchiveError) {
        let names = try onDisk { () throws(DiskError) in try disk.names() }
        for name in names.sorted() where Self.isKey(name) {
            let stamp = folder.flatMap { FileStamp(of: "\($0)/\(name)") }
            if let stamp, stamps[name] == stamp { continue }
            let bytes = try onDisk { () throws(DiskError) in try disk.contents(of: name) }
            let digest = unsafe Digest(of: bytes.span.bytes)
            if known[name] != digest {
                if try place.get(name) != bytes {
                    try place.replace(name, with: bytes)
                    metrics.keys.add()
                }
                known[name] = digest
            }
            stamps[name] = stamp
        }
    }
}
