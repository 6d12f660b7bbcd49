/// An address of the Internet Protocol. A version 4 address is the same as its version 6 form `::ffff:a.b.c.d`.
public struct IPAddress: Sendable, Hashable, Comparable {
    let high: UInt64
    let low: UInt64

    /// Reads `10.0.0.1`, `2001:db8::1` and `::ffff:10.0.0.1`, without zone and brackets.
    public init?(_ text: some StringProtocol) {
        if let four = Self.fourBytes(text) {
            (high, low) = (0, 0xffff_0000_0000 | four)
            return
        }
        guard text.contains(":"), let groups = Self.eightGroups(String(text)) else { return nil }
        high = groups[..<4].reduce(0) { $0 << 16 | $1 }
        low = groups[4...].reduce(0) { $0 << 16 | $1 }
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// The first 64 bits, written out: what one subscriber of version 6 usually has for itself.
    public var network64: String { String(high, radix: 16) + "::/64" }

    var isVersion4: Bool { high == 0 && low >> 32 == 0xffff }

    /// All 128 bits as 32 hexadecimal digits: texts that sort as the addresses do.
    var sortableText: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func fourBytes(_ text: some StringProtocol) -> UInt64? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt64 = 0
        for part in parts {
            // A leading zero is octal to some readers and decimal to others.
            guard part.allSatisfy({ (48...57).contains($0) }), part.count == 1 || part.first != 48,
                let byte = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            value = value << 8 | UInt64(byte)
        }
        return value
    }

    private static func eightGroups(_ text: String) -> [UInt64]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, !text.contains(":::") else { return nil }
        guard let head = groups(halves[0], mayEndInFour: halves.count == 1) else { return nil }
        guard halves.count == 2 else { return head.count == 8 ? head : nil }
        guard let tail = groups(halves[1], mayEndInFour: true), head.count + tail.count < 8 else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Substring, mayEndInFour: Bool) -> [UInt64]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt64] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() {
            if mayEndInFour, place == parts.count - 1, part.contains("."), let four = fourBytes(part) {
                groups += [four >> 16, four & 0xffff]
            } else {
                guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), part.allSatisfy(\.isASCII),
                    let group = UInt64(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }
}

extension IPAddress: CustomStringConvertible {
    /// The one canonical text, in which addresses are stored.
    ///
    /// - Source: RFC 5952, section 4. A version 4 address is always written with dots.
    public var description: String {
        if isVersion4 {
            return [24, 16, 8, 0].map { shift in String(low >> UInt64(shift) & 0xff) }.joined(separator: ".")
        }
        let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xffff } }
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard let gap = Self.longestZeroRun(groups) else { return text(0..<8) }
        return text(0..<gap.lowerBound) + "::" + text(gap.upperBound..<8)
    }

    private static func longestZeroRun(_ groups: [UInt64]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        for place in 0...8 where place == 8 || groups[place] != 0 {
            if place - start > max(1, best?.count ?? 0) { best = start..<place }
            start = place + 1
        }
        return best
    }
}

/// All addresses that begin with the same bits, such as `10.0.0.0/8`.
public struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    public let lowest: IPAddress
    public let highest: IPAddress
    private let length: Int

    /// Reads an address, a slash and the number of bits. Bits behind the prefix do not count.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]), (1...3).contains(parts[1].utf8.count),
            parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(parts[1])
        else { return nil }
        let isFour = address.isVersion4 && !parts[0].contains(":")
        guard length <= (isFour ? 32 : 128) else { return nil }
        let bits = isFour ? length + 96 : length
        let highMask: UInt64 = bits >= 64 ? .max : ~(.max >> UInt64(bits))
        let lowMask: UInt64 = bits <= 64 ? 0 : ~(bits == 128 ? 0 : .max >> UInt64(bits - 64))
        lowest = IPAddress(high: address.high & highMask, low: address.low & lowMask)
        highest = IPAddress(high: address.high | ~highMask, low: address.low | ~lowMask)
        self.length = length
    }

    public func contains(_ address: IPAddress) -> Bool { lowest <= address && address <= highest }

    public var description: String { "\(lowest)/\(length)" }
}
