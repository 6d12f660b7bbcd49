/// Bytes as a text that people may copy by hand: what it is, a `1`, then five bits a letter and a checksum.
///
/// - Source: BIP 173, without its limit of 90 letters.
public enum Bech32 {
    private static let letters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    /// - Parameter name: what the bytes are, in lowercase.
    public static func text(_ name: String, _ bytes: [UInt8]) -> String {
        var values: [UInt8] = []
        var bits: UInt16 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt16(byte)
            count += 8
            while count >= 5 {
                count -= 5
                values.append(UInt8(bits >> count & 31))
            }
        }
        if count > 0 { values.append(UInt8(bits << (5 - count) & 31)) }
        let rest = checksum(expanded(name) + values + [UInt8](repeating: 0, count: 6)) ^ 1
        values += (0..<6).map { UInt8(rest >> (5 * (5 - $0)) & 31) }
        return name + "1" + String(decoding: values.map { letters[Int($0)] }, as: UTF8.self)
    }

    /// - Returns: `nil` for what ``text(_:_:)`` does not write, in lowercase or all in uppercase.
    public static func bytes(_ text: String) -> (name: String, bytes: [UInt8])? {
        let lowered = text.lowercased()
        guard text == lowered || text == text.uppercased(), let one = lowered.lastIndex(of: "1") else { return nil }
        let name = String(lowered[..<one])
        var values: [UInt8] = []
        for letter in lowered[lowered.index(after: one)...].utf8 {
            guard let value = letters.firstIndex(of: letter) else { return nil }
            values.append(UInt8(value))
        }
        guard !name.isEmpty, values.count >= 6, checksum(expanded(name) + values) == 1 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt16 = 0
        var count = 0
        for value in values.dropLast(6) {
            bits = bits << 5 | UInt16(value)
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            bits &= 1 << count - 1
        }
        return count < 5 && bits == 0 ? (name, bytes) : nil
    }

    private static func expanded(_ name: String) -> [UInt8] {
        name.utf8.map { $0 >> 5 } + [0] + name.utf8.map { $0 & 31 }
    }

    private static func checksum(_ values: [UInt8]) -> UInt32 {
        let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
        var sum: UInt32 = 1
        for value in values {
            let top = sum >> 25
            sum = (sum & 0x1ff_ffff) << 5 ^ UInt32(value)
            for (place, part) in generator.enumerated() where top >> place & 1 == 1 { sum ^= part }
        }
        return sum
    }
}
