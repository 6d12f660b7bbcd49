/// Where a bucket is and how it is reached.
public struct S3Place: Sendable {
    public var bucket: String
    /// In front of all names, without a slash at its end; may be empty.
    public var prefix: String
    public var region: String
    /// `https://HOST[:PORT]`; `nil` for Amazon's own.
    public var endpoint: String?
    /// Whether the bucket stands in the path and not in the name of the host.
    public var isPathStyle: Bool
    /// PEM of the authorities to trust; `nil` for the system's.
    public var authorityFile: String?
    public var credentials: S3Credentials

    public init(
        bucket: String, prefix: String = "", region: String, endpoint: String? = nil, isPathStyle: Bool = false,
        authorityFile: String? = nil, credentials: S3Credentials
    ) {
        self.bucket = bucket
        self.prefix = prefix
        self.region = region
        self.endpoint = endpoint
        self.isPathStyle = isPathStyle
        self.authorityFile = authorityFile
        self.credentials = credentials
    }

    /// The bucket and the prefix of `s3://BUCKET/PREFIX`.
    ///
    /// - Returns: `nil` for anything else.
    public static func parts(of url: String) -> (bucket: String, prefix: String)? {
        guard url.hasPrefix("s3://") else { return nil }
        let rest = url.dropFirst(5)
        let bucket = rest.prefix { $0 != "/" }
        guard (3...63).contains(bucket.utf8.count),
            bucket.utf8.allSatisfy({
                (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            })
        else { return nil }
        var prefix = rest.dropFirst(bucket.count + 1)
        while prefix.hasSuffix("/") { prefix = prefix.dropLast() }
        return (String(bucket), String(prefix))
    }

    /// The scheme with host and port, and the path of an object or of the bucket itself.
    func address(of key: String, region: String) -> (base: String, host: String, path: String) {
        let base = endpoint ?? "https://s3.\(region).amazonaws.com"
        let scheme = base.hasPrefix("http://") ? "http://" : "https://"
        var host = base.hasPrefix(scheme) ? String(base.dropFirst(scheme.count)) : base
        while host.hasSuffix("/") { host.removeLast() }
        if isPathStyle { return (scheme + host, host, key.isEmpty ? "/\(bucket)" : "/\(bucket)/\(key)") }
        return ("\(scheme)\(bucket).\(host)", "\(bucket).\(host)", "/\(key)")
    }

    func key(of name: String) -> String { prefix.isEmpty ? name : "\(prefix)/\(name)" }
}
