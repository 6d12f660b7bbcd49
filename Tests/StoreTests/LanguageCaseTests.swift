import Codecs
import Events
import Platform
import Query
import TestKit
import Testing

@testable import Store

/// The cases of `Conformance`, asked of the engine: what a filter says of a document, SQL says of its row.
///
/// Cases with fields of their own are passed over: the store has Docket's.
@Suite struct `Queries by their cases, in the store` {
    private static func cases(_ topic: String) throws -> [ConformanceCase] {
        try ConformanceCase.all(of: topic).filter { example in
            example.data.isStandard && !example.data.documents.isEmpty && example.parsed == nil && !example.isError
        }
    }

    /// One store for each set of documents, half of it in files.
    private static func store(_ data: ConformanceCase.Data) throws -> SampleStore {
        let sample = try SampleStore()
        for document in data.documents { sample.journal.append(.init(SampleDocument(json: document))) }
        try sample.index(upTo: data.documents.count / 2)
        try sample.writer.sealAll()
        try sample.index(upTo: data.documents.count)
        return sample
    }

    private static func grouped(_ cases: [ConformanceCase]) -> [[ConformanceCase]] {
        var groups: [[ConformanceCase]] = []
        for example in cases {
            if let last = groups.last?.last, last.data.documents == example.data.documents,
                last.data.now == example.data.now
            {
                groups[groups.count - 1].append(example)
            } else {
                groups.append([example])
            }
        }
        return groups
    }

    @Test func `KQL finds the same`() throws {
        var count = 0
        for group in Self.grouped(try Self.cases("kql")) {
            let sample = try Self.store(group[0].data)
            let search = StoreSearch(sample.store, clock: TestClock(group[0].data.now))
            for example in group {
                guard let ids = example.ids else { continue }
                let options = try example.kqlOptions()
                let filter = try KQL.filter(
                    example.query, schema: example.data.schema, now: example.data.now, options
                ).filter
                var found: Set<String> = []
                try search.read(EventReadRequest(tenant: "default", filter: filter)) { hit in
                    found.insert(hit.id)
                    return true
                }
                #expect(found == Set(ids), "\(example.name)\n\(filter)")
                count += 1
            }
        }
        #expect(count > 120)
    }

    @Test func `EQL finds the same`() throws {
        var count = 0
        for group in Self.grouped(try Self.cases("eql")) {
            let sample = try Self.store(group[0].data)
            let search = StoreSearch(sample.store, clock: TestClock(group[0].data.now))
            for example in group {
                try example.expectEQL(of: search)
                count += 1
            }
        }
        #expect(count > 150)
    }
}

/// Documents as the store gives them back, which EQL looks at one by one.
@Suite struct `A document of the store` {
    @Test func `Answers as its row does`() throws {
        var dice = Dice(seed: 31)
        let sample = try SampleStore()
        for number in 0..<300 {
            sample.journal.append(.init(dice.sample(number), stream: dice.pick([.codeEvents, .audit])))
        }
        try sample.index(upTo: 150)
        try sample.writer.sealAll()
        try sample.index(upTo: 300)
        let schema = FieldSchema(.standard)
        var documents: [String: JSONDocument] = [:]
        for hit in try sample.search().hits {
            documents[hit.id] = JSONDocument(try JSONValue(parsing: hit.document), schema: schema)
        }
        var found = 0
        for _ in 0..<120 {
            let query = dice.query(depth: 2)
            // A time that is none gives way to what was sent, and objects of unknown names may come back in parts.
            if query.contains("@timestamp") || query.contains(": {") { continue }
            let filter = try KQL.filter(query, schema: schema, now: sample.clock.now()).filter
            let rows = Set(try sample.search(query).hits.map(\.id))
            let read = Set(documents.filter { filter.matches($0.value) }.keys)
            found += rows.count
            for id in rows.symmetricDifference(read).sorted().prefix(1) {
                Issue.record("\(query): its row \(rows.contains(id) ? "does" : "does not"), \(id)")
            }
        }
        #expect(found > 1_000)
    }
}

