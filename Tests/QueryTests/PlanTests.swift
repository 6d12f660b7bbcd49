import Platform
import TestKit
import Testing

@testable import Query

struct PlanTests {
    private static let canonicalTexts: [(String, String)] = [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
        ("2001:DB8::0:1", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("::ffff:1.2.3.4", "1.2.3.4"), ("64:ff9b::1.2.3.4", "64:ff9b::102:304"), ("fe80::", "fe80::"),
    ]

    @Test(arguments: canonicalTexts)
    func `an address has one canonical text`(_ text: String, _ canonical: String) throws {
        #expect(try #require(IPAddress(text)).description == canonical)
    }

    private static let noAddresses: [String] = [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1..2.3", ":", ":::", "1::2::3", "12345::",
        "g::",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9", "1.2.3.4::", "::1%eth0", "[::1]", ":1", "1:",
    ]

    @Test(arguments: noAddresses)
    func `what is no address is refused`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    private static let networks: [(String, String, String)] = [
        ("10.1.2.3/8", "10.0.0.0", "10.255.255.255"), ("10.1.2.3/32", "10.1.2.3", "10.1.2.3"),
        ("0.0.0.0/0", "0.0.0.0", "255.255.255.255"), ("2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"),
        ("2001:db8::1/128", "2001:db8::1", "2001:db8::1"),
        ("2001:db8::/33", "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"),
        ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("::ffff:10.0.0.0/104", "10.0.0.0", "10.255.255.255"),
    ]

    @Test(arguments: networks)
    func `a network has a first and a last address`(_ text: String, _ lowest: String, _ highest: String) throws {
        let network = try #require(IPNetwork(text))
        #expect("\(network.lowest)" == lowest)
        #expect("\(network.highest)" == highest)
    }

    @Test(arguments: 0..<300)
    func `a wildcard fits as its simplest reading says`(seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        let pieces = (0..<(2 + dice.roll(3))).map { _ in (0..<dice.roll(3)).map { _ in dice.pick(["a", "b"]) }.joined()
        }
        let text = (0..<dice.roll(8)).map { _ in dice.pick(["a", "b"]) }.joined()
        func fits(_ pieces: ArraySlice<String>, _ text: Substring) -> Bool {
            guard let piece = pieces.first else { return text.isEmpty }
            if pieces.startIndex == 0 {
                return text.hasPrefix(piece) && fits(pieces.dropFirst(), text.dropFirst(piece.count))
            }
            return text.indices.contains { start in
                text[start...].hasPrefix(piece) && fits(pieces.dropFirst(), text[start...].dropFirst(piece.count))
            } || (piece.isEmpty && fits(pieces.dropFirst(), ""))
        }
        #expect(Wildcard(pieces).matches(text) == fits(pieces[...], text[...]), "seed \(seed): \(pieces) \(text)")
    }

    @Test func `a hostile wildcard costs little`() {
        let pattern = Wildcard(Array(repeating: "a", count: 200) + ["b"])
        #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
    }

    private static let dates: [(String, String, String)] = [
        ("2026-10-08||/y", "2026-01-01T00:00:00.000Z", "2026-12-31T23:59:59.999999999Z"),
        ("2026-10-08||/w", "2026-10-05T00:00:00.000Z", "2026-10-11T23:59:59.999999999Z"),
        ("1969-12-31||/w", "1969-12-29T00:00:00.000Z", "1970-01-04T23:59:59.999999999Z"),
        ("2024-02-29||+1y", "2025-02-28T00:00:00.000Z", "2025-02-28T00:00:00.000Z"),
        ("2026-03-31||-1M", "2026-02-28T00:00:00.000Z", "2026-02-28T00:00:00.000Z"),
        ("now+1d-2h", "2026-10-09T06:15:18.137Z", "2026-10-09T06:15:18.137Z"),
        ("now/h+1m", "2026-10-08T08:01:00.000Z", "2026-10-08T09:00:59.999999999Z"),
        ("2026-10-08T08", "2026-10-08T08:00:00.000Z", "2026-10-08T08:59:59.999999999Z"),
        ("2026-10-08T08:15:18.1", "2026-10-08T08:15:18.100Z", "2026-10-08T08:15:18.199999999Z"),
        ("2026-10-08T08:15:18.137123456Z", "2026-10-08T08:15:18.137123456Z", "2026-10-08T08:15:18.137123456Z"),
        ("2026-10-08T08:15:18+0530", "2026-10-08T02:45:18.000Z", "2026-10-08T02:45:18.999999999Z"),
        ("-1", "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999999999Z"),
        ("0", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000999999Z"),
    ]

    @Test(arguments: dates)
    func `a date is a stretch of time`(_ text: String, _ start: String, _ end: String) throws {
        let math = DateMath(now: .sample, secondsFromUTC: 0)
        #expect(RFC3339.text(try #require(math.moment(text, .start)), digits: 9) == start)
        #expect(RFC3339.text(try #require(math.moment(text, .end)), digits: 9) == end)
    }

    private static let noDates: [String] = [
        "", "no", "nowhere", "now-", "now-1", "now-1x", "now/1d", "now-9999999999d", "now+999999999y", "2026-",
        "2026-1",
        "2026-13", "2026-02-29", "2026-10-08T24", "2026-10-08T08:60", "2026-10-08T08:15:18.",
        "2026-10-08T08:15:18.1234567890",
        "2026-10-08T", "2026-10-08Z", "2026-10-08T08+2", "2026-10-08|+1d", "||", "0001", "99999999999999999999",
        "2262-01-01", "1677",
    ]

    @Test(arguments: noDates)
    func `what is no date is refused`(_ text: String) {
        #expect(DateMath(now: .sample, secondsFromUTC: 0).moment(text, .end) == nil)
    }

    @Test func `rounding follows the time zone`() throws {
        let math = DateMath(now: .sample, secondsFromUTC: 16 * 3_600)
        #expect(RFC3339.text(try #require(math.moment("now/d", .start))) == "2026-10-08T08:00:00.000Z")
    }

    private static let cuts: [(String, [String])] = [
        ("Disk, FULL!", ["disk", "full"]), ("x_y-z 1.5", ["x_y", "z", "1", "5"]),
        ("été e\u{301}", ["été", "e\u{301}"]), ("--", []),
        ("İ", ["i"]),
    ]

    @Test(arguments: cuts)
    func `text is cut into words`(_ text: String, _ words: [String]) {
        #expect(Words.split(text) == words)
    }

    @Test func `a near name is found, a far one is not`() {
        #expect(FieldSchema.sample.nearestName(to: "evnet.action") == "event.action")
        #expect(FieldSchema.sample.nearestName(to: "status_code") == "http.response.status_code")
        #expect(FieldSchema.sample.nearestName(to: "vendor.color") == nil)
        #expect(FieldSchema.sample.nearestName(to: "x") == nil)
    }
}
