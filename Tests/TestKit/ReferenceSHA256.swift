/// SHA-256 written for reading, against which faster code can be held. Far too slow for the product.
///
/// - Source: FIPS 180-4, section 6.2.
public enum ReferenceSHA256 {
    public static func digest(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(message.count) * 8
        padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - $0 * 8)) }
        var state: [UInt32] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ]
        for block in stride(from: 0, to: padded.count, by: 64) {
            var words = (0..<16).map { word in
                padded[block + word * 4..<block + word * 4 + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            }
            for place in 16..<64 {
                let (near, far) = (words[place - 2], words[place - 15])
                let first = turn(far, 7) ^ turn(far, 18) ^ far >> 3
                let second = turn(near, 17) ^ turn(near, 19) ^ near >> 10
                words.append(words[place - 16] &+ first &+ words[place - 7] &+ second)
            }
            var work = state
            for place in 0..<64 {
                let choice = work[4] & work[5] ^ ~work[4] & work[6]
                let majority = work[0] & work[1] ^ work[0] & work[2] ^ work[1] & work[2]
                let large = turn(work[4], 6) ^ turn(work[4], 11) ^ turn(work[4], 25)
                let small = turn(work[0], 2) ^ turn(work[0], 13) ^ turn(work[0], 22)
                let first = work[7] &+ large &+ choice &+ constants[place] &+ words[place]
                let second = small &+ majority
                work = [
                    first &+ second, work[0], work[1], work[2], work[3] &+ first, work[4], work[5], work[6],
                ]
            }
            for place in 0..<8 { state[place] &+= work[place] }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - $0 * 8)) } }
    }

    private static func turn(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = {
        var primes: [UInt64] = []
        var candidate: UInt64 = 2
        while primes.count < 64 {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes.map { prime in
            // The cube root times 2^32, found bit by bit.
            var root: UInt64 = 0
            for bit in stride(from: 36, through: 0, by: -1) {
                let next = root | 1 << UInt64(bit)
                if isCubeBelow(next, prime) { root = next }
            }
            return UInt32(truncatingIfNeeded: root)
        }
    }()

    private static func isCubeBelow(_ root: UInt64, _ prime: UInt64) -> Bool {
        let square = root.multipliedFullWidth(by: root)
        let low = square.low.multipliedFullWidth(by: root)
        let high = square.high.multipliedFullWidth(by: root)
        let (middle, carry) = low.high.addingReportingOverflow(high.low)
        let top = high.high + (carry ? 1 : 0)
        // The cube is top:middle:low.low; the bound is prime · 2^96.
        let boundTop: UInt64 = 0
        let boundMiddle = prime << 32
        if top != boundTop { return top < boundTop }
        return middle < boundMiddle
    }
}
