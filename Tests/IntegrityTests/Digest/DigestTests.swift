import Integrity
import TestKit
import Testing

struct DigestTests {
    /// The examples of FIPS 180-4, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `a digest is that of the standard`(message: String, expected: String) {
        let digest = Digest(utf8(message))
        #expect(digest.hexadecimal == expected)
        #expect(digest == Digest(hexadecimal: expected))
        #expect(digest == Digest(base64: digest.base64))
    }

    @Test func `a message in pieces has the digest of the whole`() {
        var dice = Dice(seed: 1)
        var streaming = SHA256()
        for _ in 0..<200 {
            let message = randomBytes(dice.roll(1_000), &dice)
            var start = 0
            while start < message.count {
                let end = min(message.count, start + 1 + dice.roll(200))
                if end == start + 1 {
                    streaming.update(message[start])
                } else {
                    streaming.update(message.rawBytes.extracting(start..<end))
                }
                start = end
            }
            let digest = streaming.finish()
            #expect(digest == Digest(message))
        }
    }

    @Test func `digests that differ in one bit are different`() {
        let digest = Digest(utf8("one"))
        for bit in 0..<256 {
            var other = digest.array
            other[bit / 8] ^= 1 << (bit % 8)
            let changed = Digest(bytes: other.rawBytes)
            #expect(changed != nil && changed != digest)
            #expect(!areEqualInConstantTime(other, digest.array))
        }
        #expect(areEqualInConstantTime(digest.array, digest.array))
    }

    @Test(arguments: ["", "00", String(repeating: "0", count: 62), String(repeating: "0", count: 66), "zz"])
    func `a text of another length is no digest`(text: String) {
        #expect(Digest(hexadecimal: text) == nil)
    }
}
