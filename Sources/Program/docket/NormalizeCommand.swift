import Codecs
import Events
import Intake
import Integrity
import Pipeline
import Server

/// `docket normalize`: source records to ECS documents, without a server.
struct NormalizeCommand: Command {
    static let name = "normalize"
    static let summary = "Turn source records into ECS documents."
    static let help = """
        docket normalize --stream NAME [--conformance] [FILE]

        --stream        anthropic.audit (one activity a line), claude_code.events, claude_cowork.events,
                        claude_code.traces, claude_code.metrics (one OTLP/JSON export request a line)
        --conformance   exactly what Elastic's packages produce

        Prints one document a line, in the order of the input; a record that cannot be mapped becomes a
        document with event.kind: pipeline_error. Without FILE it reads standard input.
        """

    private static let streams: [String: FileImport.Form] = [
        "anthropic.audit": .activities, "claude_code.events": .otlp, "claude_cowork.events": .otlp,
        "claude_code.traces": .otlp, "claude_code.metrics": .otlp,
    ]

    private let stream: String
    private let form: FileImport.Form
    private let mode: Normalizer.Mode
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
        let files = try words.rest()
        guard files.count <= 1 else { throw WrongUse("one file at a time") }
        file = files.first ?? "-"
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            // What the records are is said on the command line, so no resource or scope must say it too.
            var normalizer = Normalizer(mode: mode, stream: StreamName(stream), digest: EventDigests.make())
            var document = Document()
            var writer = DocumentWriter()
            var out = ByteBuffer(capacity: 1 << 16)
            for batch in Self.batches(try Input.bytes(file), form, stream) {
                for index in batch.entries.indices {
                    normalizer.map(index, of: batch, into: &document) { _, document in
                        out.removeAll()
                        writer.write(document, to: &out)
                        terminal.out(line: out.array)
                    }
                }
            }
            return .done
        } catch {
            terminal.error("docket normalize: \(error)")
            return .couldNot
        }
    }

    /// The records of each line, in order. A line that cannot be read is a record all the same.
    private static func batches(_ bytes: [UInt8], _ form: FileImport.Form, _ stream: String) -> [RecordBatch] {
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
