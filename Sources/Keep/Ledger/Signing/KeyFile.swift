public import Integrity
public import Platform

/// The keys of the signer beside the logs, for who verifies them and cannot ask the signer.
public enum KeyFile {
    private static let name = "keys"

    /// - Returns: `nil` when there is none yet.
    public static func read(_ disk: any Disk) throws(LedgerError) -> KeyChain? {
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: name) }) else { return nil }
        guard let chain = KeyChain(text: String(decoding: bytes, as: UTF8.self)) else { throw .keys }
        return chain
    }

    public static func replace(with chain: KeyChain, _ disk: any Disk) throws(LedgerError) {
        let text = chain.text
        try onDisk { () throws(DiskError) in try disk.replace(name, with: Array(text.utf8)) }
    }
}
