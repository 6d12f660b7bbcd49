import Network

/// The cookie that names a session. No script can read it, and no other site can make a browser send it.
enum SessionCookie {
    /// Over TLS the name has the prefix with which browsers take it from this very host only.
    private static func name(_ peer: Peer) -> String { peer.isTLS ? "__Host-docket-session" : "docket-session" }

    static func session(in request: HTTPRequest) -> String? {
        let name = name(request.peer)
        for field in request.headers.all("cookie") {
            for pair in field.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { continue }
                return String(parts[1])
            }
        }
        return nil
    }

    static func setting(_ session: String, for request: HTTPRequest) -> String {
        "\(name(request.peer))=\(session); Path=/; HttpOnly; SameSite=Strict" + (isSecure(request) ? "; Secure" : "")
    }

    static func ending(for request: HTTPRequest) -> String { setting("", for: request) + "; Max-Age=0" }

    /// Also when a proxy in front of us ends TLS: the browser names its own scheme.
    private static func isSecure(_ request: HTTPRequest) -> Bool {
        request.peer.isTLS || request.headers["origin"]?.hasPrefix("https://") == true
    }
}
