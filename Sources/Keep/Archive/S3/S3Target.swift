import Integrity
import Network
public import Platform

/// An archive in a bucket whose objects cannot be deleted until their time is over.
///
/// - Source: Amazon S3 API Reference; Object Lock.
public final class S3Target: ArchiveTarget {
    /// How the bucket keeps objects.
    public enum Lock: String, Sendable, CaseIterable {
        /// Nobody can shorten it, not even the owner of the account.
        case compliance
        /// People with a right of their own can.
        case governance
        /// Nothing is immutable, and nobody says so.
        case off
    }

    private let client: S3Client
    private let lock: Lock
    private let partSize: Int
    /// The first version of each name, as it was listed.
    private let first = Locked<[String: String]>([:])

    /// - Parameter partSize: of objects larger than this, parts are sent. Stores take no smaller ones than 5 MiB.
    public init(
        _ place: S3Place, lock: Lock, clock: any Clock, partSize: Int = 5 << 20,
        pause: @escaping @Sendable (Timestamp.Span) -> Void
    ) {
        client = S3Client(place, clock: clock, pause: pause)
        self.lock = lock
        self.partSize = partSize
    }

    public func check() throws(ArchiveError) {
        guard lock != .off else { return }
        let bucket = client.place.bucket
        let versioning = try client.send(S3Request(method: .get, key: "", query: [("versioning", "")]))
        guard S3XML.first("Status", in: Self.text(versioning)) == "Enabled" else {
            throw .refused(
                "the bucket `\(bucket)` has no versioning, so it is no archive that cannot be changed; switch it on, or "
                    + "say `archive.lock: off`")
        }
        let locking = try client.send(
            S3Request(method: .get, key: "", query: [("object-lock", "")], maybeMissing: true))
        guard S3XML.first("ObjectLockEnabled", in: Self.text(locking)) == "Enabled" else {
            throw .refused(
                "the bucket `\(bucket)` has no Object Lock, so it is no archive that cannot be changed; make one with "
                    + "Object Lock, or say `archive.lock: off`")
        }
    }

    // MARK: Putting

    public func put(_ name: String, _ content: ArchiveContent, keep: Retention) throws(ArchiveError) -> String? {
        content.size > partSize ? try putParts(name, content, keep) : try putWhole(name, content, keep)
    }

    private func putWhole(
        _ name: String, _ content: ArchiveContent, _ keep: Retention
    ) throws(ArchiveError) -> String? {
        let body = try bytes(content, 0..<content.size)
        let request = S3Request(
            method: .put, key: client.place.key(of: name),
            headers: [("if-none-match", "*")] + Self.digests(body) + locks(keep), body: body)
        let response = try client.send(request)
        if response.status == 412 { return try same(name, content, checksum: content.digest.base64) }
        return response.headers["x-amz-version-id"]
    }

    private func putParts(
        _ name: String, _ content: ArchiveContent, _ keep: Retention
    ) throws(ArchiveError) -> String? {
        let key = client.place.key(of: name)
        // Looked at first: sending everything only to hear that it is there already would cost too much.
        if let known = try head(name) { return try same(name, content, checksum: checksum(content), known) }
        let begun = try client.send(
            S3Request(
                method: .post, key: key, query: [("uploads", "")],
                headers: [("x-amz-checksum-algorithm", "SHA256")] + locks(keep)))
        guard let upload = S3XML.first("UploadId", in: Self.text(begun)) else {
            throw .again("the archive's store does not begin an object of several parts", after: .seconds(10))
        }
        do throws(ArchiveError) {
            let version = try send(content, name, key, upload)
            try lockAfterwards(name, version, keep)
            return version
        } catch {
            // What stays behind costs money, and nothing else.
            _ = try? client.send(
                S3Request(method: .delete, key: key, query: [("uploadId", upload)], maybeMissing: true))
            throw error
        }
    }

