/// What a request shows to be let in.
///
/// - Source: RFC 7617 (Basic), RFC 6750 (Bearer).
public enum ShownCredential: Sendable {
    case bearer(String)
    /// - Shape: the user name may be empty; the password never holds more than was sent.
    case basic(user: String, password: String)
    /// The header `x-api-key`.
    case apiKey(String)

    /// - Returns: `nil` without a credential, or with one that cannot be read.
    public init?(_ headers: HTTPHeaders) {
        guard let field = headers["authorization"] else {
            guard let key = headers["x-api-key"], !key.isEmpty else { return nil }
            self = .apiKey(key)
            return
        }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let value = parts[1].drop { $0 == " " }
        switch parts[0].lowercased() {
        case "bearer": self = .bearer(String(value))
        case "basic":
            guard let pair = Self.decode(base64: value.utf8), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            self = .basic(
                user: String(decoding: pair[..<colon], as: UTF8.self),
                password: String(decoding: pair[(colon + 1)...], as: UTF8.self))
        default: return nil
        }
    }

    /// The user name, where one was shown.
    public var user: String? { if case .basic(let user, _) = self { user } else { nil } }

    /// The secret part.
    public var secret: String {
        switch self {
        case .bearer(let token): token
        case .basic(_, let password): password
        case .apiKey(let key): key
        }
    }

    /// - Source: RFC 4648 section 4. Padding may be missing, as some clients leave it out.
    private static func decode(base64 text: Substring.UTF8View) -> [UInt8]? {
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text where byte != UInt8(ascii: "=") {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte + 4
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
