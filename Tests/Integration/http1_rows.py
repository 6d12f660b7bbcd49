"""Requests that proxies and servers are known to understand differently, and what is right for each.

A row is a name, what is sent, and the statuses of the answers. Behind each row the test sends one more request. Behind
a refused row that request must never be served: a server that goes on where another one saw the end of a body takes in
what somebody smuggled through. Behind a served row it must be served, for then both saw the same end.

Sources: RFC 9112 and 9110; the rows of smuggling follow what is published about CL.TE, TE.CL, TE.TE, chunk extensions
and bare line ends.
"""

from dataclasses import dataclass

from docket import TOKEN

LIMIT = 1 << 20  # bytes of a body, as the server of the test is told


@dataclass(frozen=True)
class Row:
    name: str
    sent: bytes
    statuses: tuple  # of all answers to `sent`


END = b"\r\n"
HOST = b"Host: docket\r\n"
GET = b"GET /healthz HTTP/1.1\r\n"
GET_HOST = GET + HOST
KNOWN = b"Authorization: Bearer " + TOKEN.encode() + END
UNKNOWN = b"POST /v1/logs HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
POST = UNKNOWN + KNOWN
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"
BODY = b"{}"
CHUNK = b"2\r\n{}\r\n"


def length(text, body=BODY):
    return POST + b"Content-Length:" + text + END + END + body


def coding(text, body=CHUNK + LAST):
    return POST + b"Transfer-Encoding:" + text + END + END + body


def field(text):
    return GET_HOST + text + END + END


def target(text, method=b"GET"):
    return method + b" " + text + b" HTTP/1.1\r\n" + HOST + END


def path(text):
    return POST.replace(b"/v1/logs", text) + b"Content-Length: 0\r\n\r\n"


def line(text):
    return text + END + HOST + END


def host(text, start=GET):
    return start + text + END


def refused(status, rows):
    return [Row(name, sent, (status,)) for name, sent in rows.items()]


def served(rows):
    return [Row(name, sent, tuple(statuses)) for name, (sent, *statuses) in rows.items()]


