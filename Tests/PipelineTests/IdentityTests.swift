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
        let together = Mapped(batch, .full)
        let alone = entries.enumerated().flatMap { index, entry in
            var single = batch
            single.entries = [entry]
            return Mapped(single, .full).documents.map { ($0.at("event.id"), index) }
        }
        #expect(together.documents.map { $0.at("event.id") } == alone.map(\.0))
        #expect(together.documents.map { $0.at("docket.sequence") } == alone.map { .integer(Int64(1_000 + $0.1)) })
    }

    private func ids(_ batch: RecordBatch) -> [String] {
        Mapped(batch, .full).documents.compactMap { $0.at("event.id")?.string }
    }

    @Test(arguments: RecordEncoding.allCases.filter { $0 == .protobuf || $0 == .json })
    func `Two records that say the same are two, and the same two when they are sent again`(
        _ encoding: RecordEncoding
    ) throws {
        var form = Self.form
        form.count = 40
        let first = ids(try form.batch(encoding))
        #expect(Set(first).count == 40)
        #expect(ids(try form.batch(.json)) == first)
        // A request is counted for itself, also when the journal has put two of them into one frame.
        form.count = 1
        var twice = try form.batch(encoding)
        twice.contexts.append(twice.contexts[0])
        var again = twice.entries[0]
        again.context = 1
        twice.entries.append(again)
        #expect(ids(twice) == [first[0], first[0]])
    }

    @Test func `What a record says beside its attributes, and where it is from, makes another id`() throws {
        var form = LogForm(attributes: [], scope: "somebody.else")
        form.body = .text("a")
        let id = try id(form)
        var changed = form
        changed.body = .text("b")
        #expect(try self.id(changed) != id)
        changed = form
        changed.scope = "else"
        #expect(try self.id(changed) != id)
        changed = form
        changed.resource.append(("host.name", .text("h")))
        let other = try self.id(changed)
        #expect(other != id)
        changed.resource.reverse()
        #expect(try self.id(changed, .protobuf) == other)
    }

    @Test func `Values within values are the same in both encodings`() throws {
        let odd: [AnyValue] = [
            .number(3), .number(-0.0), .number(1e22), .number(.infinity), .number(-.infinity), .number(.nan),
            .whole(.min),
            .bytes([0, 255]), .text("\u{1}/é"), .object([("k", .number(2)), ("", .nothing)]), .flag(false),
        ]
        for value in odd + [.list(odd)] {
            let form = LogForm(attributes: [("v", value), ("l", .list([value]))])
            #expect(try id(form, .json) == id(form, .protobuf), "\(value)")
        }
    }

    @Test func `Thousands of attributes in any order give one id`() throws {
        var dice = Dice(seed: 5)
        var form = LogForm(attributes: (0..<3_000).map { ("attribute.\($0 % 2_900)", .whole(Int64($0 % 2_900))) })
        let id = try id(form)
        form.attributes.shuffle(using: &dice)
        #expect(try self.id(form, .protobuf) == id)
    }

    @Test func `A record that names no id has one of its own`() {
        for text in [#"{"type":"made_up"}"#, "no JSON"] {
            let id = Mapped(activity: text).document.at("event.id")?.string
            #expect(id?.hasPrefix("evt_") == true)
            #expect(Mapped(activity: text).document.at("event.id")?.string == id)
            #expect(Mapped(activity: text + " ").document.at("event.id")?.string != id)
        }
    }
}

@Suite struct `Series of metrics` {
    private static let attributes: [(String, AnyValue)] = [
        ("session.id", .text("s")), ("type", .text("input")), ("model", .text("m")), ("n", .whole(1)),
    ]

    private struct Names: Equatable {
        var series: [String?] = []
        var ids: [String?] = []
    }

    private func names(_ form: MetricForm, _ encoding: RecordEncoding = .json) throws -> Names {
        let documents = Mapped(try form.batch(encoding), .full).documents
        return Names(
            series: documents.map { $0.at("metric.series")?.string }, ids: documents.map { $0.at("event.id")?.string })
    }

    private func form(_ change: (inout MetricForm.Point) -> Void = { _ in }, temporality: UInt64 = 1) -> MetricForm {
        var point = MetricForm.Point(attributes: Self.attributes)
        change(&point)
        return MetricForm(points: [point], temporality: temporality)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `Encoding and order of attributes change neither series nor id`(temporality: UInt64) throws {
        let names = try names(form(temporality: temporality))
        #expect(names.series[0]?.utf8.count == 26)
        #expect(try self.names(form(temporality: temporality), .protobuf) == names)
        #expect(try self.names(form({ $0.attributes.reverse() }, temporality: temporality), .protobuf) == names)
    }

    @Test func `Deltas of one series are points with ids of their own`() throws {
        let first = try names(form())
        let next = try names(form { ($0.start, $0.time) = ($0.time, $0.time + 60) })
        #expect(next.series == first.series)
        #expect(next.ids != first.ids)
        // Two processes of one session may count in the same millisecond; what they say counts twice.
        #expect(try names(form { $0.value = 2 }).ids != first.ids)
    }

    @Test func `A cumulative series that began at another time is another one`() throws {
        let first = try names(form(temporality: 2))
        #expect(try names(form({ $0.time += 60 }, temporality: 2)).series == first.series)
        #expect(try names(form({ $0.start += 1 }, temporality: 2)).series != first.series)
        #expect(try names(form()).series != first.series)
    }

    @Test func `No two sets of attributes are taken for one`() throws {
        let forms: [[(String, AnyValue)]] = [
            [], [("a", .text("bc"))], [("ab", .text("c"))], [("a", .text("b")), ("c", .text(""))], [("a", .nothing)],
            [("a", .text("1"))], [("a", .whole(1))], [("a", .number(1))], [("a", .flag(true))], [("a", .bytes([49]))],
            [("a", .text("x")), ("b", .text("y"))], [("a", .text("y")), ("b", .text("x"))],
            [("a", .text("x")), ("a", .text("x"))], [("a", .text("x"))], [("a", .list([.text("x")]))],
        ]
        let series = try forms.map { attributes in try names(form { $0.attributes = attributes }).series[0] }
        #expect(Set(series).count == forms.count)
        var other = form()
        other.name += "s"
        #expect(try names(other).series != names(form()).series)
        other = form()
        other.resource = [("service.name", .text("another"))]
        #expect(try names(other).series != names(form()).series)
    }

    @Test func `A metric of many points loses none`() throws {
        let points = (0..<100).map { number in
            MetricForm.Point(attributes: [("n", .whole(Int64(number)))], value: Double(number))
        }
        let names = try names(MetricForm(points: points))
        #expect(Set(names.series).count == 100)
        #expect(Set(names.ids).count == 100)
    }
}
