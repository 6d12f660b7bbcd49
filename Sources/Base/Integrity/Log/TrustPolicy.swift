/// Whom to believe: which logs, and how many of which witnesses must have cosigned.
///
///     log example.com/log42+a1b2c3d4+AR…
///
///     witness W1 witness.example.com/w1+4b7fca75+BK…
///     witness W2 witness.example.com/w2+abcd1234+BK…
///     group W any W1 W2
///     quorum W
///
/// - Shape: a line for each log, witness and group; one line for the quorum, `quorum none` where the log's signature
///   is enough. A name stands in a line above the one that uses it. `#` begins a comment.
/// - Source: C2SP tlog-policy.
public struct TrustPolicy: Sendable {
    /// - Unit: bytes of a policy.
    public static let largest = 256 * 1_024

    /// The keys with which logs sign; the name of each is the origin of its log.
    public let logs: [VerifierKey]
    /// The keys with which witnesses cosign.
    public let witnesses: [VerifierKey]
    private let quorum: Rule

    /// When a witness or a group counts as having seen a checkpoint.
    private indirect enum Rule {
        case witness(VerifierKey)
        case atLeast(Int, of: [Rule])

        func isMet(by cosigned: Set<VerifierKey>) -> Bool {
            switch self {
            case .witness(let key): cosigned.contains(key)
            case .atLeast(let least, let members): members.count { $0.isMet(by: cosigned) } >= least
            }
        }
    }

