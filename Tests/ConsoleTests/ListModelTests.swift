import Platform
import Query
import Testing

@testable import Console

struct ListModelTests {
    @Test(arguments: [
        (1_234.5, "1,234.50 USD"), (0, "0.00 USD"), (0.0042, "0.0042 USD"), (-3, "-3.00 USD"), (0.999, "1.00 USD"),
        (-0.00001, "0.0000 USD"),
    ])
    func `money has a currency, and cents are not lost`(amount: Double, text: String) {
        #expect(Amounts.money(amount) == text)
    }

    @Test(arguments: [
        (Timestamp.Span.milliseconds(850), "850 ms"), (.milliseconds(12_400), "12.4 s"), (.seconds(200), "3 min 20 s"),
        (.hours(2), "2 h"), (.minutes(125), "2 h 5 min"), (.hours(76), "3 d 4 h"),
    ])
    func `lengths have two units at the most`(span: Timestamp.Span, text: String) {
        #expect(Amounts.length(span) == text)
    }

    @Test func `a share of nothing is not known`() {
        #expect(Amounts.share(1, of: 8) == "12.5 %")
        #expect(Amounts.share(0, of: 0) == nil)
    }

    @Test func `only columns that can be sorted by get into a query`() throws {
        let columns = [DataTable.Column("cost", "Cost", isSortable: true), DataTable.Column("state", "State")]
        #expect(try #require(SortOrder("-cost", among: columns)).step == "SORT `cost` DESC NULLS LAST")
        #expect(try #require(SortOrder("cost", among: columns)).step == "SORT `cost` ASC NULLS LAST")
        for text in ["state", "-state", "", "-", "cost | DROP x", "--cost"] {
            #expect(SortOrder(text, among: columns) == nil)
        }
    }

    @Test func `entities have addresses that lead back to them, whatever they are called`() throws {
        for value in ["a/b", "../x", "ä b", "\"q\" or *", "?"] {
            for kind in Entity.Kind.allCases {
                #expect(Entity("\(kind.rawValue)/\(value)") == Entity(kind, value))
            }
        }
        #expect(Entity("ip/") == nil && Entity("ip") == nil && Entity("nothing/x") == nil)
        #expect(Entity(.person, "a/b").address.text == "/people/a%2Fb")
        #expect(Entity(.person, "x\" or \"y").filter == #"user.keys: "x\" or \"y""#)
    }

    @Test func `every field of an entity is one that Docket knows`() {
        for kind in Entity.Kind.allCases {
            for field in kind.fields { #expect(SampleCatalog.schema.field(named: field) != nil, "\(field)") }
        }
    }

    @Test func `hours of a week add up over weeks, and are unknown where nothing was received`() {
        var week = WeekValues()
        // 2026-10-05 was a Monday.
        let monday = Timestamp(nanoseconds: 1_791_158_400_000_000_000)
        week.add(100, at: monday + .hours(9))
        week.add(20, at: monday + .days(7) + .hours(9) + .minutes(59))
        week.know(monday + .days(6) + .hours(23))
        week.add(5, at: Timestamp(nanoseconds: -1))
        #expect(week.values[0][9] == 120)
        #expect(week.values[6][23] == 0)
        #expect(week.values.joined().filter { $0 != nil }.count == 2)
    }

    @Test func `a gate that nothing tells of is unknown and never shut`() {
        #expect(Gate.prompts.state(open: 0, shut: 0) == .unknown)
        #expect(Gate.prompts.state(open: 3, shut: 0) == .open)
        #expect(Gate.prompts.state(open: 0, shut: 3) == .shut)
        #expect(Gate.prompts.state(open: 3, shut: 3) == .partly)
        #expect(Gate.bodies.state(open: 3, shut: 3) == .open)
    }
}
