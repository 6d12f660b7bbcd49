import Codecs
import Events
import Intake
import Integrity
import Lookup
import Pipeline
import Server

/// `docket normalize`: source records to ECS documents, without a server.
struct NormalizeCommand: Command {
    static let name = "normalize"
    static let summary = "Turn source records into ECS documents."
    static let help = """
        docket normalize --stream NAME [--conformance] [--schema NAME] [--geo-city FILE] [--geo-asn FILE] [FILE]

        --stream        anthropic.audit (one activity a line), anthropic.audit_log (an exported CSV file),
                        claude_code.events, claude_cowork.events, claude_code.traces, claude_code.metrics,
                        office_agent.traces (one OTLP/JSON export request a line)
        --conformance   exactly what Elastic's packages produce
        --schema        in whose words: ecs (Elastic Common Schema; the default), ocsf (Open Cybersecurity Schema
                        Framework 1.8.0), cim (Splunk's Common Information Model)
        --geo-city      a database of places in MaxMind's format, such as GeoLite2-City.mmdb
        --geo-asn       a database of networks in MaxMind's format, such as GeoLite2-ASN.mmdb

        Prints one document a line, in the order of the input; a record that cannot be mapped becomes a
        document with event.kind: pipeline_error. Without FILE it reads standard input.
        """

    private static let streams: [String: FileImport.Form] = [
        "anthropic.audit": .activities, "anthropic.audit_log": .auditLog, "claude_code.events": .otlp,
        "claude_cowork.events": .otlp, "claude_code.traces": .otlp, "claude_code.metrics": .otlp,
        "office_agent.traces": .otlp,
    ]

    private let stream: String
    private let form: FileImport.Form
    private let mode: Normalizer.Mode
    private let schema: Schema
    private let cityFile: String?
    private let networkFile: String?
    private let file: String

    init(_ words: inout Words) throws {
        let names = Self.streams.keys.sorted().joined(separator: ", ")
        guard let stream = try words.option("--stream") else { throw WrongUse("which stream? --stream \(names)") }
        guard let form = Self.streams[stream] else {
            throw WrongUse("there is no stream `\(stream)`; there are \(names)")
        }
        self.stream = stream
        self.form = form
        mode = words.flag("--conformance") ? .conformance : .full
        schema = try Self.schema(words.option("--schema"))
        cityFile = try words.option("--geo-city")
        networkFile = try words.option("--geo-asn")
        let files = try words.rest()
        guard files.count <= 1 else { throw WrongUse("one file at a time") }
        file = files.first ?? "-"
    }

    private static func schema(_ name: String?) throws(WrongUse) -> Schema {
        guard let name else { return .ecs }
        guard let schema = Schema(rawValue: name) else {
            let names = Schema.allCases.map(\.rawValue)
            throw WrongUse("there is no schema `\(name)`\(Words.didYouMean(name, names))")
        }
        return schema
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            let enrichment = Enrichment(
                mode: mode, city: try cityFile.map { try AddressDatabase(path: $0, .city) },
                network: try networkFile.map { try AddressDatabase(path: $0, .network) })
            // What the records are is said on the command line, so no resource or scope must say it too.
            var normalizer = Normalizer(
                mode: mode, stream: StreamName(stream), enricher: enrichment, digest: EventDigests.make())
            var group = DocumentGroup()
            var writer = SchemaWriter(schema)
            var out = ByteBuffer(capacity: 1 << 16)
            for batch in try Self.batches(try Input.bytes(file), form, stream) {
                normalizer.mapAll(of: batch, into: &group) { _, _, document in
                    out.removeAll()
                    writer.write(document, to: &out)
                    terminal.out(line: out.array)
                }
            }
            return .done
        } catch {
            terminal.error("docket normalize: \(error)")
            return .couldNot
        }
    }

    /// The records of each line, in order. A line that cannot be read is a record all the same.
    private static func batches(
        _ bytes: [UInt8], _ form: FileImport.Form, _ stream: String
    ) throws(InputError) -> [RecordBatch] {
        if form == .auditLog {
            let read = FileImport(bytes, as: form, tenant: .default)
            guard read.problems.isEmpty else { throw InputError("\(read.problems[0])") }
            return read.batches
        }
        var batches: [RecordBatch] = []
        for line in bytes.split(separator: 0x0A) where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
            let read = FileImport(Array(line), as: form, tenant: .default)
            if read.problems.isEmpty {
                batches += read.batches
            } else {
                let kind: RecordKind =
                    form == .activities
                    ? .activity
                    : stream.hasSuffix("traces") ? .otlpSpan : stream.hasSuffix("metrics") ? .otlpMetric : .otlpLog
                let whole = ByteRange(start: 0, count: line.count)
                batches.append(
                    RecordBatch(
                        tenant: .default, source: "import", storage: Array(line), contexts: [.init()],
                        entries: [.init(kind: kind, encoding: .json, context: 0, range: whole)]))
            }
        }
        return batches
    }
}