extension `A document of the store` {
    /// While events are looked at, only what the query looks at is read.
    @Test func `Is whole in the answer of EQL`() throws {
        let sample = try SampleStore()
        var document = SampleDocument(id: "one", time: Timestamp(nanoseconds: 1_791_447_318_000_000_000))
        document.entries += [
            .init(name: "user.name", value: .text("ann")), .init(name: "process.command_line", value: .text("ls")),
            .init(name: "unheard.of", value: .text("x")),
        ]
        sample.journal = [.init(document)]
        try sample.index(upTo: 1)
        let search = StoreSearch(sample.store, clock: sample.clock)
        for text in ["any where length(user.name) == 3", "any where ?unheard.of == \"x\" or length(user.name) == 3"] {
            let answer = try EQLSearch(search, schema: search.schema, clock: sample.clock).search(
                EQLRequest(tenant: "default", text: text))
            guard case .events(let hits) = answer.found else {
                Issue.record("no events")
                continue
            }
            #expect(hits.map(\.document) == (try sample.search().hits.map(\.document)))
            #expect(hits.count == 1)
        }
    }
}

/// Events that are lent one after another.
@Suite struct `Events in order` {
    /// Several pages of several tables, many events at the same time.
    @Test func `Come from all tables in one order`() throws {
        var dice = Dice(seed: 21)
        let sample = try SampleStore()
        let start = Timestamp(nanoseconds: 1_791_447_318_000_000_000)
        var expected: [(Timestamp, Int64, Int, String)] = []
        for number in 0..<3_000 {
            let time = start + .seconds(Int64(dice.roll(40)))
            var document = SampleDocument(id: "id-\(dice.roll(1_000))-\(number)", time: time)
            var sequence = Int64.min
            if dice.roll(3) > 0 {
                sequence = Int64(dice.roll(3))
                document.entries.append(.init(name: "event.sequence", value: .long(sequence)))
            }
            sample.journal.append(.init(document, stream: dice.pick([.codeEvents, .audit])))
            guard case .text(let id) = document.entries[1].value else { continue }
            expected.append((time, sequence, number, id))
        }
        try sample.index(upTo: 1_000)
        try sample.writer.sealAll()
        try sample.index(upTo: 2_200, publishEvery: 300)
        try sample.writer.sealAll()
        try sample.index(upTo: 3_000, publishEvery: 100)
        expected.sort { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }
        let search = StoreSearch(sample.store, clock: sample.clock)
        var found: [String] = []
        try search.read(EventReadRequest(tenant: "default")) { hit in
            found.append(hit.id)
            return true
        }
        #expect(found == expected.map(\.3))

        let (from, to) = (start + .seconds(7), start + .seconds(23))
        var some: [String] = []
        try search.read(EventReadRequest(tenant: "default", from: from, to: to)) { hit in
            some.append(hit.id)
            return some.count < 700
        }
        #expect(some == Array(expected.filter { $0.0 >= from && $0.0 < to }.map(\.3).prefix(700)))
        #expect(some.count == 700)
    }

