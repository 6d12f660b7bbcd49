import Network

extension SettingReader {
    /// The four keys of a section that speaks TLS, and their files, read once to see that they can be used.
    ///
    /// - Returns: `nil` when none of the keys is there.
    func tls(_ section: String) throws(ConfigurationError) -> TLSConfiguration? {
        let clients = try text("\(section).client_certificates").flatMap(TLSConfiguration.ClientCertificates.init)
        let authority = try text("\(section).client_authority")
        let key = try text("\(section).key")
        guard let certificate = try text("\(section).certificate") else {
            let others = ["key", "client_authority"] + (clients ?? .ignored == .ignored ? [] : ["client_certificates"])
            for other in others where values["\(section).\(other)"] != nil {
                throw error(
                    at: "\(section).\(other)",
                    "`\(section).\(other)` is for a listener that speaks TLS; give `\(section).certificate` as well")
            }
            return nil
        }
        guard let key else {
            throw error(
                at: "\(section).certificate",
                "`\(section).certificate` needs its key; give `\(section).key`, the path of a PEM file, as well")
        }
        let configuration = TLSConfiguration(
            certificateFile: certificate, keyFile: key, clientAuthorityFile: authority,
            clientCertificates: clients ?? .ignored)
        switch (authority, clients) {
        case (nil, .optional), (nil, .required):
            throw error(
                at: "\(section).client_certificates",
                "client certificates are believed for an authority's sake; give `\(section).client_authority`")
        case (_?, nil):
            throw error(
                at: "\(section).client_authority",
                "nobody is asked for a certificate; set `\(section).client_certificates` to `required` or `optional`")
        default: break
        }
        try check(configuration, section)
        return configuration
    }

    private func check(_ configuration: TLSConfiguration, _ section: String) throws(ConfigurationError) {
        do throws(NetworkError) {
            try configuration.check()
        } catch {
            guard case .certificate(let file, let reason) = error else { return }
            let (name, remedy) =
                switch file {
                case configuration.keyFile: ("key", "the key of `\(section).certificate` as PEM, without a passphrase")
                case configuration.certificateFile: ("certificate", "the certificate as PEM, then its chain")
                default: ("client_authority", "the certificates of the authorities as PEM")
                }
            throw self.error(
                at: "\(section).\(name)", "\(file) cannot be used (\(reason)); it must be a file with \(remedy)")
        }
    }
}
