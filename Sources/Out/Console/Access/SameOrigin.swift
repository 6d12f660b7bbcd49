import Network

/// Whether a browser sent a request from one of our own pages.
///
/// The session cookie is `SameSite=Strict`, so another site's form comes without it. This is the second
/// door, which also keeps others from signing a person in under a name of their choice.
enum SameOrigin {
    /// - Returns: true only when the browser says so: by `Sec-Fetch-Site`, which no page can set, or, where
    ///   that is not sent, by an `Origin` that names the host that was asked.
    static func isCertain(_ request: HTTPRequest) -> Bool {
        if let site = request.headers["sec-fetch-site"] { return site == "same-origin" }
        guard let origin = request.headers["origin"], let host = request.headers["host"] else { return false }
        // The scheme is not compared: behind a proxy that ends TLS it differs, and the host does not.
        return [host, withoutDefaultPort(host)].contains { origin == "http://\($0)" || origin == "https://\($0)" }
    }

    /// Whether a browser sent it for a page: no other program writes these.
    static func isOfBrowser(_ request: HTTPRequest) -> Bool {
        request.headers.contains("sec-fetch-site") || request.headers.contains("origin")
    }

    private static func withoutDefaultPort(_ host: String) -> String {
        for port in [":80", ":443"] where host.hasSuffix(port) { return String(host.dropLast(port.count)) }
        return host
    }
}
