import Codecs
import Events
import Foundation
import Platform
import Query
import TestKit
import Testing

@testable import Store

struct RecoveryTests {
    /// Records for several streams, some sent twice, some of several documents.
    private func records(_ dice: inout Dice, _ count: Int) -> [SampleStore.Record] {
        (0..<count).map { number in
            let id = "id-\(dice.roll(8) == 0 ? dice.roll(number + 1) : number)"
            let document = SampleDocument(
                id: id, time: Timestamp(nanoseconds: 1_791_447_318_000_000_000 + Int64(dice.roll(1_000))))
            let bare = SampleDocument([("user.name", .text("a"))])
            return switch dice.roll(6) {
            case 0: .init(bare)
            case 1: .init([(.audit, document), (.audit, bare), (.codeEvents, bare)])
            case 2: .init(document, stream: .audit)
            default: .init(document)
            }
        }
    }

    /// Ids of everything, which must each be there once.
    private func ids(_ sample: SampleStore) throws -> [String] { try sample.search().hits.map(\.id).sorted() }

    private func expected(_ records: [SampleStore.Record]) throws -> [String] {
        let whole = try SampleStore()
        whole.journal = records
        try whole.index(upTo: records.count)
        return try ids(whole)
    }

    @Test(arguments: 0..<12) func `after any kill the counts are those of the journal`(seed: Int) throws {
        var dice = Dice(seed: UInt64(seed))
        var limits = StoreLimits()
        limits.segmentRows = 20 + dice.roll(60)
        let sample = try SampleStore(limits: limits)
        sample.journal = records(&dice, 400)
        var reached = 0
        while reached < 400 {
            reached = min(400, max(sample.reached, reached) + dice.roll(120))
            try sample.index(upTo: reached, publishEvery: 1 + dice.roll(30))
            if dice.roll(3) == 0 {
                // The quiet stream is sealed by time, when the busy one was sealed by size long before.
                sample.clock.advance(.hours(2))
                try sample.index(upTo: reached)
            }
            if dice.roll(2) == 0 { try sample.reopen() }
        }
        try sample.index(upTo: 400)
        #expect(try ids(sample) == expected(sample.journal), "seed \(seed)")
        try sample.writer.sealAll()
        try sample.reopen()
        #expect(sample.store.position == SampleStore.position(400))
        try sample.index(upTo: 400)
        #expect(try ids(sample) == expected(sample.journal), "seed \(seed)")
    }

    /// How far a seal had come when the power failed.
    enum Step: String, CaseIterable {
        case writing, written, renamed, manifestWritten, manifestRenamed
    }

    @Test(arguments: Step.allCases) func `a kill at any step of sealing loses nothing and doubles nothing`(
        _ step: Step
    ) throws {
        var dice = Dice(seed: 9)
        let sample = try SampleStore()
        sample.journal = records(&dice, 300)
        try sample.index(upTo: 100)
        try sample.writer.sealAll()
        let old = try Data(contentsOf: URL(fileURLWithPath: sample.folder.file("store/manifest.json")))
        let before = try files(sample)
        try sample.index(upTo: 250)
        try sample.writer.sealAll()
        let new = try Data(contentsOf: URL(fileURLWithPath: sample.folder.file("store/manifest.json")))

        // Back to what was on the disk at that step.
        let added = try files(sample).subtracting(before)
        #expect(added.count == 2)
        if step != .manifestRenamed { try write(old, "manifest.json", sample) }
        if step == .manifestWritten { try write(new.prefix(new.count / 2), "manifest.json.new", sample) }
        if step == .writing || step == .written {
            for file in added {
                try FileManager.default.moveItem(
                    atPath: sample.folder.file("store/\(file)"), toPath: sample.folder.file("store/\(file).new"))
                guard step == .writing else { continue }
                let bytes = try Data(contentsOf: URL(fileURLWithPath: sample.folder.file("store/\(file).new")))
                try write(bytes.prefix(bytes.count / 2), "\(file).new", sample)
            }
        }

        try sample.reopen()
        #expect(try files(sample) == (step == .manifestRenamed ? before.union(added) : before))
        #expect(sample.reached == (step == .manifestRenamed ? 250 : 100))
        try sample.index(upTo: 300)
        #expect(try ids(sample) == expected(sample.journal))
        try sample.writer.sealAll()
        try sample.reopen()
        #expect(try ids(sample) == expected(sample.journal))
    }

    private func files(_ sample: SampleStore) throws -> Set<String> {
        let all = try FileManager.default.subpathsOfDirectory(atPath: sample.folder.file("store"))
        return Set(all.filter { $0.contains(".parquet") && !$0.contains(".ids") })
    }

    private func write(_ data: Data, _ name: String, _ sample: SampleStore) throws {
        try data.write(to: URL(fileURLWithPath: sample.folder.file("store/\(name)")))
    }

    // MARK: The manifest

    @Test func `a manifest reads back as it was written`() throws {
        let sample = try SampleStore()
        var dice = Dice(seed: 10)
        sample.journal = (0..<200).map { .init(dice.sample($0)) }
        try sample.index(upTo: 200)
        try sample.writer.sealAll()
        let text = try Array(Data(contentsOf: URL(fileURLWithPath: sample.folder.file("store/manifest.json"))))
        let manifest = try #require(Manifest(text))
        #expect(manifest.text == text)
        #expect(manifest.segments.map(\.rows) == [200])
        #expect(manifest.segments[0].columns.contains("event.id"))
        #expect(!manifest.segments[0].misfits.isEmpty)
    }

