import Codecs
import Testing

struct ZstandardDictionaryTests {
    private static let names = #"{"key":"user.email","value":{"stringValue":"},{"key":"session.id","value":"#
    private static let text = Array(#"{"key":"user.email","value":{"stringValue":"a@example.com"}}"#.utf8)

    private func packed(_ text: [UInt8], _ dictionary: ZstandardDictionary) -> [UInt8] {
        var out = ByteBuffer()
        ZstandardCompressor().compress(unsafe text.span.bytes, with: dictionary, to: &out)
        return out.array
    }

    private func opened(_ packed: [UInt8], _ dictionary: ZstandardDictionary, limit: Int = 1_000) throws -> [UInt8] {
        try ZstandardDecompressor().decompress(unsafe packed.span.bytes, with: dictionary, limit: limit)
    }

    @Test func `what texts have in common need not be said again`() throws {
        let dictionary = ZstandardDictionary(Array(Self.names.utf8))
        let packed = packed(Self.text, dictionary)
        var alone = ByteBuffer()
        ZstandardCompressor().compress(unsafe Self.text.span.bytes, to: &alone)
        #expect(packed.count * 3 < alone.count * 2)
        #expect(try opened(packed, dictionary) == Self.text)
        #expect(self.packed(Self.text, dictionary) == packed)
        #expect(try opened(self.packed([], dictionary), dictionary) == [])
    }

    @Test func `without the dictionary, with bytes that were changed or above the limit it is not opened`() throws {
        let dictionary = ZstandardDictionary(Array(Self.names.utf8))
        let packed = packed(Self.text, dictionary)
        let other = ZstandardDictionary(Array(Self.names.utf8.reversed()))
        let wrong = try? opened(packed, other)
        #expect(wrong != Self.text)
        #expect(throws: CompressionError.self) { try opened(packed, dictionary, limit: Self.text.count - 1) }
        for count in 0..<packed.count {
            #expect(throws: CompressionError.self) { try opened(Array(packed.prefix(count)), dictionary) }
        }
    }

    @Test func `frames come one at a time, and what is no frame is said`() {
        var all = ByteBuffer()
        let pieces = [Array("one".utf8), [], Array("three".utf8)]
        for piece in pieces { ZstandardCompressor().compress(unsafe piece.span.bytes, to: &all) }
        func frames(_ bytes: [UInt8], limit: Int = 10) -> ([[UInt8]], CompressionError?) {
            var found: [[UInt8]] = []
            let flaw = ZstandardDecompressor().eachFrame(of: unsafe bytes.span.bytes, limit: limit) { found.append($0) }
            return (found, flaw)
        }
        #expect(frames(all.array).0 == pieces && frames(all.array).1 == nil)
        #expect(frames(all.array, limit: 4).1 == .tooLarge(limit: 4))
        #expect(frames(all.array + [0]).0 == pieces && frames(all.array + [0]).1 == .malformed)
        #expect(frames(Array(all.array.dropLast())).1 == .malformed)
        #expect(frames([]).0 == [])
    }
}
