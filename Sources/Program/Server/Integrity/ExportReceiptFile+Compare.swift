public import Events
public import Integrity

extension ExportReceiptFile {
    /// Whether a file is the one that was taken.
    public func compare(_ file: [UInt8]) throws(ProofRefusal) {
        let span = file.span
        let found = unsafe Digest(of: span.bytes).hexadecimal
        guard found == digest else {
            throw .changed(
                "the file has \(file.count) bytes and the SHA-256 \(found); the receipt says \(bytes) bytes and \(digest)"
            )
        }
    }
}
