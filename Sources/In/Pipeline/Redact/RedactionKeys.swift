import Integrity
public import Platform

/// The keys of tokens, one for each tenant: without it nobody can say what a token stands for, and who destroys it makes
/// all of its tokens mean nothing.
///
/// - Shape: `TENANT.key` of two lines, `docket-redaction/v1` and 64 hexadecimal digits; nobody else may read it.
/// - Threads: any.
public final class RedactionKeys: Sendable {
    private let disk: any Disk
    private let keys = Locked<[String: HMAC]>([:])

    private static let head = "docket-redaction/v1"
    private static let size = 32

    /// - Parameter disk: a folder that is there.
    public init(disk: any Disk) { self.disk = disk }

    /// - Returns: `nil` when the key can neither be read nor made; tokens are masks then.
    func key(of tenant: String) -> HMAC? {
        keys.withLock { keys in
            if let key = keys[tenant] { return key }
            guard let bytes = bytes(of: tenant) else { return nil }
            let key = unsafe HMAC(key: bytes.span.bytes)
            keys[tenant] = key
            return key
        }
    }

    private func bytes(of tenant: String) -> [UInt8]? {
        let name = "\(tenant).key"
        do throws(DiskError) {
            if let kept = try disk.contentsIfThere(of: name) {
                let lines = String(decoding: kept, as: UTF8.self).split(separator: "\n")
                guard lines.count == 2, lines[0] == Self.head, let key = Hexadecimal.bytes(of: String(lines[1])),
                    key.count == Self.size
                else { return nil }
                return key
            }
            let key = RandomBytes.system.bytes(Self.size)
            let text = unsafe Hexadecimal.text(of: key.span.bytes)
            try disk.replace(name, with: Array("\(Self.head)\n\(text)\n".utf8))
            return key
        } catch {
            return nil
        }
    }
}
