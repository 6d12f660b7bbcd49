import CLinux
public import Glibc

/// Names of the few kernel errors that are looked at.
public enum ErrorNumber {
    public static let noSpace = ENOSPC
    public static let quota = EDQUOT
    public static let notFound = ENOENT
    public static let exists = EEXIST

    public static func text(_ number: Int32) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            unsafe docket_error_text(number, buffer.baseAddress, 128)
            return unsafe String(cString: buffer.baseAddress!)
        }
    }
}

/// A folder of the real file system.
public final class FolderDisk: Disk {
    /// The folder's path, without a slash at the end.
    public let folder: String

    private let readsOnly: Bool

    /// - Parameter readsOnly: for files that may not be written.
    public init(folder: String, readsOnly: Bool = false) {
        self.folder = folder
        self.readsOnly = readsOnly
    }

    /// Makes the folder and those it is in, where they are missing.
    ///
    /// - Parameter mode: for folders that are made; what is there stays as it is.
    public static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(DiskError) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            let parent = made.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : made
            made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            if unsafe mkdir(made, mode) == 0 {
                // Else a power loss takes the folder away with all that was durable in it.
                try FolderDisk(folder: parent).syncNames()
            } else if errno != EEXIST {
                throw DiskError("make the folder", made, number: errno)
            }
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw DiskError("open", path, number: errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw DiskError("open", path, number: ENOTDIR) }
    }

    /// Whether there is a folder of this path.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    public func names() throws(DiskError) -> [String] {
        guard let handle = unsafe opendir(folder) else { throw DiskError("list", folder, number: errno) }
        defer { unsafe _ = closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    public func create(_ name: String) throws(DiskError) -> any DiskFile {
        try FolderFile(path: path(name), flags: O_RDWR | O_CREAT | O_EXCL)
    }

    public func open(_ name: String) throws(DiskError) -> any DiskFile {
        try FolderFile(path: path(name), flags: readsOnly ? O_RDONLY : O_RDWR)
    }

    public func rename(_ name: String, to newName: String) throws(DiskError) {
        guard unsafe Glibc.rename(path(name), path(newName)) == 0 else {
            throw DiskError("rename", path(name), number: errno)
        }
    }

    public func remove(_ name: String) throws(DiskError) {
        guard unsafe unlink(path(name)) == 0 else { throw DiskError("remove", path(name), number: errno) }
    }

    public func syncNames() throws(DiskError) {
        let descriptor = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError("open", folder, number: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DiskError("sync", folder, number: errno) }
    }

    public func space() throws(DiskError) -> (free: Int, total: Int) {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { throw DiskError("look at", folder, number: errno) }
        // As df counts: blocks that only root may use, or a quota keeps back, are no space at all.
        let free = Int(status.f_bavail)
        let used = Int(status.f_blocks) - Int(status.f_bfree)
        return (free * Int(status.f_frsize), (used + free) * Int(status.f_frsize))
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }
}

/// An open file of the real file system.
final class FolderFile: DiskFile {
    private let path: String
    private let descriptor: Int32

    init(path: String, flags: Int32) throws(DiskError) {
        descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskError("open", path, number: errno) }
        self.path = path
    }

    deinit { close(descriptor) }

    func write(_ bytes: RawSpan, at offset: Int) throws(DiskError) {
        let failure: Int32 = unsafe bytes.withUnsafeBytes { source in
            var done = 0
            while done < source.count {
                let written = unsafe pwrite(descriptor, source.baseAddress! + done, source.count - done, offset + done)
                if written < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                // A regular file that takes nothing and says no error is a disk that has no room.
                if written == 0 { return ENOSPC }
                done += written
            }
            return 0
        }
        guard failure == 0 else { throw DiskError("write", path, number: failure) }
    }

    func read(into buffer: inout MutableRawSpan, at offset: Int) throws(DiskError) -> Int {
        var done = 0
        let failure: Int32 = unsafe buffer.withUnsafeMutableBytes { target in
            while done < target.count {
                let count = unsafe pread(descriptor, target.baseAddress! + done, target.count - done, offset + done)
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                if count == 0 { break }
                done += count
            }
            return 0
        }
        guard failure == 0 else { throw DiskError("read", path, number: failure) }
        return done
    }

    func sync() throws(DiskError) {
        guard fdatasync(descriptor) == 0 else { throw DiskError("sync", path, number: errno) }
    }

    func size() throws(DiskError) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw DiskError("look at", path, number: errno) }
        return Int(status.st_size)
    }

    func truncate(to size: Int) throws(DiskError) {
        guard ftruncate(descriptor, size) == 0 else { throw DiskError("shorten", path, number: errno) }
    }

    func reserve(upTo size: Int) throws(DiskError) {
        let number = docket_reserve(descriptor, Int64(size))
        if number != 0, number != EOPNOTSUPP, number != ENOSYS {
            throw DiskError("reserve space for", path, number: number)
        }
    }

    // After a failed sync the kernel holds the pages for clean, so it lets them go.
    func forget() { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
}
