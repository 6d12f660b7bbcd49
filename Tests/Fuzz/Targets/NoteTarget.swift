import Integrity

/// What comes from servers to witnesses, from witnesses to servers, and from anybody to a verifier: requests, chains of
/// keys, and proofs. The first byte says which.
///
/// - Must hold: what can be read is written as it was, so that no two texts say the same.
final class NoteTarget: FuzzTarget {
    func run(_ input: RawSpan) throws(Violation) {
        let bytes = input.payload
        let text = String(validating: bytes, as: UTF8.self)
        let written: [UInt8]? =
            switch input.selector & 3 {
            case 0: unsafe WitnessRequest(bytes: bytes.span.bytes).map { Array($0.text.utf8) }
            case 1: text.flatMap { KeyChain(text: $0) }.map { Array($0.text.utf8) }
            case 2: text.flatMap { try? LogProof(text: $0) }.map { Array($0.text.utf8) }
            default: unsafe (try? WitnessedDisclosure(bytes: bytes.span.bytes))?.bytes
            }
        try Violation.unless(written == nil || written == bytes, "it is written otherwise than it was read")
    }
}
