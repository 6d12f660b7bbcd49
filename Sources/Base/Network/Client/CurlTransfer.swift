import CCurl
import Glibc
import Platform

/// One request on its way through curl.
///
/// - Threads: the engine's.
@safe final class CurlTransfer {
    let ticket: CurlTicket
    let completion: CurlCompletion
    let easy: UnsafeMutableRawPointer?

    private let request: HTTPClientRequest
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private var response = HTTPResponse(0)
    private var isTooLarge = false

    init(_ request: HTTPClientRequest, _ ticket: CurlTicket, _ completion: @escaping CurlCompletion) {
        self.request = request
        self.ticket = ticket
        self.completion = completion
        unsafe easy = curl_easy_init()
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(fields)
        unsafe errorText.deallocate()
    }

    // MARK: The request

    func prepare(proxy: HTTPProxy) throws(HTTPClientError) {
        guard unsafe easy != nil else { throw HTTPClientError(.other, "curl is not available") }
        guard let host else { throw HTTPClientError(.unusable, "the URL is not an absolute http or https address") }
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe docket_curl_pointer(easy, CURLOPT_PRIVATE, me)
        unsafe docket_curl_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        // HTTP/2 by ALPN only: curl 7.88 fails when it reuses an HTTP/2 connection made with prior knowledge.
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, request.connectTime.milliseconds)))
        set(CURLOPT_TIMEOUT_MS, Int(max(1, request.totalTime.milliseconds)))
        set(CURLOPT_FOLLOWLOCATION, request.redirects > 0 ? 1 : 0)
        set(CURLOPT_MAXREDIRS, max(0, request.redirects))
        if request.takesCompressed { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        setMethod()
        setFields()
        setTLS()
        setProxy(proxy, host)
        unsafe docket_curl_function(easy, CURLOPT_WRITEFUNCTION) { bytes, _, count, owner in
            unsafe CurlTransfer.of(owner)?.body(UnsafeRawBufferPointer(start: bytes, count: count)) ?? 0
        }
        unsafe docket_curl_pointer(easy, CURLOPT_WRITEDATA, me)
        unsafe docket_curl_function(easy, CURLOPT_HEADERFUNCTION) { bytes, _, count, owner in
            unsafe CurlTransfer.of(owner)?.headerLine(UnsafeRawBufferPointer(start: bytes, count: count)) ?? 0
        }
        unsafe docket_curl_pointer(easy, CURLOPT_HEADERDATA, me)
    }

    private static func of(_ owner: UnsafeMutableRawPointer?) -> CurlTransfer? {
        unsafe owner.map { unsafe Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func set(_ option: CURLoption, _ value: Int) { unsafe docket_curl_long(easy, option, value) }
    private func set(_ option: CURLoption, _ value: String) { unsafe docket_curl_text(easy, option, value) }

    private func setMethod() {
        if request.method == .head { return set(CURLOPT_NOBODY, 1) }
        let wantsBody = !request.body.isEmpty || request.method == .post || request.method == .put
        if wantsBody {
            unsafe docket_curl_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            unsafe request.body.withUnsafeBytes { raw in
                let text = unsafe raw.baseAddress?.assumingMemoryBound(to: CChar.self)
                if let text = unsafe text {
                    unsafe docket_curl_text(easy, CURLOPT_COPYPOSTFIELDS, text)
                } else {
                    unsafe docket_curl_text(easy, CURLOPT_COPYPOSTFIELDS, "")
                }
            }
        }
        if request.method != (wantsBody ? .post : .get) { set(CURLOPT_CUSTOMREQUEST, request.method.name) }
    }

    private func setFields() {
        for (name, value) in request.headers {
            // curl drops a field with a colon and nothing behind it, and sends one that ends in a semicolon.
            add(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // Two fields that curl adds by itself: a wait for 100 Continue, and a type that nobody gave.
        if !request.headers.contains("expect") { add("Expect:") }
        if !request.headers.contains("content-type") { add("Content-Type:") }
        unsafe docket_curl_list(easy, CURLOPT_HTTPHEADER, fields)
    }

    private func add(_ line: String) {
        if let longer = unsafe curl_slist_append(fields, line) { unsafe fields = longer }
    }

    private func setTLS() {
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = request.tls.authorityFile { set(CURLOPT_CAINFO, file) }
        if let file = request.tls.certificateFile { set(CURLOPT_SSLCERT, file) }
        if let file = request.tls.keyFile { set(CURLOPT_SSLKEY, file) }
    }

    private func setProxy(_ proxy: HTTPProxy, _ host: String) {
        let isHere = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        switch proxy {
        case _ where isHere: set(CURLOPT_PROXY, "")
        case .none: set(CURLOPT_PROXY, "")
        case .environment: break
        case .address(let address): set(CURLOPT_PROXY, address)
        }
    }

    /// The host of the URL, for messages and for the proxy.
    private var host: String? {
        let url = request.url
        guard let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }) else { return nil }
        let rest = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let place = rest.split(separator: "@", omittingEmptySubsequences: false).last ?? rest
        let host = place.hasPrefix("[") ? place.dropFirst().prefix { $0 != "]" } : place.prefix { $0 != ":" }
        return host.isEmpty ? nil : String(host)
    }

    // MARK: The response

    private func body(_ piece: UnsafeRawBufferPointer) -> Int {
        let count = piece.count
        guard count <= request.responseBytes - response.body.count else {
            isTooLarge = true
            return 0
        }
        unsafe response.body.append(contentsOf: piece)
        return count
    }

    private func headerLine(_ piece: UnsafeRawBufferPointer) -> Int {
        let count = piece.count
        let line = unsafe piece.prefix { $0 != 0x0D && $0 != 0x0A }
        if unsafe line.starts(with: "HTTP/".utf8) {
            // The head of a later answer: after 100 Continue, a redirect or a proxy's own.
            response.headers = HTTPHeaders()
        } else if let colon = unsafe line.firstIndex(of: 0x3A) {
            let name = unsafe String(decoding: line[..<colon], as: UTF8.self)
            let value = unsafe String(decoding: line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
            response.headers.append(name, value)
        }
        return count
    }

    /// What came of it.
    func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPClientError> {
        guard code == CURLE_OK else { return .failure(error(code)) }
        var status = 0
        unsafe docket_curl_status(easy, &status)
        response.status = status
        if request.takesCompressed { response.headers.remove("content-encoding") }
        return .success(response)
    }

    private func error(_ code: CURLcode) -> HTTPClientError {
        let host = host ?? "the host"
        // curl's own text may quote the URL, so only TLS errors show it: there it says what is wrong with
        // the certificate.
        let text = unsafe String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return HTTPClientError(.resolve, "\(host): \(text)")
        case CURLE_COULDNT_CONNECT: return HTTPClientError(.connect, "\(host): \(text)")
        case CURLE_OPERATION_TIMEDOUT: return HTTPClientError(.timeout, "\(host): \(text)")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            return HTTPClientError(.unusable, "the URL cannot be used")
        case CURLE_WRITE_ERROR where isTooLarge:
            return HTTPClientError(.tooLarge, "\(host): the answer is larger than \(request.responseBytes) bytes")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED:
            let detail = unsafe String(cString: errorText)
            return HTTPClientError(.tls, "\(host): \(detail.isEmpty ? text : detail)")
        default: return HTTPClientError(.other, "\(host): \(text)")
        }
    }
}
