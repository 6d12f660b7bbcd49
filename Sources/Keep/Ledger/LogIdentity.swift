import Integrity
import Platform

/// What the log of a tenant is called, and the key of its pseudonyms.
///
/// - Shape: three lines: `docket-log/v1`, `id` with 32 hexadecimal digits, `pseudonym-key` with 64.
struct LogIdentity: Sendable {
    /// Chosen by chance, so that it names nobody.
    let id: ShortID
    /// Under it the ids of records stand in leaves; without it nobody finds out whose record a leaf is.
    private let pseudonymKey: [UInt8]
    private let pseudonyms: HMAC

    private static let head = "docket-log/v1"
    private static let keySize = 32

    init(random: RandomBytes) {
        self.init(id: ShortID(random: random), pseudonymKey: random.bytes(Self.keySize))
    }

    /// Of a log whose name is known and whose key is lost.
    init(id: ShortID, random: RandomBytes) { self.init(id: id, pseudonymKey: random.bytes(Self.keySize)) }

    private init(id: ShortID, pseudonymKey: [UInt8]) {
        self.id = id
        self.pseudonymKey = pseudonymKey
        let bytes = unsafe pseudonymKey.span.bytes
        pseudonyms = HMAC(key: bytes)
    }

    /// - Returns: `nil` for bytes that are not what was stored.
    init?(kept bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0] == Self.head, lines[1].hasPrefix("id "),
            lines[2].hasPrefix("pseudonym-key "), lines[3].isEmpty,
            let id = ShortID(hexadecimal: String(lines[1].dropFirst(3))),
            let key = Hexadecimal.bytes(of: String(lines[2].dropFirst(14))), key.count == Self.keySize
        else { return nil }
        self.init(id: id, pseudonymKey: key)
        // One spelling, so that every bit of the file counts.
        guard revealBytes() == bytes else { return nil }
    }

    private var pseudonymKeyText: String {
        let bytes = unsafe pseudonymKey.span.bytes
        return Hexadecimal.text(of: bytes)
    }

    /// The only way to the key: to be stored.
    func revealBytes() -> [UInt8] {
        Array("\(Self.head)\nid \(id.hexadecimal)\npseudonym-key \(pseudonymKeyText)\n".utf8)
    }

    /// What stands in a leaf for the id of a record; zeros where there is none.
    func pseudonym(of id: RawSpan) -> Digest { id.byteCount == 0 ? .zero : pseudonyms.code(for: id) }

    /// The name of the log, under which its checkpoints are signed.
    func origin(instance: String) -> String { "\(instance)/t/\(id.hexadecimal)" }
}
