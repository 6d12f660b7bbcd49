import Integrity
import Testing

struct SecretTests {
    static let counting = RandomBytes { room in
        for place in 0..<room.byteCount {
            room.storeBytes(of: UInt8(truncatingIfNeeded: place), toByteOffset: place, as: UInt8.self)
        }
    }

    @Test func `the system gives other bytes each time, as many as asked`() {
        let first = RandomBytes.system.bytes(1_000)
        let second = RandomBytes.system.bytes(1_000)
        #expect(first.count == 1_000 && first != second)
        #expect(Set(first).count > 100)
        #expect(RandomBytes.system.bytes(0).isEmpty)
    }

    @Test func `a token is known by its digest and never by its description`() {
        let token = Token(word: "docket", random: Self.counting)
        #expect(token.reveal() == "docket_aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq")
        #expect(token.matches(Token(shown: token.reveal()).digest))
        #expect(!token.matches(Token(word: "docket", random: .system).digest))
        #expect(!"\(token)".contains("aaaqe") && !String(reflecting: token).contains("aaaqe"))
    }

    @Test func `a password is recognized, and another is not`() throws {
        let effort = try #require(PasswordHash.Effort(memory: 64, passes: 1))
        let hash = try #require(PasswordHash(of: "correct horse", effort: effort, random: .system))
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        let kept = try #require(PasswordHash(kept: hash.text))
        #expect(kept == hash && kept.effort == effort)
        #expect(kept.matches("correct horse"))
        #expect(!kept.matches("correct horsf") && !kept.matches(""))
    }

    @Test func `an empty password has a hash as any other`() throws {
        let effort = try #require(PasswordHash.Effort(memory: 64, passes: 1))
        let hash = try #require(PasswordHash(of: "", effort: effort, random: .system))
        #expect(hash.matches("") && !hash.matches(" "))
    }

    @Test(arguments: [
        "", "secret", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=16$m=64,t=1,p=1$AAAA$AAAA",
        "$argon2id$v=19$m=99999999,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAA",
        "$argon2id$v=19$m=64,t=1,p=4$AAAA$AAAA", "$argon2id$v=19$m=64,t=1,p=1$AAAA",
    ])
    func `a text that is no password hash of ours is refused`(text: String) {
        #expect(PasswordHash(kept: text) == nil)
    }
}
