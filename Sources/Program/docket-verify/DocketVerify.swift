import Glibc
import Integrity

/// `docket-verify`: checks proofs without Docket, without a network, and without trust in whoever made them.
///
/// Exit: 0 proven, 1 something was changed, 2 could not tell.
@main
enum DocketVerify {
    static let help = """
        docket-verify record (--key VKEY [--keys FILE] | --policy FILE) PROOF
        docket-verify range (the same) FOLDER
        docket-verify consistency (the same) OLD NEW --proof FILE
        docket-verify archive --key VKEY [--keys FILE] FOLDER

        record        checks that a record is in a log, and shows what the proof reveals of it
        range         checks that records which follow one another are in a log, and that all of them are there;
                      FOLDER is what `docket prove --from --to` wrote
        consistency   checks that a checkpoint continues an older one; FILE holds the hashes, one a line
        archive       checks a copy of an archive: objects, manifests, leaves, checkpoints

        --key VKEY     the key of the log, from wherever it is trusted
        --keys FILE    how other keys followed it, as `docket keys --chain` prints it
        --policy FILE  the keys of a log, and of witnesses of whom so many must have seen it (C2SP tlog-policy)

        Exit: 0 proven, 1 something was changed, 2 could not tell. What it proves is that nothing was changed since
        Docket accepted it, not that the source told the truth.
        """

