import Integrity

/// What is said to a signer and what it answers, as lines of text.
///
///     old 1200
///     proof 1
///     gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
///     docket.example.com/t/0011…
///     1834
///     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
/// and the same again for each further checkpoint. The answer has a line for each of them: `size 1200`, `refused`, or
/// `signed 1` with the lines of so many signatures behind it, as they stand under a note. The message `keys` is answered
/// with a ``KeyChain``.
enum SigningMessage {
    /// Checkpoints in one message.
    static let mostWishes = 10_000
    private static let mostHashes = 128
    /// Asks for the keys.
    static let keys = Array("keys\n".utf8)

    static func write(_ wishes: [SigningWish]) -> [UInt8] {
        var text = ""
        for wish in wishes {
            text += "old \(wish.proof.old)\nproof \(wish.proof.path.count)\n"
            for hash in wish.proof.path { text += hash.base64 + "\n" }
            text += wish.checkpoint.text
        }
        return Array(text.utf8)
    }

    /// - Returns: `nil` for bytes that are no such message.
    static func wishes(_ bytes: [UInt8]) -> [SigningWish]? {
        guard var lines = Lines(bytes) else { return nil }
        var wishes: [SigningWish] = []
        while !lines.isAtEnd {
            guard wishes.count < mostWishes, let old = lines.number(behind: "old "),
                let count = lines.number(behind: "proof "), count <= mostHashes
            else { return nil }
            var path: [Digest] = []
            for _ in 0..<count {
                guard let hash = lines.next().flatMap({ Digest(base64: $0) }) else { return nil }
                path.append(hash)
            }
            guard let origin = lines.next(), let size = lines.next(), let root = lines.next(),
                let checkpoint = Checkpoint(text: "\(origin)\n\(size)\n\(root)\n")
            else { return nil }
            wishes.append(
                SigningWish(checkpoint, continuing: ConsistencyProof(old: old, new: checkpoint.size, path: path)))
        }
        return wishes
    }

    static func write(_ answers: [SigningAnswer]) -> [UInt8] {
        var text = ""
        for answer in answers {
            switch answer {
            case .otherSize(let size): text += "size \(size)\n"
            case .refused: text += "refused\n"
            case .signed(let signatures):
                text += "signed \(signatures.count)\n"
                for signature in signatures { text += signature.line + "\n" }
            }
        }
        return Array(text.utf8)
    }

    /// - Returns: `nil` for bytes that are no such answer.
    static func answers(_ bytes: [UInt8]) -> [SigningAnswer]? {
        guard var lines = Lines(bytes) else { return nil }
        var answers: [SigningAnswer] = []
        while !lines.isAtEnd {
            if let size = lines.number(behind: "size ") {
                answers.append(.otherSize(size))
            } else if let count = lines.number(behind: "signed ") {
                guard count <= SignedNote.mostSignatures else { return nil }
                var signatures: [SignedNote.Signature] = []
                for _ in 0..<count {
                    guard let signature = lines.next().flatMap({ SignedNote.Signature(line: $0) }) else { return nil }
                    signatures.append(signature)
                }
                answers.append(.signed(signatures))
            } else {
                guard lines.next() == "refused" else { return nil }
                answers.append(.refused)
            }
        }
        return answers
    }

    private struct Lines {
        private let lines: [Substring]
        private var place = 0

        /// - Returns: `nil` unless it is text whose last line ends.
        init?(_ bytes: [UInt8]) {
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.last == "" else { return nil }
            self.lines = lines.dropLast()
        }

        var isAtEnd: Bool { place == lines.count }

        mutating func next() -> String? {
            guard !isAtEnd else { return nil }
            defer { place += 1 }
            return String(lines[place])
        }

        /// Takes the line only if it begins so.
        mutating func number(behind word: String) -> UInt64? {
            guard !isAtEnd, lines[place].hasPrefix(word), let number = UInt64(lines[place].dropFirst(word.utf8.count))
            else { return nil }
            place += 1
            return number
        }
    }
}
