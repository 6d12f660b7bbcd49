import Integrity
import TestKit
import Testing

struct TextTests {
    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", "", "", ""), ("f", "my", "Zg==", "66"), ("fo", "mzxq", "Zm8=", "666f"),
        ("foo", "mzxw6", "Zm9v", "666f6f"), ("foob", "mzxw6yq", "Zm9vYg==", "666f6f62"),
        ("fooba", "mzxw6ytb", "Zm9vYmE=", "666f6f6261"), ("foobar", "mzxw6ytboi", "Zm9vYmFy", "666f6f626172"),
    ])
    func `bytes are written as in the standard`(message: String, base32: String, base64: String, hexadecimal: String) {
        let message = utf8(message)
        #expect(Base32.text(of: message.rawBytes) == base32)
        #expect(Base32.bytes(of: base32) == message)
        #expect(Base64.text(of: message.rawBytes) == base64)
        #expect(Base64.bytes(of: base64) == message)
        #expect(Hexadecimal.text(of: message.rawBytes) == hexadecimal)
        #expect(Hexadecimal.bytes(of: hexadecimal) == message)
    }

    @Test func `what was written is read again`() {
        var dice = Dice(seed: 5)
        for _ in 0..<500 {
            let message = randomBytes(dice.roll(100), &dice)
            #expect(Base32.bytes(of: Base32.text(of: message.rawBytes)) == message)
            #expect(Base64.bytes(of: Base64.text(of: message.rawBytes)) == message)
            #expect(Hexadecimal.bytes(of: Hexadecimal.text(of: message.rawBytes)) == message)
        }
    }

    @Test(arguments: ["m", "mz1", "MY", "mz", "mzx", "mzxw6ytbo", "my======", "m y", "é"])
    func `base32 that nobody writes is refused`(text: String) { #expect(Base32.bytes(of: text) == nil) }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====", "Zm9v\n", "Z-9v", "=m9v", "é"])
    func `base64 that nobody writes is refused`(text: String) { #expect(Base64.bytes(of: text) == nil) }

    @Test(arguments: ["6", "6g", "é", "0x66", "66 "])
    func `hexadecimal that nobody writes is refused`(text: String) { #expect(Hexadecimal.bytes(of: text) == nil) }
}
