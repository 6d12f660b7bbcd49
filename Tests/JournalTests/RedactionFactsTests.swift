import Codecs
import Events
import Testing

@testable import Journal

/// What redaction did stands with the records.
@Suite struct `Facts of redaction` {
    private static let rules = [UInt8](0..<16)

    private static func batch(_ records: Int, facts: RedactionFacts?) -> RecordBatch {
        var batch = RecordBatch(tenant: .default, source: "test", storage: Array("{}".utf8), contexts: [.init()])
        batch.entries = (0..<records).map { _ in
            .init(kind: .activity, encoding: .json, context: 0, range: ByteRange(start: 0, count: 2))
        }
        if let facts { batch.setRedaction(facts) }
        return batch
    }

    private static func read(_ batches: [RecordBatch]) throws -> RecordBatch {
        var out = ByteBuffer()
        BatchPayload.write(batches[...], to: &out)
        #expect(out.count <= batches.reduce(0) { $0 + BatchPayload.size(of: $1) })
        return try #require(BatchPayload.read(out.array))
    }

    @Test(arguments: [nil, [UInt8]("next".utf8)])
    func `Are read as they were written, with and without a bookmark`(_ bookmark: [UInt8]?) throws {
        let facts = RedactionFacts(
            rules: Self.rules, entries: [.init(record: 1, count: 3, withheld: 1, detectors: ["card", "email"])])
        var batch = Self.batch(3, facts: facts)
        batch.bookmark = bookmark
        let read = try Self.read([batch])
        #expect(read.redaction == facts)
        #expect(read.bookmark == bookmark)
        #expect(read.redaction(of: read.entries[1])?.detectors == ["card", "email"])
        #expect(read.redaction(of: read.entries[0]) == nil)
    }

    @Test func `Move on when batches share a frame`() throws {
        func facts(_ record: UInt32) -> RedactionFacts {
            RedactionFacts(
                rules: Self.rules, entries: [.init(record: record, count: 1, withheld: 0, detectors: ["iban"])])
        }
        let read = try Self.read([Self.batch(2, facts: facts(1)), Self.batch(3, facts: facts(0))])
        #expect(read.redaction?.entries.map(\.record) == [1, 2])
    }

    @Test func `Are not there in a journal from before`() throws {
        #expect(try Self.read([Self.batch(1, facts: nil)]).redaction == nil)
    }

    @Test func `That are cut short are no batch`() throws {
        let facts = RedactionFacts(
            rules: Self.rules, entries: [.init(record: 0, count: 1, withheld: 0, detectors: ["iban"])])
        for count in 0..<facts.payload.count { #expect(RedactionFacts(payload: Array(facts.payload[..<count])) == nil) }
        #expect(RedactionFacts(payload: facts.payload) == facts)
    }
}
