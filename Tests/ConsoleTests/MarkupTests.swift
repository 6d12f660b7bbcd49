import Testing

@testable import Console

struct MarkupTests {
    static let hostile: [String] = [
        "<script>alert(1)</script>", "</title><script>x</script>", "\" onmouseover=\"alert(1)", "' onfocus='x",
        "--><img src=x onerror=alert(1)>", "&lt;b&gt;", "&#x3C;b>", "]]><svg/onload=x>", "</textarea><b>", "<!--",
        "\u{0}<\u{0}script>", "javascript:alert(1)", "`${alert(1)}`", "{{constructor}}", "\r\nSet-Cookie: a=b",
    ]

    @Test(arguments: hostile)
    func `text is only ever text`(text: String) {
        let markup = h(.div, .label(text), .value(text), .placeholder(text), .key(text)) {
            h(.p) { text }
            h(.pre) { text }
            h(.svg) {
                h(.title) { text }
            }
        }
        var written = MarkupWriter.text(of: markup)
        // What is left without the frame that we wrote is the text, and has no sign that HTML knows.
        for part in [
            "<div aria-label=\"", "\" value=\"", "\" placeholder=\"", "\" data-key=\"", "\"><p>", "</p><pre>\n",
            "</pre><svg><title>", "</title></svg></div>",
        ] {
            let range = written.firstRange(of: part)
            #expect(range != nil, "\(part) in \(written)")
            if let range { written.removeSubrange(range) }
        }
        for sign in ["<", ">", "\"", "'", "\u{0}"] { #expect(!written.contains(sign), "\(sign) in \(written)") }
        let back = written.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
        #expect(back == String(repeating: text.replacing("\u{0}", with: "\u{FFFD}"), count: 7))
    }

    @Test func `elements are written as they are nested`() {
        let markup = h(.p, .class("a"), nil, .required) {
            "one & "
            h(.br)
            for word in ["two", "three"] { h(.em) { word } }
        }
        #expect(
            MarkupWriter.text(of: markup) == "<p class=\"a\" required>one &amp; <br><em>two</em><em>three</em></p>")
    }

    @Test func `nothing that runs or loads can be named`() {
        let names = Set(ElementName.allCases.map(\.rawValue))
        for name in ["script", "style", "iframe", "object", "embed", "base", "img", "video", "use", "foreignObject"] {
            #expect(!names.contains(name))
        }
    }

    static let addresses: [(LocalAddress, String)] = [
        (LocalAddress("/"), "/"), (LocalAddress("/events", segments: ["evt_a"]), "/events/evt_a"),
        (LocalAddress("/events", segments: ["//example.com/x"]), "/events/%2F%2Fexample.com%2Fx"),
        (LocalAddress("/events", segments: ["a b\"\r\n?#%"]), "/events/a%20b%22%0D%0A%3F%23%25"),
        (
            LocalAddress("/", query: [("q", "a: \"b\" & c=d+e"), ("é", "")]),
            "/?q=a%3A%20%22b%22%20%26%20c%3Dd%2Be&%C3%A9="
        ),
    ]

    @Test(arguments: addresses)
    func `an address is encoded`(address: LocalAddress, text: String) { #expect(address.text == text) }

    static let signs: [(String, String)] = [
        ("plain äöü 日本 👍", "plain äöü 日本 👍"), ("a\u{202E}b", "a⟪RLO⟫b"), ("a\u{200B}b", "a⟪ZWSP⟫b"),
        ("\u{1B}[31mred", "␛[31mred"), ("a\tb\nc", "a\tb\nc"), ("\u{E0041}", "⟪U+E0041⟫"),
        ("\u{7F}\u{9B}", "␡⟪U+009B⟫"),
        ("\r", "␍"), ("\u{2066}x\u{2069}", "⟪LRI⟫x⟪PDI⟫"), ("\u{FEFF}", "⟪BOM⟫"),
    ]

    @Test(arguments: signs)
    func `what hides is shown`(text: String, shown: String) { #expect(VisibleText.of(text) == shown) }

    @Test func `one character of a thousand accents is cut too`() {
        let text = "e" + String(repeating: "\u{301}", count: 1_000)
        #expect(VisibleText.of(text, most: 10).unicodeScalars.count == 11)
        #expect(VisibleText.of("four", most: 4) == "four")
    }

    static let documents: [(String, String)] = [
        ("{}", "{}"), ("[ ]", "[]"),
        (#"{"a":1,"b":[true,null]}"#, "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ]\n}"),
        (#"{"a":"{,:}\"\\"}"#, "{\n  \"a\": \"{,:}\\\"\\\\\"\n}"), ("{\"n\":1.50e+3}", "{\n  \"n\": 1.50e+3\n}"),
    ]

    @Test(arguments: documents)
    func `JSON is broken into lines and not changed`(text: String, shown: String) {
        #expect(PrettyJSON.of(Array(text.utf8)) == shown)
    }
}
