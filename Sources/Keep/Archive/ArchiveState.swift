import Events

/// How far the archive is: what is in it with its manifest, and where to go on in the journal.
///
///     docket-archive-state/v1
///     journal 3 88211
///     log default 1834
///
/// It is replaced as a whole, durably, after a manifest is there. What it does not know yet is archived again, with the
/// same names and bytes.
struct ArchiveState: Sendable, Equatable {
    /// Everything before it is in the archive.
    var position = JournalPosition.start
    /// The next record of each tenant.
    var next: [TenantName: UInt64] = [:]

    private static let head = "docket-archive-state/v1"

    init() {}

    /// - Returns: `nil` for bytes that are not what was stored.
    init?(kept bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines.first == Self.head[...], lines.last == "" else { return nil }
        guard let position = JournalPosition(line: lines[1]) else { return nil }
        self.position = position
        for line in lines[2..<lines.count - 1] {
            let words = line.split(separator: " ")
            guard words.count == 3, words[0] == "log", let tenant = TenantName(String(words[1])),
                let sequence = UInt64(words[2]), next[tenant] == nil
            else { return nil }
            next[tenant] = sequence
        }
    }

    var bytes: [UInt8] {
        var text = "\(Self.head)\n\(position.line)\n"
        for (tenant, sequence) in next.sorted(by: { $0.key < $1.key }) { text += "log \(tenant) \(sequence)\n" }
        return Array(text.utf8)
    }
}
