import Codecs
import Integrity

extension Check {
    static let wallets = [
        Check("base58check", bytes: { isBase58Check($0) }),
        Check("bech32", bytes: isBech32),
        Check("ethereum", bytes: isEthereum),
    ]

    /// A payload and the first four bytes of its double digest.
    ///
    /// - Source: Bitcoin, `base58.cpp`.
    static func isBase58Check(_ text: RawSpan) -> Bool {
        guard (25...112).contains(text.byteCount) else { return false }
        var bytes: [UInt8] = []
        var zeros = 0
        for place in 0..<text.byteCount {
            guard let digit = base58Value(text[place]) else { return false }
            if digit == 0, zeros == place { zeros += 1 }
            var carry = digit
            for index in bytes.indices {
                carry += Int(bytes[index]) * 58
                bytes[index] = UInt8(carry & 0xFF)
                carry >>= 8
            }
            while carry > 0 {
                bytes.append(UInt8(carry & 0xFF))
                carry >>= 8
            }
        }
        bytes += [UInt8](repeating: 0, count: zeros)
        bytes.reverse()
        guard bytes.count > 4 else { return false }
        let once = unsafe Digest(of: bytes.span.bytes.extracting(0..<bytes.count - 4))
        let twice = Digest(of: once.bytes)
        return unsafe twice.bytes.extracting(0..<4).isEqual(
            to: bytes.span.bytes.extracting(bytes.count - 4..<bytes.count))
    }

    private static let base58: [UInt8] = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    private static func base58Value(_ byte: UInt8) -> Int? { base58.firstIndex(of: byte) }

    /// - Source: BIP 173 and BIP 350.
    private static func isBech32(_ text: RawSpan) -> Bool {
        let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
        var lower: [UInt8] = []
        for place in 0..<text.byteCount {
            let byte = text[place]
            lower.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
        }
        guard let one = lower.lastIndex(of: UInt8(ascii: "1")), one > 0, lower.count - one > 6, lower.count <= 1_023
        else { return false }
        var check: UInt32 = 1
        func add(_ value: UInt32) {
            let top = check >> 25
            check = (check & 0x1FF_FFFF) << 5 ^ value
            for (bit, generator) in [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3].enumerated()
            where top >> UInt32(bit) & 1 == 1 {
                check ^= UInt32(generator)
            }
        }
        for byte in lower[..<one] { add(UInt32(byte >> 5)) }
        add(0)
        for byte in lower[..<one] { add(UInt32(byte & 31)) }
        for byte in lower[(one + 1)...] {
            guard let value = alphabet.firstIndex(of: byte) else { return false }
            add(UInt32(value))
        }
        return check == 1 || check == 0x2BC8_30A3
    }

    /// Twenty bytes; where both cases are used, the case of each letter is a bit of the digest.
    ///
    /// - Source: EIP 55.
    private static func isEthereum(_ text: RawSpan) -> Bool {
        guard text.byteCount == 42 else { return false }
        var lower: [UInt8] = []
        var hasLower = false
        var hasUpper = false
        for place in 2..<42 {
            let byte = text[place]
            if (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte) { hasUpper = true }
            if (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) { hasLower = true }
            lower.append(byte | 0x20)
        }
        guard hasLower, hasUpper else { return true }
        let digest = Keccak.digest(lower)
        for place in 0..<40 where lower[place] >= UInt8(ascii: "a") {
            let half = place & 1 == 0 ? digest[place / 2] >> 4 : digest[place / 2] & 15
            if (half > 7) != (text[place + 2] & 0x20 == 0) { return false }
        }
        return true
    }
}

/// Keccak-256 as Ethereum uses it: SHA-3 with the padding from before the standard.
///
/// - Source: *The Keccak reference*, version 3.0.
enum Keccak {
    private static let rounds: [UInt64] = {
        // The constants are what a register of eight bits puts out.
        var register: UInt8 = 1
        return (0..<24).map { _ in
            var constant: UInt64 = 0
            for bit in 0..<7 {
                if register & 1 == 1 { constant |= 1 << UInt64((1 << bit) - 1) }
                register = register << 1 ^ (register & 0x80 == 0 ? 0 : 0x71)
            }
            return constant
        }
    }()

    /// - Parameter message: shorter than one block of 136 bytes.
    static func digest(_ message: [UInt8]) -> [UInt8] {
        precondition(message.count < 136)
        var state = [UInt64](repeating: 0, count: 25)
        var block = message + [UInt8](repeating: 0, count: 136 - message.count)
        block[message.count] = 1
        block[135] |= 0x80
        for (place, byte) in block.enumerated() { state[place / 8] ^= UInt64(byte) << UInt64(place % 8 * 8) }
        for round in rounds { permute(&state, round) }
        return (0..<32).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64($0 % 8 * 8)) }
    }

    private static func permute(_ state: inout [UInt64], _ constant: UInt64) {
        let columns = (0..<5).map { x in (0..<5).reduce(UInt64(0)) { $0 ^ state[x + 5 * $1] } }
        for x in 0..<5 {
            let mix = columns[(x + 4) % 5] ^ rotated(columns[(x + 1) % 5], 1)
            for y in 0..<5 { state[x + 5 * y] ^= mix }
        }
        var (x, y, current) = (1, 0, state[1])
        for step in 0..<24 {
            (x, y) = (y, (2 * x + 3 * y) % 5)
            let next = state[x + 5 * y]
            state[x + 5 * y] = rotated(current, (step + 1) * (step + 2) / 2 % 64)
            current = next
        }
        for y in 0..<5 {
            let row = (0..<5).map { state[$0 + 5 * y] }
            for x in 0..<5 { state[x + 5 * y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]) }
        }
        state[0] ^= constant
    }

    private static func rotated(_ word: UInt64, _ bits: Int) -> UInt64 {
        bits == 0 ? word : word << UInt64(bits) | word >> UInt64(64 - bits)
    }
}