    private func send(
        _ content: ArchiveContent, _ name: String, _ key: String, _ upload: String
    ) throws(ArchiveError) -> String? {
        var list = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        var digests: [Digest] = []
        for (index, start) in stride(from: 0, to: content.size, by: partSize).enumerated() {
            let body = try bytes(content, start..<min(start + partSize, content.size))
            let number = String(index + 1)
            let response = try client.send(
                S3Request(
                    method: .put, key: key, query: [("partNumber", number), ("uploadId", upload)],
                    headers: Self.digests(body), body: body))
            guard let tag = response.headers["etag"] else {
                throw .again("the archive's store does not name a part", after: .seconds(10))
            }
            let digest = unsafe Digest(of: body.span.bytes)
            digests.append(digest)
            list +=
                "<Part><PartNumber>\(number)</PartNumber><ETag>\(S3XML.escaped(tag))</ETag>"
                + "<ChecksumSHA256>\(digest.base64)</ChecksumSHA256></Part>"
        }
        list += "</CompleteMultipartUpload>"
        let response = try client.send(
            S3Request(
                method: .post, key: key, query: [("uploadId", upload)],
                headers: [("if-none-match", "*"), ("content-type", "application/xml")], body: Array(list.utf8)))
        if response.status == 412 { return try same(name, content, checksum: Self.checksum(ofParts: digests)) }
        // The store may have begun to answer with 200 and then failed.
        guard S3XML.first("ETag", in: Self.text(response)) != nil else {
            throw .again("the archive's store did not put the parts together", after: .seconds(10))
        }
        return response.headers["x-amz-version-id"]
    }

    /// Some stores forget the lock of an object that came in parts. Then it is locked by itself.
    private func lockAfterwards(_ name: String, _ version: String?, _ keep: Retention) throws(ArchiveError) {
        guard lock != .off, let has = try retention(of: name, version: version) else { return }
        if let until = keep.until, has.until.map({ $0 < until }) ?? true {
            let mode = lock.rawValue.uppercased()
            try set(
                "retention", of: name, version,
                "<Retention><Mode>\(mode)</Mode><RetainUntilDate>\(RFC3339.text(until))</RetainUntilDate></Retention>")
        }
        if keep.isHeld, !has.isHeld {
            try set("legal-hold", of: name, version, "<LegalHold><Status>ON</Status></LegalHold>")
        }
    }

    private func set(
        _ what: String, of name: String, _ version: String?, _ text: String
    ) throws(ArchiveError) {
        let body = Array(text.utf8)
        let query = [(what, "")] + (version.map { [("versionId", $0)] } ?? [])
        _ = try client.send(
            S3Request(
                method: .put, key: client.place.key(of: name), query: query, headers: Self.digests(body), body: body))
    }

    private func bytes(_ content: ArchiveContent, _ range: Range<Int>) throws(ArchiveError) -> [UInt8] {
        let bytes = try onDisk { () throws(DiskError) in try content.read(range) }
        guard bytes.count == range.count else { throw .again("an object got shorter", after: .seconds(1)) }
        return bytes
    }

    /// Every digest that a store might look at; some look at one alone.
    private static func digests(_ body: [UInt8]) -> [(String, String)] {
        let bytes = unsafe body.span.bytes
        let md5 = MD5.digest(of: bytes)
        return [
            ("content-md5", unsafe Base64.text(of: md5.span.bytes)), ("x-amz-sdk-checksum-algorithm", "SHA256"),
            ("x-amz-checksum-sha256", Digest(of: bytes).base64),
        ]
    }

    private func locks(_ keep: Retention) -> [(String, String)] {
        guard lock != .off else { return [] }
        var headers: [(String, String)] = []
        if let until = keep.until {
            headers = [
                ("x-amz-object-lock-mode", lock.rawValue.uppercased()),
                ("x-amz-object-lock-retain-until-date", RFC3339.text(until)),
            ]
        }
        if keep.isHeld { headers.append(("x-amz-object-lock-legal-hold", "ON")) }
        return headers
    }

    // MARK: What is there already

    private func head(_ name: String, version: String? = nil) throws(ArchiveError) -> HTTPResponse? {
        let response = try client.send(
            S3Request(
                method: .head, key: client.place.key(of: name), query: version.map { [("versionId", $0)] } ?? [],
                headers: [("x-amz-checksum-mode", "ENABLED")], maybeMissing: true))
        return response.status == 404 ? nil : response
    }

    /// - Parameter checksum: what the store says of the same content.
    /// - Returns: the version that is there, when it is the same.
    private func same(
        _ name: String, _ content: ArchiveContent, checksum: String, _ known: HTTPResponse? = nil
    ) throws(ArchiveError) -> String? {
        let response: HTTPResponse? = if let known { known } else { try head(name) }
        guard let response else { throw .again("`\(name)` was there and is gone", after: .seconds(10)) }
        let version = response.headers["x-amz-version-id"]
        if response.headers["x-amz-checksum-sha256"] == checksum { return version }
        // Stores that do not remember the checksum are asked for the whole.
        guard let bytes = try get(name, version: version), unsafe Digest(of: bytes.span.bytes) == content.digest else {
            throw .conflict(name)
        }
        return version
    }