REFUSED = [
    # Where does the body end?
    *refused(400, {
        "length, then chunked": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK + LAST,
        "chunked, then length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n" + CHUNK + LAST,
        "length 0, then chunked": POST + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK + LAST,
        "length, then an unknown coding": POST + b"Content-Length: 2\r\nTransfer-Encoding: x\r\n\r\n" + BODY,
        "two different lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n" + BODY,
        "the same length twice": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n" + BODY,
        "a list of lengths": length(b" 2, 2"),
        "a list of lengths without spaces": length(b"2,2"),
        "two lengths in one line": length(b" 2 2"),
        "a negative length": length(b" -2"),
        "a length with a plus": length(b" +2"),
        "a hexadecimal length": length(b" 0x2"),
        "a length with a fraction": length(b" 2.0"),
        "a length with an exponent": length(b" 2e0"),
        "a length in quotes": length(b' "2"'),
        "an empty length": length(b""),
        "a length of spaces": length(b"   "),
        "a length of a word": length(b" two"),
        "a length behind a vertical tab": length(b" \x0b2"),
        "a length before a form feed": length(b" 2\x0c"),
        "a length behind a no-break space": length(b" \xa02"),
        "a length in Arabic digits": length(" \u0662".encode()),
        "a length that wraps around 64 bits": length(b" 18446744073709551618"),
        "a length of 20 nines": length(b" 99999999999999999999"),
        "a length of 5,000 digits": length(b" " + b"9" * 5_000),
        "a length whose name ends with a space": POST + b"Content-Length : 2\r\n\r\n" + BODY,
        "a length whose name ends with a tab": POST + b"Content-Length\t: 2\r\n\r\n" + BODY,
        "a length whose name begins with a space": POST + b" Content-Length: 2\r\n\r\n" + BODY,
        # RFC 9110 allows tabs around a value, but nobody writes them, and readers differ.
        "a length between tabs": length(b"\t2\t"),
        "a folded length": length(b"\r\n 2"),
        "a length in two lines": length(b" 2\r\n 2"),
    }),
    *refused(413, {
        "a length over the limit": length(b" %d" % (LIMIT + 1)),
        "a length of 2^32 and 2": length(b" 4294967298"),
        "a length of 2^63": length(b" 9223372036854775808"),
        "a length of 2^64 - 1": length(b" 18446744073709551615"),
    }),
    # Transfer codings.
    *refused(501, {
        "xchunked": coding(b" xchunked"),
        "no coding": coding(b""),
        "chunked with a hole": coding(b" chunk ed"),
        "chunked in quotes": coding(b' "chunked"'),
        "chunked with a parameter": coding(b" chunked;q=1"),
        "chunkedx": coding(b" chunkedx"),
        "identity": coding(b" identity"),
        "identity, then chunked": coding(b" identity, chunked"),
        "gzip, then chunked": coding(b" gzip, chunked"),
        "chunked behind a comma": coding(b" ,chunked"),
    }),
    *refused(400, {
        "chunked, then identity": coding(b" chunked, identity"),
        "chunked twice in a list": coding(b" chunked, chunked"),
        "chunked before a comma": coding(b" chunked,"),
        "chunked between tabs": coding(b"\tchunked\t"),
        "chunked behind a vertical tab": coding(b" \x0bchunked"),
        "chunked before NUL": coding(b" chunked\0"),
        "chunked in a folded line": coding(b"\r\n chunked"),
        "chunked in a line folded by a tab": coding(b"\r\n\tchunked"),
        "chunked in two fields": POST + b"Transfer-Encoding: chunked\r\n" * 2 + END + CHUNK + LAST,
        "chunked, then identity in two fields":
            POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + CHUNK + LAST,
        "identity, then chunked in two fields":
            POST + b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK + LAST,
        "a coding whose name ends with a space": POST + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNK + LAST,
        "a coding behind a bare CR": POST + b"X: y\rTransfer-Encoding: chunked\r\n\r\n" + CHUNK + LAST,
        "a coding behind a bare LF": POST + b"X: y\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK + LAST,
        "chunked in HTTP/1.0": POST.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK,
    }),
    # Chunks.
    *refused(400, {
        "a chunk size with a plus": CHUNKED + b"+2\r\n{}\r\n" + LAST,
        "a chunk size with a minus": CHUNKED + b"-2\r\n{}\r\n" + LAST,
        "a chunk size with 0x": CHUNKED + b"0x2\r\n{}\r\n" + LAST,
        "a chunk size with h": CHUNKED + b"2h\r\n{}\r\n" + LAST,
        "a chunk size with an underscore": CHUNKED + b"0_2\r\n{}\r\n" + LAST,
        "a chunk size behind a space": CHUNKED + b" 2\r\n{}\r\n" + LAST,
        "a chunk size before a space": CHUNKED + b"2 \r\n{}\r\n" + LAST,
        "a chunk size before a tab": CHUNKED + b"2\t\r\n{}\r\n" + LAST,
        "no chunk size": CHUNKED + b"\r\n{}\r\n" + LAST,
        "a chunk size of 17 digits": CHUNKED + b"1" + b"0" * 15 + b"2\r\n{}\r\n" + LAST,
        "a chunk size that wraps around 64 bits": CHUNKED + b"10000000000000002\r\n{}\r\n" + LAST,
        "a chunk longer than its size": CHUNKED + b"1\r\n{}\r\n" + LAST,
        "a chunk shorter than its size": CHUNKED + b"3\r\n{}\r\n" + LAST,
        "a chunk without a line end": CHUNKED + b"2\r\n{}" + LAST,
        "a chunk with a bare LF behind its size": CHUNKED + b"2\n{}\r\n" + LAST,
        "a chunk with a bare LF behind its data": CHUNKED + b"2\r\n{}\n" + LAST,
        "a chunk with a bare CR behind its size": CHUNKED + b"2\r{}\r\n" + LAST,
        "the last chunk with bare LFs": CHUNKED + CHUNK + b"0\n\n",
        "a bare LF in a chunk extension": CHUNKED + b"2;a\n{}\r\n" + LAST,
        "a bare CR in a chunk extension": CHUNKED + b"2;a\rb\r\n{}\r\n" + LAST,
        "NUL in a chunk extension": CHUNKED + b"2;a\0b\r\n{}\r\n" + LAST,
        "a chunk extension without end": CHUNKED + b"2;" + b"a" * 10_000,
        "chunk extensions without end": CHUNKED + b"1;abcdefgh=12345678\r\n{\r\n" * 1_000,
        "a request where a trailer should be": CHUNKED + CHUNK + b"0\r\n",
        "a trailer without a colon": CHUNKED + CHUNK + b"0\r\nX\r\n\r\n",
        "a trailer with NUL": CHUNKED + CHUNK + b"0\r\nX: a\0b\r\n\r\n",
        "a trailer with a space before its colon": CHUNKED + CHUNK + b"0\r\nX : a\r\n\r\n",
        "a folded trailer": CHUNKED + CHUNK + b"0\r\nX: a\r\n b\r\n\r\n",
        "a trailer without a name": CHUNKED + CHUNK + b"0\r\n: a\r\n\r\n",
    }),
    *refused(413, {"chunks over the limit": CHUNKED + (b"10000\r\n" + b" " * 65_536 + b"\r\n") * 17}),
    *refused(431, {"trailers without end": CHUNKED + CHUNK + b"0\r\n" + b"X: yyyyyyyy\r\n" * 10_000}),
    # Floods.
    *refused(431, {
        "101 fields": GET_HOST + b"X: y\r\n" * 101 + END,
        "10,000 fields": GET_HOST + b"X: y\r\n" * 10_000 + END,
        "a field of 40,000 bytes": field(b"X: " + b"y" * 40_000),
        "a name of 40,000 bytes": field(b"x" * 40_000 + b": y"),
        "a field without end": GET_HOST + b"X: " + b"y" * 300_000,
        "40,000 spaces behind a colon": field(b"X:" + b" " * 40_000 + b"y"),
        "40,000 line ends before a request": END * 20_000 + GET_HOST + END,
    }),
    *refused(414, {
        "a target of 9,000 bytes": target(b"/" + b"a" * 9_000),
        "a target without end": b"GET /" + b"a" * 300_000,
        "a query of 9,000 bytes": target(b"/healthz?" + b"a" * 9_000),
    }),
    # Request lines.
    *refused(400, {
        "a method in lower case": line(b"get /healthz HTTP/1.1"),
        "a method in mixed case": line(b"Get /healthz HTTP/1.1"),
        "an unknown method": line(b"BREW /healthz HTTP/1.1"),
        "a method without end": b"A" * 100_000,
        "no method": line(b" /healthz HTTP/1.1"),
        "a method with a control": line(b"G\x01ET /healthz HTTP/1.1"),
        "a space before the method": line(b" GET /healthz HTTP/1.1"),
        "two spaces before the target": line(b"GET  /healthz HTTP/1.1"),
        "two spaces before the version": line(b"GET /healthz  HTTP/1.1"),
        "tabs for spaces": line(b"GET\t/healthz\tHTTP/1.1"),
        "a version in lower case": line(b"GET /healthz http/1.1"),
        "another protocol": line(b"GET /healthz ICE/1.0"),
        "a line that ends with LF": b"GET /healthz HTTP/1.1\nHost: docket\r\n\r\n",
        "lines that end with LF": b"GET /healthz HTTP/1.1\nHost: docket\n\n",
        "garbage": b"\x00\x01\x02\x03\r\n\r\n",
        "8-bit garbage": b"\xff" * 4_000,
        "a TLS ClientHello": bytes.fromhex("16030100c8010000c40303") + bytes(194),
        "an SSH greeting": b"SSH-2.0-OpenSSH_9.2\r\n",
    }),
    *refused(505, {
        "a half preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        "a line that ends with CR": b"GET /healthz HTTP/1.1\rHost: docket\r\n\r\n",
        "a major version of two digits": line(b"GET /healthz HTTP/01.1"),
        "a minor version of two digits": line(b"GET /healthz HTTP/1.10"),
        "a version without a point": line(b"GET /healthz HTTP/11"),
        "a word behind the version": line(b"GET /healthz HTTP/1.1 HTTP/1.1"),
        "a space behind the version": line(b"GET /healthz HTTP/1.1 "),
        "HTTP/0.9": b"GET /healthz\r\n\r\n",
        "HTTP/0.9 with its version": line(b"GET /healthz HTTP/0.9"),
        "HTTP/1.2": line(b"GET /healthz HTTP/1.2"),
        "HTTP/2.0": line(b"GET /healthz HTTP/2.0"),
        "HTTP/3.0": line(b"GET /healthz HTTP/3.0"),
        "HTTP/9.9": line(b"GET /healthz HTTP/9.9"),
    }),
    # Targets.
    *refused(400, {
        "no target": line(b"GET HTTP/1.1"),
        "a target without a slash": target(b"healthz"),
        "a target of an authority": target(b"docket:4318"),
        "a target of an asterisk and more": target(b"*/healthz"),
        "a target of another scheme": target(b"ftp://docket/healthz"),
        "a target of a scheme alone": target(b"http://"),
        "a target with a user": target(b"http://ada@docket/healthz"),
        "a target with a space": target(b"/health z"),
        "a target with a tab": target(b"/health\tz"),
        "a target with a bare CR": target(b"/health\rz"),
        "a target with NUL": target(b"/health\0z"),
        "a target with a control": target(b"/health\x7fz"),
        "a target beyond ASCII": target("/health\u00e9".encode()),
        "a target with a byte of 8 bits": target(b"/health\xffz"),
        "a target with a fragment": target(b"/healthz#top"),
    }),
    *refused(501, {
        "CONNECT with an authority": target(b"docket:443", b"CONNECT"),
        "CONNECT with a path": target(b"/healthz", b"CONNECT"),
    }),
    # Hosts.
    *refused(400, {
        "no Host": host(b""),
        "no Host with an absolute target": b"GET http://docket/healthz HTTP/1.1\r\n\r\n",
        "two Hosts": host(HOST + b"Host: other\r\n"),
        "the same Host twice": host(HOST * 2),
        "a Host with a space": host(b"Host: doc ket\r\n"),
        "a Host with a path": host(b"Host: docket/healthz\r\n"),
        "a Host with a user": host(b"Host: ada@docket\r\n"),
        "a list of Hosts": host(b"Host: docket, other\r\n"),
        "a Host with a wrong port": host(b"Host: docket:port\r\n"),
    }),
    # Fields.
    *refused(400, {
        "NUL in a value": field(b"X: a\0b"),
        "NUL in a name": field(b"X\0Y: a"),
        "a control in a value": field(b"X: a\x01b"),
        "DEL in a value": field(b"X: a\x7fb"),
        "a bare CR in a value": field(b"X: a\rb"),
        "a bare CR and a second field": field(b"X: a\rY: b"),
        "a bare LF and a second field": field(b"X: a\nY: b"),
        "CR CR LF": field(b"X: a\r"),
        "a bare CR before the end": GET_HOST + b"X: a\r\n\r\r\n",
        "a space before a colon": field(b"X : a"),
        "a tab before a colon": field(b"X\t: a"),
        "a space within a name": field(b"X Y: a"),
        "an empty name": field(b": a"),
        "an empty first name": GET + b": a\r\n" + HOST + END,
        "a field without a colon": field(b"X"),
        "a name with a slash": field(b"X/Y: a"),
        "a name in quotes": field(b'"X": a'),
        "a name with brackets": field(b"X(Y): a"),
        "a name beyond ASCII": field("\u00c9: a".encode()),
        "a name with a byte of 8 bits": field(b"\xff: a"),
        "a folded line": field(b"X: a\r\n b"),
        "a line folded by a tab": field(b"X: a\r\n\tb"),
        "a folded empty value": field(b"X:\r\n b"),
        "a folded line of spaces": field(b"X: a\r\n "),
        "a space behind the request line": GET + b" " + HOST + END,
    }),
    *refused(417, {
        "an unknown expectation": POST + b"Expect: tea\r\nContent-Length: 2\r\n\r\n" + BODY,
        "a list of expectations": POST + b"Expect: 100-continue, tea\r\nContent-Length: 2\r\n\r\n" + BODY,
    }),
    # Refused by the application: its body is not read, so nothing behind it may be.
    *refused(401, {
        "no credential": UNKNOWN + b"Content-Length: 2\r\n\r\n" + BODY,
        "no credential, chunked": UNKNOWN + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK + LAST,
        "a credential in a trailer":
            UNKNOWN + b"Transfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n"
            + CHUNK + b"0\r\n" + KNOWN + END,
    }),
    *refused(405, {"a method that has no place here": POST.replace(b"POST", b"PUT") + b"Content-Length: 2\r\n\r\n" + BODY}),
]

