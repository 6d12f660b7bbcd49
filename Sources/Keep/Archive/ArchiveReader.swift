public import ArchiveFormat

/// Reads an archive, each object compared with everything that can be compared without keys.
public struct ArchiveReader {
    public let target: any ArchiveTarget

    public init(_ target: any ArchiveTarget) { self.target = target }

    /// The names of the manifests of a tenant, or of all, in the order of the logs.
    public func manifests(tenant: String? = nil) throws(ArchiveError) -> [ArchiveName] {
        try target.names().compactMap { ArchiveName(manifest: $0) }
            .filter { tenant == nil || $0.tenant == tenant }.sorted()
    }

    /// Objects that no manifest is there of: they are not archived.
    public func unfinished() throws(ArchiveError) -> [String] {
        let names = try target.names()
        let finished = Set(names.compactMap { ArchiveName(manifest: $0)?.object })
        return names.filter { $0.hasSuffix(ArchiveName.objectSuffix) && !finished.contains($0) }
    }

    /// - Throws: ``ArchiveProblem/changed(_:)`` for bytes that are not what was written.
    public func manifest(_ name: ArchiveName) throws(ArchiveProblem) -> ArchiveManifest {
        let bytes = try reach { () throws(ArchiveError) in try target.get(name.manifest, version: nil) }
        guard let bytes, let manifest = ArchiveManifest(kept: bytes, name: name) else {
            throw .changed(ArchiveFinding(name.manifest, .manifest))
        }
        return manifest
    }

    /// The object as it was when it was archived, by its version where there are several.
    public func object(_ manifest: ArchiveManifest) throws(ArchiveProblem) -> [UInt8] {
        let name = manifest.name.object
        let bytes = try reach { () throws(ArchiveError) in try target.get(name, version: manifest.version) }
        guard let bytes else { throw .changed(ArchiveFinding(name, .objectMissing)) }
        return bytes
    }

    /// Whether the place keeps an object as long as its manifest says.
    public func checkRetention(_ manifest: ArchiveManifest) throws(ArchiveProblem) {
        let name = manifest.name.object
        let kept = try reach { () throws(ArchiveError) in
            try target.retention(of: name, version: manifest.version)
        }
        // A directory does not say.
        guard let kept else { return }
        if let until = manifest.retainUntil, kept.until.map({ $0 < until }) ?? true {
            throw .changed(ArchiveFinding(name, .retention))
        }
    }

    private func reach<Result>(_ body: () throws(ArchiveError) -> Result) throws(ArchiveProblem) -> Result {
        do throws(ArchiveError) {
            return try body()
        } catch {
            throw .unreachable(error)
        }
    }
}

/// Why an object could not be read.
public enum ArchiveProblem: Error, Sendable, CustomStringConvertible {
    case changed(ArchiveFinding)
    case unreachable(ArchiveError)

    public var description: String {
        switch self {
        case .changed(let finding): "\(finding)"
        case .unreachable(let error): "\(error)"
        }
    }
}
