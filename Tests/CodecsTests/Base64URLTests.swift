import Codecs
import Testing

@Suite struct `Base 64 for addresses` {
    /// RFC 4648 section 10, with the letters of section 5 and without padding.
    static let vectors = [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: vectors)
    func `the vectors of the RFC go both ways`(plain: String, text: String) {
        #expect(Base64URL.text(of: Array(plain.utf8)) == text)
        #expect(Base64URL.bytes(of: text) == Array(plain.utf8))
    }

    @Test func `every byte goes both ways`() {
        let bytes = (0...255).map { UInt8($0) }
        for count in 0...256 {
            let text = Base64URL.text(of: bytes.suffix(count))
            #expect(Base64URL.bytes(of: text) == Array(bytes.suffix(count)))
            #expect(!text.contains { "+/=".contains($0) })
        }
    }

    @Test func `what is not written is not read`() {
        for text in ["A", "AAAAA", "Zg==", "Z+8", "Z/8", "Zh", "Zm9", "Zm8\n", " Zg", "é"] {
            #expect(Base64URL.bytes(of: text) == nil, "\(text)")
        }
    }
}