SERVED = served({
    "a request": (GET_HOST + END, 200),
    "a body": (length(b" 2"), 200),
    "a body without a space behind the colon": (length(b"2"), 200),
    "a length between spaces": (length(b"  2  "), 200),
    "a length with zeros before it": (length(b" 0002"), 200),
    "chunks": (CHUNKED + CHUNK + LAST, 200),
    "chunks of one byte": (CHUNKED + b"1\r\n{\r\n1\r\n}\r\n" + LAST, 200),
    "a chunk size with zeros before it": (CHUNKED + b"0000002\r\n{}\r\n" + LAST, 200),
    "a chunk size in upper case": (CHUNKED + b"A\r\n{        }\r\n" + LAST, 200),
    "a chunk size in lower case": (CHUNKED + b"a\r\n{        }\r\n" + LAST, 200),
    "chunked in upper case": (coding(b" CHUNKED"), 200),
    "chunked between spaces": (coding(b"  chunked  "), 200),
    "a coding whose name is in upper case": (POST + b"TRANSFER-ENCODING: chunked\r\n\r\n" + CHUNK + LAST, 200),
    "a chunk extension": (CHUNKED + b"2;name=value\r\n{}\r\n" + LAST, 200),
    "a chunk extension in quotes": (CHUNKED + b'2;name="a;b"\r\n{}\r\n' + LAST, 200),
    "trailers": (CHUNKED + CHUNK + b"0\r\nX-Sum: 1\r\nContent-Length: 99\r\n\r\n", 200),
    "pipelined requests": ((GET_HOST + END) * 3 + length(b" 2") + CHUNKED + CHUNK + LAST, 200, 200, 200, 200, 200),
    "a line end before a request": (END + GET_HOST + END, 200),
    "a line end between requests": (length(b" 2") + END + GET_HOST + END, 200, 200),
    "an absolute target": (target(b"http://docket/healthz"), 200),
    "an absolute target of https": (target(b"https://docket/healthz"), 200),
    "an absolute target in upper case": (target(b"HTTP://docket/healthz"), 200),
    "a Host that disagrees with an absolute target": (target(b"http://other:1/healthz"), 200),
    "an empty Host": (host(b"Host:\r\n"), 200),
    "a Host with a port": (host(b"Host: docket:4318\r\n"), 200),
    "a Host of an IPv6 address": (host(b"Host: [::1]:4318\r\n"), 200),
    "a value beyond ASCII": (field("X: \u00e9".encode()), 200),
    "an empty value": (field(b"X:"), 200),
    "a tab in a value": (field(b"X: a\tb"), 200),
    "HTTP/1.0 that keeps its connection":
        (b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200),
    "HTTP/1.0 with a body that keeps its connection":
        (length(b" 2").replace(b"HTTP/1.1\r\n", b"HTTP/1.0\r\nConnection: keep-alive\r\n"), 200),
    "an upgrade that nobody speaks": (field(b"Connection: upgrade\r\nUpgrade: websocket"), 200),
    "an upgrade to h2c": (field(b"Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk"), 200),
    "an expectation": (POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n" + BODY, 100, 200),
    "an expectation in upper case": (POST + b"Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n" + BODY, 100, 200),
    "a refusal without a body": (UNKNOWN + END, 401),
    "an unknown path": (path(b"/etc/passwd"), 404),
    "a path with dots": (path(b"/v1/traces/../logs"), 404),
    "a path above the root": (path(b"/../../v1/logs"), 404),
    "a path with coded dots": (path(b"/%2e%2e/v1/logs"), 403),  # a tenant of that name, and not this one's
    "a path with a coded slash": (path(b"/a%2fb/v1/logs"), 404),
    "a path with coded NUL": (path(b"/v1/logs%00"), 404),
    "a path with a broken code": (path(b"/v1/logs%zz"), 404),
    "a path with two slashes": (path(b"//v1/logs"), 403),
    "an asterisk for GET": (target(b"*"), 404),
    "an asterisk for OPTIONS": (target(b"*", b"OPTIONS"), 404),
})

# The request behind each row.
GOOD = GET_HOST + b"Connection: close\r\n\r\n"
