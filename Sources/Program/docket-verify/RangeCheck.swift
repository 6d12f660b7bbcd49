import Integrity

/// `docket-verify range`: records that follow one another, each by itself and all of them together.
extension DocketVerify {
    static func range(_ words: inout [String]) throws {
        let trust = try trust(&words)
        guard words.count == 1 else { throw CannotTell("one folder at a time") }
        let name = "\(words[0])/proof"
        guard let proof = RangeProof(text: String(decoding: try file(name), as: UTF8.self)) else {
            throw CannotTell("\(name) is no proof of a range")
        }
        let checkpoint = try checkpoint(of: proof.note, trust)
        guard var check = RangeCheck(proof) else { throw CannotTell("\(name): its hashes are not those of a log") }
        var lines = try LineReader("\(words[0])/records.ndjson", limit: RecordLine.largest)
        while let line = try lines.next() { check.take(line) }
        let isIn = check.finish(in: checkpoint)
        for finding in check.findings { out("\(finding.isChange ? "CHANGED" : "cannot tell"): \(finding.text)") }
        let last = proof.first + proof.count - 1
        if check.isChanged { throw Changed("the records \(proof.first) to \(last) are not as they were signed") }
        guard check.findings.isEmpty else { throw CannotTell("not all records can be read") }
        switch isIn {
        case nil: throw CannotTell("\(name): its hashes do not lead to a log of \(checkpoint.size) records")
        case false?:
            throw Changed("the records are not those that were signed as \(proof.first) to \(last); none can be named")
        case true?:
            out(
                "proven: records \(proof.first) to \(last) of \(checkpoint.origin), which had \(checkpoint.size) records"
            )
        }
    }
}

/// Takes records line by line, and says which are wrong.
struct RangeCheck {
    struct Finding {
        let isChange: Bool
        let text: String
    }

    /// The first of them.
    private(set) var findings: [Finding] = []
    /// Whether something was changed, also what is not among ``findings`` any more.
    private(set) var isChanged = false

    private let proof: RangeProof
    private var edge: RightEdge
    private var expected: UInt64
    /// Whether all leaves so far are in ``edge``.
    private var isWhole = true

    private static let kept = 20

    /// - Returns: `nil` when the hashes before the records cannot be those of a log.
    init?(_ proof: RangeProof) {
        guard let start = proof.start else { return nil }
        self.proof = proof
        edge = start
        expected = proof.first
    }

    private mutating func find(_ isChange: Bool, _ text: String) {
        isWhole = false
        isChanged = isChanged || isChange
        if findings.count < Self.kept { findings.append(Finding(isChange: isChange, text: text)) }
    }

    mutating func take(_ line: [UInt8]) {
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

    /// - Returns: whether the records are in the log that was signed; `nil` where that cannot be known.
    mutating func finish(in checkpoint: Checkpoint) -> Bool? {
        if expected < proof.first + proof.count { find(false, "the file ends before record \(expected)") }
        guard isWhole else { return nil }
        return proof.root(edge, size: checkpoint.size).map { $0 == checkpoint.root }
    }
}
