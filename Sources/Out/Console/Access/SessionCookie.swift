import Network

/// The cookie that names a session. No script can read it, and no other site can make a browser send it.
enum SessionCookie {
    /// Over TLS the name has the prefix with which browsers take it from this very host only.
    private static func name(_ peer: Peer, _ name: String = "docket-session") -> String {
        peer.isTLS ? "__Host-\(name)" : name
    }

    static func session(in request: HTTPRequest) -> String? { request.cookie(named: name(request.peer)) }

    /// - Parameter isSecure: whether the console is known to be seen over TLS, whatever the request says.
    static func setting(_ session: String, for request: HTTPRequest, isSecure: Bool = false) -> String {
        "\(name(request.peer))=\(session); Path=/; HttpOnly; SameSite=Strict"
            + (isSecure || Self.isSecure(request) ? "; Secure" : "")
    }

    static func ending(for request: HTTPRequest) -> String { setting("", for: request) + "; Max-Age=0" }

    // MARK: On the way to an identity provider

    private static let flowName = "docket-sign-in"

    /// Comes back from another site, so it is `Lax`: sent with a link from there, and with nothing else.
    static func settingFlow(_ browser: String, for request: HTTPRequest, isSecure: Bool) -> String {
        "\(name(request.peer, flowName))=\(browser); Path=/; HttpOnly; SameSite=Lax; Max-Age=600"
            + (isSecure || Self.isSecure(request) ? "; Secure" : "")
    }

    static func flow(in request: HTTPRequest) -> String? { request.cookie(named: name(request.peer, flowName)) }

    static func endingFlow(for request: HTTPRequest) -> String {
        "\(name(request.peer, flowName))=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    }

    /// Also when a proxy in front of us ends TLS: the browser names its own scheme.
    private static func isSecure(_ request: HTTPRequest) -> Bool {
        request.peer.isTLS || request.headers["origin"]?.hasPrefix("https://") == true
    }
}

extension HTTPRequest {
    /// The first cookie of that name.
    func cookie(named name: String) -> String? {
        for field in headers.all("cookie") {
            for pair in field.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { continue }
                return String(parts[1])
            }
        }
        return nil
    }
}
