import Integrity
import Platform
import TestKit
import Testing

@testable import Ledger

struct SignerFolderTests {
    private let folder: TemporaryFolder
    private let signer: SignerFolder
    private var disk: FolderDisk { FolderDisk(folder: folder.path) }

    init() throws {
        folder = try TemporaryFolder()
        signer = SignerFolder(folder.path)
    }

    private func wish(_ size: UInt64) throws -> SigningWish {
        let checkpoint = try #require(Checkpoint(origin: "a/all", size: size, root: .zero))
        return SigningWish(checkpoint, continuing: ConsistencyProof(old: 0, new: size, path: []))
    }

    private func signatures(_ signer: LocalSigner) throws -> [SignedNote.Signature] {
        guard case .signed(let signatures) = try signer.sign([try wish(1)])[0] else {
            throw SignerUnreachable("not signed")
        }
        return signatures
    }

    @Test func `two keys sign from the rotation to the retirement, each introduced by the one before`() throws {
        let local = try signer.signer()
        let first = local.keys().last
        #expect(try signatures(local).count == 1)
        let second = try signer.rotate()
        local.replaceKeys(try signer.keys())
        #expect(local.keys().keys == [first, second])
        #expect(try signer.chain() == local.keys())
        // Said of the same checkpoint once more.
        let again = try local.sign([
            SigningWish(try wish(1).checkpoint, continuing: ConsistencyProof(old: 1, new: 1, path: []))
        ])
        guard case .signed(let both) = again[0] else {
            Issue.record("\(again)")
            return
        }
        #expect(both.count == 2)
        let name = try #require(KeyName("a/all"))
        for key in [first, second] {
            let trusted = VerifierKey(name: name, kind: .note, key: key.key)
            let note = try #require(SignedNote(text: try wish(1).checkpoint.text, signatures: both))
            #expect(try note.verify(with: [trusted]).map(\.key) == [trusted])
        }
        #expect(try signer.retire() == second)
        local.replaceKeys(try signer.keys())
        #expect(local.keys().keys == [first, second])
        #expect(try signer.keys().secrets.map(\.publicKey) == [second.key])
        #expect(
            !String(decoding: try disk.contents(of: "key"), as: UTF8.self).contains(
                try #require(first.text.split(separator: "+").dropFirst().first)))
    }

    @Test func `a second rotation waits for the retirement, and a retirement for a rotation`() throws {
        _ = try signer.signer()
        #expect(throws: LedgerError.self) { try signer.retire() }
        _ = try signer.rotate()
        #expect(throws: LedgerError.self) { try signer.rotate() }
        _ = try signer.retire()
        _ = try signer.rotate()
        #expect(try signer.keys().chain.keys.count == 3)
    }

    @Test func `a rotation that ended in its middle is completed`() throws {
        _ = try signer.signer()
        let before = try disk.contents(of: "keys")
        _ = try signer.rotate()
        // The key was durable, its introduction was not.
        try disk.replace("keys", with: before)
        #expect(try signer.signer().keys().keys.count == 2)
        #expect(try #require(try signer.chain()).keys.count == 2)
    }

    @Test(arguments: ["key", "keys", "signed"])
    func `files that are gone or cannot be read are told, and nothing is signed`(name: String) throws {
        let local = try signer.signer()
        _ = try local.sign([wish(1)])
        let bytes = try disk.contents(of: name)
        try disk.replace(name, with: Array("nonsense\n".utf8))
        #expect(throws: LedgerError.self) { try signer.signer() }
        try disk.remove(name)
        if name == "keys" {
            // They are made again from the key.
            #expect(throws: Never.self) { try signer.signer() }
        } else {
            #expect(throws: LedgerError.self) { try signer.signer() }
        }
        try disk.replace(name, with: bytes)
        #expect(throws: Never.self) { try signer.signer() }
    }

    @Test func `the key of another signer does not go on`() throws {
        _ = try signer.signer()
        let other = try TemporaryFolder()
        _ = try SignerFolder(other.path).signer()
        try disk.replace("key", with: try FolderDisk(folder: other.path).contents(of: "key"))
        #expect(throws: LedgerError.self) { try signer.signer() }
    }

    @Test func `a disk that takes nothing gives no signature, and the next one is right`() throws {
        let disk = SimulatedDisk(seed: 1)
        let secret = SampleSigner.secret
        let chain = KeyChain(
            first: VerifierKey(name: try #require(KeyName("docket-signer")), kind: .note, key: secret.publicKey))
        let local = LocalSigner(SignerKeys(secrets: [secret], chain: chain), book: try SigningBook(disk: disk))
        for operation in [SimulatedDisk.Operation.create, .write, .sync, .rename] {
            disk.fail(operation, .init(30, happens: false))
            let wish = try wish(1)
            #expect(throws: SignerUnreachable.self) { try local.sign([wish]) }
        }
        #expect(try signatures(local).count == 1)
    }
}