    /// What a store says of an object that came in parts.
    private func checksum(_ content: ArchiveContent) throws(ArchiveError) -> String {
        var digests: [Digest] = []
        for start in stride(from: 0, to: content.size, by: partSize) {
            let body = try bytes(content, start..<min(start + partSize, content.size))
            digests.append(unsafe Digest(of: body.span.bytes))
        }
        return Self.checksum(ofParts: digests)
    }

    private static func checksum(ofParts digests: [Digest]) -> String {
        let all = digests.flatMap(\.array)
        return "\(unsafe Digest(of: all.span.bytes).base64)-\(digests.count)"
    }

    // MARK: Reading

    /// - Parameter version: without one the first that was put under the name: what others put there later, and marks
    ///   that hide it, mean nothing.
    public func get(_ name: String, version: String?) throws(ArchiveError) -> [UInt8]? {
        var version = version
        if version == nil {
            let known = first.withLock { $0 }
            version = known[name]
            if version == nil { version = try versions(under: name)[name] }
        }
        let response = try client.send(
            S3Request(
                method: .get, key: client.place.key(of: name), query: version.map { [("versionId", $0)] } ?? [],
                maybeMissing: true))
        return response.status == 404 ? nil : response.body
    }

    public func names() throws(ArchiveError) -> [String] {
        let found = try versions(under: "")
        first.withLock { $0 = found }
        return found.keys.sorted()
    }

    /// The first version of each name.
    private func versions(under start: String) throws(ArchiveError) -> [String: String] {
        let prefix = client.place.prefix.isEmpty ? "" : "\(client.place.prefix)/"
        var found: [String: String] = [:]
        var marker: [(String, String)] = []
        while true {
            let query = [("versions", ""), ("prefix", prefix + start)] + marker
            let text = Self.text(try client.send(S3Request(method: .get, key: "", query: query)))
            for entry in S3XML.all("Version", in: text) {
                guard let key = S3XML.first("Key", in: entry), key.hasPrefix(prefix),
                    let version = S3XML.first("VersionId", in: entry)
                else { continue }
                // The newest comes first, so the last one that is seen is the first that was put.
                found[String(key.dropFirst(prefix.count))] = version
            }
            guard S3XML.first("IsTruncated", in: text) == "true", let key = S3XML.first("NextKeyMarker", in: text)
            else { return found }
            marker = [("key-marker", key)]
            if let version = S3XML.first("NextVersionIdMarker", in: text) {
                marker.append(("version-id-marker", version))
            }
        }
    }

    public func retention(of name: String, version: String?) throws(ArchiveError) -> Retention? {
        guard let response = try head(name, version: version) else { return nil }
        let until = response.headers["x-amz-object-lock-retain-until-date"].flatMap { RFC3339.parse($0.utf8) }
        return Retention(until: until, isHeld: response.headers["x-amz-object-lock-legal-hold"] == "ON")
    }

    private static func text(_ response: HTTPResponse) -> String { String(decoding: response.body, as: UTF8.self) }
}

/// Copies of keys in a bucket. It must not be locked: old versions are deleted, so that what was forgotten is gone.
public final class S3KeyPlace: KeyPlace {
    private let client: S3Client

    public init(_ place: S3Place, clock: any Clock, pause: @escaping @Sendable (Timestamp.Span) -> Void) {
        client = S3Client(place, clock: clock, pause: pause)
    }

    public func replace(_ name: String, with bytes: [UInt8]) throws(ArchiveError) {
        let key = client.place.key(of: name)
        let md5 = unsafe MD5.digest(of: bytes.span.bytes)
        let put = try client.send(
            S3Request(
                method: .put, key: key, headers: [("content-md5", unsafe Base64.text(of: md5.span.bytes))], body: bytes)
        )
        let newest = put.headers["x-amz-version-id"]
        for version in try versions(of: key) where version != newest {
            _ = try client.send(
                S3Request(method: .delete, key: key, query: [("versionId", version)], maybeMissing: true))
        }
    }

    /// The versions of one name, where the bucket keeps them.
    private func versions(of key: String) throws(ArchiveError) -> [String] {
        let response = try client.send(
            S3Request(method: .get, key: "", query: [("versions", ""), ("prefix", key)], maybeMissing: true))
        let text = String(decoding: response.body, as: UTF8.self)
        return (S3XML.all("Version", in: text) + S3XML.all("DeleteMarker", in: text)).compactMap { entry in
            S3XML.first("Key", in: entry) == key ? S3XML.first("VersionId", in: entry) : nil
        }.filter { $0 != "null" }
    }

    public func get(_ name: String) throws(ArchiveError) -> [UInt8]? {
        let response = try client.send(
            S3Request(method: .get, key: client.place.key(of: name), maybeMissing: true))
        return response.status == 404 ? nil : response.body
    }
}
