import Codecs
import Events
import Pipeline
import Platform
import TestKit

@testable import Intake

/// Source records of a test and the documents they become.
struct Mapped {
    var documents: [JSONValue] = []
    var lines: [String] = []
    var streams: [String] = []

    /// The only document.
    var document: JSONValue { documents[0] }

    /// Maps every record of a batch. In full mode the batch counts as journaled.
    init(
        _ batch: RecordBatch, _ mode: Normalizer.Mode, schema: Schema = .ecs, _ enricher: (any Enricher)? = nil
    ) {
        var normalizer = Normalizer(mode: mode, enricher: enricher, digest: Self.digest)
        var writer = SchemaWriter(schema)
        var group = DocumentGroup()
        var out = ByteBuffer()
        func take(_ index: Int, _ stream: StreamName, _ document: borrowing Document) {
            out.removeAll()
            writer.write(document, to: &out)
            lines.append(out.text)
            streams.append(stream.text)
        }
        switch mode {
        case .full:
            let journaled = JournaledBatch(
                batch: batch, firstSequence: 1_000, accepted: Timestamp(nanoseconds: 1_790_000_000_000_000_000),
                position: .start, end: .start)
            normalizer.mapAll(of: journaled, into: &group, take)
        case .conformance: normalizer.mapAll(of: batch, into: &group, take)
        }
        documents = lines.map { (try? JSONValue(parsing: $0)) ?? .string("not JSON: \($0)") }
    }

    /// The lines of a file: activities, documents, or whole export requests. An audit log is one file.
    init(
        _ input: String, stream: String, _ mode: Normalizer.Mode, schema: Schema = .ecs,
        _ enricher: (any Enricher)? = nil
    ) throws {
        if stream == "anthropic.audit_log" {
            for batch in FileImport(Array(input.utf8), as: .auditLog, tenant: .default).batches {
                let mapped = Mapped(batch, mode, schema: schema, enricher)
                documents += mapped.documents
                lines += mapped.lines
                streams += mapped.streams
            }
            return
        }
        for line in input.split(separator: "\n") where !line.isEmpty {
            let mapped = Mapped(try Self.batch(String(line), stream: stream), mode, schema: schema, enricher)
            documents += mapped.documents
            lines += mapped.lines
            streams += mapped.streams
        }
    }

    init(activity: String, _ mode: Normalizer.Mode = .full) {
        self.init(Self.batch(activity, .activity), mode)
    }

    /// One record as the bytes it is.
    static func batch(_ text: String, _ kind: RecordKind) -> RecordBatch {
        let bytes = Array(text.utf8)
        return RecordBatch(
            tenant: .default, source: "test", storage: bytes,
            contexts: [.init(credential: "test-credential", peer: "192.0.2.7")],
            entries: [
                .init(kind: kind, encoding: .json, context: 0, range: ByteRange(start: 0, count: bytes.count))
            ])
    }

    static func batch(_ line: String, stream: String) throws -> RecordBatch {
        switch stream {
        case "anthropic.audit": return batch(line, .activity)
        case "ecs.imported": return batch(line, .ecs)
        case "claude_code.traces", "office_agent.traces": return try batch(json: line, .traces)
        case "claude_code.metrics": return try batch(json: line, .metrics)
        default: return try batch(json: line, .logs)
        }
    }

    /// An export request in JSON.
    static func batch(json: String, _ signal: OTLPSignal) throws -> RecordBatch {
        let bytes = Array(json.utf8)
        let request = try JSONSplitter.split(unsafe bytes.span.bytes, signal)
        return batch(request, bytes)
    }

    static func batch(_ request: OTLPRequest, _ bytes: [UInt8]) -> RecordBatch {
        let contexts = request.contexts.map {
            RecordBatch.Context(
                resource: $0.resource, scope: $0.scope, credential: "test-credential", peer: "192.0.2.7")
        }
        return RecordBatch(
            tenant: .default, source: "test", storage: bytes, contexts: contexts, entries: request.entries)
    }

    static let digest: BatchDigest = { bytes, ranges, digests in
        for range in ranges { digests += ReferenceSHA256.digest(bytes[range].array) }
    }
}

extension JSONValue {
    /// The value at a dotted path of objects.
    func at(_ path: String) -> JSONValue? {
        var value: JSONValue? = self
        for name in path.split(separator: ".") { value = value?[String(name)] }
        return value
    }
}
