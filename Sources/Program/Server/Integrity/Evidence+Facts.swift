import Console
import Events
import Integrity
import Ledger
import Platform

/// What proofs are made of, as the console shows it.
extension Evidence {
    /// Whether there is a log in a data directory yet.
    static func exists(data: String) throws(StartError) -> Bool {
        do throws(DiskError) {
            guard FolderDisk.isFolder("\(data)/ledger") else { return false }
            return try FolderDisk(folder: "\(data)/ledger").names().contains("state")
        } catch {
            throw StartError("\(error)")
        }
    }

    func leaves(_ rows: Range<UInt64>, of log: LedgerView.Log) throws(StartError) -> [Leaf] {
        try ledger { () throws(LedgerError) in try view.leaves(rows, of: log) }
    }

    // MARK: Checkpoints

    /// The newest checkpoints, the last one first, and what witnesses have seen.
    func checkpoints(
        of log: LedgerView.Log, most: Int
    ) throws(StartError) -> (checkpoints: [CheckpointFacts], witnesses: WitnessFacts?) {
        let notes = try ledger { () throws(LedgerError) in try view.newestCheckpoints(of: log) }
        var checkpoints = notes.suffix(most).reversed().compactMap { facts($0, of: log) }
        guard let witnessed = all.witnessed, let whole = Checkpoint(text: witnessed.text) else {
            return (checkpoints, nil)
        }
        // One that witnesses have seen covers those before it, so the first that they have seen says it of all.
        var seen: UInt64 = 0
        for place in checkpoints.indices {
            if seen == 0, try isSeen(checkpoints[place].size, of: log, in: whole) { seen = checkpoints[place].size }
            checkpoints[place].isSeen = seen > 0
        }
        let cosigners = witnessed.signatures.filter { $0.name.text != all.origin }
        return (
            checkpoints, WitnessFacts(names: cosigners.map(\.name.text), time: cosigners.first?.time, records: seen)
        )
    }

    /// Whether the last record of a checkpoint lies under what witnesses have seen.
    private func isSeen(_ size: UInt64, of log: LedgerView.Log, in whole: Checkpoint) throws(StartError) -> Bool {
        guard size > 0 else { return false }
        let entry = try ledger { () throws(LedgerError) in try all.entry(covering: size - 1, of: log) }
        return entry.map { $0.index < whole.size } ?? false
    }

    /// - Returns: `nil` for a note that is no checkpoint.
    func facts(_ note: SignedNote, of log: LedgerView.Log) -> CheckpointFacts? {
        guard let checkpoint = Checkpoint(text: note.text) else { return nil }
        let last = checkpoint.size > 0 ? try? leaves(checkpoint.size - 1..<checkpoint.size, of: log).first : nil
        return CheckpointFacts(
            size: checkpoint.size, root: checkpoint.root.base64, time: last.map { Timestamp(accepted: $0.accepted) },
            keyIDs: note.signatures.map { hexadecimal($0.keyID) })
    }

    private func hexadecimal(_ id: UInt32) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    // MARK: Records

    /// A finding with the hashes that it is about.
    func facts(_ finding: LedgerFinding, of log: LedgerView.Log) throws(StartError) -> LogCheck.Finding {
        guard let sequence = finding.sequence, let found = try examine(sequence, of: log) else {
            return LogCheck.Finding(sequence: finding.sequence, what: finding.what.rawValue)
        }
        let facts = found.facts
        return LogCheck.Finding(
            sequence: sequence, what: finding.what.rawValue, expected: facts.expected, found: facts.found)
    }

