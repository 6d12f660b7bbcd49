public import Archive
public import Platform

/// Where the archive is, and how it is written.
public struct ArchiveConfiguration: Sendable {
    /// A directory or a bucket.
    public enum Place: Sendable, Equatable {
        case directory(String)
        case bucket(String, prefix: String)

        /// - Returns: `nil` for a text that is neither.
        public init?(_ text: String) {
            if text.hasPrefix("s3:") {
                guard let (bucket, prefix) = S3Place.parts(of: text) else { return nil }
                self = .bucket(bucket, prefix: prefix)
            } else {
                guard !text.isEmpty, !text.contains("://") else { return nil }
                var path = text
                while path.count > 1, path.hasSuffix("/") { path.removeLast() }
                self = .directory(path)
            }
        }
    }

    public var to: Place
    /// `nil` when no copies of keys are kept.
    public var keys: Place?
    public var settings = ArchiveSettings()
    var lock = S3Target.Lock.compliance
    var protection = DirectoryTarget.Protection.readOnly
    var region = "us-east-1"
    var endpoint: String?
    var isPathStyle = false
    var authorityFile: String?
    var credentials: S3Credentials?

    public init(to: Place, keys: Place? = nil) {
        self.to = to
        self.keys = keys
    }

    /// - Parameter pause: waits, and may be interrupted.
    public func target(
        clock: any Clock, pause: @escaping @Sendable (Timestamp.Span) -> Void = { Self.sleep($0) }
    ) -> any ArchiveTarget {
        switch to {
        case .directory(let path): DirectoryTarget(path, protection: protection)
        case .bucket(let bucket, let prefix):
            S3Target(place(bucket, prefix), lock: lock, clock: clock, pause: pause)
        }
    }

    public func keyPlace(
        clock: any Clock, pause: @escaping @Sendable (Timestamp.Span) -> Void = { Self.sleep($0) }
    ) -> (any KeyPlace)? {
        switch keys {
        case .none: nil
        case .directory(let path): KeyDirectory(path)
        case .bucket(let bucket, let prefix):
            S3KeyPlace(place(bucket, prefix), clock: clock, pause: pause)
        }
    }

    public static func sleep(_ span: Timestamp.Span) { _ = Pause.sleep(span) { false } }

    private func place(_ bucket: String, _ prefix: String) -> S3Place {
        S3Place(
            bucket: bucket, prefix: prefix, region: region, endpoint: endpoint, isPathStyle: isPathStyle,
            authorityFile: authorityFile, credentials: credentials ?? S3Credentials(accessKey: "", secretKey: ""))
    }

    /// Takes the credentials that Amazon's own tools take from the environment, where the configuration has none.
    public mutating func takeCredentials(from environment: [String: String]) {
        guard credentials == nil, let access = environment["AWS_ACCESS_KEY_ID"],
            let secret = environment["AWS_SECRET_ACCESS_KEY"]
        else { return }
        credentials = S3Credentials(
            accessKey: access, secretKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"])
    }

    /// Whether a bucket is among the places.
    var needsCredentials: Bool {
        for place in [to, keys] { if case .bucket = place { return true } }
        return false
    }
}

extension SettingReader {
    /// - Returns: `nil` when nothing is archived.
    func archive(_ environment: [String: String]) throws(ConfigurationError) -> ArchiveConfiguration? {
        guard let to = try place("archive.to") else {
            if let other = values.keys.filter({ $0.hasPrefix("archive.") }).sorted().first {
                throw error(at: other, "`\(other)` is for an archive; say where it is with `archive.to`")
            }
            return nil
        }
        guard let keys = try text("archive.keys") else {
            throw error(
                at: "archive.to",
                "an archive needs `archive.keys`: a directory or a bucket without lock for copies of the keys that open "
                    + "it, or `none`, and then a lost data directory makes it unreadable")
        }
        var archive = ArchiveConfiguration(to: to, keys: keys == "none" ? nil : try place("archive.keys"))
        if archive.keys == to {
            throw error(
                at: "archive.keys",
                "`archive.keys` must be another place than `archive.to`: keys that cannot be deleted erase nothing")
        }
        if let span = try duration("archive.roll") {
            guard Timestamp.Span.hours(1).nanoseconds % span.nanoseconds == 0 else {
                throw error(at: "archive.roll", "`archive.roll` must divide an hour, such as `1h`, `15m`, `5m`")
            }
            archive.settings.roll = span
        }
        if let bytes = try bytes("archive.object_size") { archive.settings.objectSize = bytes }
        archive.settings.retain = try duration("archive.retain")
        archive.settings.isHeld = try flag("archive.legal_hold") ?? false
        if let word = try text("archive.lock") { archive.lock = .init(rawValue: word) ?? .compliance }
        if let word = try text("archive.protect") { archive.protection = .init(rawValue: word) ?? .readOnly }
        if let region = try text("archive.s3.region") { archive.region = region }
        archive.isPathStyle = try flag("archive.s3.path_style") ?? false
        archive.authorityFile = try text("archive.s3.authority")
        try readStore(&archive, environment)
        return archive
    }

