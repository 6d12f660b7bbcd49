import Events
import Integrity

/// How far the logs are: what is durable, and what a checkpoint may be signed of.
///
///     docket-ledger/v1
///     journal 3 88211
///     all 977 5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
///     log default 1834 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I= 12 977
///
/// The last two numbers of a log: how many of its checkpoints are kept, and how many are in the log of all logs.
///
/// It is replaced as a whole, durably, before a signature is asked for: so after any end the log is at least as long as
/// what was signed of it.
struct LedgerState: Sendable, Equatable {
    struct Head: Sendable, Equatable {
        var size: UInt64
        var root: Digest
        /// Checkpoints that are kept; see ``CheckpointHistory``.
        var kept: UInt64 = 0
        /// Of a tenant's log: how many of its checkpoints are in the log of all logs.
        var entries: UInt64 = 0
    }

    /// The leaves of everything before it are durable.
    var position = JournalPosition.start
    /// The log of all logs.
    var all = Head(size: 0, root: .emptyTree)
    var logs: [TenantName: Head] = [:]

    private static let head = "docket-ledger/v1"

    init() {}

    /// - Returns: `nil` for bytes that are not what was stored.
    init?(kept bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.first == Self.head[...], lines.last == "" else { return nil }
        guard let position = JournalPosition(line: lines[1]) else { return nil }
        self.position = position
        let whole = lines[2].split(separator: " ")
        guard whole.count == 3, whole[0] == "all", let size = UInt64(whole[1]),
            let root = Digest(base64: String(whole[2]))
        else { return nil }
        all = Head(size: size, root: root)
        for line in lines[3..<lines.count - 1] {
            let words = line.split(separator: " ")
            guard words.count == 6, words[0] == "log", let tenant = TenantName(String(words[1])),
                let size = UInt64(words[2]), let root = Digest(base64: String(words[3])),
                let kept = UInt64(words[4]), let entries = UInt64(words[5]), logs[tenant] == nil
            else { return nil }
            logs[tenant] = Head(size: size, root: root, kept: kept, entries: entries)
        }
    }

    var bytes: [UInt8] {
        var text = "\(Self.head)\n\(position.line)\n"
        text += "all \(all.size) \(all.root.base64)\n"
        for (tenant, log) in logs.sorted(by: { $0.key < $1.key }) {
            text += "log \(tenant) \(log.size) \(log.root.base64) \(log.kept) \(log.entries)\n"
        }
        return Array(text.utf8)
    }
}
