import Codecs
import Events
import Pipeline
import Platform
import TestKit
import Testing

@Suite struct `Ids of telemetry` {
    private static let form = LogForm(attributes: [
        ("event.name", .text("tool_result")), ("session.id", .text("s")), ("event.sequence", .whole(7)),
        ("zeta", .list([.number(1.5), .text("\u{e9}\"")])), ("alpha", .flag(true)),
    ])

    private func id(_ form: LogForm, _ encoding: RecordEncoding = .json) throws -> String? {
        Mapped(try form.batch(encoding), .full).document.at("event.id")?.string
    }

    @Test func `The encoding and the order of attributes do not change an id`() throws {
        let id = try #require(try id(Self.form))
        #expect(try self.id(Self.form, .protobuf) == id)
        var turned = Self.form
        turned.attributes.reverse()
        #expect(try self.id(turned) == id)
        #expect(id.utf8.count == 30)
    }

    @Test func `Any other attribute, type or time makes another id`() throws {
        let id = try id(Self.form)
        var changed = Self.form
        changed.attributes[4].1 = .flag(false)
        #expect(try self.id(changed) != id)
        changed.attributes[4].1 = .text("true")
        #expect(try self.id(changed) != id)
        changed = Self.form
        changed.time += 1
        #expect(try self.id(changed) != id)
    }

    @Test func `Groups of records get the ids that single ones get`() throws {
        var storage: [UInt8] = []
        var entries: [RecordBatch.Entry] = []
        for number in 0..<40 {
            let text =
                number % 7 == 3
                ? #"{"id":"activity_\#(number)","type":"claude_chat_created"}"#
                : #"{"attributes":[{"key":"n","value":{"intValue":\#(number)}}]}"#
            entries.append(
                .init(
                    kind: number % 7 == 3 ? .activity : .otlpLog, encoding: .json, context: 0,
                    range: ByteRange(start: storage.count, count: text.utf8.count)))
            storage += text.utf8
        }
        let batch = RecordBatch(
            tenant: .default, source: "test", storage: storage, contexts: [.init()], entries: entries)
        let journaled = JournaledBatch(
            batch: batch, firstSequence: 0, accepted: Timestamp(nanoseconds: 0), position: .start, end: .start)
        var normalizer = Normalizer(digest: Mapped.digest)
        var writer = DocumentWriter()
        var single = Document()
        var group = DocumentGroup()
        var alone: [String] = []
        var together: [String] = []
        var places: [Int] = []
        func text(_ document: borrowing Document) -> String {
            var out = ByteBuffer()
            writer.write(document, to: &out)
            return out.text
        }
        for index in entries.indices {
            normalizer.map(index, of: journaled, into: &single) { _, document in alone.append(text(document)) }
        }
        normalizer.mapAll(of: journaled, into: &group) { index, _, document in
            places.append(index)
            together.append(text(document))
        }
        #expect(together == alone)
        #expect(places == Array(entries.indices))
    }
}
