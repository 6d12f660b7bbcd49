import Platform

/// A file of a data directory that the command line changes while a server runs.
///
/// A change is made under a lock of the file's own, on what is in the file at that moment, and a server sees by the stamp
/// that there is something new. The file is its owner's alone.
struct BookFile: Sendable {
    /// How long a change waits for another one.
    private static let patience = Timestamp.Span.seconds(10)

    /// Of who changed a line: a name of 254 bytes, and words behind it. - Unit: bytes
    static let actorLength = 300

    let folder: String
    let name: String
    let lockName: String

    var path: String { "\(folder)/\(name)" }
    var stamp: FileStamp? { FileStamp(of: path) }

    /// What is in it, `nil` where it is not there, and the stamp it had before it was read: what changes meanwhile is seen
    /// the next time.
    func contents() throws(DiskError) -> (bytes: [UInt8]?, stamp: FileStamp?) {
        let stamp = stamp
        return (try FolderDisk(folder: folder).contentsIfThere(of: name), stamp)
    }

    /// Held until the value goes away.
    func lock() throws(FolderLockError) -> FolderLock {
        try FolderLock(folder: folder, name: lockName, patience: Self.patience)
    }

    func replace(with bytes: [UInt8]) throws(DiskError) {
        try FolderDisk(folder: folder).replace(name, with: bytes)
    }
}