    /// What proves a record, checked as `docket-verify` checks it, with the keys that are known here.
    ///
    /// - Returns: `nil` when the log has no such record yet.
    func eventProof(of sequence: UInt64, in log: LedgerView.Log) throws(StartError) -> EventProof? {
        guard let found = try examine(sequence, of: log) else { return nil }
        var proof = EventProof(
            sequence: sequence, state: .waiting, leafHash: found.expected.base64,
            contentRoot: found.leaf.content.base64, accepted: Timestamp(accepted: found.leaf.accepted),
            origin: log.origin)
        guard let note = log.checkpoint, let size = Checkpoint(text: note.text)?.size, sequence < size else {
            return proof
        }
        proof.checkpoint = facts(note, of: log)
        proof.signatures = note.signatures.map(\.line)
        if let whole = all.witnessed.flatMap({ Checkpoint(text: $0.text) }) {
            proof.isSeen = try isSeen(sequence + 1, of: log, in: whole)
        }
        guard found.isUnchanged else {
            proof.state = .refuted(found.facts.state.sentence)
            return proof
        }
        // Everything but what people wrote and what has no other place; as `docket prove` does it.
        let groups: [DisclosureGroup] = [.who, .whereFrom, .action, .object]
        guard let made = try self.proof(tenant: log.tenant, sequence: sequence, showing: groups) else {
            proof.state = .unclear("There is no path from the record to the checkpoint.")
            return proof
        }
        proof.path = made.path.map(\.base64)
        proof.file = made.text
        do throws(ProofRefusal) {
            _ = try made.record(trusting: try trust(in: log.origin))
            proof.state = found.isErased ? .erased : .proven
        } catch {
            switch error {
            case .changed(let why): proof.state = .refuted("It does not verify: \(why).")
            case .cannotTell(let why): proof.state = .unclear("It cannot be told: \(why).")
            }
        }
        return proof
    }

    /// Whom the server itself believes of a log: the keys that are beside it.
    func trust(in origin: String) throws(ProofRefusal) -> TrustPolicy {
        guard let name = KeyName(origin), let keys = try? keys(trusting: nil), !keys.isEmpty else {
            throw .cannotTell("there is no key of a signer beside the logs")
        }
        let text = TrustPolicy.text(logs: keys.map { VerifierKey(name: name, kind: .note, key: $0) })
        do throws(TrustPolicyError) {
            return try TrustPolicy(bytes: Array(text.utf8))
        } catch {
            throw .cannotTell("the keys beside the logs cannot be read")
        }
    }
}

extension Evidence.Examination {
    var facts: RecordFacts {
        let state: RecordFacts.State =
            if isLeafChanged {
                .leafChanged
            } else if leaf.isLost {
                .lost
            } else if isErased {
                .erased
            } else if let made {
                made == leaf ? .unchanged : .changed
            } else {
                .missing
            }
        let found = isLeafChanged ? leaf.hash : state == .erased || state == .lost ? expected : made?.hash
        return RecordFacts(
            sequence: leaf.sequence, state: state, expected: expected.base64, found: found?.base64,
            accepted: Timestamp(accepted: leaf.accepted), differences: differences)
    }

    private var differences: [String] {
        guard let made, made != leaf else { return [] }
        let pairs: [(String, Bool)] = [
            ("when it was accepted", made.accepted != leaf.accepted),
            ("when it happened", made.happened != leaf.happened),
            ("its source", made.source != leaf.source), ("its type", made.type != leaf.type),
            ("its redaction rules", made.rules != leaf.rules),
            ("the id that its source gave it", made.event != leaf.event),
            ("what it says", made.content != leaf.content), ("its place", made.sequence != leaf.sequence),
        ]
        return pairs.filter(\.1).map(\.0)
    }
}

extension RecordFacts.State {
    /// For a record that does not verify.
    fileprivate var sentence: String {
        switch self {
        case .changed: "The record in the journal is not the one that was taken in."
        case .missing: "The record is missing in the journal."
        case .leafChanged: "The leaf of the record is not the one that the tree was made of."
        case .unchanged, .erased, .lost: "The record is what it was."
        }
    }
}

extension Timestamp {
    init(accepted nanoseconds: UInt64) { self.init(nanoseconds: Int64(clamping: nanoseconds)) }
}

extension SignedNote.Signature {
    /// When a witness says it signed: the first eight bytes of a cosignature.
    fileprivate var time: Timestamp? {
        guard bytes.count > 8 else { return nil }
        let seconds = bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return seconds < 1 << 33 ? Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000) : nil
    }
}
