import Events
import Integrity

/// Counts a file while it is made, and digests it.
struct ExportTally: ~Copyable {
    private var digest = SHA256()
    private var bytes = 0
    private var rows = 0

    mutating func take(_ piece: [UInt8], rows: Int = 0) {
        let span = piece.span
        unsafe digest.update(span.bytes)
        bytes += piece.count
        self.rows += rows
    }

    consuming func file() -> ExportReceipt.File {
        ExportReceipt.File(rows: rows, bytes: bytes, digest: digest.finish().hexadecimal)
    }

    /// Of a file that is at hand as a whole.
    static func file(_ bytes: [UInt8], rows: Int) -> ExportReceipt.File {
        var tally = ExportTally()
        tally.take(bytes, rows: rows)
        return tally.file()
    }
}
