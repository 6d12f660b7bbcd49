public import Integrity
import Platform

/// A signer in this process: the keys, and the book of what was signed.
///
/// `docket signer` is one behind a socket, so that the keys are in no other process.
public final class LocalSigner: CheckpointSigner {
    private let current: Locked<SignerKeys>
    private let book: Locked<SigningBook>

    public init(_ keys: SignerKeys, book: sending SigningBook) {
        current = Locked(keys)
        self.book = Locked(book)
    }

    /// From now on these sign.
    public func replaceKeys(_ next: SignerKeys) { current.withLock { $0 = next } }

    public func keys() -> KeyChain { current.withLock { $0.chain } }

    public func sign(_ wishes: [SigningWish]) throws(SignerUnreachable) -> [SigningAnswer] {
        let answers: [SigningAnswer?]
        do throws(LedgerError) {
            answers = try book.withLock { book throws(LedgerError) in try book.enter(wishes) }
        } catch {
            throw SignerUnreachable("\(error)")
        }
        let secrets = current.withLock { $0.secrets }
        return zip(wishes, answers).map { wish, answer in answer ?? .signed(signatures(secrets, wish.checkpoint)) }
    }

    private func signatures(_ secrets: [Ed25519.SecretKey], _ checkpoint: Checkpoint) -> [SignedNote.Signature] {
        guard let name = KeyName(checkpoint.origin) else { return [] }
        return secrets.map { NoteSigner(name: name, secret: $0).signature(over: checkpoint.note) }
    }
}
