import Integrity
import TestKit
import Testing

struct KeyChainTests {
    private func signer(_ seed: UInt8, name: String = "docket-signer") throws -> NoteSigner {
        NoteSigner(
            name: try #require(KeyName(name)),
            secret: try #require(Ed25519.SecretKey(seed: [UInt8](repeating: seed, count: 32))))
    }

    private func chain(_ count: UInt8) throws -> KeyChain {
        var chain = KeyChain(first: try signer(0).key)
        for seed in 1..<count { chain.append(try signer(seed), by: try signer(seed - 1)) }
        return chain
    }

    @Test(arguments: [1, 2, 5] as [UInt8])
    func `a chain is written and read`(count: UInt8) throws {
        let chain = try chain(count)
        let read = try #require(KeyChain(text: chain.text))
        #expect(read == chain && read.keys.count == Int(count))
        #expect(try read.last == signer(count - 1).key)
    }

    @Test func `who trusts a key trusts those that follow it, under the name of the log`() throws {
        let chain = try chain(3)
        let name = try #require(KeyName("docket.example.com/all"))
        let trusted = VerifierKey(name: name, kind: .note, key: chain.keys[1].key)
        #expect(chain.keys(from: trusted).map(\.key) == chain.keys[1...].map(\.key))
        #expect(chain.keys(from: trusted).allSatisfy { $0.name == name })
        let stranger = VerifierKey(name: name, kind: .note, key: try signer(9).key.key)
        #expect(chain.keys(from: stranger) == [stranger])
    }

    @Test func `a longer chain continues a shorter one, and another one does not`() throws {
        let long = try chain(4)
        #expect(try long.continues(chain(4)) && long.continues(chain(2)))
        #expect(try !chain(2).continues(long))
        var other = try chain(2)
        other.append(try signer(9), by: try signer(1))
        #expect(!long.continues(other) && !other.continues(long))
    }

    @Test func `a chain in which a bit was changed is none`() throws {
        let chain = try chain(3)
        let bytes = Array(chain.text.utf8)
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                guard let text = String(validating: changed, as: UTF8.self) else { continue }
                #expect(KeyChain(text: text) == nil, "bit \(bit) of byte \(place)")
            }
        }
    }

    @Test func `a key that the one before has not introduced is not in it`() throws {
        let chain = try chain(3)
        let lines = chain.text.split(separator: "\n", omittingEmptySubsequences: false)
        // Without the old key's signature, and without the new one's.
        for line in [6, 7] {
            var less = lines
            #expect(less[line].hasPrefix("\u{2014} docket-signer"))
            less.remove(at: line)
            #expect(KeyChain(text: less.joined(separator: "\n")) == nil)
        }
        // The second introduction without the first.
        var gap = lines
        gap.removeSubrange(2..<8)
        #expect(KeyChain(text: gap.joined(separator: "\n")) == nil)
        // The same key again, and another name.
        var again = try self.chain(2)
        let text = again.text
        again.append(try signer(0), by: try signer(1))
        #expect(KeyChain(text: again.text) == nil && KeyChain(text: text) != nil)
        var renamed = KeyChain(first: try signer(0).key)
        renamed.append(try signer(1, name: "somebody"), by: try signer(0))
        #expect(KeyChain(text: renamed.text) == nil)
    }
}
