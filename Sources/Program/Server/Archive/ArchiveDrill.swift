import Codecs
import Events
import Integrity
public import Platform

/// What came of reading some objects of an archive by chance. The server writes it into the record.
///
/// A command cannot write into the journal of a server that runs; so it leaves a note in the data directory, and the
/// server, at once or after its next start, takes it away into the record.
public struct ArchiveDrill: Sendable {
    public let tenant: String
    public var verified = 0
    public var findings: [String] = []
    public var records: UInt64 = 0

    static let suffix = ".drill"
    /// Larger notes are not ours.
    static let largest = 64 << 10
    /// Findings that are told.
    private static let told = 10

    public init(tenant: String) { self.tenant = tenant }

    /// One sentence. It names objects, and nothing of what is in them.
    public var message: String {
        let total = verified + findings.count
        return findings.isEmpty
            ? "A drill read \(total) objects of the archive with \(records) records: nothing was changed."
            : "A drill read \(total) objects of the archive: \(findings.count) are not what they were. "
                + findings.prefix(Self.told).joined(separator: "; ")
    }

    /// Leaves a note for the server.
    public func leave(in data: String, now: Timestamp) throws(StartError) {
        let folder = "\(data)/archive"
        do throws(DiskError) {
            try FolderDisk.makeFolder(folder)
            try FolderDisk(folder: folder).replace("\(tenant).\(now.nanoseconds)\(Self.suffix)", with: document(now))
        } catch {
            throw StartError("what came of the drill could not be left for the server: \(error)")
        }
    }

    private func document(_ now: Timestamp) -> [UInt8] {
        let told = Array("\(now.nanoseconds)\n\(message)".utf8)
        let id = unsafe Digest(of: told.span.bytes)
        var out = ByteBuffer(capacity: 512)
        out.append("{\"@timestamp\":" as StaticString)
        out.append(jsonString: RFC3339.text(now))
        out.append(",\"event\":{\"id\":" as StaticString)
        out.append(jsonString: "docket-archive-\(id.hexadecimal.prefix(32))")
        out.append(",\"kind\":" as StaticString)
        out.append(jsonString: findings.isEmpty ? "event" : "alert")
        out.append(
            ",\"module\":\"docket\",\"dataset\":\"docket.archive\",\"action\":\"archive-drill\",\"outcome\":"
                as StaticString)
        out.append(jsonString: findings.isEmpty ? "success" : "failure")
        out.append("},\"message\":" as StaticString)
        out.append(jsonString: message)
        out.append("}" as StaticString)
        return out.array
    }
}

/// Takes notes of drills into the record.
///
/// - Threads: one at a time.
struct DrillRecorder {
    let disk: FolderDisk
    let sink: any RecordSink

    /// Hands over what was left. A note is removed when it is durable in the journal; handed over twice, it is one
    /// event, because its id is its own.
    func record(wait: Timestamp.Span = .seconds(10)) throws(DiskError) {
        for name in try disk.names().sorted() where name.hasSuffix(ArchiveDrill.suffix) {
            let bytes = try disk.contents(of: name)
            let tenant = TenantName(String(name.prefix { $0 != "." }))
            if let tenant, bytes.count <= ArchiveDrill.largest, (try? JSONValue(parsing: bytes)) != nil {
                var batch = RecordBatch(
                    tenant: tenant, source: OwnRecord.source, storage: bytes, contexts: [.init()])
                batch.entries = [
                    .init(kind: .drill, encoding: .json, context: 0, range: ByteRange(start: 0, count: bytes.count))
                ]
                guard case .success = sink.appendAndWait(batch, atMost: wait) else { return }
            }
            try disk.remove(name)
            try disk.syncNames()
        }
    }
}
