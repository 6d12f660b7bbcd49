/// The keys of a signer, one after another: each is introduced by a note that the one before has signed.
///
///     docket-keys/v1
///     docket-signer+a1b2c3d4+AR…
///
///     docket-key/v1
///     docket-signer+e5f6a7b8+AR…
///
///     — docket-signer obLD1A…
///     — docket-signer 5fant…
///
/// Who trusts one of them can trust those that follow it, and none before it.
///
/// - Shape: the first key, and for each further one an empty line and a note: the new key, signed by the old one and
///   by itself.
public struct KeyChain: Sendable, Equatable {
    private static let firstLine = "docket-keys/v1"
    private static let noteLine = "docket-key/v1"
    /// - Unit: keys.
    static let most = 1_000

    /// The oldest first.
    public private(set) var keys: [VerifierKey]
    /// What introduces each but the first.
    public private(set) var notes: [SignedNote] = []

    public init(first: VerifierKey) { keys = [first] }

    /// The youngest.
    public var last: VerifierKey { keys[keys.count - 1] }

    /// Introduces a new key.
    ///
    /// - Parameter old: the youngest key until now.
    public mutating func append(_ next: NoteSigner, by old: NoteSigner) {
        precondition(old.key == last, "only the youngest key speaks for another one")
        guard var note = SignedNote(text: "\(Self.noteLine)\n\(next.key.text)\n") else {
            preconditionFailure("a key is no line")
        }
        note.add(old.signature(over: note))
        note.add(next.signature(over: note))
        keys.append(next.key)
        notes.append(note)
    }

    /// - Returns: false, with nothing added, unless the youngest key and the new one have signed the note.
    private mutating func append(_ note: SignedNote) -> Bool {
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0] == Self.noteLine, let next = VerifierKey(text: String(lines[1])),
            next.kind == .note, next.name == last.name, !keys.contains(next),
            let signed = try? note.verify(with: [last, next]), signed.count == 2, keys.count < Self.most
        else { return false }
        keys.append(next)
        notes.append(note)
        return true
    }

    /// - Returns: `nil` for a text that is no such chain, or one with a key that the one before has not introduced.
    public init?(text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popLast() == "", lines.popFirst() == Self.firstLine[...], let word = lines.popFirst(),
            let first = VerifierKey(text: String(word)), first.kind == .note
        else { return nil }
        self.init(first: first)
        while !lines.isEmpty {
            guard lines.popFirst() == "", let head = lines.popFirst(), let key = lines.popFirst(),
                lines.popFirst() == ""
            else { return nil }
            let signatures = lines.prefix { !$0.isEmpty }
            lines = lines[signatures.endIndex...]
            let whole = "\(head)\n\(key)\n\n\(signatures.map { "\($0)\n" }.joined())"
            guard let note = try? SignedNote(parsing: whole), append(note) else { return nil }
        }
    }

    public var text: String {
        notes.reduce(into: "\(Self.firstLine)\n\(keys[0].text)\n") { $0 += "\n" + $1.whole }
    }

    /// Whether this is the same chain, or has more keys behind it.
    public func continues(_ older: KeyChain) -> Bool {
        keys.starts(with: older.keys) && notes.starts(with: older.notes)
    }

    /// The keys of a log that are to be believed by who trusts one of them.
    ///
    /// - Returns: that one and those that follow it; only that one when it is not in the chain.
    public func keys(from trusted: VerifierKey) -> [VerifierKey] {
        guard let place = keys.firstIndex(where: { $0.key == trusted.key }) else { return [trusted] }
        return keys[place...].map { VerifierKey(name: trusted.name, kind: trusted.kind, key: $0.key) }
    }
}
