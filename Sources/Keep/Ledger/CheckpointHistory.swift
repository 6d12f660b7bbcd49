import Events
import Integrity
import Platform

/// The signed checkpoints of a tenant: the last one, and of those before it the last of each minute in which records
/// came.
///
/// A checkpoint more proves nothing that the next one does not: it continues those before it, and the tree gives the
/// proof of that for any two sizes. What is kept says what was signed when, at half a gigabyte for four years of
/// minutes.
///
/// | File | Holds |
/// | --- | --- |
/// | `TENANT.checkpoint` | the last one |
/// | `TENANT.checkpoints.0000` … | 1,024 others, by size, each followed by an empty line |
///
/// - Guarantee: files are replaced as a whole, so that no crash leaves half of a note. What is kept is durable before
///   the state counts it, and the state before the next checkpoint takes its place.
/// - Threads: one at a time.
final class CheckpointHistory {
    private let tenant: TenantName
    private let disk: any Disk
    /// How many are kept, without the last one.
    private(set) var count: UInt64
    /// The size of the newest that is kept.
    private var keptSize: UInt64 = 0
    private var last: Last?

    /// The last that was signed, without its note.
    var head: SignedHead? { last.map { SignedHead(size: $0.size, accepted: $0.accepted) } }

    private struct Last {
        let note: SignedNote
        let size: UInt64
        /// When the last record that it covers was accepted, in nanoseconds.
        let accepted: UInt64
    }

    /// - Parameters:
    ///   - count: how many are kept by the state; a crash may have left one more.
    ///   - accepted: when the last record of a size was accepted, in nanoseconds.
    /// - Throws: ``LedgerError/changed(_:)`` when there are fewer.
    init(
        _ tenant: TenantName, _ disk: any Disk, count: UInt64, accepted: (UInt64) throws(LedgerError) -> UInt64?
    ) throws(LedgerError) {
        self.tenant = tenant
        self.disk = disk
        let file = count / KeptCheckpoints.notesPerFile
        let newest = try KeptCheckpoints.read(file, of: tenant, disk).notes
        self.count = file * KeptCheckpoints.notesPerFile + UInt64(newest.count)
        guard self.count >= count else { throw .changed(tenant) }
        let before = newest.isEmpty && file > 0 ? try KeptCheckpoints.read(file - 1, of: tenant, disk).notes : newest
        keptSize = before.last.flatMap { Checkpoint(text: $0.text)?.size } ?? 0
        // One that cannot be read, or is of another log, is for `docket verify` to name.
        if let note = try KeptCheckpoints.last(of: tenant, disk), let checkpoint = Checkpoint(text: note.text),
            let time = try accepted(checkpoint.size)
        {
            last = Last(note: note, size: checkpoint.size, accepted: time)
        }
    }

    private static func minute(_ nanoseconds: UInt64) -> UInt64 { nanoseconds / 60_000_000_000 }

    /// Keeps the last checkpoint if it is the last of its minute, which it is when the log has a record of a later one.
    func keepLast(before accepted: UInt64) throws(DiskError) {
        guard let last, Self.minute(last.accepted) < Self.minute(accepted), last.size > keptSize else { return }
        let name = KeptCheckpoints.fileName(tenant, count / KeptCheckpoints.notesPerFile)
        let whole = (try disk.contentsIfThere(of: name) ?? []) + Array(last.note.whole.utf8) + [0x0A]
        try disk.replace(name, with: whole)
        count += 1
        keptSize = last.size
    }

    /// A new last checkpoint.
    ///
    /// - Parameter accepted: when the last record that it covers was accepted.
    func replace(_ note: SignedNote, size: UInt64, accepted: UInt64) throws(DiskError) {
        try disk.replace(KeptCheckpoints.lastName(tenant), with: Array(note.whole.utf8))
        last = Last(note: note, size: size, accepted: accepted)
    }
}

/// The files that checkpoints are kept in.
struct KeptCheckpoints {
    static let notesPerFile: UInt64 = 1_024

    static let lastSuffix = ".checkpoint"

    static func lastName(_ tenant: TenantName) -> String { "\(tenant)\(lastSuffix)" }

    static func fileName(_ tenant: TenantName, _ number: UInt64) -> String {
        RowFile.fileName("\(tenant).checkpoints", number)
    }

    /// The last checkpoint; `nil` when there is none, or it is no note.
    static func last(of tenant: TenantName, _ disk: any Disk) throws(LedgerError) -> SignedNote? {
        let name = lastName(tenant)
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: name) }) else { return nil }
        let span = unsafe bytes.span.bytes
        return try? SignedNote(bytes: span)
    }

    /// The notes of a file, up to the first that is none; no notes when there is no such file.
    static func read(
        _ number: UInt64, of tenant: TenantName, _ disk: any Disk
    ) throws(LedgerError) -> KeptCheckpoints {
        let name = fileName(tenant, number)
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: name) }) else {
            return .none
        }
        return KeptCheckpoints(bytes)
    }

    let notes: [SignedNote]
    /// Whether there is nothing else in the file.
    let isWhole: Bool

    static let none = KeptCheckpoints(notes: [], isWhole: true)

    /// Whether there may be another file.
    var isFull: Bool { notes.count == Self.notesPerFile }

    private init(notes: [SignedNote], isWhole: Bool) {
        self.notes = notes
        self.isWhole = isWhole
    }

    private init(_ bytes: [UInt8]) {
        var notes: [SignedNote] = []
        var start = 0
        var gaps = 0
        for place in bytes.indices.dropLast() where bytes[place] == 0x0A && bytes[place + 1] == 0x0A {
            // The first gap of a note ends its text, the second its signatures.
            gaps += 1
            guard gaps == 2 else { continue }
            let whole = String(decoding: bytes[start...place], as: UTF8.self)
            guard let note = try? SignedNote(parsing: whole), note.whole.utf8.elementsEqual(bytes[start...place]) else {
                break
            }
            notes.append(note)
            start = place + 2
            gaps = 0
        }
        self.init(notes: notes, isWhole: start == bytes.count)
    }
}
