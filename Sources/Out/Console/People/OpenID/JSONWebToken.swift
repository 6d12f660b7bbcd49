import Codecs

/// A signed token as it came: taken apart, and nothing of it believed yet.
///
/// - Source: RFC 7515 (compact form), RFC 7519, RFC 8725 (what to refuse).
struct JSONWebToken {
    /// The only ones that are believed. `none` and those with a shared secret are not among them: the first is no
    /// signature, and with the others whoever can check can also forge.
    enum Algorithm: String, CaseIterable { case rs256 = "RS256", es256 = "ES256", edDSA = "EdDSA" }

    /// - Unit: bytes
    static let most = 64 << 10

    let algorithm: Algorithm
    let keyID: String?
    let claims: JSONValue
    let signature: [UInt8]
    /// What the signature is over.
    let signed: [UInt8]

    init(_ text: String) throws(OpenIDProblem) {
        guard text.utf8.count <= Self.most else { throw OpenIDProblem("the ID token is larger than 64 KiB") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.bytes(of: parts[2])
        else { throw OpenIDProblem("the ID token is not a signed token in compact form") }
        guard let algorithm = head["alg"]?.string.flatMap({ Algorithm(rawValue: $0) }) else {
            throw OpenIDProblem(
                "the ID token is signed with an algorithm that is not taken; let the provider sign with RS256, ES256 or "
                    + "EdDSA")
        }
        // What is critical must be understood, and none of it is.
        guard head["crit"] == nil else { throw OpenIDProblem("the ID token has a critical header that is not known") }
        self.algorithm = algorithm
        keyID = head["kid"]?.string
        self.claims = claims
        self.signature = signature
        signed = Array((parts[0] + "." + parts[1]).utf8)
    }

    private static func object(_ part: Substring) -> JSONValue? {
        guard let bytes = Base64URL.bytes(of: part), let value = try? JSONValue(parsing: bytes),
            let members = value.members
        else { return nil }
        // Of two members of one name one reader takes the first and another the last.
        return Set(members.map(\.key)).count == members.count ? value : nil
    }
}
