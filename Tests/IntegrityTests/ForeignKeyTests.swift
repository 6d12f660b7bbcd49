import Integrity
import Testing

@Suite struct `Keys of others` {
    private let modulus = [UInt8](repeating: 0xC5, count: 256)

    @Test func `a modulus is of 2048 to 8192 bits, and an exponent odd and above one`() {
        #expect(ForeignKey(rsaModulus: modulus, exponent: [1, 0, 1]) != nil)
        #expect(ForeignKey(rsaModulus: [0, 0] + modulus, exponent: [0, 3]) != nil)
        for count in [0, 1, 128, 255, 1_025] {
            #expect(ForeignKey(rsaModulus: [UInt8](repeating: 0xC5, count: count), exponent: [1, 0, 1]) == nil)
        }
        // 2,047 bits.
        #expect(ForeignKey(rsaModulus: [0x7F] + modulus.dropFirst(), exponent: [1, 0, 1]) == nil)
        for exponent in [[], [0], [1], [2], [1, 0, 0], [UInt8](repeating: 1, count: 9)] as [[UInt8]] {
            #expect(ForeignKey(rsaModulus: modulus, exponent: exponent) == nil)
        }
    }

    @Test func `two numbers that are no point of the curve are no key`() {
        let one = [UInt8](repeating: 0, count: 31) + [1]
        #expect(ForeignKey(p256X: one, y: one) == nil)
        #expect(ForeignKey(p256X: [], y: []) == nil)
        #expect(ForeignKey(p256X: [UInt8](repeating: 0, count: 32), y: [UInt8](repeating: 0, count: 32)) == nil)
    }

    @Test func `what is no signature verifies nothing`() throws {
        let key = try #require(ForeignKey(rsaModulus: modulus, exponent: [1, 0, 1]))
        for signature in [[], [0], modulus, [UInt8](repeating: 0, count: 256)] as [[UInt8]] {
            #expect(!key.verifies(signature, over: [1, 2, 3]))
        }
    }
}
