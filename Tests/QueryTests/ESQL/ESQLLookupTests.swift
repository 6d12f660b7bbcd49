import Testing

@testable import Query

struct ESQLLookupTests {
    @Test func `a list has typed columns, and empty cells are null`() throws {
        let list = try ESQLLookup(
            named: "list_mcp",
            csv: Array("\u{FEFF}server,approved:boolean,since:date,n:long\r\n\"a, b\",true,2026-01-02,\r\nc,,,7\n".utf8)
        )
        #expect(list.columns.map(\.name) == ["server", "approved", "since", "n"])
        #expect(list.columns.map(\.type) == [.keyword, .boolean, .date, .long])
        #expect(
            list.rows == [
                [.text("a, b"), .boolean(true), .integer(1_767_312_000_000), .null],
                [.text("c"), .null, .null, .integer(7)],
            ])
    }

    private static let broken: [(String, String)] = [
        ("", "line 1: a list begins with the names of its columns"),
        ("a,a\n1,2\n", "line 1: `a` is no name of a column, or is there twice"),
        ("a:flag\n", "line 1: `a:flag` has no type; write keyword, boolean, long, double, date, ip or version"),
        ("a,b\n1\n", "line 2: there are 1 cells, and 2 columns"),
        ("a,ok:boolean\nx,true\ny,yes\n", "line 3: `yes` is no boolean, as `ok` holds"),
        ("a,ip:ip\nx,10.0.0.256\n", "line 2: `10.0.0.256` is no ip, as `ip` holds"),
        ("a\n\"x\n", "line 2: a quote is not closed"),
    ]

    @Test(arguments: broken) func `what is no list is told with its line`(_ text: String, _ message: String) {
        let error = #expect(throws: ListError.self) { try ESQLLookup(named: "l", csv: Array(text.utf8)) }
        #expect(error?.description == message)
    }
}
