/// A record of which a proof says what it is, and which checkpoint it is under.
public struct ProvenRecord: Sendable {
    public let leaf: Leaf
    public let disclosure: Disclosure
    /// Of the log that the record is in, also where the proof leads further to the log of all logs.
    public let checkpoint: Checkpoint
    /// Who signed what the proof leads to.
    public let signatures: [SignedNote.Verified]
}

/// Why a file proves nothing, for people.
public enum ProofRefusal: Error, Sendable, Equatable {
    /// Something is not what it was when it was signed.
    case changed(String)
    /// It cannot be known. That is no accusation.
    case cannotTell(String)
}

extension SignedNote {
    /// The checkpoint, when those who are trusted have signed it.
    public func checkpoint(trusting trust: TrustPolicy) throws(ProofRefusal) -> Checkpoint {
        do throws(LogProofError) {
            return try trust.verify(self).checkpoint
        } catch {
            switch error {
            case .wrongSignature: throw .changed("the checkpoint was not signed by the key whose name is on it")
            case .malformed: throw .cannotTell("the checkpoint cannot be read")
            case .anotherLog, .notSigned, .notInTheLog:
                throw .cannotTell("too few who are trusted have signed the checkpoint, or it is of another log")
            }
        }
    }
}

extension LogProof {
    /// What the proof proves of a record, for whoever trusts the policy.
    public func record(trusting trust: TrustPolicy) throws(ProofRefusal) -> ProvenRecord {
        guard let extra else { throw .cannotTell("the proof does not say which record it is about") }
        let signed = try note.checkpoint(trusting: trust)
        let signatures = (try? trust.verify(note).signatures) ?? []
        do {
            guard WitnessedDisclosure.isOne(extra) else {
                let disclosure = try Disclosure(bytes: extra.rawBytes)
                let leaf = try disclosure.verified()
                try prove(leaf.hash, in: signed)
                // The number in the leaf is the place in the log; a proof of another place is one of another record.
                guard leaf.sequence == index else { throw LogProofError.notInTheLog }
                return ProvenRecord(leaf: leaf, disclosure: disclosure, checkpoint: signed, signatures: signatures)
            }
            let way = try WitnessedDisclosure(bytes: extra.rawBytes)
            let leaf = try way.disclosure.verified()
            try way.prove(leaf, in: signed.origin)
            try prove(way.checkpoint.leaf, in: signed)
            return ProvenRecord(
                leaf: leaf, disclosure: way.disclosure, checkpoint: way.checkpoint.checkpoint, signatures: signatures)
        } catch DisclosureError.wrongContent(let group) {
            throw .changed("`\(group.word)` is not what the record said when it was taken in")
        } catch LogProofError.notInTheLog {
            throw .changed("the record is not in the log that was signed, or not at this place")
        } catch LogProofError.anotherLog {
            throw .cannotTell("the record and the checkpoint are of different logs")
        } catch {
            throw .cannotTell("what the proof shows of the record cannot be read")
        }
    }

    private func prove(_ entry: Digest, in checkpoint: Checkpoint) throws(LogProofError) {
        let inclusion = InclusionProof(index: index, size: checkpoint.size, path: path)
        guard inclusion.proves(entry, in: checkpoint.root) else { throw .notInTheLog }
    }
}
