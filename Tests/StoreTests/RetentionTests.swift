import Codecs
import Events
import Foundation
import Platform
import Query
import TestKit
import Testing

@testable import Store

/// What is too old goes, what is held stays, and what is gone stays gone.
@Suite struct RetentionTests {
    private static let day: Int64 = 86_400_000_000_000
    private static let start: Int64 = 20_758 * day

    /// Ten documents a day for thirty days, of two persons; sealed by day.
    private func sample(byDays days: Int = 1) throws -> SampleStore {
        let sample = try SampleStore()
        for number in 0..<300 {
            let time = Self.start + Int64(number / 10) * Self.day + Int64(number % 10)
            let person = number % 2 == 0 ? "a@example.com" : "b@example.com"
            let document = SampleDocument(
                id: "id-\(number)", time: Timestamp(nanoseconds: time), [("user.email", .text(person))])
            sample.journal.append(.init(document))
        }
        for end in stride(from: 10 * days, through: 300, by: 10 * days) {
            try sample.index(upTo: end)
            try sample.writer.sealAll()
        }
        return sample
    }

    private func ids(_ sample: SampleStore) throws -> [Int] {
        try sample.search().hits.compactMap { Int($0.id.dropFirst(3)) }.sorted()
    }

    private static func moment(_ day: Int64) -> Timestamp { Timestamp(nanoseconds: start + day * Self.day) }

    private func retention(_ day: Int64, _ held: [HeldRows] = []) -> Retention {
        Retention(held: held) { _, stream in stream == .codeEvents ? Self.moment(day) : nil }
    }

    private func retain(_ sample: SampleStore, _ retention: Retention) throws -> Int {
        sample.writer.hold(retention.held)
        var rows = try sample.writer.deleteExpired(retention).reduce(0) { $0 + $1.rows }
        var passed: Set<String> = []
        let merger = SegmentMerger(sample.store)
        while let trim = try sample.writer.nextTrim(retention, passed: &passed) {
            let merged = try merger.run(trim)
            #expect(try sample.writer.finish(merged))
            rows += merged.deleted?.rows ?? 0
        }
        return rows
    }

    private static func hold(_ person: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil) -> HeldRows {
        HeldRows(tenant: .default, streams: { $0 == .codeEvents }, person: person, from: from, to: to)
    }

    @Test func `files that are too old are deleted whole`() throws {
        let sample = try sample()
        #expect(try retain(sample, retention(10)) == 100)
        #expect(try ids(sample) == Array(100..<300))
        #expect(try retain(sample, retention(10)) == 0)
        #expect(try sample.writer.removeReplaced())
        let left = try FileManager.default.subpathsOfDirectory(atPath: sample.folder.file("store"))
        #expect(left.count { $0.hasSuffix(".parquet") } == 20)
    }

    @Test func `a file across the edge is written anew when that pays`() throws {
        let sample = try sample(byDays: 10)
        #expect(try retain(sample, retention(3)) == 0, "a third of it is not worth it")
        #expect(try ids(sample).count == 300)
        #expect(try retain(sample, retention(16)) == 160)
        #expect(try ids(sample) == Array(160..<300))
    }

    @Test func `what is long overdue goes however little it is`() throws {
        let sample = try sample(byDays: 30)
        var long = retention(14)
        #expect(try retain(sample, long) == 0)
        // The journal has nothing newer, so the edge moves on over the same file.
        long = retention(29 + 3)
        sample.journal.append(
            .init(SampleDocument(id: "id-300", time: Self.moment(60), [("user.email", .text("c@example.com"))])))
        try sample.index(upTo: 301)
        try sample.writer.sealAll()
        #expect(try retain(sample, long) == 300)
        #expect(try ids(sample) == [300])
    }

