import Glibc

/// A folder, or one thing in it, that this process has for itself, until the value goes away or the process
/// ends, however it ends.
public final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Parameters:
    ///   - name: the file that stands for what is locked.
    ///   - patience: how long to wait for another process that has it.
    /// - Throws: with `isTaken` when another process has it.
    public init(
        folder: String, name: String = "lock", patience: Timestamp.Span = .seconds(0)
    ) throws(FolderLockError) {
        let path = "\(folder)/\(name)"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FolderLockError(path: path, number: errno, owner: nil) }
        let clock = SystemClock()
        let end = clock.steady() + patience
        // The kernel could wait for ever; whoever has the lock may have been stopped.
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let number = errno
            if number == EINTR { continue }
            if number == EWOULDBLOCK, clock.steady() < end {
                usleep(10_000)
                continue
            }
            let owner = Self.owner(descriptor)
            close(descriptor)
            throw FolderLockError(path: path, number: number, owner: number == EWOULDBLOCK ? owner : nil)
        }
        // Who has it, for the message of the next one who asks. The lock itself does not depend on it.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 {
            _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        }
    }

    deinit { close(descriptor) }

    private static func owner(_ descriptor: Int32) -> Int? {
        let text = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            count = unsafe max(0, pread(descriptor, buffer.baseAddress, 32, 0))
        }
        return Int(String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self))
    }
}

/// Why a folder could not be had.
public struct FolderLockError: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let number: Int32
    /// The process that has it, where that could be read.
    public let owner: Int?

    public var isTaken: Bool { number == EWOULDBLOCK }

    public var description: String {
        guard isTaken else { return "cannot lock \(path): \(ErrorNumber.text(number))" }
        return "another process" + (owner.map { " (pid \($0))" } ?? "") + " uses this folder (\(path))"
    }
}
