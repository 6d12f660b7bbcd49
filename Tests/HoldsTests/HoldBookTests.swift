import Codecs
import Events
import Integrity
import Platform
import TestKit
import Testing

@testable import Holds

/// Orders on a disk, with a record of each change before it.
struct HoldBookTests {
    struct Bench {
        let folder: TemporaryFolder
        let told = Locked<[String]>([])
        let isDeaf = Locked(false)
        let clock = TestClock(HoldOrderTests.now)

        init() throws { folder = try TemporaryFolder() }

        func book() -> HoldBook {
            let (told, isDeaf) = (told, isDeaf)
            return HoldBook(data: folder.path, clock: clock) { record, _ throws(Fault) in
                if isDeaf.withLock({ $0 }) { throw Fault(.journalBusy, .again(), "busy") }
                let document = try? JSONValue(parsing: record.document)
                told.withLock { $0.append(document?["event"]?["action"]?.string ?? "none") }
            }
        }
    }

    @Test func `what was done is told and kept, over a start`() throws {
        let bench = try Bench()
        let order = try bench.book().request(HoldOrderTests.wish, tenant: .default, by: "ann")
        _ = try bench.book().approve(order.id, tenant: .default, by: "ben")
        let approved = try bench.book().approve(order.id, tenant: .default, by: "cleo")
        #expect(try bench.book().orders() == [approved] && approved.state == .approved)
        #expect(bench.told.withLock { $0 } == ["hold-requested", "hold-approved", "hold-approved"])
    }

    @Test func `what the record cannot be told is not done`() throws {
        let bench = try Bench()
        let book = bench.book()
        let order = try book.request(HoldOrderTests.wish, tenant: .default, by: "ann")
        bench.isDeaf.withLock { $0 = true }
        #expect(throws: HoldRefusal.self) { try book.approve(order.id, tenant: .default, by: "ben") }
        #expect(throws: HoldRefusal.self) { try book.request(HoldOrderTests.wish, tenant: .default, by: "ann") }
        #expect(try book.orders() == [order])
    }

    @Test(arguments: ["hold-0000000000000000", "../journal", "hold-", "", "hold-00000000/0000000"])
    func `only orders are orders, and of no other tenant`(id: String) throws {
        let bench = try Bench()
        let book = bench.book()
        let order = try book.request(HoldOrderTests.wish, tenant: .default, by: "ann")
        #expect(throws: HoldRefusal.notThere) { try book.order(id) }
        let other = try #require(TenantName("other"))
        #expect(throws: HoldRefusal.notThere) { try book.approve(order.id, tenant: other, by: "ben") }
        #expect(try book.orders(of: other).isEmpty)
    }

    @Test func `what people have ended the server does not change`() throws {
        let bench = try Bench()
        let book = bench.book()
        let order = try book.request(HoldOrderTests.wish, tenant: .default, by: "ann")
        _ = try book.refuse(order.id, tenant: .default, by: "ann")
        #expect(try book.change(order.id, in: [.approved, .collecting], .started) { $0.begin() } == nil)
        #expect(bench.told.withLock { $0 } == ["hold-requested", "hold-refused"])
    }
}