    @Test func `other streams and tenants are not touched`() throws {
        let sample = try sample()
        let old = SampleDocument(id: "id-900", time: Self.moment(0))
        sample.journal += [
            .init(old, stream: .audit), .init(old, tenant: try #require(TenantName("other"))),
        ]
        try sample.index(upTo: 302)
        try sample.writer.sealAll()
        let retention = Retention { tenant, stream in
            tenant == .default && stream == .codeEvents ? Self.moment(100) : nil
        }
        #expect(try retain(sample, retention) == 300)
        #expect(try ids(sample) == [900])
        #expect(try sample.search(tenant: #require(TenantName("other"))).total == 1)
    }

    @Test func `a hold of a person keeps his rows and no others`() throws {
        let sample = try sample()
        #expect(try retain(sample, retention(20, [Self.hold("a@example.com")])) == 100)
        #expect(try ids(sample) == (0..<300).filter { $0 >= 200 || $0 % 2 == 0 })
        // Its end lets them go.
        #expect(try retain(sample, retention(20)) == 100)
        #expect(try ids(sample) == Array(200..<300))
    }

    @Test func `a hold of a time keeps the rows of that time`() throws {
        let sample = try sample()
        let hold = Self.hold(from: Self.moment(5), to: Self.moment(8))
        #expect(try retain(sample, retention(20, [hold])) == 170)
        #expect(try ids(sample) == Array(50..<80) + Array(200..<300))
        let other = HeldRows(tenant: .default, streams: { $0 == .audit })
        #expect(try retain(sample, retention(20, [other])) == 30, "a hold of another stream keeps nothing")
    }

    @Test func `a person who cannot be told from others is held`() throws {
        let sample = try SampleStore()
        // A number where the catalog says text is kept among the rest.
        sample.journal = [
            .init(SampleDocument(id: "id-0", time: Self.moment(0), [("user.email", .long(12_345))])),
            .init(SampleDocument(id: "id-1", time: Self.moment(0), [("some.owner", .text("a@example.com"))])),
            .init(SampleDocument(id: "id-2", time: Self.moment(0))),
        ]
        try sample.index(upTo: 3)
        try sample.writer.sealAll()
        _ = try retain(sample, retention(10, [Self.hold("a@example.com"), Self.hold("12345")]))
        #expect(try ids(sample) == [0, 1])
    }

    @Test func `a person's name is a value and never SQL`() throws {
        let sample = try sample()
        let hold = Self.hold("x' OR true --")
        #expect(try retain(sample, retention(20, [hold])) == 200)
    }

    @Test func `what was deleted stays deleted when the store is made anew, and what is held comes back`() throws {
        let sample = try sample()
        let hold = Self.hold(from: Self.moment(2), to: Self.moment(4))
        #expect(try retain(sample, retention(10, [hold])) == 80)
        let before = try ids(sample)
        try StoreFolder(path: sample.folder.file("store")).reset()
        try sample.reopen()
        #expect(sample.store.position == .start)
        sample.writer.hold([hold])
        // A record that came in after the deletion is new, however old its event is.
        sample.journal.append(.init(SampleDocument(id: "id-301", time: Self.moment(1))))
        try sample.index(upTo: 301)
        #expect(try ids(sample) == (before + [301]).sorted())
        try sample.writer.sealAll()
        #expect(try retain(sample, retention(29)) == 211)
        #expect(try ids(sample) == Array(290..<300))
    }

    /// What the disk has when the power fails: the old manifest or the new one, and files of both.
    @Test(arguments: [false, true]) func `a kill while deleting leaves all or nothing of it`(isWritten: Bool) throws {
        let sample = try sample()
        let manifest = URL(fileURLWithPath: sample.folder.file("store/manifest.json"))
        let old = try Data(contentsOf: manifest)
        #expect(try sample.writer.deleteExpired(retention(10)).map(\.rows) == [100])
        if !isWritten { try old.write(to: manifest) }
        try sample.reopen()
        try sample.index(upTo: 300)
        #expect(try ids(sample) == (isWritten ? Array(100..<300) : Array(0..<300)))
    }

    @Test func `a manifest keeps what was deleted`() throws {
        let sample = try sample()
        _ = try sample.writer.deleteExpired(retention(10))
        let text = try Array(Data(contentsOf: URL(fileURLWithPath: sample.folder.file("store/manifest.json"))))
        let read = try #require(Manifest(text))
        #expect(read == sample.writer.manifest)
        #expect(read.deleted.values.map(\.before) == [Self.moment(10)])
        let status = try #require(try StoreFolder(path: sample.folder.file("store")).status())
        #expect(status.parts.map(\.rows) == [200])
        #expect(status.parts[0].deletedBefore == Self.moment(10))
    }
}
