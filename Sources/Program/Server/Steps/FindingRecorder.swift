import Codecs
import Events
import Integrity
import Journal
import Platform

/// Writes into the record what the journal found wrong with itself, so that it is searched, kept and delivered as
/// everything else, and outlives log files.
///
/// - Threads: one at a time.
final class FindingRecorder: Sendable {
    private let journal: Journal
    /// Findings that are recorded, or about to be.
    private let recorded = Locked<Set<JournalFinding>>([])

    /// Under which name Docket itself sends.
    static let source: SourceName = "docket"

    init(_ journal: Journal) { self.journal = journal }

    /// Hands over what was found since the last time. What the journal refuses is tried again at the next call.
    func record() {
        for finding in journal.findings where finding.isLoss {
            guard recorded.withLock({ $0.insert(finding).inserted }) else { continue }
            for tenant in tenants(of: finding) {
                journal.append(batch(finding, tenant)) { [recorded] result in
                    if case .failure = result { recorded.withLock { _ = $0.remove(finding) } }
                }
            }
        }
    }

    /// A finding that does not say whose records it is about can be about those of everybody.
    private func tenants(of finding: JournalFinding) -> [TenantName] {
        if case .missing(let tenant, _) = finding { return [tenant] }
        let all = journal.counts.keys.sorted()
        return all.isEmpty ? [.default] : all
    }

    private func batch(_ finding: JournalFinding, _ tenant: TenantName) -> RecordBatch {
        let text = document(finding, tenant)
        var batch = RecordBatch(tenant: tenant, source: Self.source, storage: text, contexts: [.init()])
        batch.entries = [
            .init(kind: .ecs, encoding: .json, context: 0, range: ByteRange(start: 0, count: text.count))
        ]
        return batch
    }

    /// Its time is the time at which it is accepted. Its id comes from what was found: damage that every start
    /// meets again is one event.
    private func document(_ finding: JournalFinding, _ tenant: TenantName) -> [UInt8] {
        let message = "\(finding)"
        let told = Array("\(tenant)\n\(message)".utf8)
        let id = unsafe Digest(of: told.span.bytes)
        var out = ByteBuffer(capacity: 512)
        out.append("{\"event\":{\"id\":" as StaticString)
        out.append(jsonString: "docket-journal-\(Hexadecimal.text(of: id.bytes).prefix(32))")
        out.append(
            ",\"kind\":\"alert\",\"module\":\"docket\",\"dataset\":\"docket.journal\",\"action\":" as StaticString)
        out.append(jsonString: "journal-\(finding.kind.rawValue)")
        out.append("},\"message\":" as StaticString)
        out.append(jsonString: message)
        out.append("}" as StaticString)
        return unsafe out.bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
