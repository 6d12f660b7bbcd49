import Codecs
import Integrity

/// The keys that a provider signs with.
///
/// - Source: RFC 7517, RFC 7518 section 6, RFC 8037.
struct JSONWebKeys {
    /// Keys that are looked at; a provider has a handful.
    static let most = 64

    private enum Material {
        case rsa(ForeignKey)
        case p256(ForeignKey)
        case ed25519(Ed25519.PublicKey)
    }

    private struct Key {
        let id: String?
        let algorithm: String?
        let material: Material
    }

    private let keys: [Key]

    init(_ document: JSONValue) throws(OpenIDProblem) {
        guard let items = document["keys"]?.array else { throw OpenIDProblem("the provider's key set has no `keys`") }
        keys = items.prefix(Self.most).compactMap(Self.key)
    }

    /// Keys for other uses and of other kinds are passed over: a provider may have more than sign tokens.
    private static func key(_ value: JSONValue) -> Key? {
        guard value["use"]?.string ?? "sig" == "sig" else { return nil }
        func bytes(_ name: String) -> [UInt8]? { value[name]?.string.flatMap { Base64URL.bytes(of: $0) } }
        let material: Material?
        switch (value["kty"]?.string, value["crv"]?.string) {
        case ("RSA", _):
            material = bytes("n").flatMap { n in
                bytes("e").flatMap { e in ForeignKey(rsaModulus: n, exponent: e).map(Material.rsa) }
            }
        case ("EC", "P-256"):
            material = bytes("x").flatMap { x in
                bytes("y").flatMap { y in ForeignKey(p256X: x, y: y).map(Material.p256) }
            }
        case ("OKP", "Ed25519"):
            material = bytes("x").flatMap { Ed25519.PublicKey(bytes: $0).map(Material.ed25519) }
        default: material = nil
        }
        guard let material else { return nil }
        return Key(id: value["kid"]?.string, algorithm: value["alg"]?.string, material: material)
    }

    /// Whether one of the keys may have signed it by name and kind; another set may have to be fetched when not.
    func know(_ token: JSONWebToken) -> Bool { !candidates(token).isEmpty }

    func verify(_ token: JSONWebToken) -> Bool {
        candidates(token).contains { key in
            switch key.material {
            case .rsa(let key), .p256(let key): key.verifies(token.signature, over: token.signed)
            case .ed25519(let key): unsafe key.verifies(token.signature, over: token.signed.span.bytes)
            }
        }
    }

    /// A token that names a key is signed with that one. The kind of the key says the algorithm, not the token.
    private func candidates(_ token: JSONWebToken) -> [Key] {
        keys.filter { key in
            guard token.keyID == nil || key.id == token.keyID else { return false }
            guard key.algorithm == nil || key.algorithm == token.algorithm.rawValue else { return false }
            switch (key.material, token.algorithm) {
            case (.rsa, .rs256), (.p256, .es256), (.ed25519, .edDSA): return true
            default: return false
            }
        }
    }
}
