public import Archive
public import ArchiveFormat
public import Events
public import Integrity
import Ledger
import Pipeline
import Platform

/// An archive as an auditor reads it: objects, leaves, checkpoints and, where there are keys, the records themselves.
///
/// - Threads: one at a time.
public final class ArchiveAudit {
    public let reader: ArchiveReader
    private let check: ArchiveCheck
    private let keyFile: ((String) throws(ArchiveError) -> [UInt8]?)?
    private let sealer = RecordSealer()
    private var cut = RecordCut()
    private var keys: [TenantName: RecordKeys] = [:]
    /// The first time that the place of the keys could not be reached.
    private var keyTrouble: ArchiveError?

    /// What was looked at.
    public struct Counts: Sendable, Equatable {
        public var objects = 0
        public var records: UInt64 = 0
        /// Records that were opened and compared with what their leaves commit to.
        public var opened: UInt64 = 0
        /// Records that were erased, or lost before they came into the log.
        public var empty: UInt64 = 0
    }

    public private(set) var counts = Counts()

    /// Whether records are opened.
    public var hasKeys: Bool { keyFile != nil }

    /// - Parameter signers: the keys that sign the log, from wherever they are trusted.
    /// - Parameter keyFile: gives copies of files with keys; `nil` when records are not to be opened.
    public init(
        _ target: any ArchiveTarget, signers: [Ed25519.PublicKey],
        keyFile: ((String) throws(ArchiveError) -> [UInt8]?)?
    ) {
        reader = ArchiveReader(target)
        check = ArchiveCheck(keys: signers)
        self.keyFile = keyFile
    }

    /// A record as it was taken in, or what is left of it.
    public struct Record {
        public let tenant: TenantName
        public let line: ArchiveLine
        /// `nil` when it was erased or lost, or nobody has its key.
        public let text: RecordText?
        /// Whether there should be a key for it and is none.
        public let lacksKey: Bool
    }

    /// Compares one object with everything.
    ///
    /// - Parameter needsKeys: whether a record that cannot be opened is a finding.
    public func verify(
        _ name: ArchiveName, needsKeys: Bool, record use: (Record) throws(ArchiveFinding) -> Void = { _ in }
    ) throws(ArchiveProblem) -> ArchiveManifest {
        let manifest = try reader.manifest(name)
        guard let tenant = TenantName(name.tenant) else { throw .changed(ArchiveFinding(name.manifest, .manifest)) }
        try reader.checkRetention(manifest)
        let object = try reader.object(manifest)
        do throws(ArchiveFinding) {
            try check.check(manifest, object) { line throws(ArchiveFinding) in
                let record = try open(line, tenant, name.object)
                if record.lacksKey, needsKeys { throw ArchiveFinding(name.object, line.sequence, .key) }
                counts.records += 1
                if line.content?.sealed == nil { counts.empty += 1 }
                try use(record)
            }
        } catch {
            if let keyTrouble { throw .unreachable(keyTrouble) }
            throw .changed(error)
        }
        if let keyTrouble { throw .unreachable(keyTrouble) }
        counts.objects += 1
        return manifest
    }

    /// The checkpoint of a manifest that was verified.
    public func checkpoint(of manifest: ArchiveManifest) throws(ArchiveProblem) -> Checkpoint {
        do throws(ArchiveFinding) {
            return try check.checkpoint(of: manifest)
        } catch {
            throw .changed(error)
        }
    }

    private func open(
        _ line: ArchiveLine, _ tenant: TenantName, _ name: String
    ) throws(ArchiveFinding) -> Record {
        guard let content = line.content, let sealed = content.sealed, keyFile != nil else {
            return Record(tenant: tenant, line: line, text: nil, lacksKey: line.content?.sealed != nil)
        }
        let keys = keys(of: tenant)
        let seed: ContentSeed
        switch keys.seed(of: line.sequence) {
        case .here(let found): seed = found
        case .missing: return Record(tenant: tenant, line: line, text: nil, lacksKey: true)
        // Erased behind the archive's back: what is sealed is bytes that nobody can read any more.
        case .forgotten: return Record(tenant: tenant, line: line, text: nil, lacksKey: false)
        }
        guard let text = sealer.open(sealed, leaf: line.leafBytes, seed: seed) else {
            throw ArchiveFinding(name, line.sequence, .sealed)
        }
        // A kind that is not known here is of a newer program; its leaf is signed all the same.
        guard
            var batch = text.batch(tenant: tenant, source: SourceName(content.source), kind: content.kind)
        else { return Record(tenant: tenant, line: line, text: text, lacksKey: false) }
        batch.redaction = RedactionFacts(of: line.leaf)
        let journaled = JournaledBatch(
            batch: batch, firstSequence: line.sequence, accepted: line.accepted, position: .start, end: .start)
        guard
            keys.isCommitted(
                journaled, by: line.leafBytes, seed: seed, cut: { cut.content(of: 0, in: journaled.batch, $0) })
        else { throw ArchiveFinding(name, line.sequence, .record) }
        counts.opened += 1
        return Record(tenant: tenant, line: line, text: text, lacksKey: false)
    }

    private func keys(of tenant: TenantName) -> RecordKeys {
        if let known = keys[tenant] { return known }
        let made = RecordKeys(tenant) { [self] in file($0) }
        keys[tenant] = made
        return made
    }

    /// A copy of a file with keys; `nil` when there is none.
    public func file(_ name: String) -> [UInt8]? {
        do throws(ArchiveError) {
            return try keyFile?(name)
        } catch {
            keyTrouble = keyTrouble ?? error
            return nil
        }
    }
}
