import Codecs
import Events
import TestKit
import Testing

@testable import Intake

@Suite struct `Protobuf requests are split` {
    private func split(_ body: [UInt8], _ signal: OTLPSignal = .logs) throws(Intake.OTLPError) -> OTLPRequest {
        try unsafe ProtobufSplitter.split(body.span.bytes, signal)
    }

    /// A request of one resource and one scope around records that are bytes already.
    private func request(_ records: [[UInt8]], resource: [UInt8] = [], scope: [UInt8] = []) -> [UInt8] {
        var out = ProtobufWriter()
        out.message(1) { group in
            group.bytes(1, resource)
            group.message(2) { inner in
                inner.bytes(1, scope)
                for record in records { inner.bytes(2, record) }
            }
        }
        return out.array
    }

    private func record(_ body: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var out = ProtobufWriter()
        body(&out)
        return out.array
    }

    @Test(arguments: 0..<40)
    func `Records kept and refused are those of a slow walk, whatever happened to the bytes`(seed: UInt64) {
        var sample = SampleExport(seed: seed)
        let good = SampleExport.protobuf(sample.request())
        var mutation = Mutation(seed: seed)
        for turn in 0..<60 {
            let body = turn == 0 ? good : mutation.applied(to: good)
            let expected = WireReference.split(body)
            let found = try? split(body)
            #expect((found == nil) == (expected == nil), "seed \(seed), turn \(turn)")
            guard let found, let expected else { continue }
            #expect(found.entries.map { Array(body[$0.range.range]) } == expected.kept, "seed \(seed), turn \(turn)")
            #expect(found.refused == expected.refused, "seed \(seed), turn \(turn)")
            #expect((found.firstReason == nil) == (found.refused == 0))
            #expect(found.entries.allSatisfy { Int($0.context) < found.contexts.count })
        }
    }

