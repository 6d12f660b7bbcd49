import CSodium

/// What is kept of a password: enough to recognize it, and costly to guess from.
///
/// - Shape: `$argon2id$v=19$m=65536,t=2,p=1$<salt>$<hash>`, the text other programs use as well.
/// - Cost: each check takes the memory and about the time it took to make; do it on a thread that may block.
/// - Source: RFC 9106. The work is libsodium's.
public struct PasswordHash: Sendable, Equatable {
    /// How costly a guess is.
    public struct Effort: Sendable, Equatable {
        /// - Unit: KiB of memory. - Range: 8 to 1,048,576.
        public let memory: Int
        /// - Unit: passes over the memory. - Range: 1 to 16.
        public let passes: Int

        /// 64 MiB and two passes.
        public static let usual = Effort(uncheckedMemory: 65_536, passes: 2)

        public init?(memory: Int, passes: Int) {
            guard (8...1_048_576).contains(memory), (1...16).contains(passes) else { return nil }
            self.init(uncheckedMemory: memory, passes: passes)
        }

        private init(uncheckedMemory memory: Int, passes: Int) {
            self.memory = memory
            self.passes = passes
        }
    }

    private static let saltSize = 16
    private static let hashSize = 32
    private static let isReady = sodium_init() >= 0

    public let text: String
    public let effort: Effort

    /// - Returns: `nil` when there is not enough memory.
    public init?(of password: String, effort: Effort = .usual, random: RandomBytes) {
        precondition(Self.isReady, "libsodium could not start")
        let salt = random.bytes(Self.saltSize)
        var hash = [UInt8](repeating: 0, count: Self.hashSize)
        // The zero at the end is not part of it, and gives an empty one an address.
        let password = Array(password.utf8) + [0]
        let failure = unsafe password.withUnsafeBufferPointer { password in
            unsafe password.withMemoryRebound(to: CChar.self) { password in
                unsafe crypto_pwhash(
                    &hash, UInt64(Self.hashSize), password.baseAddress!, UInt64(password.count - 1), salt,
                    UInt64(effort.passes), effort.memory * 1_024, crypto_pwhash_ALG_ARGON2ID13)
            }
        }
        guard failure == 0 else { return nil }
        text =
            "$argon2id$v=19$m=\(effort.memory),t=\(effort.passes),p=1$"
            + "\(Base64.unpaddedText(of: salt.rawBytes))$\(Base64.unpaddedText(of: hash.rawBytes))"
        self.effort = effort
    }

    /// One that was kept.
    ///
    /// - Returns: `nil` for another algorithm, and for an effort out of range: whoever can write the text must not
    ///   be able to take all memory.
    public init?(kept text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19",
            text.utf8.count < 128, text.utf8.allSatisfy({ $0 > 0 && $0 < 128 })
        else { return nil }
        let costs = parts[3].split(separator: ",", omittingEmptySubsequences: false)
        guard costs.count == 3, costs[0].hasPrefix("m="), costs[1].hasPrefix("t="), costs[2] == "p=1",
            let memory = Int(costs[0].dropFirst(2)), let passes = Int(costs[1].dropFirst(2)),
            let effort = Effort(memory: memory, passes: passes)
        else { return nil }
        self.text = text
        self.effort = effort
    }

    public func matches(_ password: String) -> Bool {
        precondition(Self.isReady, "libsodium could not start")
        // The zero at the end is not part of it, and gives an empty one an address.
        let password = Array(password.utf8) + [0]
        return unsafe password.withUnsafeBufferPointer { password in
            unsafe password.withMemoryRebound(to: CChar.self) { password in
                unsafe crypto_pwhash_str_verify(text, password.baseAddress!, UInt64(password.count - 1)) == 0
            }
        }
    }
}

extension PasswordHash: CustomStringConvertible, CustomReflectable {
    public var description: String { "(password hash)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
