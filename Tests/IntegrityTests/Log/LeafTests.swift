import Integrity
import TestKit
import Testing

extension Leaf {
    static func sample(sequence: UInt64 = 0x0102_0304_0506_0708, content: Digest = Digest(utf8("content"))) -> Leaf {
        Leaf(
            log: ShortID(high: 0x0011_2233_4455_6677, low: 0x8899_aabb_ccdd_eeff), sequence: sequence,
            accepted: 1_700_000_000_000_000_001, happened: 1_600_000_000_000_000_002, source: 3, type: 0x0405,
            rules: ShortID(Digest(utf8("rules"))), schema: 0x0607, event: Digest(utf8("event")), content: content)
    }
}

struct LeafTests {
    @Test func `a leaf has the bytes that are written down, and is read from them`() {
        let leaf = Leaf.sample()
        let written = [
            "01", "00112233445566778899aabbccddeeff", "0807060504030201", "01002a36fe9c9717", "0200a0d885573416", "03",
            "0504", String(Digest(utf8("rules")).hexadecimal.prefix(32)), "0706", Digest(utf8("event")).hexadecimal,
            Digest(utf8("content")).hexadecimal,
        ].joined()
        #expect(leaf.bytes.count == Leaf.size)
        #expect(Hexadecimal.text(of: leaf.bytes.rawBytes) == written)
        #expect(Leaf(bytes: leaf.bytes.rawBytes) == leaf)
        #expect(leaf.hash == Digest([0x00] + leaf.bytes))
    }

    @Test func `every bit of a leaf counts`() {
        let leaf = Leaf.sample()
        for bit in 0..<Leaf.size * 8 {
            var changed = leaf.bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            let other = Leaf(bytes: changed.rawBytes)
            #expect(other != leaf, "bit \(bit)")
            #expect(other?.bytes == (bit < 8 ? nil : changed), "bit \(bit)")
        }
    }

    @Test func `leaves in one piece of memory have the hashes of single leaves`() {
        let leaves = (0..<100).map { Leaf.sample(sequence: $0) }
        var bytes: [UInt8] = []
        for leaf in leaves { leaf.append(to: &bytes) }
        var hashes: [Digest] = []
        DigestLanes().append(digestsOfEach: Leaf.size, in: bytes.rawBytes, prefix: 0x00, to: &hashes)
        #expect(hashes == leaves.map(\.hash))
    }

    @Test func `other lengths and versions are refused`() {
        let bytes = Leaf.sample().bytes
        func leaf(_ bytes: [UInt8]) -> Leaf? { Leaf(bytes: bytes.rawBytes) }
        #expect(leaf([]) == nil && leaf(bytes.dropLast()) == nil && leaf(bytes + [0]) == nil)
        #expect(leaf([2] + bytes.dropFirst()) == nil)
    }
}
