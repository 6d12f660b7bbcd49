import Integrity
import Testing

struct Ed25519Tests {
    struct Vector: Sendable {
        let seed: String
        let key: String
        let message: String
        let signature: String
    }

    /// RFC 8032 section 7.1, tests 1 to 3.
    static let vectors = [
        Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da0"
                + "85ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac1"
                + "8ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ]

    private func bytes(_ hexadecimal: String) -> [UInt8] { Hexadecimal.bytes(of: hexadecimal)! }

    private func verifies(_ signature: [UInt8], _ message: [UInt8], _ key: Ed25519.PublicKey) -> Bool {
        key.verifies(signature, over: message.rawBytes)
    }

    @Test(arguments: vectors)
    func `a signature is that of the standard`(vector: Vector) throws {
        let secret = try #require(Ed25519.SecretKey(seed: bytes(vector.seed)))
        let message = bytes(vector.message)
        let signature = secret.signature(over: message.rawBytes)
        #expect(secret.publicKey.bytes == bytes(vector.key))
        #expect(signature == bytes(vector.signature))
        #expect(secret.revealSeed() == bytes(vector.seed))
        #expect(verifies(signature, message, secret.publicKey))
        #expect(!verifies(signature, message + [0], secret.publicKey))
        #expect(!verifies(signature.dropLast(), message, secret.publicKey))
        for bit in 0..<512 {
            var changed = signature
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!verifies(changed, message, secret.publicKey), "bit \(bit)")
        }
    }

    @Test func `a signature that was bent by the order of the group is refused`() throws {
        let vector = Self.vectors[1]
        let key = try #require(Ed25519.PublicKey(bytes: bytes(vector.key)))
        var bent = bytes(vector.signature)
        let order = utf8("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var carry = 0
        for place in 0..<32 {
            let sum = Int(bent[32 + place]) + Int(order[place]) + carry
            bent[32 + place] = UInt8(sum & 255)
            carry = sum >> 8
        }
        #expect(carry == 0 && !verifies(bent, bytes(vector.message), key))
    }

    @Test func `a key of small order verifies nothing`() throws {
        // The neutral point: with it, a naive check takes R = S·B for a signature of anything.
        let key = try #require(Ed25519.PublicKey(bytes: [1] + [UInt8](repeating: 0, count: 31)))
        let signature = [1] + [UInt8](repeating: 0, count: 63)
        #expect(!verifies(signature, [1, 2, 3], key))
    }

    /// The points whose order is 1, 2, 4 or 8, and what else decodes to one of them: y is not reduced, or x = 0 has a
    /// sign. With any of them as key and a signature of zeros, a naive check is met by chance or always.
    static let smallOrder = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ]

    @Test(arguments: smallOrder)
    func `a point of small order is neither a key nor half of a signature`(point: String) throws {
        let key = try #require(Ed25519.PublicKey(bytes: bytes(point)))
        let honest = try #require(Ed25519.PublicKey(bytes: bytes(Self.vectors[0].key)))
        for number in 0..<64 {
            // Whatever the digest of the message is, for one in eight of them a check without care is met.
            let message = utf8("message \(number)")
            for half in Self.smallOrder {
                let signature = bytes(half) + [UInt8](repeating: 0, count: 32)
                #expect(!verifies(signature, message, key) && !verifies(signature, message, honest))
            }
        }
    }

    @Test func `keys of another length are none`() {
        #expect(Ed25519.PublicKey(bytes: [1, 2, 3]) == nil)
        #expect(Ed25519.SecretKey(seed: [1, 2, 3]) == nil)
    }
}
