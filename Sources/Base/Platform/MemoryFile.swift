import CLinux
import Glibc

/// A copy of a file in memory, for libraries that map files.
///
/// Who maps a file is killed by a signal when somebody shortens it, and administrators copy new files over old ones.
/// Nobody else has this one.
public final class MemoryFile: Sendable {
    private let descriptor: Int32
    public let size: Int

    /// Where a library finds it, as long as this value lives.
    public var path: String { "/proc/self/fd/\(descriptor)" }

    /// - Parameter limit: bytes; a larger file is refused.
    public init(copying path: String, limit: Int) throws(DiskError) {
        // Not to wait for somebody who writes, should it be a pipe.
        let source = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard source >= 0 else { throw DiskError("open", path, number: errno) }
        defer { close(source) }
        var status = stat()
        guard unsafe fstat(source, &status) == 0 else { throw DiskError("look at", path, number: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DiskError("read", path, number: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        guard status.st_size <= limit else { throw DiskError("read", path, number: EFBIG) }
        descriptor = docket_memory_file()
        guard descriptor >= 0 else { throw DiskError("make a file in memory for", path, number: errno) }
        var copied = 0
        while copied < Int(status.st_size) {
            let count = sendfile(descriptor, source, nil, Int(status.st_size) - copied)
            if count < 0, errno == EINTR { continue }
            if count < 0 {
                let number = errno
                close(descriptor)
                throw DiskError("read", path, number: number)
            }
            if count == 0 { break }
            copied += count
        }
        size = copied
    }

    deinit { close(descriptor) }
}