    @Test(arguments: 0..<40)
    func `What is kept can be read`(seed: UInt64) {
        var sample = SampleExport(seed: seed)
        let good = SampleExport.protobuf(sample.request())
        var mutation = Mutation(seed: seed ^ 0x5EED)
        var reader = OTLPReader()
        for turn in 0..<60 {
            let body = mutation.applied(to: good)
            guard let found = try? split(body) else { continue }
            let span = unsafe body.span.bytes
            for entry in found.entries {
                #expect(throws: Never.self, "seed \(seed), turn \(turn)") {
                    _ = try reader.readLog(span, entry.range, .protobuf)
                }
            }
        }
    }

    @Test(arguments: OTLPSignal.allCases)
    func `Garbage never ends the program`(signal: OTLPSignal) {
        var dice = Dice(seed: 7)
        for _ in 0..<3_000 {
            let body = (0..<dice.roll(60)).map { _ in UInt8(dice.roll(dice.roll(2) == 0 ? 256 : 32)) }
            _ = try? split(body, signal)
        }
    }

    @Test func `An empty request has nothing to keep and nothing to refuse`() throws {
        let found = try split([])
        #expect(found.entries.isEmpty && found.refused == 0)
    }

    @Test func `A resource behind its records is theirs all the same`() throws {
        var out = ProtobufWriter()
        out.message(1) { group in
            group.message(2) { $0.bytes(2, [0x09, 1, 0, 0, 0, 0, 0, 0, 0]) }
            group.message(1) { $0.message(1) { $0.text(1, "service.name") } }
        }
        let body = out.array
        let found = try split(body)
        #expect(found.entries.count == 1)
        #expect(found.contexts[0].resource.count > 0)
    }

    private static let badRecords: [(String, [UInt8])] = [
        ("a time of the wrong wire type", [0x08, 1]),
        ("a severity of the wrong wire type", [0x12, 0]),
        ("an attribute that is a number", [0x30, 1]),
        ("a key that is no UTF-8", [0x32, 3, 0x0A, 1, 0xFF]),
        ("a text value that is no UTF-8", [0x2A, 3, 0x0A, 1, 0xC0]),
        ("a character of four bytes beyond the last one", [0x2A, 6, 0x0A, 4, 0xF4, 0x90, 0x80, 0x80]),
        ("a double of the wrong wire type", [0x2A, 2, 0x20, 0]),
        ("a field that ends outside", [0x2A, 9, 0x0A]),
        ("field number zero", [0x00, 0]),
        ("a group", [0x33]),
        ("a varint of eleven bytes", [0x10] + [UInt8](repeating: 0xFF, count: 10) + [1]),
    ]

    @Test(arguments: badRecords)
    func `A bad record is refused and its neighbors are kept`(name: String, bad: [UInt8]) throws {
        let good = record { $0.fixed64(1, 5) }
        let body = request([good, bad, good])
        let found = try split(body)
        #expect(found.entries.map { Array(body[$0.range.range]) } == [good, good])
        #expect(found.refused == 1)
        #expect(found.firstReason?.hasPrefix("a record is malformed: ") == true)
    }

    @Test func `Half of a surrogate pair, as cut text has it, is let through`() throws {
        #expect(try split(request([[0x2A, 5, 0x0A, 3, 0xED, 0xA0, 0xBD]])).refused == 0)
    }

    @Test func `Fields that nobody knows are let through`() throws {
        let body = request([record { $0.varint(100, 1) }, record { $0.bytes(9, [0xFF]) }])
        #expect(try split(body).entries.count == 2)
    }

    @Test func `A bad resource or scope refuses its records and no others`() throws {
        let good = record { $0.fixed64(1, 5) }
        let bad: [UInt8] = [0x0A, 3, 0x0A, 1, 0xFF]
        let body = request([good, good], resource: bad) + request([good], scope: [0x0A, 1, 0xFF]) + request([good])
        let found = try split(body)
        #expect(found.entries.count == 1)
        #expect(found.refused == 3)
        #expect(found.firstReason == "a resource is malformed")
    }

    /// Lists in one another around a text.
    private func nested(_ depth: Int) -> [UInt8] {
        var value = record { $0.text(1, "inside") }
        for _ in 0..<depth {
            value = record { list in list.message(5) { $0.bytes(1, value) } }
        }
        return record { $0.bytes(5, value) }
    }

    @Test(arguments: [(5, 3), (7, 3), (9, 3), (10, 3), (11, 3), (8, 1)])
    func `Of a refused metric the data points are counted`(data: Int, expected: Int) throws {
        let metric = record { metric in
            metric.bytes(1, [0xFF])
            metric.message(data) { data in for _ in 0..<3 { data.bytes(1, []) } }
        }
        let found = try split(request([metric, metric]), .metrics)
        #expect(found.refused == 2)
        #expect(found.rejected == 2 * expected)
    }

    @Test func `Values nest as deep as the limit says and no deeper`() throws {
        #expect(try split(request([nested(OTLPLimits.depth)])).refused == 0)
        #expect(try split(request([nested(OTLPLimits.depth * 3)])).refused == 1)
        #expect(try split(request([nested(5_000)])).refused == 1)
    }

    @Test func `One record more than the limit refuses the request`() throws {
        let most = [UInt8]([0x12, 0])
        func body(_ count: Int) -> [UInt8] {
            var out = ProtobufWriter()
            let records = (0..<count).flatMap { _ in most }
            out.message(1) { $0.bytes(2, records) }
            return out.array
        }
        #expect(try split(body(OTLPLimits.records)).entries.count == OTLPLimits.records)
        #expect(throws: Intake.OTLPError.self) { try split(body(OTLPLimits.records + 1)) }
    }

    @Test func `Scopes without records have a limit of their own`() throws {
        func body(_ count: Int) -> [UInt8] {
            var out = ProtobufWriter()
            let scopes = (0..<count).flatMap { _ in [0x12, 0] as [UInt8] }
            out.bytes(1, scopes)
            return out.array
        }
        #expect(try split(body(OTLPLimits.contexts)).contexts.count == OTLPLimits.contexts)
        let error = #expect(throws: Intake.OTLPError.self) { try split(body(OTLPLimits.contexts + 1)) }
        #expect(error?.description.contains("scopes") == true)
    }

    @Test func `No reason quotes what was sent`() throws {
        let secret = "sk-ant-api01-secret"
        let body = request([record { $0.bytes(3, Array(secret.utf8) + [0xFF]) }])
        #expect(try split(body).firstReason?.contains("secret") == false)
    }
}
