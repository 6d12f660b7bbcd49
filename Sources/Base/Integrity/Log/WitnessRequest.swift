/// What a log sends to a witness: a checkpoint, and the proof that it continues the last one that the witness saw.
///
///     old 20852014
///     PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
///
///     example.com/behind-the-sofa
///     20852163
///     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
///     — example.com/behind-the-sofa Az3grlgtzPICa5OS8npV…
///
/// - Source: C2SP tlog-witness, "add-checkpoint".
public struct WitnessRequest: Sendable, Equatable {
    /// - Unit: hashes.
    public static let mostHashes = 63
    /// - Unit: bytes.
    public static let largest = SignedNote.largest + 4 * 1_024

    /// The size of the last checkpoint that the witness saw; zero when it saw none.
    public let old: UInt64
    public let path: [Digest]
    public let note: SignedNote

    public init(old: UInt64, path: [Digest], note: SignedNote) {
        self.old = old
        self.path = path
        self.note = note
    }

    /// - Returns: `nil` for bytes that are no such request.
    public init?(bytes: RawSpan) {
        guard bytes.byteCount <= Self.largest,
            let text = unsafe bytes.withUnsafeBytes({ unsafe String(validating: $0, as: UTF8.self) })
        else { return nil }
        var rest = text.utf8[...]
        func line() -> String? {
            guard let end = rest.firstIndex(of: 0x0a) else { return nil }
            defer { rest = rest[rest.index(after: end)...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
        guard let first = line(), first.hasPrefix("old "), let old = Decimal.number(first.dropFirst(4)) else {
            return nil
        }
        var path: [Digest] = []
        while true {
            guard let line = line() else { return nil }
            if line.isEmpty { break }
            guard let hash = Digest(base64: line), path.count < Self.mostHashes else { return nil }
            path.append(hash)
        }
        guard let note = try? SignedNote(parsing: String(decoding: rest, as: UTF8.self)) else { return nil }
        self.init(old: old, path: path, note: note)
    }

    public var text: String {
        path.reduce(into: "old \(old)\n") { $0 += $1.base64 + "\n" } + "\n" + note.whole
    }
}
