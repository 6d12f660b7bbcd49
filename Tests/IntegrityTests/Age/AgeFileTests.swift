import Platform
import TestKit
import Testing

@testable import Integrity

/// Files that only those can read whom they were sealed to.
struct AgeFileTests {
    private static func identity(_ byte: UInt8) -> AgeIdentity {
        AgeIdentity(Bech32.text("age-secret-key-", [UInt8](repeating: byte, count: 32)).uppercased())!
    }

    private static func sealed(_ text: [UInt8], _ identities: [AgeIdentity]) -> [UInt8] {
        AgeFile.sealed(text.rawBytes, to: identities.map(\.recipient))
    }

    private static let sizes = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]

    @Test(arguments: sizes)
    func `what was sealed is opened by each of its recipients, and by nobody else`(size: Int) throws {
        let text = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let (first, second, other) = (Self.identity(1), Self.identity(2), Self.identity(3))
        let file = Self.sealed(text, [first, second])
        for identity in [first, second] { #expect(try AgeFile.open(file, with: [other, identity]) == text) }
        #expect(throws: AgeFile.Flaw.notForThisKey) { try AgeFile.open(file, with: [other]) }
        #expect(Self.sealed(text, [first]) != Self.sealed(text, [first]), "each file has a key of its own")
    }

    @Test func `no byte can be changed, and none be cut off`() throws {
        let identity = Self.identity(1)
        let file = Self.sealed(Array("a small secret".utf8), [identity])
        for place in file.indices {
            var changed = file
            changed[place] ^= 1
            #expect(throws: AgeFile.Flaw.self) { try AgeFile.open(changed, with: [identity]) }
            #expect(throws: AgeFile.Flaw.self) { try AgeFile.open(Array(file[..<place]), with: [identity]) }
        }
        #expect(throws: AgeFile.Flaw.self) { try AgeFile.open(file + [0], with: [identity]) }
    }

    @Test func `whole pieces cannot be cut off or moved`() throws {
        let identity = Self.identity(1)
        let file = Self.sealed([UInt8](repeating: 7, count: 65_536 * 3), [identity])
        let piece = 65_536 + 16
        let cut = Array(file.dropLast(piece))
        #expect(throws: AgeFile.Flaw.changed) { try AgeFile.open(cut, with: [identity]) }
        let last = Array(file.suffix(piece))
        let swapped = Array(file.dropLast(2 * piece)) + last + Array(file.suffix(2 * piece).prefix(piece))
        #expect(throws: AgeFile.Flaw.changed) { try AgeFile.open(swapped, with: [identity]) }
    }

    // MARK: The tool `age`

    @Test(arguments: sizes)
    func `the tool age opens what was sealed here`(size: Int) throws {
        let folder = try TemporaryFolder()
        try #require(Shell.run("age-keygen", "-o", folder.file("key")).code == 0)
        let disk = FolderDisk(folder: folder.path)
        let identities = try AgeIdentity.all(in: String(decoding: disk.contents(of: "key"), as: UTF8.self)).get()
        let text = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        try disk.replace("sealed", with: Self.sealed(text, identities + [Self.identity(4)]))
        let opened = Shell.run(
            "age", "-d", "-i", folder.file("key"), "-o", folder.file("text"), folder.file("sealed"))
        #expect(opened.code == 0, "\(opened.output)")
        #expect(try disk.contentsIfThere(of: "text") ?? [] == text)
    }

    @Test(arguments: sizes)
    func `what the tool age sealed is opened here`(size: Int) throws {
        let folder = try TemporaryFolder()
        let disk = FolderDisk(folder: folder.path)
        let identity = Self.identity(5)
        let text = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        try disk.replace("text", with: text)
        let sealed = Shell.run(
            "age", "-r", identity.recipient.description, "-o", folder.file("sealed"), folder.file("text"))
        try #require(sealed.code == 0, "\(sealed.output)")
        #expect(try AgeFile.open(disk.contents(of: "sealed"), with: [identity]) == text)
    }

    // MARK: Keys

    /// - Source: BIP 173, valid strings.
    @Test(
        arguments: [
            "A12UEL5L", "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        ])
    func `a text with a checksum is read`(text: String) {
        #expect(Bech32.bytes(text)?.bytes == [])
    }

    @Test(arguments: ["", "1", "a1", "A12UEL5l", "a12uel5m", "a12uel5", "12uel5l", "age1\u{e9}"])
    func `a text without one is none`(text: String) { #expect(Bech32.bytes(text) == nil) }

    @Test func `keys are read as they are written, and lines that are none are named`() throws {
        let identity = Self.identity(6)
        let recipient = identity.recipient.description
        #expect(recipient.hasPrefix("age1") && AgeRecipient(recipient) == identity.recipient)
        #expect(AgeRecipient(recipient.uppercased()) == nil)
        let text = "# of the legal team\n\n\(recipient)\r\n"
        #expect(try AgeRecipient.all(in: text).get() == [identity.recipient])
        #expect(AgeRecipient.all(in: "\(recipient)\nnone\n") == .failure(AgeFlaw(line: 2)))
        #expect(AgeRecipient.all(in: "# nobody\n") == .failure(AgeFlaw(line: 0)))
    }

    @Test func `a point that everybody agrees with is no recipient`() {
        for point in [[UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31)] {
            #expect(AgeRecipient(Bech32.text("age", point)) == nil)
        }
    }

    /// - Source: RFC 5869, appendix A.1; the first 32 bytes of the output.
    @Test func `keys are derived as the standard says`() {
        let secret = [UInt8](repeating: 0x0b, count: 22)
        let salt = (0...12).map { UInt8($0) }
        let key = HKDF.key(
            of: secret.rawBytes, salt: salt.rawBytes, for: [0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9])
        #expect(
            Hexadecimal.text(of: key.rawBytes)
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")
    }
}
