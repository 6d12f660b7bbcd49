/// A bearer secret: whoever shows it is let in.
///
/// Docket keeps only ``digest``. A token has 256 bits of chance, so a plain digest is enough: there is no list of
/// likely tokens to try, as there is one of passwords.
///
/// - Shape: a word that says what it is for, `_`, and 52 letters and digits, for example `docket_3k…`.
public struct Token: Sendable {
    private let text: String

    /// A new one.
    ///
    /// - Parameter word: helps people and secret scanners recognize it.
    public init(word: String, random: RandomBytes) {
        let secret = random.bytes(Digest.size)
        text = word + "_" + Base32.text(of: secret.rawBytes)
    }

    /// One that somebody showed.
    public init(shown text: String) { self.text = text }

    /// The only way to the text: to be shown once, to the person it is for.
    public func reveal() -> String { text }

    /// What may be kept.
    public var digest: Digest {
        let bytes = Array(text.utf8)
        return Digest(of: bytes.rawBytes)
    }

    public func matches(_ digest: Digest) -> Bool {
        let own = self.digest
        return own.bytes.isEqualInConstantTime(to: digest.bytes)
    }
}

extension Token: CustomStringConvertible, CustomReflectable {
    public var description: String { "(token)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
