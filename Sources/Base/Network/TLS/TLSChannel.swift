import CSSL

/// TLS over one connection: bytes of the socket go in and come out through memory.
///
/// - Threads: the connection's loop.
@safe final class TLSChannel {
    enum Progress {
        case needsMore, done, failed
    }

    private let ssl: OpaquePointer
    private(set) var isEstablished = false
    private var hasSentClose = false

    /// - Parameter ssl: owned from here on.
    init(_ ssl: OpaquePointer) { unsafe self.ssl = ssl }

    deinit { unsafe SSL_free(ssl) }

    /// Takes bytes of the socket.
    func receive(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { raw in
            _ = unsafe BIO_write(SSL_get_rbio(ssl), raw.baseAddress, Int32(clamping: raw.count))
        }
    }

    func handshake() -> Progress {
        guard !isEstablished else { return .done }
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(ssl)
        if result == 1 {
            isEstablished = true
            return .done
        }
        return unsafe SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ ? .needsMore : .failed
    }

    /// Decrypts into the buffer.
    ///
    /// - Returns: how many bytes; 0 when more of the socket is needed; `nil` at the end, clean or not.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        ERR_clear_error()
        let count = unsafe SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        if count > 0 { return Int(count) }
        return unsafe SSL_get_error(ssl, count) == SSL_ERROR_WANT_READ ? 0 : nil
    }

    /// Encrypts some of these bytes.
    ///
    /// - Returns: how many, 0 when nothing can be sent any more.
    func write(_ bytes: RawSpan) -> Int {
        ERR_clear_error()
        return unsafe bytes.withUnsafeBytes { raw in
            max(0, Int(unsafe SSL_write(ssl, raw.baseAddress, Int32(clamping: raw.count))))
        }
    }

    /// Says that nothing more will come from here.
    func close() {
        guard isEstablished, !hasSentClose else { return }
        hasSentClose = true
        ERR_clear_error()
        unsafe SSL_shutdown(ssl)
    }

    /// Lends the bytes for the socket, all of which are then gone.
    func takeOutput(_ body: (RawSpan) -> Void) {
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe docket_ssl_output(ssl, &start)
        guard count > 0 else { return }
        unsafe body(UnsafeRawBufferPointer(start: start, count: count).bytes)
        unsafe docket_ssl_output_sent(ssl)
    }

    var hasOutput: Bool {
        var start: UnsafeMutablePointer<CChar>?
        return unsafe docket_ssl_output(ssl, &start) > 0
    }

    var speaksHTTP2: Bool {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        return unsafe UnsafeBufferPointer(start: name, count: Int(count)).elementsEqual("h2".utf8)
    }

    /// The subject of the client's certificate, verified.
    var peerSubject: String? {
        var text = [CChar](repeating: 0, count: 1_024)
        unsafe text.withUnsafeMutableBufferPointer {
            unsafe docket_ssl_peer_subject(ssl, $0.baseAddress, Int32($0.count))
        }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
