import Network

/// What every answer says to the browser: run and load nothing but our own files, make no markup of text, tell nobody,
/// keep nothing.
///
/// Pictures may be `data:`: a chart becomes a PNG by way of one.
enum SecurityHeaders {
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; "
        + "trusted-types 'none'"

    private static let fixed: [(String, String)] = [
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        // Not `no-referrer`: with that a browser sends `Origin: null` with our own forms.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
        ("x-frame-options", "DENY"),
    ]

    /// An answer may say itself how long it can be kept; all others are not.
    static func add(to response: inout HTTPResponse) {
        for (name, value) in fixed { response.headers.set(name, value) }
        if !response.headers.contains("cache-control") { response.headers.append("cache-control", "no-store") }
    }
}

extension HTTPResponse {
    /// A page.
    init(_ status: Int, page: Markup) {
        self.init(status, headers: ["content-type": "text/html; charset=utf-8"], body: MarkupWriter.page(page))
    }

    init(goTo address: LocalAddress) { self.init(303, headers: ["location": address.text]) }

    func with(_ name: String, _ value: String) -> HTTPResponse {
        var response = self
        response.headers.append(name, value)
        return response
    }
}
