import Integrity
import Testing

struct HMACTests {
    struct Vector: Sendable {
        let key: [UInt8]
        let message: [UInt8]
        let code: String
    }

    /// RFC 4231, test cases 1, 2, 3, 6 and 7.
    static let vectors = [
        Vector(
            key: Array(repeating: 0x0b, count: 20), message: utf8("Hi There"),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            key: utf8("Jefe"), message: utf8("what do ya want for nothing?"),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            key: Array(repeating: 0xaa, count: 20), message: Array(repeating: 0xdd, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            key: Array(repeating: 0xaa, count: 131),
            message: utf8("Test Using Larger Than Block-Size Key - Hash Key First"),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            key: Array(repeating: 0xaa, count: 131),
            message: utf8(
                "This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm."),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test(arguments: vectors)
    func `a code is that of the standard`(vector: Vector) {
        let key = HMAC(key: vector.key.rawBytes)
        let code = key.code(for: vector.message.rawBytes)
        #expect(code.hexadecimal == vector.code)
        #expect(key.isValid(code.array, for: vector.message))
        #expect(!key.isValid(Array(code.array.dropLast()), for: vector.message))
        #expect(!key.isValid(Digest.zero.array, for: vector.message))
    }
}
