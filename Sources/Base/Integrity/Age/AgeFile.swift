import CSodium

/// A file that only those whom it was sealed to can read, and in which nobody can change anything unnoticed.
///
///     age-encryption.org/v1
///     -> X25519 SHARE
///     FILE KEY, SEALED TO THE SHARED KEY
///     --- CODE OF ALL THAT STANDS BEFORE
///     NONCE, THEN PIECES OF 64 KiB EACH WITH A TAG
///
/// Each file has a key of its own, which is forgotten when the file is written: whoever wrote it cannot read it.
///
/// - Source: The age file format, version 1 (C2SP, age-encryption.org/v1).
public enum AgeFile {
    static let title = "age-encryption.org/v1"
    static let keySize = 16
    static let nonceSize = 16
    static let tagSize = 16
    static let pieceSize = 64 << 10

    /// Why a file cannot be opened.
    public enum Flaw: String, Error, Sendable {
        case noAgeFile = "this is no age file"
        case notForThisKey = "it was not sealed to this identity"
        case changed = "it was changed since it was sealed, or is not whole"
    }

    // MARK: Sealing

    /// Seals a text, and hands the file over piece by piece.
    ///
    /// - Parameter recipients: one at the least; each of them alone can open it.
    public static func seal<Failure: Error>(
        _ text: RawSpan, to recipients: [AgeRecipient], random: RandomBytes = .system,
        _ write: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(!recipients.isEmpty, "nobody could open it")
        let fileKey = random.bytes(keySize)
        var header = "\(title)\n"
        for recipient in recipients { header += stanza(fileKey, recipient, random) }
        header += "---"
        let code = HMAC(key: key(of: fileKey, for: "header").rawBytes).code(for: Array(header.utf8).rawBytes)
        let nonce = random.bytes(nonceSize)
        try write(Array("\(header) \(Base64.unpaddedText(of: code.bytes))\n".utf8) + nonce)
        let payloadKey = HKDF.key(of: fileKey.rawBytes, salt: nonce.rawBytes, for: "payload")
        var number: UInt64 = 0
        var start = 0
        repeat {
            let end = min(start + pieceSize, text.byteCount)
            let isLast = end == text.byteCount
            try write(PieceCipher.seal(text.extracting(start..<end), payloadKey, PieceCipher.nonce(number, isLast)))
            number += 1
            start = end
        } while start < text.byteCount
    }

    /// The whole file at once, for small ones.
    public static func sealed(_ text: RawSpan, to recipients: [AgeRecipient], random: RandomBytes = .system) -> [UInt8]
    {
        var out: [UInt8] = []
        seal(text, to: recipients, random: random) { out += $0 }
        return out
    }

    private static func stanza(_ fileKey: [UInt8], _ recipient: AgeRecipient, _ random: RandomBytes) -> String {
        let secret = random.bytes(AgeRecipient.size)
        let share = X25519.publicKey(of: secret)
        // A recipient of small order is refused when it is read from its text.
        let shared = X25519.shared(secret, recipient.bytes) ?? []
        precondition(!shared.isEmpty, "no recipient")
        let wrapped = PieceCipher.seal(
            fileKey.rawBytes, wrapKey(shared, share, recipient), [UInt8](repeating: 0, count: PieceCipher.nonceSize))
        return "-> X25519 \(Base64.unpaddedText(of: share.rawBytes))\n\(Base64.unpaddedText(of: wrapped.rawBytes))\n"
    }

    private static func wrapKey(_ shared: [UInt8], _ share: [UInt8], _ recipient: AgeRecipient) -> [UInt8] {
        let salt = share + recipient.bytes
        return HKDF.key(of: shared.rawBytes, salt: salt.rawBytes, for: "age-encryption.org/v1/X25519")
    }

    private static func key(of fileKey: [UInt8], for purpose: String) -> [UInt8] {
        let none: [UInt8] = []
        return HKDF.key(of: fileKey.rawBytes, salt: none.rawBytes, for: purpose)
    }

    // MARK: Opening

