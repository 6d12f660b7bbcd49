public import Integrity
import Platform

/// A signer in this process: the keys, and the book of what was signed.
///
/// `docket signer` is one behind a socket, so that the keys are in no other process.
public final class LocalSigner: CheckpointSigner {
    private let secrets: [Ed25519.SecretKey]
    private let book: Locked<SigningBook>

    /// - Parameter secrets: the keys that are in use; the first is the youngest.
    public init(secrets: [Ed25519.SecretKey], book: sending SigningBook) {
        precondition(!secrets.isEmpty, "a signer without a key")
        self.secrets = secrets
        self.book = Locked(book)
    }

    public func sign(_ wishes: [SigningWish]) throws(SignerUnreachable) -> [SigningAnswer] {
        let answers: [SigningAnswer?]
        do throws(LedgerError) {
            answers = try book.withLock { book throws(LedgerError) in try book.enter(wishes) }
        } catch {
            throw SignerUnreachable("\(error)")
        }
        return zip(wishes, answers).map { wish, answer in answer ?? .signed(signatures(over: wish.checkpoint)) }
    }

    private func signatures(over checkpoint: Checkpoint) -> [SignedNote.Signature] {
        guard let name = KeyName(checkpoint.origin) else { return [] }
        return secrets.map { NoteSigner(name: name, secret: $0).signature(over: checkpoint.note) }
    }
}
