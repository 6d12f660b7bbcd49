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