    public static func open(_ file: [UInt8], with identities: [AgeIdentity]) throws(Flaw) -> [UInt8] {
        var head = try AgeHeader(file)
        guard let fileKey = fileKey(of: head, identities) else { throw .notForThisKey }
        let code = HMAC(key: key(of: fileKey, for: "header").rawBytes)
        guard code.isValid(head.code.rawBytes, for: Array(file[..<head.bound]).rawBytes) else { throw .changed }
        guard file.count >= head.end + nonceSize else { throw .changed }
        let nonce = Array(file[head.end..<head.end + nonceSize])
        head.end += nonceSize
        let payloadKey = HKDF.key(of: fileKey.rawBytes, salt: nonce.rawBytes, for: "payload")
        var out: [UInt8] = []
        out.reserveCapacity(file.count - head.end)
        var number: UInt64 = 0
        var start = head.end
        while true {
            let end = min(start + pieceSize + tagSize, file.count)
            let isLast = end == file.count
            let piece = Array(file[start..<end])
            guard let text = PieceCipher.open(piece, payloadKey, PieceCipher.nonce(number, isLast)) else {
                throw .changed
            }
            // The last piece is empty only where all is.
            guard !text.isEmpty || number == 0 else { throw .changed }
            out += text
            if isLast { return out }
            number += 1
            start = end
        }
    }

    private static func fileKey(of head: AgeHeader, _ identities: [AgeIdentity]) -> [UInt8]? {
        let nonce = [UInt8](repeating: 0, count: PieceCipher.nonceSize)
        for (share, wrapped) in head.stanzas {
            for identity in identities {
                guard let shared = identity.shared(with: share) else { continue }
                let key = wrapKey(shared, share, identity.recipient)
                if let fileKey = PieceCipher.open(wrapped, key, nonce), fileKey.count == keySize { return fileKey }
            }
        }
        return nil
    }
}

/// The lines before the content.
private struct AgeHeader {
    var stanzas: [(share: [UInt8], wrapped: [UInt8])] = []
    var code: [UInt8] = []
    /// Behind what the code is made of.
    var bound = 0
    /// Behind the header.
    var end = 0

    /// No header that Docket or age writes has as many bytes.
    private static let most = 64 << 10

    init(_ file: [UInt8]) throws(AgeFile.Flaw) {
        var place = 0
        func line() -> String? {
            guard place < min(file.count, Self.most),
                let stop = file[place..<min(file.count, Self.most)].firstIndex(of: 10)
            else { return nil }
            defer { place = stop + 1 }
            return String(validating: file[place..<stop], as: UTF8.self)
        }
        guard line() == AgeFile.title else { throw .noAgeFile }
        while true {
            let start = place
            guard let text = line() else { throw .noAgeFile }
            if text.hasPrefix("--- ") {
                guard let code = Self.bytes(String(text.dropFirst(4))) else { throw .noAgeFile }
                (self.code, bound, end) = (code, start + 3, place)
                return
            }
            guard text.hasPrefix("-> ") else { throw .noAgeFile }
            // Its body ends with a line of less than 64 letters.
            var body = ""
            while true {
                guard let part = line() else { throw .noAgeFile }
                body += part
                if part.utf8.count < 64 { break }
            }
            let words = text.split(separator: " ")
            guard words.count == 3, words[1] == "X25519" else { continue }
            guard let share = Self.bytes(String(words[2])), let wrapped = Self.bytes(body),
                share.count == AgeRecipient.size, wrapped.count == AgeFile.keySize + AgeFile.tagSize
            else { throw .noAgeFile }
            stanzas.append((share, wrapped))
        }
    }

    /// Base 64 without padding.
    private static func bytes(_ text: String) -> [UInt8]? {
        Base64.bytes(of: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
    }
}

/// ChaCha20 with a code of Poly1305.
///
/// - Source: RFC 8439. The work is libsodium's.
private enum PieceCipher {
    static let nonceSize = 12

    /// Eleven bytes of the number, then whether it is the last piece.
    static func nonce(_ number: UInt64, _ isLast: Bool) -> [UInt8] {
        [0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } + [isLast ? 1 : 0]
    }

    static func seal(_ text: RawSpan, _ key: [UInt8], _ nonce: [UInt8]) -> [UInt8] {
        precondition(key.count == 32 && nonce.count == nonceSize, "no key and nonce")
        var out = [UInt8](repeating: 0, count: text.byteCount + AgeFile.tagSize)
        let result = unsafe text.withUnsafeBytes { text in
            unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
                &out, nil, text.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(text.count), nil, 0, nil,
                nonce, key)
        }
        precondition(result == 0, "libsodium could not encrypt")
        return out
    }

    static func open(_ sealed: [UInt8], _ key: [UInt8], _ nonce: [UInt8]) -> [UInt8]? {
        precondition(key.count == 32 && nonce.count == nonceSize, "no key and nonce")
        guard sealed.count >= AgeFile.tagSize else { return nil }
        var out = [UInt8](repeating: 0, count: sealed.count - AgeFile.tagSize + 1)
        let result = unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
            &out, nil, nil, sealed, UInt64(sealed.count), nil, 0, nonce, key)
        guard result == 0 else { return nil }
        out.removeLast()
        return out
    }
}
