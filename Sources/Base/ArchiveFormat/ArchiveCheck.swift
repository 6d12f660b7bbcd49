import Codecs
public import Integrity
import Platform

/// What is not as it was when it was archived.
public struct ArchiveFinding: Error, Sendable, Equatable, CustomStringConvertible {
    public enum What: String, Sendable {
        case manifest = "is not what was written as the manifest"
        case objectMissing = "the object is missing"
        case size = "the object has another size"
        case digest = "the object is not what its SHA-256 says"
        case name = "the object's name does not have its SHA-256"
        case compression = "the object cannot be opened"
        case line = "is no line of an archive"
        case order = "the number is not the next one"
        case count = "the object does not end with the last record"
        case log = "the leaf is of another log than the checkpoint"
        case checkpoint = "the checkpoint cannot be read, or was signed before these records"
        case signature = "the checkpoint is not signed by the key"
        case root = "the leaves are not those that were signed"
        case gap = "no manifest has the records before it"
        case overlap = "another manifest has some of the records, too"
        case sealed = "the sealed content is not what was sealed for this leaf"
        case record = "the record is not what its leaf commits to"
        case key = "the keys of the record are not there"
        case retention = "the store does not keep it as long as the manifest says"
    }

    /// Of the object or the manifest.
    public let name: String
    public let sequence: UInt64?
    public let what: What

    public init(_ name: String, _ what: What) { self.init(name, nil, what) }

    public init(_ name: String, _ sequence: UInt64?, _ what: What) {
        self.name = name
        self.sequence = sequence
        self.what = what
    }

    public var description: String {
        sequence.map { "\(name): record \($0): \(what.rawValue)" } ?? "\(name): \(what.rawValue)"
    }
}

/// Compares an object of an archive with its manifest, its leaves, and what was signed. It needs nothing else.
public struct ArchiveCheck: ~Copyable {
    /// Opened bytes of one frame: a line of a record of 32 MiB is less.
    private static let frameLimit = 96 << 20

    private let keys: [Ed25519.PublicKey]
    private let lanes = DigestLanes()
    private let decompressor = ZstandardDecompressor()

    /// - Parameter keys: of those who sign the log, from wherever they are trusted.
    public init(keys: [Ed25519.PublicKey]) { self.keys = keys }

    /// - Parameter object: its bytes, as they are stored.
    /// - Parameter line: gets each record that is what it was.
    public borrowing func check(
        _ manifest: ArchiveManifest, _ object: [UInt8], line use: (ArchiveLine) throws(ArchiveFinding) -> Void
    ) throws(ArchiveFinding) {
        let name = manifest.name.object
        let bytes = unsafe object.span.bytes
        guard bytes.byteCount == manifest.size else { throw ArchiveFinding(name, .size) }
        guard Digest(of: bytes) == manifest.digest else { throw ArchiveFinding(name, .digest) }
        guard manifest.digest.hexadecimal.hasPrefix(manifest.name.digest) else { throw ArchiveFinding(name, .name) }
        let (note, checkpoint) = try signed(manifest)

        var next = manifest.records.lowerBound
        var hashes: [Digest] = []
        let flaw = try decompressor.eachFrame(of: bytes, limit: Self.frameLimit) { frame throws(ArchiveFinding) in
            var lines = frame[...]
            while !lines.isEmpty {
                guard let end = lines.firstIndex(of: 0x0A) else { throw ArchiveFinding(name, next, .line) }
                guard let line = ArchiveLine(parsing: Array(lines[..<end])) else {
                    throw ArchiveFinding(name, next, .line)
                }
                guard line.sequence == next, next <= manifest.records.upperBound else {
                    throw ArchiveFinding(name, line.sequence, .order)
                }
                guard checkpoint.origin.hasSuffix("/t/\(line.leaf.log.hexadecimal)") else {
                    throw ArchiveFinding(name, next, .log)
                }
                hashes.append(line.leaf.hash)
                try use(line)
                next += 1
                lines = lines[(end + 1)...]
            }
        }
        if flaw != nil { throw ArchiveFinding(name, .compression) }
        guard next == manifest.records.upperBound + 1 else { throw ArchiveFinding(name, .count) }
        try check(hashes, manifest, note, checkpoint)
    }

    private borrowing func check(
        _ hashes: [Digest], _ manifest: ArchiveManifest, _ note: SignedNote, _ checkpoint: Checkpoint
    ) throws(ArchiveFinding) {
        let proof = RangeProof(
            first: manifest.records.lowerBound, count: UInt64(hashes.count), before: manifest.before,
            after: manifest.after, note: note)
        var edge = RightEdge()
        edge.append(hashes, lanes: lanes)
        var records = proof.start
        records?.append(hashes, lanes: lanes)
        guard edge.root == manifest.root, let records, proof.root(records, size: checkpoint.size) == checkpoint.root
        else { throw ArchiveFinding(manifest.name.object, .root) }
    }

    /// The checkpoint of a manifest, signed by one of the keys.
    public borrowing func checkpoint(of manifest: ArchiveManifest) throws(ArchiveFinding) -> Checkpoint {
        try signed(manifest).checkpoint
    }

    private borrowing func signed(
        _ manifest: ArchiveManifest
    ) throws(ArchiveFinding) -> (note: SignedNote, checkpoint: Checkpoint) {
        let name = manifest.name.manifest
        guard let note = try? SignedNote(parsing: manifest.checkpoint), let checkpoint = Checkpoint(text: note.text),
            checkpoint.size > manifest.records.upperBound, let origin = KeyName(checkpoint.origin)
        else { throw ArchiveFinding(name, .checkpoint) }
        // One key after another: a note may have signatures of several keys under one name.
        let isSigned = keys.contains { key in
            let trusted = [VerifierKey(name: origin, kind: .note, key: key)]
            return ((try? note.verify(with: trusted)) ?? []).isEmpty == false
        }
        guard isSigned else { throw ArchiveFinding(name, .signature) }
        return (note, checkpoint)
    }
}

/// Goes through the manifests of an archive in their order and says where one is missing.
public struct ArchiveSequence {
    private var next: [String: UInt64] = [:]

    public init() {}

    /// - Parameter name: of the next manifest, in the order of names.
    /// - Returns: what is wrong between it and the one before.
    public mutating func follow(_ name: ArchiveName) -> ArchiveFinding? {
        let expected = next[name.tenant] ?? 0
        next[name.tenant] = max(expected, name.records.upperBound + 1)
        if name.records.lowerBound > expected { return ArchiveFinding(name.manifest, .gap) }
        return name.records.lowerBound < expected ? ArchiveFinding(name.manifest, .overlap) : nil
    }
}