    /// Why there is no answer.
    struct CannotTell: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }

    /// What was found to be changed.
    struct Changed: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }

    static func main() {
        var words = Array(CommandLine.arguments.dropFirst())
        do {
            guard let first = words.first, !["help", "--help", "-h"].contains(first) else {
                out(help)
                exit(words.isEmpty ? 2 : 0)
            }
            words.removeFirst()
            switch first {
            case "record": try record(&words)
            case "range": try range(&words)
            case "consistency": try consistency(&words)
            case "archive": try archive(&words)
            default: throw CannotTell("there is no command `\(first)`; `docket-verify help` lists them")
            }
            exit(0)
        } catch let error as Changed {
            out("CHANGED: \(error.message)")
            exit(1)
        } catch let error as CannotTell {
            out("docket-verify: \(error.message)", to: 2)
        } catch {
            out("docket-verify: \(error)", to: 2)
        }
        exit(2)
    }

    // MARK: Commands

    private static func record(_ words: inout [String]) throws {
        let trust = try trust(&words)
        guard words.count == 1 else { throw CannotTell("one proof at a time") }
        let text = String(decoding: try file(words[0]), as: UTF8.self)
        guard let proof = try? LogProof(text: text) else { throw CannotTell("\(words[0]) is no proof") }
        let record = try judged(words[0]) { () throws(ProofRefusal) in try proof.record(trusting: trust) }
        show(record)
        showWitnesses(record.signatures)
    }

    /// - Parameter name: of the file that it is about.
    static func judged<Result>(_ name: String, _ judge: () throws(ProofRefusal) -> Result) throws -> Result {
        do throws(ProofRefusal) {
            return try judge()
        } catch {
            switch error {
            case .changed(let why): throw Changed(why)
            case .cannotTell(let why): throw CannotTell("\(name): \(why)")
            }
        }
    }

    private static func consistency(_ words: inout [String]) throws {
        let trust = try trust(&words)
        guard let proof = try option("--proof", &words) else { throw CannotTell("which proof? --proof FILE") }
        guard words.count == 2 else { throw CannotTell("two checkpoints are needed, the old and the new one") }
        let old = try checkpoint(words[0], trust)
        let new = try checkpoint(words[1], trust)
        guard old.origin == new.origin else { throw CannotTell("the checkpoints are of different logs") }
        var path: [Digest] = []
        for line in String(decoding: try file(proof), as: UTF8.self).split(separator: "\n") {
            guard let hash = Digest(base64: String(line)) else { throw CannotTell("\(proof) is no list of hashes") }
            path.append(hash)
        }
        guard old.size <= new.size else { throw CannotTell("the second checkpoint is the older one") }
        guard ConsistencyProof(old: old.size, new: new.size, path: path).proves(new.root, continues: old.root) else {
            // A proof that was cut off says nothing of the log; two roots for one size say everything.
            if old.size == new.size, old.root != new.root {
                throw Changed("two roots were signed for \(old.size) records")
            }
            throw CannotTell("the hashes do not lead from one checkpoint to the other; ask for the proof again")
        }
        out("proven: the log of \(new.size) records continues the one of \(old.size)")
    }

    private static func checkpoint(_ name: String, _ trust: TrustPolicy) throws -> Checkpoint {
        guard let note = try? SignedNote(parsing: String(decoding: try file(name), as: UTF8.self)) else {
            throw CannotTell("\(name) is no checkpoint")
        }
        return try judged(name) { () throws(ProofRefusal) in try note.checkpoint(trusting: trust) }
    }

    private static func showWitnesses(_ signatures: [SignedNote.Verified]) {
        for signature in signatures {
            guard let time = signature.time else { continue }
            out("seen by \(signature.key.name) \(time) s since 1970")
        }
    }

    private static func archive(_ words: inout [String]) throws {
        let trust = try trust(&words)
        guard words.count == 1 else { throw CannotTell("which folder?") }
        try VerifyArchive.run(words[0], keys: trust.logs.map(\.key)) { out($0) }
    }

    // MARK: Trust

    static func trust(_ words: inout [String]) throws -> TrustPolicy {
        if let text = try option("--key", &words) {
            guard let key = VerifierKey(text: text) else { throw CannotTell("--key is not a key of a log") }
            var keys = [key]
            if let name = try option("--keys", &words) {
                guard let chain = KeyChain(text: String(decoding: try file(name), as: UTF8.self)) else {
                    throw CannotTell("\(name) is no chain of keys, or one of them was not introduced by the one before")
                }
                keys = chain.keys(from: key)
            }
            return try TrustPolicy(bytes: Array(TrustPolicy.text(logs: keys).utf8))
        }
        guard let name = try option("--policy", &words) else { throw CannotTell("whom to trust? --key or --policy") }
        do {
            return try TrustPolicy(bytes: try file(name))
        } catch let error as TrustPolicyError {
            throw CannotTell("\(name):\(error.line): \(error.reason)")
        }
    }

    static func option(_ name: String, _ words: inout [String]) throws -> String? {
        guard let place = words.firstIndex(of: name) else { return nil }
        guard place + 1 < words.count else { throw CannotTell("\(name) needs a value") }
        words.remove(at: place)
        return words.remove(at: place)
    }

    // MARK: Files and text

    static func file(_ name: String) throws -> [UInt8] {
        let descriptor = unsafe open(name, O_RDONLY)
        guard descriptor >= 0 else { throw CannotTell("cannot open \(name)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(descriptor, &piece, piece.count)
            guard count >= 0 else { throw CannotTell("cannot read \(name)") }
            if count == 0 { return bytes }
            guard bytes.count + count <= LogProof.largest else { throw CannotTell("\(name) is too large") }
            bytes += piece[..<count]
        }
    }

    private static func show(_ record: ProvenRecord) {
        let (leaf, checkpoint) = (record.leaf, record.checkpoint)
        out("proven: record \(leaf.sequence) of \(checkpoint.origin), which had \(checkpoint.size) records")
        out("accepted \(leaf.accepted) ns, happened \(leaf.happened) ns since 1970")
        for group in record.disclosure.shown {
            out("\n\(group.group.word):")
            for piece in group.pieces { out("  \(readable(piece))") }
        }
    }

    /// Text as it is; of everything else the bytes that are letters, so that no terminal is told what to do.
    private static func readable(_ bytes: ArraySlice<UInt8>) -> String {
        String(
            String.UnicodeScalarView(
                String(decoding: bytes, as: UTF8.self).unicodeScalars.map {
                    $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.properties.isBidiControl
                        || $0.properties.isDefaultIgnorableCodePoint ? "\u{B7}" : $0
                }))
    }

    static func out(_ text: String, to descriptor: Int32 = 1) {
        let bytes = Array((text + "\n").utf8)
        unsafe _ = write(descriptor, bytes, bytes.count)
    }
}
