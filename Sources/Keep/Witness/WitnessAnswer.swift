public import Integrity
public import Network

/// What a witness said to a log.
public enum WitnessAnswer: Sendable, Equatable {
    case cosigned(SignedNote.Signature)
    /// Its last checkpoint has another size than the one that the proof starts from.
    case otherSize(UInt64)
    /// It has seen a history that this is not the continuation of. A person must look.
    case otherHistory(String)
    /// Nothing is known; it is asked again later.
    case failed(String)

    /// - Parameter key: the witness's, from wherever it is trusted.
    public init(_ response: HTTPResponse, to request: WitnessRequest, key: VerifierKey) {
        switch response.status {
        case 200:
            self =
                Self.cosignature(in: response.body, over: request.note.text, key).map { .cosigned($0) }
                ?? .failed("its answer has no cosignature of the key `\(key.name)` that is configured")
        case 409:
            let text = String(decoding: response.body, as: UTF8.self)
            guard text.hasSuffix("\n"), let size = UInt64(text.dropLast()) else {
                self = .failed("it knows another size and does not say which")
                return
            }
            let own = Checkpoint(text: request.note.text)?.size ?? 0
            self =
                if size == request.old {
                    .otherHistory("it has cosigned another root for \(size) entries")
                } else if size > own {
                    .otherHistory("it has cosigned \(size) entries, and the log has \(own)")
                } else {
                    .otherSize(size)
                }
        case 422: self = .otherHistory("what it has cosigned is not continued by the log")
        case 403: self = .failed("it does not believe the log's key; give it the policy of `docket keys --policy`")
        case 404: self = .failed("it does not know the log; give it the policy of `docket keys --policy`")
        default: self = .failed("it answered \(response.status)")
        }
    }

    private static func cosignature(
        in body: [UInt8], over text: String, _ key: VerifierKey
    ) -> SignedNote.Signature? {
        for line in String(decoding: body, as: UTF8.self).split(separator: "\n").prefix(SignedNote.mostSignatures) {
            // Those of other keys are passed over.
            guard let signature = SignedNote.Signature(line: String(line)),
                let note = SignedNote(text: text, signatures: [signature]),
                (try? note.verify(with: [key])) != nil
            else { continue }
            return signature
        }
        return nil
    }
}
