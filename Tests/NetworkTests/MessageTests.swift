import Network
import Testing

struct MessageTests {
    @Test func `names are found without regard to case, in order, with repeats`() {
        var headers: HTTPHeaders = ["Accept": "a", "X-Two": "1"]
        headers.append("x-two", "2")
        #expect(headers["ACCEPT"] == "a")
        #expect(headers["X-TWO"] == "1")
        #expect(headers.all("x-Two") == ["1", "2"])
        #expect(headers.count == 3)
        headers.set("x-two", "3")
        #expect(headers.all("X-Two") == ["3"])
        headers.remove("accept")
        #expect(headers == ["X-TWO": "3"])
        #expect(headers["missing"] == nil)
        #expect(headers["x-tw"] == nil)
    }

    @Test func `a value cannot end a line`() {
        var headers = HTTPHeaders()
        headers.append("location", "/a\r\nset-cookie: b=c\0")
        headers.append("bad name", "x")
        headers.append("", "x")
        #expect(headers["location"] == "/a  set-cookie: b=c ")
        #expect(headers.count == 1)
    }

    @Test func `a description shows no value`() {
        #expect(String(describing: ["authorization": "secret"] as HTTPHeaders) == "[authorization]")
    }

    @Test(arguments: [
        ("/a%20b/c?x", "/a b/c"), ("/%zz%4", "/%zz%4"), ("/%C3%A9", "/é"), ("/%FF", "/\u{FFFD}"), ("/a+b", "/a+b"),
        ("/", "/"), ("/?", "/"), ("*", "*"),
    ])
    func `a path is decoded`(target: String, path: String) {
        #expect(HTTPRequest(.get, target).path == path)
    }

    @Test func `a query is decoded into pairs`() {
        let query = HTTPRequest(.get, "/p?a=1&b=x+y%26z&&c&=d&a=2&e=f=g").query
        #expect(query.map(\.name) == ["a", "b", "c", "", "a", "e"])
        #expect(query.map(\.value) == ["1", "x y&z", "", "d", "2", "f=g"])
        #expect(HTTPRequest(.get, "/p?a=1&a=2").query("a") == "1")
        #expect(HTTPRequest(.get, "/p").query.isEmpty)
    }
}
