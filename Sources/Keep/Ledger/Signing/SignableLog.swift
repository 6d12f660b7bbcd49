import Integrity

/// A log whose checkpoints are signed.
protocol SignableLog: AnyObject {
    /// The name of the log, under which its checkpoints are signed.
    var origin: String { get }
    var rows: MerkleRows { get }
    /// What is said when it contradicts what was signed.
    func notConsistent(_ why: String) -> LedgerError
}

extension SignableLog {
    var size: UInt64 { rows.size }
    var root: Digest { rows.root }

    var checkpoint: Checkpoint { checkpoint(size: size, root: root) }

    /// As it was when the log was smaller.
    func checkpoint(at size: UInt64) throws(LedgerError) -> Checkpoint {
        checkpoint(size: size, root: try rows.root(at: size))
    }

    private func checkpoint(size: UInt64, root: Digest) -> Checkpoint {
        guard let checkpoint = Checkpoint(origin: origin, size: size, root: root) else {
            preconditionFailure("the name of an instance is no name")
        }
        return checkpoint
    }
}
