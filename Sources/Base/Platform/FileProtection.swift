import CLinux
import Glibc

/// Keeps files from being written or removed.
public enum FileProtection {
    /// Nobody but root may write the file.
    public static func makeReadOnly(_ path: String) throws(DiskError) {
        guard unsafe chmod(path, 0o444) == 0 else { throw DiskError("protect", path, number: errno) }
    }

    /// Nobody, not even root, may write, rename or remove the file until this is taken back.
    ///
    /// - Throws: where the file system does not have it, or the process may not: it takes CAP_LINUX_IMMUTABLE.
    public static func setImmutable(_ path: String, _ isImmutable: Bool) throws(DiskError) {
        let number = unsafe docket_set_immutable(path, isImmutable ? 1 : 0)
        guard number == 0 else { throw DiskError("make immutable", path, number: number) }
    }
}
