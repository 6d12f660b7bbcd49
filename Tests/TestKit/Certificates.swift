/// An authority with a server's and a client's certificate, made by the openssl command.
public struct Certificates: Sendable {
    public let folder: TemporaryFolder
    public var authority: String { folder.file("ca.pem") }
    public var server: String { folder.file("server.pem") }
    public var serverKey: String { folder.file("server.key") }
    public var client: String { folder.file("client.pem") }
    public var clientKey: String { folder.file("client.key") }

    public init() throws {
        folder = try TemporaryFolder()
        let names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
        try folder.write("names", Array(names.utf8))
        try openssl(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority"
                + " -keyout ca.key -out ca.pem")
        try issue("server", "/O=Example/CN=docket.example.com", serial: 2)
        try issue("client", "/O=Example/CN=collector-7", serial: 3)
    }

    /// Makes a certificate, also in place of an older one.
    public func issue(_ name: String, _ subject: String, serial: Int, days: Int = 2) throws {
        try openssl(
            "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '\(subject)'"
                + " -keyout \(name).key -out \(name).csr && openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key"
                + " -set_serial \(serial) -days \(days) -extfile names -out \(name).pem")
    }

    private func openssl(_ line: String) throws {
        let (code, output) = Shell.run("sh", "-c", "cd '\(folder.path)' && \(line)")
        guard code == 0 else { throw Refused(output: output) }
    }

    struct Refused: Error {
        let output: String
    }
}
