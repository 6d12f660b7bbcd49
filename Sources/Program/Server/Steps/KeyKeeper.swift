import Codecs
import Events
import Integrity
import Journal
import Ledger
import Platform

/// Keeps the keys of the signer beside the logs, and puts into the record of each tenant when another one signs.
///
/// - Threads: one at a time.
final class KeyKeeper {
    private let signer: any CheckpointSigner
    private let disk: FolderDisk
    private let journal: Journal
    private let isStrange: Gauge
    private let log: Log
    private var hasTold = false

    private static let pause = Timestamp.Span.seconds(5)

    init(_ signer: any CheckpointSigner, ledger folder: String, journal: Journal, strange: Gauge, log: Log) {
        self.signer = signer
        disk = FolderDisk(folder: folder)
        self.journal = journal
        isStrange = strange
        self.log = log
    }

    /// Asks the signer for its keys.
    ///
    /// - Returns: when to ask again.
    func look() throws(LedgerError) -> Timestamp.Span {
        let chain: KeyChain
        do throws(SignerUnreachable) { chain = try signer.keys() } catch { return .seconds(1) }
        let kept: KeyChain?
        do throws(LedgerError) {
            kept = try KeyFile.read(disk)
        } catch {
            // The logs go on without it: it is for those who verify.
            guard case .keys = error else { throw error }
            tell("\(error)")
            return Self.pause
        }
        guard chain != kept else { return Self.pause }
        let known = kept ?? KeyChain(first: chain.keys[0])
        guard chain.continues(known) else {
            tell(
                "the signer has keys that those of before did not introduce; restore its folder, or tell everybody who "
                    + "verifies about the new key")
            return Self.pause
        }
        for note in chain.notes[known.notes.count...] {
            // First the record, then the file: after a crash in between it is said twice, as one event.
            for tenant in journal.counts.keys.sorted() where !record(note, tenant) { return .seconds(1) }
        }
        try KeyFile.replace(with: chain, disk)
        if chain != known { log.info("another key signs from here on", ("key", .text(chain.last.text))) }
        return Self.pause
    }

    private func tell(_ why: String) {
        isStrange.set(1)
        if hasTold { return }
        hasTold = true
        log.error("who verifies will not believe the signer's keys", ("error", .text(why)))
    }

    /// - Returns: whether it is durable.
    private func record(_ note: SignedNote, _ tenant: TenantName) -> Bool {
        let result = journal.appendAndWait(OwnRecord(introducing: note, to: tenant).batch(of: tenant))
        return if case .success = result { true } else { false }
    }
}

extension OwnRecord {
    /// That checkpoints are signed by another key, too, from here on.
    ///
    /// - Parameter note: how the key before introduces it.
    fileprivate init(introducing note: SignedNote, to tenant: TenantName) {
        let told = Array("\(tenant)\n\(note.text)".utf8)
        let digest = unsafe Digest(of: told.span.bytes)
        let id = Hexadecimal.text(of: digest.bytes)
        self.init(
            .keyRotation,
            [
                // The same note is the same event, however often it is told.
                .init("id", .string("docket-key-\(id.prefix(32))")), .init("kind", .string("event")),
                .init("action", .string("key-rotation")), .init("category", .array([.string("configuration")])),
                .init("type", .array([.string("change")])),
                // The new key and the old one's signature over it, for who reads nothing but the record.
                .init("original", .string(note.whole)),
            ], [.init("message", .string("checkpoints are signed by another key from here on"))])
    }
}
