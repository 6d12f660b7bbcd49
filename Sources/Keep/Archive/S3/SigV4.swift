import Integrity
public import Platform

/// What proves to a store who asks.
public struct S3Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    let accessKey: String
    let secretKey: String
    /// Of credentials that end.
    let sessionToken: String?

    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }

    public var description: String { "(credentials)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Signs requests as Amazon's stores, and those that speak their language, ask for it.
///
/// - Source: AWS Signature Version 4. A path is encoded once, and not twice as for other services.
public struct SigV4: Sendable {
    let credentials: S3Credentials
    let region: String

    public init(_ credentials: S3Credentials, region: String) {
        self.credentials = credentials
        self.region = region
    }

    /// - Parameter path: not encoded.
    /// - Parameter headers: all that are sent and signed, `host` among them.
    /// - Parameter payload: SHA-256 of the body.
    /// - Returns: the headers to be added.
    public func headers(
        method: String, path: String, query: [(String, String)], headers: [(String, String)], payload: String,
        at moment: Timestamp
    ) -> [(String, String)] {
        let time = Self.time(moment)
        let day = String(time.prefix(8))
        var added = [("x-amz-date", time), ("x-amz-content-sha256", payload)]
        if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }
        let all = (headers + added).map { ($0.0.lowercased(), Self.trimmed($0.1)) }.sorted { $0.0 < $1.0 }
        let names = all.map(\.0).joined(separator: ";")
        let canonical =
            "\(method)\n\(Self.encoded(path, keepingSlash: true))\n\(Self.text(of: query))\n"
            + all.map { "\($0.0):\($0.1)\n" }.joined() + "\n\(names)\n\(payload)"
        let scope = "\(day)/\(region)/s3/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(Self.digest(canonical))"
        let signature = Self.code(key(of: day), text).hexadecimal
        added.append(
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
                    + "Signature=\(signature)"
            ))
        return added
    }

    private func key(of day: String) -> [UInt8] {
        var key = Array("AWS4\(credentials.secretKey)".utf8)
        for part in [day, region, "s3", "aws4_request"] { key = Self.code(key, part).array }
        return key
    }

    private static func code(_ key: [UInt8], _ text: String) -> Digest {
        let message = Array(text.utf8)
        return unsafe HMAC(key: key.span.bytes).code(for: message.span.bytes)
    }

    private static func digest(_ text: String) -> String {
        let bytes = Array(text.utf8)
        return unsafe Digest(of: bytes.span.bytes).hexadecimal
    }

    // MARK: Text

    /// `20261128T130002Z`.
    static func time(_ moment: Timestamp) -> String {
        RFC3339.text(moment).prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// A query as it is sent and signed, sorted by what is sent.
    static func text(of query: [(String, String)]) -> String {
        query.map { (encoded($0.0), encoded($0.1)) }.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    /// All but letters, digits and `-._~` as percent and two digits.
    static func encoded(_ text: String, keepingSlash: Bool = false) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "/") where keepingSlash: out += "/"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return out
    }

    /// Without spaces around it, and with one where there are several.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
