import Events
import Platform
import Query
import TestKit
import Testing

@testable import Store

/// Records found by the ids of their documents, beside the program that writes the store.
struct StoreLookupTests {
    @Test func `what is in a file is found, and of the rest it is said where to look`() throws {
        let sample = try SampleStore()
        let other = try #require(TenantName("other"))
        let lookup = StoreLookup(path: sample.folder.file("store"))
        for number in 0..<60 {
            let document = SampleDocument(
                id: "id '\(number)'", time: Timestamp(nanoseconds: 1_791_447_318_000_000_000),
                [("docket.sequence", .long(Int64(number)))])
            let stream: StreamName = number % 3 == 0 ? .codeEvents : .codeTraces
            sample.journal.append(.init(document, stream: stream, tenant: number % 5 == 0 ? other : .default))
        }
        try sample.index(upTo: 40)
        #expect(try lookup.record(ofEvent: "id '1'", tenant: .default) == .unknown(from: .start))
        try sample.writer.sealAll()
        try sample.index(upTo: 60)
        for number in stride(from: 0, to: 60, by: 7) {
            let owner = number % 5 == 0 ? other : .default
            let expected: StoreLookup.Answer =
                number < 40 ? .sequence(UInt64(number)) : .unknown(from: SampleStore.position(40))
            #expect(try lookup.record(ofEvent: "id '\(number)'", tenant: owner) == expected)
            // Nobody finds the events of another tenant.
            let stranger = number % 5 == 0 ? TenantName.default : other
            #expect(
                try lookup.record(ofEvent: "id '\(number)'", tenant: stranger)
                    == .unknown(from: SampleStore.position(40)))
        }
        // Nothing was touched: the store goes on, and so does a look without one.
        try sample.reopen()
        try sample.index(upTo: 60)
        #expect(try sample.search(tenant: .default).total == 48)
        #expect(
            try StoreLookup(path: sample.folder.file("none")).record(ofEvent: "a", tenant: other)
                == .unknown(from: .start))
    }

    @Test func `a manifest that cannot be read is named`() throws {
        let folder = try TemporaryFolder()
        try folder.write("manifest.json", Array("{}".utf8))
        #expect(throws: StoreError.self) {
            try StoreLookup(path: folder.path).record(ofEvent: "a", tenant: .default)
        }
    }
}
