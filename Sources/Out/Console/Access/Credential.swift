import Network

/// The token that a request shows in its head.
enum Credential {
    /// What stands behind `Bearer`, or the password behind `Basic`; the user name may be any.
    ///
    /// - Returns: `nil` without a credential, or with one that cannot be read.
    static func token(in headers: HTTPHeaders) -> String? {
        guard let field = headers["authorization"] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { return nil }
        let value = parts[1].filter { $0 != " " }
        switch parts[0].lowercased() {
        case "bearer": return value
        case "basic":
            guard let pair = decode(base64: value.utf8), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            return String(decoding: pair[(colon + 1)...], as: UTF8.self)
        default: return nil
        }
    }

    /// - Source: RFC 4648 section 4.
    private static func decode(base64 text: some Collection<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.reversed().drop(while: { $0 == UInt8(ascii: "=") }).reversed() {
            let digit: UInt8
            switch byte {
            case 0x41...0x5A: digit = byte - 0x41
            case 0x61...0x7A: digit = byte - 0x61 + 26
            case 0x30...0x39: digit = byte - 0x30 + 52
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return count == 6 ? nil : out
    }
}
