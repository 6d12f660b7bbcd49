import Codecs
import Testing

struct CSVTextTests {
    static let cells: [(String, String)] = [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""),
        ("=1+1", "'=1+1"), ("+1", "+1"), ("-1.5", "-1.5"), ("-x", "'-x"), ("@x", "'@x"), ("@timestamp", "@timestamp"),
        ("@timestamp()", "'@timestamp()"), ("\tx", "'\tx"), ("", ""),
        // A sign or a quote with an accent behind it is a character of its own to Swift, and none to a spreadsheet.
        ("=\u{301}", "'=\u{301}"), ("a\"\u{301}", "\"a\"\"\u{301}\""), ("\r\nx", "\"'\r\nx\""),
    ]

    @Test(arguments: cells) func `a cell is safe and whole`(text: String, cell: String) {
        #expect(CSVText.line([text]).utf8.elementsEqual(cell.utf8))
    }

    @Test(arguments: cells) func `a program gets a cell as it is`(text: String, cell: String) {
        // Nothing is missing but the apostrophe.
        let line = CSVText.line([text], isRaw: true)
        #expect(line.utf8.elementsEqual(cell.utf8.filter { $0 != UInt8(ascii: "'") }))
    }

    @Test func `cells stand side by side`() { #expect(CSVText.line(["a", "", "b"]) == "a,,b") }
}