    private func readStore(
        _ archive: inout ArchiveConfiguration, _ environment: [String: String]
    ) throws(ConfigurationError) {
        if let endpoint = try text("archive.s3.endpoint") {
            guard endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://") else {
                throw error(at: "archive.s3.endpoint", "`archive.s3.endpoint` must be such as `https://s3.example.com`")
            }
            archive.endpoint = endpoint
        }
        let (accessKey, secretKey) = ("archive.s3.access_key", "archive.s3.secret_key")
        let access = try secret(accessKey, environment: environment)
        let secret = try secret(secretKey, environment: environment)
        let token = try self.secret("archive.s3.session_token", environment: environment)
        switch (access, secret) {
        case (let access?, let secret?):
            archive.credentials = S3Credentials(accessKey: access, secretKey: secret, sessionToken: token)
        case (nil, nil): break
        default:
            throw error(
                at: access == nil ? secretKey : accessKey,
                "`\(accessKey)` and `\(secretKey)` belong together; give both")
        }
        archive.takeCredentials(from: environment)
        if archive.needsCredentials, archive.credentials == nil {
            throw error(
                at: "archive.to",
                "a bucket needs `archive.s3.access_key` and `archive.s3.secret_key`, or AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY in the environment")
        }
        if case .bucket = archive.to, archive.lock != .off, archive.settings.retain == nil, !archive.settings.isHeld {
            throw error(
                at: "archive.to",
                "how long can nobody delete what is archived? Set `archive.retain`, such as `2190d`; it cannot be "
                    + "shortened later. Or say `archive.lock: off`")
        }
    }

    private func place(_ path: String) throws(ConfigurationError) -> ArchiveConfiguration.Place? {
        guard let text = try text(path) else { return nil }
        guard let place = ArchiveConfiguration.Place(text) else {
            throw error(at: path, "`\(path)` must be a directory, or a bucket such as `s3://archive.example/docket`")
        }
        return place
    }
}

extension Setting {
    static let archive = [
        Setting(
            "archive.to", .text, "",
            "Where write-once copies of all records go: a directory that is there, or `s3://BUCKET/PREFIX`; empty for "
                + "none. See docs/guides/archive.md."),
        Setting(
            "archive.keys", .text, "",
            "Where copies of the keys go that open them: a directory or a bucket without lock; `none` for no copies, "
                + "and then a lost data directory makes the archive unreadable."),
        Setting(
            "archive.roll", .time("1s", "1h"), "1h",
            "Records that were accepted within one such stretch of time are in one object. It must divide an hour."),
        Setting(
            "archive.object_size", .bytes(1 << 20...64 << 20), "64MiB",
            "The lines of one object before compression; behind it a new object begins."),
        Setting(
            "archive.retain", .duration, "",
            "How long after it was accepted nobody can delete a record's copy. With a bucket it cannot be shortened."),
        Setting("archive.legal_hold", .flag, "false", "Whether objects are held until a person lets go of them."),
        Setting(
            "archive.lock", .choice(["compliance", "governance", "off"]), "compliance",
            "How a bucket keeps objects. `off` for buckets without Object Lock: nothing is immutable then."),
        Setting(
            "archive.protect", .choice(["read-only", "immutable"]), "read-only",
            "How files in a directory are protected: by their mode, or by the flag of `chattr +i`, which takes root."),
        Setting("archive.s3.region", .text, "us-east-1", "The region of the bucket."),
        Setting(
            "archive.s3.endpoint", .text, "", "The store's address where it is not Amazon's: `https://s3.example.com`."),
        Setting("archive.s3.path_style", .flag, "false", "Whether the bucket stands in the path of addresses."),
        Setting("archive.s3.authority", .path, "", "PEM: the authorities to trust instead of the system's."),
        Setting("archive.s3.access_key", .secret, "", "The id of the access key."),
        Setting("archive.s3.secret_key", .secret, "", "The secret of the access key."),
        Setting("archive.s3.session_token", .secret, "", "The token of credentials that end."),
    ]
}
