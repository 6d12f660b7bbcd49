/// Takes the lines of records that follow one another, one by one, and says which are wrong.
public struct RangeCheck: Sendable {
    public struct Finding: Sendable, Equatable {
        /// Otherwise it cannot be told.
        public let isChange: Bool
        public let text: String
    }

    /// The first of them.
    public private(set) var findings: [Finding] = []
    /// Whether something was changed, also what is not among ``findings`` any more.
    public private(set) var isChanged = false

    private let proof: RangeProof
    private var edge: RightEdge
    private var expected: UInt64

    private static let kept = 20

    /// - Returns: `nil` when the hashes before the records cannot be those of a log.
    public init?(_ proof: RangeProof) {
        guard let start = proof.start else { return nil }
        self.proof = proof
        edge = start
        expected = proof.first
    }

    private mutating func find(_ isChange: Bool, _ text: String) {
        isChanged = isChanged || isChange
        if findings.count < Self.kept { findings.append(Finding(isChange: isChange, text: text)) }
    }

    public mutating func take(_ line: [UInt8]) {
        let end = proof.first + proof.count
        guard expected < end else { return find(true, "there is a record behind the last one, \(end - 1)") }
        do throws(RecordLineError) {
            try take(RecordLine.disclosure(of: line))
        } catch {
            switch error {
            case .unreadable: find(false, "record \(expected): its line cannot be read")
            case .otherText: find(true, "record \(expected): what its line says is not what is proven of it")
            }
            expected += 1
        }
    }

    private mutating func take(_ disclosure: Disclosure) {
        let leaf: Leaf
        do throws(DisclosureError) {
            leaf = try disclosure.verified()
        } catch {
            switch error {
            case .malformed: find(false, "record \(expected): its leaf cannot be read")
            case .wrongContent(let group):
                find(true, "record \(expected): `\(group.word)` is not what it said when it was taken in")
            }
            expected += 1
            return
        }
        if leaf.sequence < expected || leaf.sequence >= proof.first + proof.count {
            return find(true, "record \(leaf.sequence) stands where record \(expected) belongs")
        }
        if leaf.sequence > expected {
            find(true, "records \(expected) to \(leaf.sequence - 1) are missing")
        }
        edge.append(disclosure.leafHash)
        expected = leaf.sequence + 1
    }

    /// To be called behind the last line. ``findings`` names what is wrong with single records.
    ///
    /// - Throws: unless all records are there, and are those that were signed.
    public mutating func finish(in checkpoint: Checkpoint) throws(ProofRefusal) {
        let last = proof.first + proof.count - 1
        if expected <= last { find(false, "the file ends before record \(expected)") }
        if isChanged { throw .changed("the records \(proof.first) to \(last) are not as they were signed") }
        guard findings.isEmpty else { throw .cannotTell("not all records can be read") }
        guard let root = proof.root(edge, size: checkpoint.size) else {
            throw .cannotTell("its hashes do not lead to a log of \(checkpoint.size) records")
        }
        guard root == checkpoint.root else {
            throw .changed("the records are not those that were signed as \(proof.first) to \(last); none can be named")
        }
    }
}
