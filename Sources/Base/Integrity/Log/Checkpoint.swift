/// The head of a log: how many entries it has, and the root over them.
///
///     example.com/behind-the-sofa
///     20852163
///     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
/// Under it stand signatures; see ``SignedNote``. A log that has signed two checkpoints of which one does not continue
/// the other has lied, and the two together prove it.
///
/// - Source: C2SP tlog-checkpoint.
public struct Checkpoint: Sendable, Hashable {
    /// Which log it is, for example `example.com/log42`.
    public let origin: String
    /// - Unit: entries. - Range: up to 2^63 - 1.
    public let size: UInt64
    public let root: Digest
    /// Further lines, which nobody audits. Docket writes none.
    public let extensions: [String]

    /// - Returns: `nil` when a line would be empty or more than one line, or the size is out of range.
    public init?(origin: String, size: UInt64, root: Digest, extensions: [String] = []) {
        guard ([origin] + extensions).allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x20 } }),
            size <= UInt64(Int64.max)
        else { return nil }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// - Parameter text: the text of a note.
    /// - Returns: `nil` for a text that is no checkpoint.
    public init?(text: String) {
        // By bytes: a line feed may be part of a larger character, and is still the end of a line.
        let lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard lines.count >= 4, lines.last == "", let size = Decimal.number(lines[1]),
            let root = Digest(base64: lines[2])
        else { return nil }
        self.init(origin: lines[0], size: size, root: root, extensions: Array(lines[3..<lines.count - 1]))
    }

    /// The text that is signed.
    public var text: String {
        ([origin, String(size), root.base64] + extensions).reduce(into: "") { $0 += $1 + "\n" }
    }

    /// The text as a note that nobody has signed yet.
    public var note: SignedNote {
        guard let note = SignedNote(text: text) else { preconditionFailure("a checkpoint that is no note") }
        return note
    }
}

/// Numbers as the formats of C2SP have them: digits only, and no zero in front.
enum Decimal {
    static func number(_ text: some StringProtocol) -> UInt64? {
        guard let number = UInt64(text), String(number).utf8.elementsEqual(text.utf8) else { return nil }
        return number
    }
}
