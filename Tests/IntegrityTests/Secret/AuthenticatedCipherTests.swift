import Integrity
import TestKit
import Testing

/// `#expect` cannot hold a value that cannot be copied.
private func seal(_ text: [UInt8], key: [UInt8], nonce: [UInt8], bound: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    AuthenticatedCipher().seal(
        text.rawBytes, key: key.rawBytes, nonce: nonce.rawBytes, bound: bound.rawBytes, to: &out)
    return out
}

private func open(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8], bound: [UInt8]) -> [UInt8]? {
    AuthenticatedCipher().open(sealed.rawBytes, key: key.rawBytes, nonce: nonce.rawBytes, bound: bound.rawBytes)
}

struct AuthenticatedCipherTests {
    struct Vector: Sendable {
        let key, nonce, text, bound, sealed: String
    }

    /// McGrew and Viega, *The Galois/Counter Mode of Operation*, test cases 13, 14 and 16.
    static let vectors = [
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), text: "", bound: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12),
            text: String(repeating: "00", count: 16), bound: "",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", nonce: "cafebabefacedbaddecaf888",
            text: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            bound: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test(arguments: vectors) func `the published vectors are sealed and opened`(_ vector: Vector) throws {
        let key = try #require(Hexadecimal.bytes(of: vector.key))
        let nonce = try #require(Hexadecimal.bytes(of: vector.nonce))
        let text = try #require(Hexadecimal.bytes(of: vector.text))
        let bound = try #require(Hexadecimal.bytes(of: vector.bound))
        let sealed = seal(text, key: key, nonce: nonce, bound: bound)
        #expect(Hexadecimal.text(of: sealed.rawBytes) == vector.sealed)
        #expect(open(sealed, key: key, nonce: nonce, bound: bound) == text)
    }

    @Test func `a bit that is flipped anywhere is noticed`() {
        let (key, nonce) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 12))
        let (text, bound) = (utf8("what was said"), utf8("leaf"))
        let sealed = seal(text, key: key, nonce: nonce, bound: bound)
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(open(changed, key: key, nonce: nonce, bound: bound) == nil)
        }
        for bit in 0..<bound.count * 8 {
            var changed = bound
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(open(sealed, key: key, nonce: nonce, bound: changed) == nil)
        }
        for count in 0..<sealed.count {
            #expect(open(Array(sealed.prefix(count)), key: key, nonce: nonce, bound: bound) == nil)
        }
        #expect(open(sealed, key: key.reversed().map { $0 &+ 1 }, nonce: nonce, bound: bound) == nil)
    }
}

struct RecordSealTests {
    private func seal(_ text: [UInt8], _ seed: ContentSeed, _ leaf: [UInt8]) -> [UInt8] {
        RecordSeal().seal(text.rawBytes, seed: seed, leaf: leaf)
    }

    private func open(_ sealed: [UInt8], _ seed: ContentSeed, _ leaf: [UInt8]) -> [UInt8]? {
        RecordSeal().open(sealed.rawBytes, seed: seed, leaf: leaf)
    }

    @Test func `a record is sealed for its leaf and its seed, and always to the same bytes`() {
        let seeds = ContentSeed.many(2, random: .system)
        let text = utf8("a prompt that nobody should read")
        let sealed = seal(text, seeds[0], utf8("leaf 1"))
        #expect(sealed == seal(text, seeds[0], utf8("leaf 1")))
        #expect(sealed.count == text.count + RecordSeal.overhead)
        #expect(open(sealed, seeds[0], utf8("leaf 1")) == text)
        #expect(open(sealed, seeds[0], utf8("leaf 2")) == nil)
        #expect(open(sealed, seeds[1], utf8("leaf 1")) == nil)
        #expect(open([], seeds[0], utf8("leaf 1")) == nil)
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(open(changed, seeds[0], utf8("leaf 1")) == nil, "byte \(place)")
        }
    }

    @Test func `another text under the same seed gets another nonce`() {
        let seed = ContentSeed.many(1, random: .system)[0]
        let nonces = (0..<200).map { Array(seal(utf8("text \($0)"), seed, []).dropFirst().prefix(12)) }
        #expect(Set(nonces).count == 200)
    }

    /// The format by itself, with nothing but HMAC and the cipher.
    @Test func `key and nonce are those that the format says`() throws {
        let bytes = [UInt8](repeating: 9, count: 32)
        let kept = ContentSeed(kept: bytes.rawBytes)
        let seed = try #require(kept)
        let text = utf8("text")
        let sealed = seal(text, seed, utf8("leaf"))
        let key = HMAC(key: bytes.rawBytes).code(for: utf8("archive").rawBytes).array
        let nonceKey = HMAC(key: bytes.rawBytes).code(for: utf8("archive/nonce").rawBytes).array
        let nonce = Array(HMAC(key: nonceKey.rawBytes).code(for: text.rawBytes).array.prefix(12))
        #expect(sealed[0] == 1 && Array(sealed[1..<13]) == nonce)
        let bound = [1] + utf8("leaf")
        let rest = Array(sealed[13...])
        let opened = AuthenticatedCipher().open(
            rest.rawBytes, key: key.rawBytes, nonce: nonce.rawBytes, bound: bound.rawBytes)
        #expect(opened == text)
    }
}
