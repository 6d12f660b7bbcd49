import Integrity
import TestKit
import Testing

struct NoteTests {
    /// The example in the documentation of Go's `golang.org/x/mod/sumdb/note`, with both keys.
    static let example = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """
    static let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

    /// The examples of C2SP signed-note and tlog-cosignature.
    static let poem = """
        Ognuno sta solo sul cuor della terra
        trafitto da un raggio di sole:

        ed è subito sera.

        — quasimodo.example/salvatore \
        NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=

        """
    static let cosigned = """
        example.com/behind-the-sofa
        20852163
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

        — example.com/behind-the-sofa \
        Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
        — witness.example.com/w1 \
        jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==

        """

    @Test func `a note that others signed verifies`() throws {
        let key = try #require(VerifierKey(text: Self.key))
        let note = try SignedNote(parsing: Self.example)
        #expect(key.text == Self.key)
        #expect(note.whole == Self.example)
        let verified = try note.verify(with: [key])
        #expect(verified.map(\.key) == [key] && verified[0].time == nil)
    }

    @Test func `signing gives the bytes that others give`() throws {
        let signer = try #require(NoteSigner(kept: Self.secret))
        #expect(signer.reveal() == Self.secret && signer.key.text == Self.key)
        let parsed = try SignedNote(parsing: Self.example)
        var note = try #require(SignedNote(text: parsed.text))
        note.add(signer.signature(over: note))
        note.add(signer.signature(over: note))
        #expect(note.whole == Self.example)
        #expect(!"\(signer)".contains("AYEK") && !String(reflecting: signer).contains("AYEK"))
    }

    @Test(arguments: [poem, cosigned])
    func `the examples of the specification are read and written unchanged`(example: String) throws {
        #expect(try SignedNote(parsing: example).whole == example)
    }

    @Test func `the example of a checkpoint says what it says`() throws {
        let note = try SignedNote(parsing: Self.cosigned)
        let checkpoint = try #require(Checkpoint(text: note.text))
        #expect(checkpoint.origin == "example.com/behind-the-sofa" && checkpoint.size == 20_852_163)
        #expect(checkpoint.root.base64 == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
        #expect(checkpoint.text == note.text && checkpoint.extensions.isEmpty)
        #expect(note.signatures.map(\.keyID) == [0x033d_e0ae, 0x8d66_cf3f])
    }

    @Test func `a text with empty lines ends at the last of them`() throws {
        let note = try SignedNote(parsing: Self.poem)
        #expect(note.text.hasSuffix("ed è subito sera.\n") && note.signatures.count == 1)
    }

    @Test func `one changed bit anywhere makes a note fail`() throws {
        let key = try #require(VerifierKey(text: Self.key))
        let whole = Array(Self.example.utf8)
        for bit in 0..<whole.count * 8 {
            var changed = whole
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: NoteError.self, "bit \(bit)") {
                _ = try SignedNote(bytes: changed.rawBytes).verify(with: [key])
            }
        }
    }

    @Test func `what is wrong is told apart from what is unknown`() throws {
        let key = try #require(VerifierKey(text: Self.key))
        let note = try SignedNote(parsing: Self.example)
        #expect(throws: NoteError.noTrustedSignature) { _ = try note.verify(with: []) }
        let changed = try SignedNote(parsing: Self.example.replacing("answer", with: "solution"))
        #expect(throws: NoteError.wrongSignature(key.name)) { _ = try changed.verify(with: [key]) }
        // A signature of somebody unknown changes nothing.
        var more = note
        let stranger = NoteSigner(
            name: try #require(KeyName("stranger")), secret: Ed25519.SecretKey(random: .system))
        more.add(stranger.signature(over: more))
        #expect(try more.verify(with: [key]).count == 1)
        #expect(try more.verify(with: [key, stranger.key]).count == 2)
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "text\n\n— a\n", "text\n\n— a AAAA\n", "text\n\n— a AAAAAA=\n",
        "text\n\n- a AAAAAAA=\n", "text\n\n— a  AAAAAAA=\n", "text\n\n— a+b AAAAAAA=\n", "text\n\n—  AAAAAAA=\n",
        "text\n\n— a AAAAAAA= \n", "text\n\n— a AAAAAAA=", "te\u{1}xt\n\n— a AAAAAAA=\n", "te\rxt\n\n— a AAAAAAA=\n",
        "text\n— a AAAAAAA=\n", "text\n\n— a AAAAAAA=\nmore\n",
    ])
    func `what is no note is refused`(whole: String) {
        #expect(throws: NoteError.malformed) { try SignedNote(parsing: whole) }
    }

    @Test func `bytes that are no text are refused`() {
        let broken = utf8("text\n\n— a AAAAAAA=\n") + [0xff]
        #expect(throws: NoteError.malformed) {
            _ = try SignedNote(bytes: broken.rawBytes)
        }
        #expect(throws: NoteError.malformed) {
            try SignedNote(parsing: String(repeating: "a", count: SignedNote.largest + 1))
        }
    }

    @Test(arguments: [
        "", "PeterNeumann", "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AZpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
    func `a text that is no key is refused`(text: String) {
        #expect(VerifierKey(text: text) == nil)
        #expect(NoteSigner(kept: "PRIVATE+KEY+" + text) == nil)
    }

    @Test(arguments: ["", "a b", "a+b", "a\u{a0}b", "a\u{2003}b", "a\nb", "a\u{1}b"])
    func `a name that cannot stand in a line is refused`(text: String) { #expect(KeyName(text) == nil) }

    @Test func `a cosignature says when, and its time cannot be changed`() throws {
        let cosigner = NoteSigner(
            name: try #require(KeyName("witness.example.com/w1")), kind: .cosignature,
            secret: try #require(Ed25519.SecretKey(seed: [UInt8](repeating: 9, count: 32))))
        var note = try SignedNote(parsing: Self.cosigned)
        note.add(cosigner.cosignature(over: note, atSeconds: 1_679_315_147))
        let verified = try note.verify(with: [cosigner.key])
        #expect(verified.map(\.time) == [1_679_315_147])
        #expect(VerifierKey(text: cosigner.key.text) == cosigner.key)

        // The message that is signed, as the specification writes it.
        let message = utf8("cosignature/v1\ntime 1679315147\n" + note.text)
        let signature = try #require(note.signatures.last)
        #expect(Array(signature.bytes.prefix(8)) == [0, 0, 0, 0, 0x64, 0x18, 0x50, 0xcb])
        let isSigned = cosigner.key.key.verifies(Array(signature.bytes.dropFirst(8)), over: message.rawBytes)
        #expect(isSigned)

        for bit in 0..<64 {
            var later = signature.bytes
            later[bit / 8] ^= 1 << (bit % 8)
            var changed = note
            changed.add(SignedNote.Signature(name: signature.name, keyID: signature.keyID, bytes: later))
            #expect(throws: NoteError.wrongSignature(cosigner.key.name)) { try changed.verify(with: [cosigner.key]) }
        }
    }
}
