import Integrity
import Platform

/// Has logs signed, and knows how much of each is.
///
/// - Threads: one at a time.
final class SigningDesk {
    /// A log, and what was signed of it.
    typealias Signed<What> = (log: any SignableLog, what: What)

    private let signer: any CheckpointSigner
    private let metrics: LedgerMetrics
    private let log: Log
    /// How long each log was by its last signature, by origin.
    private var signed: [String: UInt64] = [:]
    /// Logs that cannot be signed any more, and why.
    private var refused: [String: LedgerError] = [:]
    private var isSignerThere = true

    init(_ signer: any CheckpointSigner, metrics: LedgerMetrics, log: Log) {
        self.signer = signer
        self.metrics = metrics
        self.log = log
    }

    var refusals: [LedgerError] { Array(refused.values) }

    func needsSignature(_ log: any SignableLog) -> Bool {
        log.size > 0 && signed[log.origin] != log.size && refused[log.origin] == nil
    }

    /// Entries of a log that no signature covers.
    func unsigned(of log: any SignableLog) -> UInt64 { log.size - min(signed[log.origin] ?? 0, log.size) }

    /// Asks for signatures. Everything in these logs must be written.
    ///
    /// - Parameter learn: is told what the signer has signed that we did not know of, because an answer was lost or we
    ///   were started anew; before more is asked for.
    /// - Returns: signatures over logs as they are now.
    /// - Throws: only what a person must look at. A signer that does not answer is asked again at the next call.
    func sign(
        _ logs: [any SignableLog], learn: ([Signed<Checkpoint>]) throws(LedgerError) -> Void
    ) throws(LedgerError) -> [Signed<SignedNote>] {
        // The signer may know of a longer log than we remember, after a start always; it says so once.
        let first = try ask(logs.sorted { $0.origin < $1.origin })
        if first.known.isEmpty { return first.signed }
        try learn(first.known)
        let second = try ask(first.known.map(\.log))
        for (log, _) in second.known {
            refuse(log, "the signer has signed another size of it than it said before")
        }
        return first.signed + second.signed
    }

    private func ask(
        _ logs: [any SignableLog]
    ) throws(LedgerError) -> (signed: [Signed<SignedNote>], known: [Signed<Checkpoint>]) {
        if logs.isEmpty { return ([], []) }
        var wishes: [SigningWish] = []
        for log in logs {
            wishes.append(
                SigningWish(log.checkpoint, continuing: try log.rows.consistency(from: signed[log.origin] ?? 0)))
        }
        guard let answers = answers(to: wishes) else { return ([], []) }
        var outcome: (signed: [Signed<SignedNote>], known: [Signed<Checkpoint>]) = ([], [])
        for ((log, wish), answer) in zip(zip(logs, wishes), answers) {
            switch answer {
            case .signed(let signatures):
                var note = wish.checkpoint.note
                for signature in signatures { note.add(signature) }
                outcome.signed.append((log, note))
                signed[log.origin] = wish.checkpoint.size
            case .otherSize(let size) where size <= log.size:
                outcome.known.append((log, try log.checkpoint(at: size)))
                signed[log.origin] = size
            case .otherSize(let size): refuse(log, "\(size) entries were signed, and it has \(log.size)")
            case .refused: refuse(log, "its root is another one")
            }
        }
        return outcome
    }

    private func answers(to wishes: [SigningWish]) -> [SigningAnswer]? {
        do throws(SignerUnreachable) {
            let answers = try signer.sign(wishes)
            if !isSignerThere { log.info("the signer answers again") }
            isSignerThere = true
            return answers
        } catch {
            if isSignerThere {
                log.warning("the signer does not answer; it is asked again until it does", ("error", "\(error)"))
            }
            isSignerThere = false
            return nil
        }
    }

    private func refuse(_ log: any SignableLog, _ why: String) {
        let error = log.notConsistent(why)
        refused[log.origin] = error
        metrics.refused.set(refused.count)
        self.log.error("a log is not signed any more", ("origin", .text(log.origin)), ("error", "\(error)"))
    }
}