    /// - Throws: ``TrustPolicyError``, with the line that is wrong.
    public init(bytes: [UInt8]) throws(TrustPolicyError) {
        guard bytes.count <= Self.largest else { throw TrustPolicyError(line: 1, reason: .tooLarge) }
        var reader = Reader()
        var number = 0
        for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
            number += 1
            do throws(TrustPolicyError.Reason) {
                try reader.read(line)
            } catch { throw TrustPolicyError(line: number, reason: error) }
        }
        guard let quorum = reader.quorum else { throw TrustPolicyError(line: number, reason: .noQuorum) }
        logs = reader.logs
        witnesses = reader.witnesses
        self.quorum = quorum
    }

    /// The text of a policy: a log with its keys, and how many of its witnesses must have cosigned.
    ///
    /// - Parameter logs: keys of one log or several; of one, the youngest and those that its older checkpoints need.
    /// - Parameter quorum: up to the number of witnesses; without witnesses it says nothing.
    public static func text(logs: [VerifierKey], witnesses: [VerifierKey] = [], quorum: Int = 0) -> String {
        var text = logs.reduce(into: "") { $0 += "log \($1.text)\n" }
        guard !witnesses.isEmpty else { return text + "quorum none\n" }
        let names = witnesses.indices.map { "w\($0 + 1)" }
        for (name, key) in zip(names, witnesses) { text += "witness \(name) \(key.text)\n" }
        return text + "group witnesses \(quorum) \(names.joined(separator: " "))\nquorum witnesses\n"
    }

    /// Decides whether a checkpoint is to be believed.
    ///
    /// - Returns: the checkpoint, and whose signatures were found: one log's, and those of witnesses.
    /// - Throws: ``LogProofError``, and for too few witnesses ``LogProofError/notSigned``.
    public func verify(
        _ note: SignedNote
    ) throws(LogProofError) -> (checkpoint: Checkpoint, signatures: [SignedNote.Verified]) {
        guard let checkpoint = Checkpoint(text: note.text) else { throw .malformed }
        let signatures: [SignedNote.Verified]
        do throws(NoteError) {
            signatures = try note.verify(with: logs + witnesses)
        } catch {
            switch error {
            case .malformed: throw .malformed
            case .noTrustedSignature: throw .notSigned
            case .wrongSignature: throw .wrongSignature
            }
        }
        // Another log that is trusted as well does not speak for this one.
        guard
            signatures.contains(where: {
                $0.key.kind == .note && $0.key.name.text.utf8.elementsEqual(checkpoint.origin.utf8)
            })
        else { throw .notSigned }
        let cosigned = Set(signatures.lazy.map(\.key).filter { $0.kind == .cosignature })
        guard quorum.isMet(by: cosigned) else { throw .notSigned }
        return (checkpoint, signatures)
    }

    /// Takes in line after line.
    private struct Reader {
        var logs: [VerifierKey] = []
        var witnesses: [VerifierKey] = []
        var quorum: Rule?
        /// Names are bytes: two that look alike are still two.
        private var rules: [[UInt8]: Rule] = [:]
        private var members: Set<[UInt8]> = []

        mutating func read(_ line: ArraySlice<UInt8>) throws(TrustPolicyError.Reason) {
            guard line.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7f }) else { throw .controlCharacter }
            let words = line.split { $0 == 0x20 || $0 == 0x09 }.map(Array.init)
            guard let first = words.first, first.first != UInt8(ascii: "#") else { return }
            switch String(decoding: first, as: UTF8.self) {
            case "log":
                guard (2...3).contains(words.count) else { throw .wordCount }
                logs.append(try key(words[1], kind: .note, among: logs))
            case "witness":
                guard (3...4).contains(words.count) else { throw .wordCount }
                let key = try key(words[2], kind: .cosignature, among: witnesses)
                try define(words[1], as: .witness(key))
                witnesses.append(key)
            case "group":
                guard words.count >= 4 else { throw .wordCount }
                let rules = try words[3...].map { name throws(TrustPolicyError.Reason) in try member(name) }
                try define(words[1], as: .atLeast(try threshold(words[2], of: rules.count), of: rules))
            case "quorum":
                guard words.count == 2 else { throw .wordCount }
                guard quorum == nil else { throw .secondQuorum }
                quorum = words[1] == Self.none ? .atLeast(0, of: []) : try rule(words[1])
            default: throw .unknownWord
            }
        }

        private static let none = Array("none".utf8)

        private func key(
            _ word: [UInt8], kind: SignatureKind, among known: [VerifierKey]
        ) throws(TrustPolicyError.Reason) -> VerifierKey {
            guard let text = String(validating: word, as: UTF8.self), let key = VerifierKey(text: text),
                key.kind == kind
            else { throw .key }
            guard !known.contains(where: { $0.key == key.key }) else { throw .secondKey }
            return key
        }

        private mutating func define(_ name: [UInt8], as rule: Rule) throws(TrustPolicyError.Reason) {
            guard name != Self.none, rules[name] == nil else { throw .nameTaken }
            rules[name] = rule
        }

        private func rule(_ name: [UInt8]) throws(TrustPolicyError.Reason) -> Rule {
            guard let rule = rules[name] else { throw .unknownName }
            return rule
        }

        /// Nobody counts twice, so a name is a member of one group at most.
        private mutating func member(_ name: [UInt8]) throws(TrustPolicyError.Reason) -> Rule {
            let rule = try rule(name)
            guard members.insert(name).inserted else { throw .secondMember }
            return rule
        }

        private func threshold(_ word: [UInt8], of count: Int) throws(TrustPolicyError.Reason) -> Int {
            switch String(decoding: word, as: UTF8.self) {
            case "all": return count
            case "any": return 1
            case let text:
                guard let number = Decimal.number(text), (1...UInt64(count)).contains(number) else { throw .threshold }
                return Int(number)
            }
        }
    }
}

/// Why a policy cannot be used.
public struct TrustPolicyError: Error, Equatable {
    /// From 1.
    public let line: Int
    public let reason: Reason

    public enum Reason: Error, Equatable {
        case tooLarge
        case controlCharacter
        /// Not one of log, witness, group and quorum.
        case unknownWord
        case wordCount
        /// Not a key, or not one of the kind that this line is for.
        case key
        /// The key was given before.
        case secondKey
        case nameTaken
        case unknownName
        /// The name is in a group already.
        case secondMember
        /// Not `all`, `any` or a number from one to that of the members.
        case threshold
        case noQuorum
        case secondQuorum
    }
}
