import Integrity
public import Platform

/// What a signer has signed, and what it may sign next.
///
///     docket-signed/v1
///     docket.example.com/t/0011… 1834 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
/// - Guarantee: a checkpoint is written down durably before a signature over it leaves, and only one that continues
///   what was written down. So two signatures never contradict each other, whatever ends the program when.
/// - Threads: one at a time.
public final class SigningBook {
    private static let name = "signed"
    private static let head = "docket-signed/v1"

    private let disk: any Disk
    private var last: [String: Checkpoint] = [:]

    public init(disk: any Disk) throws(LedgerError) {
        self.disk = disk
        guard let bytes = try onDisk({ () throws(DiskError) in try disk.contentsIfThere(of: Self.name) }) else {
            return
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        // Without it, it is not known what was signed; so nothing can be.
        guard lines.first == Self.head[...], lines.last == "" else { throw .signed }
        for line in lines.dropFirst().dropLast() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, let checkpoint = Checkpoint(text: words.joined(separator: "\n") + "\n") else {
                throw .signed
            }
            last[checkpoint.origin] = checkpoint
        }
    }

    var isEmpty: Bool { last.isEmpty }

    /// Whether there is one on this disk, of whatever it says.
    static func isThere(_ disk: any Disk) throws(LedgerError) -> Bool {
        try onDisk { () throws(DiskError) in try disk.names().contains(name) }
    }

    /// Begins one in which nothing is signed yet.
    static func begin(_ disk: any Disk) throws(LedgerError) {
        try onDisk { () throws(DiskError) in try disk.replace(name, with: Array("\(head)\n".utf8)) }
    }

    /// Decides about checkpoints, and writes down all that may be signed.
    ///
    /// - Returns: for each wish the answer, `nil` where it is to be signed.
    func enter(_ wishes: [SigningWish]) throws(LedgerError) -> [SigningAnswer?] {
        var next = last
        let answers = wishes.map { wish -> SigningAnswer? in
            let known = next[wish.checkpoint.origin]
            let size = known?.size ?? 0
            // A name with a space could be read as two words.
            guard KeyName(wish.checkpoint.origin) != nil, wish.checkpoint.extensions.isEmpty,
                wish.checkpoint.size > 0
            else { return .refused }
            guard wish.proof.old == size else { return .otherSize(size) }
            guard wish.checkpoint.size >= size,
                wish.proof.proves(wish.checkpoint.root, continues: known?.root ?? .emptyTree)
            else { return .refused }
            next[wish.checkpoint.origin] = wish.checkpoint
            return nil
        }
        if next != last {
            var text = Self.head + "\n"
            for (origin, checkpoint) in next.sorted(by: { $0.key < $1.key }) {
                text += "\(origin) \(checkpoint.size) \(checkpoint.root.base64)\n"
            }
            try onDisk { () throws(DiskError) in try disk.replace(Self.name, with: Array(text.utf8)) }
            last = next
        }
        return answers
    }
}
