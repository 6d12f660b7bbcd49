import Testing

@testable import Query

struct GrokTests {
    @Test(arguments: GrokLibrary.standard.definitions.map { ($0.name, $0.example, $0.counterexample) })
    func `each pattern of the library fits its example and nothing else`(
        _ name: String, _ example: String, _ counterexample: String?
    ) throws {
        let grok = try Grok(pattern: "\\A%{\(name)}\\z")
        #expect(grok.match(example) != nil, "\(name) on \(example)")
        if let counterexample { #expect(grok.match(counterexample) == nil, "\(name) on \(counterexample)") }
    }

    @Test(arguments: [
        "2001:db8:0:0:1:0:0:1", "::", "::1", "1::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "1:2::7:8",
        "fe80::1%eth0", "::ffff:192.0.2.1", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5::192.0.2.1",
    ])
    func `an address is taken whole`(_ address: String) throws {
        #expect(try Grok(pattern: "%{IP:ip}").match("<\(address)>") == [[.text(address)]])
    }

    @Test(arguments: ["1:2:3:4:5:6:7:8:9", "1:2", "12345::", ":::", "1:2:3:4:5:6:7:192.0.2.1", "1.2.3", "1.2.3.256"])
    func `what is no address is none`(_ text: String) throws {
        #expect(try Grok(pattern: "^%{IP:ip}$").match(text) == nil)
    }

    private static let cases: [(String, String, [[GrokValue]]?)] = [
        ("%{WORD:a} %{WORD:b}", "foo bar", [[.text("foo")], [.text("bar")]]),
        ("%{WORD:a}", "-- foo bar", [[.text("foo")]]),
        ("%{WORD} %{WORD:b}", "foo bar", [[.text("bar")]]),
        ("%{WORD:a} %{WORD:a}", "foo bar", [[.text("foo"), .text("bar")]]),
        ("%{WORD:a}(?: %{WORD:b})?", "foo", [[.text("foo")], []]),
        ("%{NUMBER:n:int}", "n=42", [[.integer(42)]]),
        ("%{NUMBER:n:int}", "n=4.2", [[]]),
        ("%{NUMBER:n:int}", "n=3000000000", [[]]),
        ("%{NUMBER:n:long}", "n=3000000000", [[.integer(3_000_000_000)]]),
        ("%{NUMBER:n:double}", "n=4.5", [[.double(4.5)]]),
        ("%{NUMBER:n:float}", "n=4.5", [[.double(4.5)]]),
        ("%{WORD:b:boolean} %{WORD:c:boolean}", "True no", [[.boolean(true)], [.boolean(false)]]),
        ("%{WORD:w:keyword}", "a", [[.text("a")]]),
        ("(?<user.name>[a-z]+)@(?<domain>%{HOSTNAME})", "to j@example.com", [[.text("j")], [.text("example.com")]]),
        ("(?<outer>a(?<inner>b))", "ab", [[.text("ab")], [.text("b")]]),
        ("^(a)%{DATA:x}c$", "abbc", [[.text("bb")]]),
        ("%{DATA:x}", "abc", [[.text("")]]),
        ("%{GREEDYDATA:x} end", "a end end", [[.text("a end")]]),
        ("(?i)%{TZ:t}", "utc", [[.text("utc")]]), ("%{TZ:t}", "utc", nil),
        ("100%", "100%", []),
        ("%{WORD:a}", "!", nil),
        (
            "%{TIMESTAMP_ISO8601:t} \\[%{LOGLEVEL:l}\\] %{IPORHOST:h}: %{GREEDYDATA:m}",
            "2026-10-08T08:15:18.137Z [error] 192.0.2.10: größer als 5",
            [[.text("2026-10-08T08:15:18.137Z")], [.text("error")], [.text("192.0.2.10")], [.text("größer als 5")]]
        ),
    ]

    @Test(arguments: cases)
    func `a pattern keeps what has a name`(_ pattern: String, _ text: String, _ values: [[GrokValue]]?) throws {
        #expect(try Grok(pattern: pattern).match(text) == values, "\(pattern) on \(text)")
    }

    @Test func `a line of a web server becomes fields of ECS`() throws {
        let grok = try Grok(pattern: "%{COMBINEDAPACHELOG}")
        let line =
            "192.0.2.10 - j.doe [08/Oct/2026:08:15:18 +0000] \"GET /a?b=c HTTP/1.1\" 200 2326 "
            + "\"https://example.com/\" \"curl/8.5.0\""
        let values = try #require(grok.match(line))
        let found = zip(grok.fields.map(\.name), values).filter { !$0.1.isEmpty }.map { "\($0) \($1)" }
        #expect(
            found == [
                "source.address [Query.GrokValue.text(\"192.0.2.10\")]",
                "user.name [Query.GrokValue.text(\"j.doe\")]",
                "timestamp [Query.GrokValue.text(\"08/Oct/2026:08:15:18 +0000\")]",
                "http.request.method [Query.GrokValue.text(\"GET\")]",
                "url.original [Query.GrokValue.text(\"/a?b=c\")]",
                "http.version [Query.GrokValue.text(\"1.1\")]",
                "http.response.status_code [Query.GrokValue.integer(200)]",
                "http.response.body.bytes [Query.GrokValue.integer(2326)]",
                "http.request.referrer [Query.GrokValue.text(\"https://example.com/\")]",
                "user_agent.original [Query.GrokValue.text(\"curl/8.5.0\")]",
            ])
    }

    private static let faults: [(String, Int, String)] = [
        ("%{WROD:a}", 0, "did you mean `WORD`?"), ("é%{NOTHINGLIKEIT}", 2, "there is no pattern"),
        ("%{WORD", 0, "write `%{NAME}`"), ("%{}", 0, "write `%{NAME}`"), ("%{WORD:}", 0, "write `%{NAME}`"),
        ("%{WORD:[a][b]}", 0, "write `%{NAME}`"), ("%{WORD:a:text}", 0, "there are `keyword`"),
        ("%{WORD:a} %{INT:a:int}", 10, "`keyword` and `int`"),
        ("%{SYSLOGPROG}%{WORD:process.pid}", 13, "`int` and `keyword`"), ("%{WORD:a}(", 9, "not closed"),
    ]

    @Test(arguments: faults)
    func `what is no pattern is refused, and the place is told`(_ pattern: String, _ offset: Int, _ part: String) throws
    {
        let error = try #require(throws: RegexError.self) { try Grok(pattern: pattern) }
        #expect(error.offset == offset, "\(error)")
        #expect(error.message.contains(part), "\(error)")
    }

    @Test func `patterns within one another have an end`() throws {
        let library = GrokLibrary("A\t%{B}\ta\t\nB\t%{A}\tb\t")
        let error = try #require(throws: RegexError.self) { try Grok(pattern: "x%{A}", library: library) }
        #expect(error.message.contains("64 deep"))
        #expect(error.offset == 1)
    }
}
