public import Integrity
public import Ledger
import Platform

/// Records that follow one another, with all that proves them, as files: what an auditor gets.
///
/// | File | Holds |
/// | --- | --- |
/// | `records.ndjson` | a line for each record; see ``RecordLine`` |
/// | `proof` | ``RangeProof`` |
extension Evidence {
    public static let recordsName = "records.ndjson"
    public static let proofName = "proof"

    /// Writes them into a folder that is new or empty. The proof comes last, so that without it nothing is finished.
    ///
    /// - Parameters:
    ///   - groups: those that are shown.
    ///   - note: the checkpoint that they are proven under.
    ///   - progress: is told now and then how many records are written.
    /// - Returns: `false` when the checkpoint does not cover all of them.
    public func export(
        _ sequences: Range<UInt64>, of log: LedgerView.Log, showing groups: [DisclosureGroup], under note: SignedNote,
        to folder: String, progress: (Int) -> Void = { _ in }
    ) throws(StartError) -> Bool {
        guard let size = Checkpoint(text: note.text)?.size, size <= log.size else { return false }
        let proof = try ledger { () throws(LedgerError) in
            var tree = view.tree(of: log)
            return try tree.rangeProof(of: sequences, in: size, under: note)
        }
        guard let proof else { return false }
        let disk = FolderDisk(folder: folder)
        let file = try inFolder { () throws(DiskError) in
            try FolderDisk.makeFolder(folder)
            return try disk.names().isEmpty ? disk.create(Self.recordsName) : nil
        }
        guard let file else { throw StartError("`\(folder)` is not empty; --out must be a new folder") }
        var offset = 0
        var count = 0
        try disclosures(of: sequences, in: log, showing: groups) { disclosures throws(StartError) in
            var lines: [UInt8] = []
            for disclosure in disclosures {
                guard let line = RecordLine.text(of: disclosure) else { throw StartError("a leaf cannot be read") }
                lines += line + [0x0A]
            }
            try inFolder { () throws(DiskError) in try file.write(unsafe lines.span.bytes, at: offset) }
            offset += lines.count
            count += disclosures.count
            progress(count)
        }
        try inFolder { () throws(DiskError) in
            try file.sync()
            try disk.replace(Self.proofName, with: Array(proof.text.utf8))
        }
        return true
    }

    func inFolder<Result>(_ body: () throws(DiskError) -> Result) throws(StartError) -> Result {
        do throws(DiskError) {
            return try body()
        } catch {
            throw StartError("\(error)")
        }
    }
}
