import Codecs
import Events
import TestKit
import Testing

@testable import Intake

@Suite struct `Files are imported` {
    private func read(_ text: String, _ form: FileImport.Form) -> FileImport {
        FileImport(Array(text.utf8), as: form, tenant: .default)
    }

    private func records(_ file: FileImport) -> [String] {
        file.batches.flatMap { batch in
            batch.entries.map { String(decoding: batch.storage[$0.range.range], as: UTF8.self) }
        }
    }

    private func export(_ records: String) -> String {
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[\#(records)]}]}]}"#
    }

    @Test func `Activities come one a line, as a list, or as pages`() {
        for text in [
            "{\"id\":1}\n{\"id\":2}\n", "[{\"id\":1},{\"id\":2}]", "{\"data\":[{\"id\":1}]}\n{\"data\":[{\"id\":2}]}",
            "\r\n{\"id\":1}\r\n\r\n  {\"id\":2}", "[{\"data\":[{\"id\":1},{\"id\":2}]}]",
        ] {
            let file = read(text, .activities)
            #expect(records(file) == [#"{"id":1}"#, #"{"id":2}"#], "\(text)")
            #expect(file.problems.isEmpty, "\(text)")
            #expect(file.batches.allSatisfy { $0.entries.allSatisfy { $0.kind == .activity } })
        }
    }

    @Test func `Export requests of all signals may be mixed`() {
        let file = read(
            export("{},{}") + "\n" + #"{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}"# + "\n"
                + #"{"resource_metrics":[{"scope_metrics":[{"metrics":[{}]}]}]}"#, .otlp)
        #expect(file.problems.isEmpty)
        #expect(
            file.batches.flatMap { $0.entries.map(\.kind) } == [.otlpLog, .otlpLog, .otlpSpan, .otlpMetric])
    }

    @Test func `A resource is where its request stands in the file`() {
        let second = #"{"resourceLogs":[{"resource":{"a":2},"scopeLogs":[{"scope":{"name":"s"},"logRecords":[{}]}]}]}"#
        let file = read(export("{}") + "\n" + second, .otlp)
        let batch = file.batches[0]
        let context = batch.contexts[Int(batch.entries[1].context)]
        #expect(String(decoding: batch.storage[context.resource.range], as: UTF8.self) == #"{"a":2}"#)
        #expect(String(decoding: batch.storage[context.scope.range], as: UTF8.self) == #"{"name":"s"}"#)
    }

    @Test func `A request of protobuf is read as one`() {
        var sample = SampleExport(seed: 3)
        let request = sample.request()
        let file = FileImport(SampleExport.protobuf(request), as: .otlp, tenant: .default)
        #expect(file.records == request.joined().joined().count)
        #expect(file.problems.isEmpty)
    }

    private static let problems: [(FileImport.Form, String, Int, Int)] = [
        (.activities, "{\"id\":1}\n{\"id\":", 2, 1), (.activities, "{\"id\":1}\n\nnonsense", 3, 1),
        (.activities, "5", 1, 0), (.ecs, "{}\n\"text\"\n{}", 2, 2), (.otlp, "{}", 1, 0),
        (.otlp, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{},7]}]}]}", 1, 1),
        (.otlp, "{\"resourceLogs\":1}\n{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{}]}]}]}", 1, 1),
    ]

    @Test(arguments: problems)
    func `What cannot be read is named with its line, and the rest is kept`(
        form: FileImport.Form, text: String, line: Int, kept: Int
    ) {
        let file = read(text, form)
        #expect(file.problems.map(\.line) == [line], "\(file.problems)")
        #expect(file.records == kept)
    }

    @Test func `Bytes that are no text are one problem with its line`() {
        let file = FileImport(Array("{}\n{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8), as: .ecs, tenant: .default)
        #expect(file.problems == [FileImport.Problem(line: 2, message: "this is not UTF-8")])
        #expect(file.records == 0)
    }

    @Test func `A large file becomes several batches and loses nothing`() {
        let count = FileImport.batchRecords * 2 + 5
        let file = read((0..<count).map { "{\"id\":\($0)}" }.joined(separator: "\n"), .activities)
        #expect(file.records == count)
        #expect(file.batches.count == 3)
        #expect(file.batches.allSatisfy { $0.entries.count <= FileImport.batchRecords })
        #expect(records(file) == (0..<count).map { "{\"id\":\($0)}" })
    }

    @Test func `Rows of an audit log stand in the table of their file`() {
        let file = read("\u{FEFF}created_at,event\r\n1,\"a\nb\"\r\n\r\n2,c\r\n3\n\"4,d", .auditLog)
        #expect(file.problems.isEmpty)
        #expect(records(file) == ["1,\"a\nb\"", "2,c", "3", "\"4,d"])
        let batch = file.batches[0]
        #expect(batch.entries.allSatisfy { $0.kind == .auditLogRow && $0.encoding == .csv && $0.context == 0 })
        #expect(text(batch.contexts[0].resource, batch) == "created_at,event")
    }

    private func text(_ range: ByteRange, _ batch: RecordBatch) -> String {
        String(decoding: batch.storage[range.range], as: UTF8.self)
    }

    @Test func `A row that stands there again says how often it did before`() {
        let count = FileImport.batchRecords
        let rows = ["1,a"] + (0..<count).map { "2,\($0)" } + ["1,a", "1,a"]
        let file = read("created_at,event\n" + rows.joined(separator: "\n"), .auditLog)
        #expect(records(file) == rows)
        #expect(file.batches.count == 2)
        let repeats = file.batches.flatMap { batch in
            batch.entries.map { text(batch.contexts[Int($0.context)].scope, batch) }
        }
        #expect(repeats == [String](repeating: "", count: count + 1) + ["1", "2"])
    }

    @Test func `A row that is too long is kept in pieces that nobody takes for rows`() {
        let long = "1,\"" + String(repeating: "2,forged\n", count: 3 * AuditLogFile.rowLimit / 9 - 1) + "\""
        let file = read("created_at,event\n\(long)\n3,b\n", .auditLog)
        #expect(records(file).joined() == long + "3,b")
        let headers = file.batches.flatMap { batch in
            batch.entries.map { text(batch.contexts[Int($0.context)].resource, batch) }
        }
        #expect(headers == ["", "", "", "created_at,event"])
    }

    /// A small archive of stored files, as Python's `zipfile` writes it.
    private func archive(_ files: [(String, String)]) -> [UInt8] {
        let script = """
            import json, sys, zipfile, io
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, text in json.loads(sys.argv[1]): archive.writestr(name, text)
            sys.stdout.write(out.getvalue().hex())
            """
        let files = JSONValue.array(files.map { [.string($0.0), .string($0.1)] })
        let digits = Array(Shell.run("python3", "-c", script, files.text).output.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
            UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
        }
    }

    @Test func `The largest table of an archive is the audit log`() throws {
        let log = "created_at,event\n" + String(repeating: "1,a\n", count: 50)
        let bytes = archive([("readme.txt", String(repeating: log, count: 2)), ("x/LOG.CSV", log), ("b.csv", "b")])
        let file = FileImport(bytes, as: .auditLog, tenant: .default)
        #expect(file.problems.isEmpty)
        #expect(file.records == 50)
        let none = FileImport(archive([("readme.txt", log)]), as: .auditLog, tenant: .default)
        #expect(none.problems.map(\.message) == ["there is no .csv in the ZIP archive"])
    }

    @Test(arguments: ["", "a,b\n1,2\n", "{\"created_at\":1}", "created_at;event\n1;2\n"])
    func `A file that is no audit log is one problem`(text: String) {
        let file = read(text, .auditLog)
        #expect(file.problems.map(\.line) == [1])
        #expect(file.records == 0)
    }

    @Test(arguments: FileImport.Form.allCases)
    func `Garbage never ends the program, and what it gives lies inside the file`(form: FileImport.Form) {
        var sample = SampleExport(seed: 9)
        let good = SampleExport.json(sample.request())
        var mutation = Mutation(seed: 11)
        for _ in 0..<500 {
            let body = mutation.applied(to: good)
            let file = FileImport(body, as: form, tenant: .default)
            for batch in file.batches {
                #expect(batch.entries.allSatisfy { $0.range.start >= 0 && $0.range.end <= batch.storage.count })
                #expect(batch.entries.allSatisfy { Int($0.context) < batch.contexts.count })
            }
        }
    }
}
