/// The files of a listener that speaks TLS.
///
/// They are read when the server is made and again by ``HTTPServer/renewCertificates(always:)``.
public struct TLSConfiguration: Sendable, Hashable {
    public enum ClientCertificates: String, Sendable {
        /// Not asked for.
        case ignored
        /// Asked for; a wrong one ends the handshake, none is fine.
        case optional
        /// No handshake without one.
        case required
    }

    /// PEM, the server's own certificate first, then the chain.
    public var certificateFile: String
    /// PEM, without a passphrase.
    public var keyFile: String
    /// PEM, the authorities of client certificates. Needed unless they are ignored.
    public var clientAuthorityFile: String?
    public var clientCertificates: ClientCertificates

    public init(
        certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil,
        clientCertificates: ClientCertificates = .ignored
    ) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.clientAuthorityFile = clientAuthorityFile
        self.clientCertificates = clientCertificates
    }

    /// Everything that is read.
    var files: [String] { [certificateFile, keyFile] + (clientAuthorityFile.map { [$0] } ?? []) }

    /// Whether the files can be used: read, and belonging together.
    public func check() throws(NetworkError) { _ = try TLSContext(self) }
}