    private static let damages: [(String, String)] = [
        ("\"version\":1", "\"version\":2"), ("\"segment\":1", "\"segment\":-1"), ("\"rows\":50", "\"rows\":-50"),
        ("\"rows\":50", "\"rows\":\"50\""), ("\"sealedBelow\":50", "\"sealedBelow\":1.5"),
        ("\"tenant\":\"default\"", "\"tenant\":\"De fault\""), ("\"file\":\"default/", "\"file\":\"../default/"),
        ("\"columns\":[", "\"columns\":[7,"), ("\"misfits\":[]", "\"misfits\":null"), ("}", ""), ("{", "[{"),
        ("\"bytes\":", "\"bites\":"),
    ]

    @Test(arguments: damages) func `a damaged manifest is refused with what to do`(_ good: String, _ bad: String) throws
    {
        let sample = try sealed()
        let path = sample.folder.file("store/manifest.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.contains(good))
        let range = try #require(text.range(of: good))
        try text.replacingCharacters(in: range, with: bad).write(toFile: path, atomically: true, encoding: .utf8)
        let error = try #require(throws: StoreError.self) { try sample.reopen() }
        #expect(error.description.contains("manifest.json"))
        #expect(error.description.contains("built again from the journal"))
        #expect(try files(sample).count == 1, "nothing is removed on the word of a manifest that nobody can read")
    }

    @Test(arguments: [true, false]) func `a segment that is not as it was written is named`(isMissing: Bool) throws {
        let sample = try sealed()
        let file = try #require(try files(sample).first)
        if isMissing {
            try FileManager.default.removeItem(atPath: sample.folder.file("store/\(file)"))
        } else {
            try write(Data("PAR1".utf8), file, sample)
        }
        let error = try #require(throws: StoreError.self) { try sample.reopen() }
        #expect(error.description.contains(file))
        // As the message says.
        try FileManager.default.removeItem(atPath: sample.folder.file("store/manifest.json"))
        try sample.reopen()
        #expect(sample.store.position == .start)
        try sample.index(upTo: 50)
        #expect(try sample.search().total == 50)
    }

    private func sealed() throws -> SampleStore {
        let sample = try SampleStore()
        sample.journal = (0..<50).map {
            .init(SampleDocument(id: "id-\($0)", time: Timestamp(nanoseconds: 1_791_447_318_000_000_000)))
        }
        try sample.index(upTo: 50)
        try sample.writer.sealAll()
        return sample
    }

    // MARK: Repeats and files

    @Test func `what was sent twice is dropped, also behind a restart`() throws {
        let sample = try SampleStore()
        func document(_ number: Int) -> SampleDocument {
            SampleDocument(id: "id-\(number)", time: Timestamp(nanoseconds: 1_791_447_318_000_000_000))
        }
        sample.journal = [0, 1, 1, 2, 0, 3, 2].map { .init(document($0)) }
        try sample.index(upTo: 4)
        try sample.writer.sealAll()
        try sample.reopen()
        try sample.index(upTo: 7)
        #expect(try ids(sample) == ["id-0", "id-1", "id-2", "id-3"])
    }

    @Test func `at least as many ids are remembered as the limit says`() {
        var ids = RecentIDs(limit: 1_000)
        var dice = Dice(seed: 11)
        var last: [EventID] = []
        for _ in 0..<20_000 {
            // Most of them want the last places, and go on from the first.
            let id = EventID(high: dice.next(), low: dice.next() | (dice.roll(4) == 0 ? 0 : 0xF << 60))
            let isNew = ids.insert(id)
            #expect(isNew)
            last.append(id)
            if last.count > 1_000 { last.removeFirst() }
            if dice.roll(50) == 0 {
                let isNewAgain = ids.insert(dice.pick(last))
                #expect(!isNewAgain)
            }
        }
        let forgotten = last.filter { ids.insert($0) }
        #expect(forgotten.isEmpty)
    }

    @Test func `rows of a segment are in order of time and of several chunks`() throws {
        let sample = try SampleStore()
        var dice = Dice(seed: 12)
        sample.journal = (0..<5_000).map { number in
            .init(
                SampleDocument(
                    id: "id-\(number)", time: dice.moment(),
                    [("user.name", .text("user \(number)")), ("tags", .text("x")), ("tags", .text("t\(number)"))]
                        + (number % 3 == 0 ? [("a.b", .long(Int64(number)))] : [])))
        }
        try sample.index(upTo: 5_000, publishEvery: 333)
        try sample.writer.sealAll()
        let file = try #require(try files(sample).first)
        let connection = try Connection(to: sample.store.database)
        var rows = try connection.query(
            """
            SELECT "@timestamp", "docket.sequence", "user.name", "tags"[2], "event.id", "rest"['a.b']
            FROM read_parquet('\(sample.folder.file("store/\(file)"))')
            """)
        var last = (Timestamp(nanoseconds: 0), Int64(-1))
        var count = 0
        while let chunk = try rows.next() {
            for row in 0..<chunk.count {
                let (time, sequence) = (chunk.column(0).timestamp(row), chunk.column(1).integer(row))
                let (place, number) = (try #require(time), try #require(sequence))
                #expect(last < (place, number))
                last = (place, number)
                #expect(chunk.column(2).text(row) == "user \(number)")
                #expect(chunk.column(3).text(row) == "t\(number)")
                #expect(chunk.column(4).text(row) == "id-\(number)")
                #expect(chunk.column(5).text(row) == (number % 3 == 0 ? "\(number)" : nil))
                count += 1
            }
        }
        #expect(count == 5_000)
    }
}
