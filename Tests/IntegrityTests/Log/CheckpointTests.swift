import Integrity
import Testing

struct CheckpointTests {
    @Test func `a checkpoint is written and read`() throws {
        let checkpoint = try #require(Checkpoint(origin: "example.com/log", size: 0, root: .emptyTree))
        #expect(checkpoint.text == "example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
        #expect(Checkpoint(text: checkpoint.text) == checkpoint)
        #expect(checkpoint.note.text == checkpoint.text)
        let more = try #require(Checkpoint(origin: "o", size: 1 << 62, root: .zero, extensions: ["a", "b c"]))
        #expect(Checkpoint(text: more.text) == more)
    }

    @Test(arguments: [
        "", "o\n", "o\n1\n", "o\n1\nAAAA\n", "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n+1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "o\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n",
        "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\na\n",
        "o\r\n1\r\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\r\n",
    ])
    func `a text that is no checkpoint is refused`(text: String) { #expect(Checkpoint(text: text) == nil) }

    @Test func `a checkpoint that would read as another one cannot be made`() {
        #expect(Checkpoint(origin: "", size: 1, root: .zero) == nil)
        #expect(Checkpoint(origin: "evil\n999", size: 1, root: .zero) == nil)
        #expect(Checkpoint(origin: "o", size: 1, root: .zero, extensions: [""]) == nil)
        #expect(Checkpoint(origin: "o", size: 1 << 63, root: .zero) == nil)
    }

    @Test func `a blinded checkpoint is found by who has the blinding, and by nobody else`() throws {
        let checkpoint = try #require(Checkpoint(origin: "example.com/t/1", size: 7, root: .zero))
        let blinded = BlindedCheckpoint(checkpoint, random: SecretTests.counting)
        #expect(blinded.entry == Digest(Array(0..<32) + utf8(checkpoint.text)))
        #expect(blinded.leaf == Digest([0x00] + blinded.entry.array))
        #expect(BlindedCheckpoint(checkpoint, blinding: Array(0..<32)) == blinded)
        #expect(BlindedCheckpoint(checkpoint, random: .system).entry != blinded.entry)
        #expect(BlindedCheckpoint(checkpoint, blinding: [1]) == nil)
    }
}
