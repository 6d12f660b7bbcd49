import Codecs
import Testing

/// Test vectors of RFC 4648, section 10.
struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("\u{3fb}\u{3ff}", "z7vPvw=="),
    ])
    func `texts are written, and read with padding and without it`(plain: String, coded: String) {
        let bytes = Array(plain.utf8)
        var out = ByteBuffer()
        unsafe Base64.append(bytes.span.bytes, to: &out)
        #expect(out.text == coded)
        #expect(Self.bytes(of: coded) == bytes)
        #expect(Self.bytes(of: coded.filter { $0 != "=" }) == bytes)
    }

    @Test func `both alphabets are read`() {
        #expect(Self.bytes(of: "+/+/") == [0xFB, 0xFF, 0xBF])
        #expect(Self.bytes(of: "-_-_") == [0xFB, 0xFF, 0xBF])
    }

    @Test(arguments: ["Z", "Zm9vY", "Zm9v!", "Zm 9v", "Zm9v\n", "\u{e9}"])
    func `what is no base 64 is refused`(text: String) {
        #expect(Self.bytes(of: text) == nil)
    }

    private static func bytes(of text: String) -> [UInt8]? {
        let text = Array(text.utf8)
        return unsafe Base64.bytes(of: text.span.bytes)
    }
}
