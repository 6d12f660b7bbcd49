import CSSL
import Glibc

/// A certificate with its key, and whom a listener trusts.
///
/// - Threads: any. OpenSSL counts its references and locks what is shared.
@safe final class TLSContext: @unchecked Sendable {
    // Proof for @unchecked: the context is not changed after `init`, and OpenSSL allows to make connections
    // from it on several threads.
    private let context: OpaquePointer

    /// Reads the files.
    init(_ configuration: TLSConfiguration) throws(NetworkError) {
        guard let context = unsafe docket_ssl_server() else {
            throw .certificate(file: configuration.certificateFile, reason: "OpenSSL is not available")
        }
        unsafe self.context = context
        let (certificate, key) = (configuration.certificateFile, configuration.keyFile)
        for file in configuration.files { try Self.checkReadable(file) }
        try Self.check(certificate, unsafe SSL_CTX_use_certificate_chain_file(context, certificate))
        try Self.check(key, unsafe SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM))
        try Self.check(key, unsafe SSL_CTX_check_private_key(context))
        if configuration.clientCertificates != .ignored {
            guard let file = configuration.clientAuthorityFile else {
                throw .certificate(file: certificate, reason: "client certificates need an authority file")
            }
            try Self.check(file, unsafe SSL_CTX_load_verify_locations(context, file, nil))
            unsafe SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(file))
            let required = configuration.clientCertificates == .required
            unsafe SSL_CTX_set_verify(
                context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nil)
        }
        unsafe SSL_CTX_set_alpn_select_cb(
            context,
            { _, out, length, offered, count, _ in
                unsafe TLSContext.chooseProtocol(out, length, UnsafeBufferPointer(start: offered, count: Int(count)))
            }, nil)
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// When the certificate ends. - Unit: seconds since 1970
    var expiry: Int { unsafe Int(docket_ssl_expiry(context)) }

    /// What one connection needs; `nil` without memory.
    func channel() -> TLSChannel? {
        guard let ssl = unsafe SSL_new(context) else { return nil }
        guard unsafe docket_ssl_use_memory(ssl) == 1 else {
            unsafe SSL_free(ssl)
            return nil
        }
        return unsafe TLSChannel(ssl)
    }

    /// OpenSSL says no more than that something is wrong with the system.
    private static func checkReadable(_ file: String) throws(NetworkError) {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .certificate(file: file, reason: systemText(errno)) }
        close(descriptor)
    }

    private static func check(_ file: String, _ result: Int32) throws(NetworkError) {
        guard result != 1 else { return }
        let reason = unsafe ERR_reason_error_string(ERR_peek_last_error()).map { unsafe String(cString: $0) }
        ERR_clear_error()
        throw .certificate(file: file, reason: reason ?? "cannot be used")
    }

    /// Picks HTTP/2 when the client offers it, else HTTP/1.1, else says nothing.
    private static func chooseProtocol(
        _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ length: UnsafeMutablePointer<UInt8>?,
        _ offered: UnsafeBufferPointer<UInt8>
    ) -> Int32 {
        for wanted in ["h2", "http/1.1"] {
            var place = 0
            while place < offered.count {
                let size = unsafe Int(offered[place])
                guard place + 1 + size <= offered.count else { break }
                let name = unsafe offered[(place + 1)..<(place + 1 + size)]
                if unsafe name.elementsEqual(wanted.utf8) {
                    unsafe out?.pointee = offered.baseAddress.map { unsafe $0 + place + 1 }
                    unsafe length?.pointee = UInt8(size)
                    return SSL_TLSEXT_ERR_OK
                }
                place += 1 + size
            }
        }
        return SSL_TLSEXT_ERR_NOACK
    }
}