    /// A page is looked for near the one before it, so silences of all lengths lie in its way, and heaps that are longer.
    @Test func `Come across silences and out of heaps`() throws {
        let sample = try SampleStore()
        var time = Timestamp(nanoseconds: 1_591_447_318_000_000_000)
        var ids: [String] = []
        func add(_ count: Int, every span: Timestamp.Span) {
            for _ in 0..<count {
                var document = SampleDocument(id: "id-\(100_000 + ids.count)", time: time)
                document.entries.append(.init(name: "user.name", value: .text("ann")))
                sample.journal.append(.init(document))
                ids.append("id-\(100_000 + ids.count)")
                time = time + span
            }
        }
        for (count, span, silence) in [
            (600, Timestamp.Span.milliseconds(1), Timestamp.Span.days(300)), (3, .days(1), .hours(1)),
            (4_500, .seconds(0), .seconds(0)), (600, .seconds(9), .days(1_200)), (5, .minutes(1), .seconds(0)),
        ] {
            add(count, every: span)
            time = time + silence
        }
        try sample.index(upTo: 2_000)
        try sample.writer.sealAll()
        try sample.index(upTo: ids.count)
        let search = StoreSearch(sample.store, clock: sample.clock)
        for (fields, name) in [(nil, "ann"), ([], nil)] as [(Set<FieldReference>?, String?)] {
            var found: [String] = []
            var names: Set<String?> = []
            try search.read(EventReadRequest(tenant: "default", fields: fields)) { hit in
                found.append(hit.id)
                names.insert((try? JSONValue(parsing: hit.document))?["user"]?["name"]?.string)
                return true
            }
            #expect(found == ids)
            #expect(names == [name])
        }
    }

    @Test func `Are those of one tenant`() throws {
        let sample = try SampleStore()
        let other = try #require(TenantName("other"))
        let time = Timestamp(nanoseconds: 1_791_447_318_000_000_000)
        sample.journal = [
            .init(SampleDocument(id: "mine", time: time)),
            .init(SampleDocument(id: "yours", time: time), tenant: other),
        ]
        try sample.index(upTo: 2)
        for (tenant, ids) in [("default", ["mine"]), ("other", ["yours"]), ("third", []), ("'", [])] {
            var found: [String] = []
            try StoreSearch(sample.store, clock: sample.clock).read(EventReadRequest(tenant: tenant)) { hit in
                found.append(hit.id)
                return true
            }
            #expect(found == ids)
        }
    }

    /// A cancel is seen before the next page, also when it came between two statements.
    @Test func `End when nobody waits any more`() throws {
        let sample = try SampleStore()
        let time = Timestamp(nanoseconds: 1_791_447_318_000_000_000)
        sample.journal = (0..<1_500).map { .init(SampleDocument(id: "id-\($0)", time: time)) }
        try sample.index(upTo: 1_500)
        let cancellation = Cancellation()
        var count = 0
        #expect(throws: SearchError.cancelled) {
            try StoreSearch(sample.store, clock: sample.clock).read(
                EventReadRequest(tenant: "default", cancellation: cancellation)
            ) { _ in
                count += 1
                cancellation.cancel()
                return true
            }
        }
        #expect(count < 1_500)
        #expect(count > 0)
    }
}

extension SampleDocument {
    /// A document of a case, as the mapping of events in ECS takes it: known fields by their type, lists of values one
    /// by one, all else as JSON.
    init(json: JSONValue) {
        self.init([])
        read(json, "")
    }

    private mutating func read(_ value: JSONValue, _ name: String) {
        if let field = Self.field(name).map({ FieldCatalog.standard[$0] }) {
            if field.type == .flattened { return add(name, .json(value)) }
            for leaf in value.array ?? [value] { add(name, Self.value(leaf, field.type)) }
        } else if case .object(let members) = value {
            for member in members { read(member.value, name.isEmpty ? member.key : "\(name).\(member.key)") }
        } else {
            add(name, .json(value))
        }
    }

    private mutating func add(_ name: String, _ value: Value) { entries.append(.init(name: name, value: value)) }

    private static func value(_ json: JSONValue, _ type: FieldType) -> Value {
        switch (json, type) {
        // The mapping leaves empty texts out; a case has some all the same.
        case (.string(""), _): .json(json)
        case (.string(let text), .date): RFC3339.parse(text.utf8).map { .date($0) } ?? .text(text)
        case (.string(let text), _): .text(text)
        case (.integer(let number), .double): .double(Double(number))
        case (.integer(let number), .long): .long(number)
        case (.double(let number), .double): .double(number)
        case (.bool(let flag), .boolean): .boolean(flag)
        default: .json(json)
        }
    }
}
