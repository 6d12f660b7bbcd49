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
        let checkpoint = try judged(name) { () throws(ProofRefusal) in try proof.note.checkpoint(trusting: trust) }
        guard var check = RangeCheck(proof) else { throw CannotTell("\(name): its hashes are not those of a log") }
        var lines = try LineReader("\(words[0])/records.ndjson", limit: RecordLine.largest)
        while let line = try lines.next() { check.take(line) }
        defer {
            for finding in check.findings { out("\(finding.isChange ? "CHANGED" : "cannot tell"): \(finding.text)") }
        }
        try judged(name) { () throws(ProofRefusal) in try check.finish(in: checkpoint) }
        out(
            "proven: records \(proof.first) to \(proof.first + proof.count - 1) of \(checkpoint.origin), which had "
                + "\(checkpoint.size) records")
    }
}
