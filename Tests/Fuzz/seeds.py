#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets: small inputs of every shape that a decoder knows.

What the fuzzer finds from there it keeps elsewhere; these files are the same at every run.
"""

import gzip
import io
import json
import pathlib
import struct
import zipfile

ROOT = pathlib.Path(__file__).parent / "Corpus"
SIGNALS = ["logs", "traces", "metrics"]


def keep(target, name, data):
    folder = ROOT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


# OTLP: one sample of each signal, in the names of the protobuf files, and its numbers.

def text(value):
    return {"stringValue": value}


def pair(key, value):
    return {"key": key, "value": value}


VALUES = [
    text("täglich \U0001f642"), {"boolValue": True}, {"intValue": "-9223372036854775808"}, {"doubleValue": 0.125},
    {"bytesValue": "AAEC/w=="}, {"arrayValue": {"values": [text("a"), {"intValue": "7"}]}},
    {"kvlistValue": {"values": [pair("k", {"arrayValue": {"values": [{}]}})]}}, {},
]
ORIGIN = {"attributes": [pair("service.name", text("claude-code")), pair("host.arch", text("amd64"))]}
EVENT = [
    pair("event.name", text("tool_result")), pair("event.timestamp", text("2026-03-04T05:06:07.890Z")),
    pair("event.sequence", {"intValue": "3"}), pair("session.id", text("5f0c1d2e-0000-4000-8000-000000000001")),
    pair("user.email", text("user@example.com")), pair("tool_name", text("Bash")), pair("success", text("true")),
    pair("duration_ms", text("12")), pair("tool_parameters", text('{"bash_command":"ls","timeout":10}')),
]
T1, T2 = "1790000000000000000", "1790000000500000000"
LOGS = [
    {"timeUnixNano": T1, "observedTimeUnixNano": T1, "severityNumber": 9, "severityText": "INFO",
     "body": text("claude_code.tool_result"), "attributes": EVENT, "flags": 1,
     "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708", "eventName": "tool_result"},
    {"timeUnixNano": T1, "body": text("x"), "attributes": [pair(f"v{i}", v) for i, v in enumerate(VALUES)]},
]
SPANS = [
    {"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708", "parentSpanId": "0807060504030201",
     "name": "claude_code.tool", "kind": 1, "startTimeUnixNano": T1, "endTimeUnixNano": T2, "attributes": EVENT[3:6],
     "events": [{"timeUnixNano": T1, "name": "e", "attributes": [pair("k", VALUES[3])]}],
     "links": [{"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708", "traceState": "a=b"}],
     "status": {"message": "no", "code": 2}, "traceState": "a=1"},
]
NUMBER = {"startTimeUnixNano": T1, "timeUnixNano": T2, "asInt": "5", "attributes": EVENT[3:5]}
METRICS = [
    {"name": "claude_code.token.usage", "description": "d", "unit": "tokens",
     "sum": {"aggregationTemporality": 1, "isMonotonic": True,
             "dataPoints": [NUMBER, {"timeUnixNano": T2, "asDouble": 1.5}]}},
    {"name": "g", "gauge": {"dataPoints": [{"timeUnixNano": T2, "asDouble": -0.5, "flags": 1}]}},
    {"name": "h", "histogram": {"aggregationTemporality": 2, "dataPoints": [
        {"timeUnixNano": T2, "count": "3", "sum": 4.5, "bucketCounts": ["1", "2"], "explicitBounds": [1.0],
         "min": 0.5, "max": 3.0}]}},
    {"name": "s", "summary": {"dataPoints": [
        {"timeUnixNano": T2, "count": "1", "sum": 2.0, "quantileValues": [{"quantile": 0.5, "value": 2.0}]}]}},
    {"name": "none"},
]

NAMES = {
    "logs": ("resourceLogs", "scopeLogs", "logRecords"),
    "traces": ("resourceSpans", "scopeSpans", "spans"),
    "metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
}
SCOPES = {"logs": "com.anthropic.claude_code.events", "traces": "com.anthropic.claude_code.tracing",
          "metrics": "com.anthropic.claude_code"}


def request(signal, records, resource=ORIGIN, scope=None):
    resources, scopes, list_ = NAMES[signal]
    scope = scope or {"name": SCOPES[signal], "version": "2.1.0"}
    return {resources: [{"resource": resource, scopes: [{"scope": scope, list_: records}]}]}


# protobuf: field number and how the field is written.

ANY = {"stringValue": (1, "text"), "boolValue": (2, "varint"), "intValue": (3, "varint"), "doubleValue": (4, "double"),
       "bytesValue": (7, "base64")}
KEY_VALUE = {"key": (1, "text")}
ARRAY, PAIRS = {}, {}
ANY["arrayValue"] = (5, ARRAY)
ANY["kvlistValue"] = (6, PAIRS)
ARRAY["values"] = (1, ANY)
PAIRS["values"] = (1, KEY_VALUE)
KEY_VALUE["value"] = (2, ANY)
LOG = {"timeUnixNano": (1, "fixed"), "severityNumber": (2, "varint"), "severityText": (3, "text"), "body": (5, ANY),
       "attributes": (6, KEY_VALUE), "flags": (8, "fixed32"), "traceId": (9, "hex"), "spanId": (10, "hex"),
       "observedTimeUnixNano": (11, "fixed"), "eventName": (12, "text")}
SPAN = {"traceId": (1, "hex"), "spanId": (2, "hex"), "traceState": (3, "text"), "parentSpanId": (4, "hex"),
        "name": (5, "text"), "kind": (6, "varint"), "startTimeUnixNano": (7, "fixed"), "endTimeUnixNano": (8, "fixed"),
        "attributes": (9, KEY_VALUE),
        "events": (11, {"timeUnixNano": (1, "fixed"), "name": (2, "text"), "attributes": (3, KEY_VALUE)}),
        "links": (13, {"traceId": (1, "hex"), "spanId": (2, "hex"), "traceState": (3, "text")}),
        "status": (15, {"message": (2, "text"), "code": (3, "varint")})}
POINT = {"startTimeUnixNano": (2, "fixed"), "timeUnixNano": (3, "fixed"), "asDouble": (4, "double"),
         "asInt": (6, "fixed"), "attributes": (7, KEY_VALUE), "flags": (8, "varint")}
HISTOGRAM = {"startTimeUnixNano": (2, "fixed"), "timeUnixNano": (3, "fixed"), "count": (4, "fixed"),
             "sum": (5, "double"), "bucketCounts": (6, "fixed"), "explicitBounds": (7, "double"),
             "min": (11, "double"), "max": (12, "double")}
SUMMARY = {"timeUnixNano": (3, "fixed"), "count": (4, "fixed"), "sum": (5, "double"),
           "quantileValues": (6, {"quantile": (1, "double"), "value": (2, "double")})}
METRIC = {"name": (1, "text"), "description": (2, "text"), "unit": (3, "text"), "gauge": (5, {"dataPoints": (1, POINT)}),
          "sum": (7, {"dataPoints": (1, POINT), "aggregationTemporality": (2, "varint"), "isMonotonic": (3, "varint")}),
          "histogram": (9, {"dataPoints": (1, HISTOGRAM), "aggregationTemporality": (2, "varint")}),
          "summary": (11, {"dataPoints": (1, SUMMARY)})}
RECORDS = {"logs": LOG, "traces": SPAN, "metrics": METRIC}


def varint(number):
    number &= (1 << 64) - 1
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, shape, value):
    if isinstance(value, list):
        return b"".join(field(number, shape, one) for one in value)
    if shape == "varint":
        return varint(number << 3) + varint(int(value))
    if shape in ("fixed", "double"):
        raw = struct.pack("<d", value) if shape == "double" else struct.pack("<Q", int(value))
        return varint(number << 3 | 1) + raw
    if shape == "fixed32":
        return varint(number << 3 | 5) + struct.pack("<I", value)
    if shape == "text":
        raw = value.encode()
    elif shape == "hex":
        raw = bytes.fromhex(value)
    elif shape == "base64":
        raw = b"\x00\x01\x02\xff"
    else:
        raw = message(shape, value)
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def message(shape, values):
    return b"".join(field(*shape[name], value) for name, value in values.items())


def protobuf(signal, body):
    resources, scopes, list_ = NAMES[signal]
    scope = {"scope": (1, {"name": (1, "text"), "version": (2, "text"), "attributes": (3, KEY_VALUE)}),
             list_: (2, RECORDS[signal])}
    group = {"resource": (1, {"attributes": (1, KEY_VALUE)}), scopes: (2, scope)}
    return message({resources: (1, group)}, body)


for place, (signal, records) in enumerate([("logs", LOGS), ("traces", SPANS), ("metrics", METRICS)]):
    for index, record in enumerate(records):
        body = request(signal, [record])
        keep("otlp-json", f"{signal}-{index}", bytes([place]) + json.dumps(body, ensure_ascii=False).encode())
        keep("otlp-protobuf", f"{signal}-{index}", bytes([place]) + protobuf(signal, body))
cowork = request("logs", LOGS, {"attributes": [pair("service.name", text("cowork"))]}, {"name": "x"})
keep("otlp-json", "cowork", b"\0" + json.dumps(cowork).encode())
keep("otlp-protobuf", "cowork", b"\0" + protobuf("logs", cowork))
other = request("logs", LOGS, {"attributes": []}, {"name": "somebody.else", "attributes": [pair("a", {})]})
keep("otlp-json", "other", b"\0" + json.dumps(other, separators=(",", ":")).encode())
keep("otlp-protobuf", "other", b"\0" + protobuf("logs", other))
deep = {"stringValue": "x"}
for _ in range(14):
    deep = {"arrayValue": {"values": [deep]}}
keep("otlp-json", "deep", b"\0" + json.dumps(request("logs", [{"body": deep}])).encode())
keep("otlp-protobuf", "deep", b"\0" + protobuf("logs", request("logs", [{"body": deep}])))

# HTTP/1.1

GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = "POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = ("POST /v1/logs?a=b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
           "5;x=y\r\nhello\r\n0\r\nTrailer: t\r\n\r\n")
for name, raw in {
    "get": GET, "post": POST, "chunked": CHUNKED, "pipelined": POST + CHUNKED + GET,
    "expect": POST.replace("Content-Type: application/json", "Expect: 100-continue"),
    "close": GET.replace("Host: a", "Host: a\r\nConnection: close") + GET,
    "old": "GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\nHEAD /y HTTP/1.0\r\n\r\n",
    "refused": GET.replace("/ ", "/refused ") + POST.replace("/v1/logs", "/refused"),
    "absolute": GET.replace("/ ", "http://a/b?c "), "options": "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "two-lengths": POST.replace("Host: a", "Host: a\r\nContent-Length: 4"),
    "length-and-chunks": CHUNKED.replace("Host: a", "Host: a\r\nContent-Length: 3"),
    "chunks-and-length": CHUNKED.replace("chunked\r\n\r\n", "chunked\r\nContent-Length: 3\r\n\r\n"),
    "two-codings": CHUNKED.replace("chunked\r\n\r\n", "gzip, chunked\r\n\r\n"),
    "space-before-colon": CHUNKED.replace("Encoding:", "Encoding :"),
    "folded": GET.replace("Host: a", "Host: a\r\n b"), "bare-line-feeds": GET.replace("\r\n", "\n"),
    "two-hosts": GET.replace("Host: a", "Host: a\r\nHost: b"), "signed-length": POST.replace(": 5", ": +5"),
    "list-of-lengths": POST.replace(": 5", ": 5, 5"), "big-chunk": CHUNKED.replace("5;", "10000000000000005;"),
    "empty-lines": "\r\n\r\n" + GET, "preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "connect": "CONNECT a:1 HTTP/1.1\r\n\r\n",
    "upgrade": GET.replace("Host: a", "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket") + GET,
}.items():
    keep("http1", name, "\x07" + raw)

# HTTP/2: frames behind the preface


def frame(kind, flags, stream, body=b""):
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def literal(name, value):
    return b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


SETTINGS = frame(4, 0, 0) + frame(4, 1, 0)
HEAD = b"\x83\x86" + literal(":path", "/a.B/C") + literal(":authority", "a")
CALL = HEAD + literal("content-type", "application/grpc") + literal("te", "trailers")
DATA = b"\x00\x00\x00\x00\x03abc"
for name, raw in {
    "get": frame(1, 5, 1, b"\x82\x86\x84" + literal(":authority", "a")),
    "post": frame(1, 4, 1, HEAD + literal("content-length", "3")) + frame(0, 1, 1, b"abc"),
    "call": frame(1, 4, 1, CALL) + frame(0, 1, 1, DATA),
    "padded": frame(1, 0x2C, 1, b"\x01\x00\x00\x00\x00\x10" + HEAD + b"\x00") + frame(0, 9, 1, b"\x01abc\x00"),
    "continued": frame(1, 1, 1, HEAD[:3]) + frame(9, 4, 1, HEAD[3:]),
    "reset": frame(1, 4, 1, HEAD) + frame(3, 0, 1, b"\0\0\0\x08") + frame(1, 5, 3, HEAD),
    "windows": frame(8, 0, 0, b"\0\0\1\0") + frame(6, 0, 0, b"12345678") + frame(7, 0, 0, bytes(8)),
    "trailers": frame(1, 4, 1, HEAD) + frame(0, 0, 1, b"abc") + frame(1, 5, 1, literal("x", "y")),
    "too-long": frame(1, 4, 1, HEAD) + frame(0, 1, 1, bytes(600)),
    "interleaved": frame(1, 4, 1, CALL) + frame(1, 4, 3, HEAD) + frame(0, 1, 3, b"x") + frame(0, 1, 1, DATA),
}.items():
    keep("http2", name, b"\x21" + SETTINGS + raw)

# Compression

WORDS = b"claude_code.tool_result " * 8
PACKED = gzip.compress(WORDS, mtime=0)
ZSTD = bytes.fromhex("28b52ffd0458290000") + b"hello" + bytes.fromhex("d7b8e0ab")
keep("compression", "gzip", b"\0" + PACKED)
keep("compression", "gzip-members", b"\0" + PACKED + gzip.compress(b"", mtime=0))
keep("compression", "gzip-bomb", b"\0" + gzip.compress(bytes(100_000), mtime=0))
keep("compression", "zstd", b"\1" + ZSTD)
keep("compression", "zstd-raw-block", b"\1" + bytes.fromhex("28b52ffd2005290000") + b"hello")
keep("compression", "zstd-run", b"\1" + bytes.fromhex("28b52ffda000400000" "0300020061"))
keep("compression", "zstd-skippable", b"\1" + bytes.fromhex("502a4d1803000000") + b"abc")
keep("compression", "call", b"\2" + DATA)
keep("compression", "call-gzip", b"\2\1" + struct.pack(">I", len(PACKED)) + PACKED)
keep("compression", "packed-gzip", b"\3" + WORDS)
keep("compression", "packed-zstd", b"\4" + WORDS)

# Texts

for index, raw in enumerate([
    '{"a":[1,-0.5e+3,true,false,null,"\\u00e9\\ud83d\\ude42\\n\\"",{}],"":"x"}', "[[[[[[[[]]]]]]]]", '"\\ud800"', "1e999",
    "9223372036854775808", ' [ 1 , 2 ] ',
]):
    keep("json", f"text-{index}", raw)
for index, raw in enumerate([
    "event.action: tool_decision and not event.outcome: success", 'a: ("x y" or b*) and c >= 7 or "free text"',
    "user: { name: a* and not id: null }", "@timestamp >= now-7d/d", "a\\:b: \\*c\\u00e9", "*: *", "not (a or b and c)",
]):
    keep("kql", f"query-{index}", raw)
for index, raw in enumerate([
    'process where process.name == "a" and not ?b.c : ("x*", "y?") or length(user.name) >= 7 | head 5 | tail 2',
    'any where a in (1, -2.5e3, null) and b not in~ ("x") and c like~ """raw\\*""" and d regex ("a+", "b") // end',
    'sequence by user.email, ?b with maxspan=15m [any where true] by user.name with runs=3 ![file where false] by user.name'
    ' [any where event.outcome == "failure"] by user.name until [any where true] by user.name',
    'sample by user.email ["my-category" where `odd name`.`by` != null] [any where startsWith~(user.name, "\\u{e9}")]',
    'any where (1 + 2) * -event.duration % 3 / .5 == add(1, 2) /* a */ and cidrMatch(source.ip, "10.0.0.0/8")',
    'sequence with maxspan=1s ![any where true] [any where user.name == "a"] ![any where event.action == "b"]',
]):
    keep("eql", f"query-{index}", raw)
for index, raw in enumerate([
    "FROM logs-*, -b METADATA _id | WHERE a.b == \"x\" AND NOT c IN (1, 2.5e3) OR d IS NOT NULL // end\n| LIMIT 5 BY a",
    "ROW a = [1, -2], `odd name` = \"\"\"raw\"\"\", b = 1 day + -x::long * (y - z) % 2 | EVAL c = f(a, {\"k\": true}), g()",
    "FROM a | STATS n = COUNT(*) WHERE b > 1, MAX(c) BY d, e = DATE_TRUNC(1 hour, @timestamp) | SORT n DESC NULLS LAST",
    "FROM a | INLINE STATS m = MIN(b) | KEEP a*, b.*.c, * | DROP *x | RENAME a AS b, c = d | MV_EXPAND b",
    "FROM a | DISSECT b \"%{c} %{d}\" APPEND_SEPARATOR = \",\" | GROK b \"%{IP:e}\", \"x\" | ENRICH p ON a WITH x = y",
    "FROM a | LOOKUP JOIN l ON k, m == n | FORK (WHERE a LIKE \"x*\") (WHERE b NOT RLIKE (\"p\", \"q\")) | SAMPLE 0.1",
    "SET time_zone = \"UTC\"; EQL a \"any where true\" WITH {\"size\": 5} | CHANGE_POINT n ON t AS a, b | IP_LOCATION g = i",
    "FROM (FROM a | LIMIT 1), b | WHERE c : \"text\" /* one /* two */ */ | EVAL d = -9223372036854775808, e = 1e-7",
]):
    keep("esql", f"query-{index}", raw)
# The byte in front says the notation: Lucene's, one with groups, GROK, DISSECT, LIKE.
for index, raw in enumerate([
    "\0a(b|c)*[^x-z]{2,3}\\d\"q\"<1-20>.?@\nabccaa7q12x", "\0~(a@)&[a-c]+|#\nbca", "\x41É(é?)+\\w\\S\nÉé_x",
    "\x01^(?<a>[[:alpha:]]+?)\\b(?i:x|(y))*(?<![0-9])(?=;|$)\nabc Xy;", "\x42(a|ab)(c|bcd)?\\h*+\\p{L}\\x41$\nabcd A",
    "\x02%{TIMESTAMP_ISO8601:t} %{IP:ip} %{NUMBER:n:int} (?<r>.*)\n2026-10-08T08:15:18Z 192.0.2.1 42 rest",
    "\x02%{COMBINEDAPACHELOG}\n192.0.2.1 - - [08/Oct/2026:08:15:18 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"x\"",
    "\x03[%{a->}] %{+b/2},%{?c}:%{+b/1} %{}\n[1]]  2,3:4 5", "\x04*a?\\*b**é\nxab*bé",
]):
    keep("patterns", f"pattern-{index}", raw)
for index, raw in enumerate([
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "python-requests/2.32.0",
    "Mozilla/5.0 (Linux; U; Android 2.3.6; de-de; SAMSUNG GT-S5360/S5360XXLK1 Build/GINGERBREAD)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/194.0.0.38.99]",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80/28.0; U; en) Version/12.16", "bot spider crawl/1.2 小米",
]):
    keep("user-agents", f"agent-{index}", raw)
for index, raw in enumerate([
    "journal:\n  free_percent: 5 # room\nfeeds:\n  - name: a\n    key: \"x\\n\"\n", "a: {b: [1, 'x', ~]}\n", "a: |\n  x\n  y\n",
    "a: &x 1\nb: *x\n", "? a\n: b\n", "--- !t\na: >-\n  x\n...\n",
]):
    keep("yaml", f"text-{index}", raw)
for index, raw in enumerate([
    "{'name': 'Example User', 'uuid': None, 'metadata': {'email_address': 'user@example.com', 'b': True}}",
    "{'name': 'Example O'User', 'l': ['it's', 1, -0.5, 1e-05]}", "{\"n\": \"O'User\", 't': ('x', 1,), 2: inf}",
    r"{'e': '\\\n\x41\u00e9\U0001f986\ud83d', 'id': UUID('7b1d')}", "[[[[]]], {}, ()]", '{"json": [true, null]}',
]):
    keep("python", f"text-{index}", raw)
HEADER = "created_at,actor_info,event,event_info,entity_info,ip_address,device_id,user_agent,client_platform\r\n"
ROW = ("2026-03-02T08:15:30.123456Z,\"{'name': 'Example O'User', 'metadata': {'email_address': 'user@example.com'}}\","
       "org_user_deleted,{},\"{'type': 'account', 'uuid': 'a1'}\",192.0.2.10,,\"Mozilla/5.0 \"\"x\"\"\",iOS\r\n")
for index, raw in enumerate([
    "\x00" + HEADER + ROW + ROW, "\x00\ufeffevent,created_at\nuser_signed_out,2026-03-02T09:00:00Z\n",
    "\x012026-03-02T09:00:00Z,user_signed_in_sso,,{'domain': 'example.com'},\n", "\x01a,\"b\nc\",\"d\"e\n\n,,,,,,\n\"",
]):
    keep("audit-log", f"file-{index}", raw)
for index, (method, comment) in enumerate([(0, b""), (8, b""), (8, b"a comment")]):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.comment = comment
        for name, raw in [("a.csv", HEADER + ROW), ("empty", "")]:
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 9, 0, 0)), raw, method)
    keep("zip", f"archive-{index}", out.getvalue())
SECRET = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
for index, raw in enumerate([
    b"\x00mail jane@example.com, card 4111-1111-1111-1111, GB82 WEST 1234 5698 7654 32",
    ("\x00" + r'{\"key\":\"' + SECRET + r'\"}\n\u0040 %41 &#64; ' + "\uff15\uff13\uff16-90-4399").encode(),
    b"\x00-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\ncurl -u admin:hunter2 https://a:b@c/",
    b"\x00" + b"aGVsbG8gdG9rZW46IGdocF9hYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODk=",
    b"\x01\x2a\x2c\x0a\x2a" + ("x " + SECRET).encode() + b"\x32\x10\x0a\x06prompt\x12\x06\x0a\x04test",
    ('\x02{"title":"call ' + SECRET + '","a":{"b":["jane@example.com"]}}').encode(),
    ('\x03{"attributes":[{"key":"prompt","value":{"stringValue":"' + SECRET + '"}}],"name":"x"}').encode(),
]):
    keep("redact", f"input-{index}", raw)
EVENT_LINE = ('{"@timestamp":"2026-03-02T10:00:00Z","event.action":"user.session.start","user":{"email":"user@example.com"},'
              '"okta":{"list":[{"a":null}],"n":1.5},"data_stream":{"dataset":"okta.system"}}')
for index, raw in enumerate([
    "\x00" + EVENT_LINE + "\n" + '{"docket":{"tenant":"x"},"event":{"dataset":"anthropic.audit"}}\r\n{}\nx\n',
    "\x00[" + EVENT_LINE + ', {"a":"],{"}, 5, {"a":1,"a":2}]', "\x00{\n \"a\": [[1], true],\n \"@timestamp\": 1772445600500\n}",
    "\x01" + '{"create":{"_index":"logs-okta.system-default","_id":"1"}}\n' + EVENT_LINE
    + '\n{"delete":{"_id":"2"}}\n{"index":{}}\n{"b":\n',
]):
    keep("events", f"body-{index}", raw)

# The archive: what docs/formats/archive.md shows.

document = (pathlib.Path(__file__).parents[2] / "docs/formats/archive.md").read_text()
shown = [block.split("\n", 1)[1] for block in document.split("```")[1::2]]
keep("archive", "name", b"\0" + shown[0].strip().encode())
keep("archive", "manifest", b"\2" + shown[1].encode())
keep("archive", "line", b"\1" + shown[2].strip().encode())
lost = json.loads(shown[2])
del lost["sealed"], lost["kind"], lost["source"]
keep("archive", "lost", b"\1" + json.dumps({**lost, "lost": True}, separators=(",", ":")).encode())


# The directory: a record, a bookmark, and listings of each kind. The first byte says which.

USER = {
    "id": "user_1", "full_name": "P", "email": "p@example.com", "organization_role": "admin",
    "created_at": "2025-06-01T10:00:00Z",
}
SETTING = {"name": "retention", "type": "data_retention", "value": {"chat": {"duration": 90}}}
KEY = {"id": "apikey_1", "name": "k", "scopes": ["b", "a"], "is_active": True, "expires_at": None}
keep("directory", "record", b"\x00" + json.dumps({
    "type": "user_changed", "created_at": "2026-10-08T09:00:00Z", "after": "2026-10-08T08:00:00Z",
    "organization_uuid": "o", "object_type": "user", "object_id": "user_1",
    "changes": [{"name": "organization_role", "before": "user"}], "object": USER,
}).encode())
keep("directory", "bookmark", (
    "\x01docket directory 1\npart\tuser\t\"o\"\t\"\"\twhole\t2026-10-08T09:00:00.000000Z\n"
    "\"user_1\"\t#0123456789abcdef\t-\t\"admin\"\npart\tgroup\t\"\"\t\"\"\tbegun\t-\n"
))
# By the order of the kinds: organization, user, role, permission, setting, group, member, api_key.
for place, element in enumerate([
    {"uuid": "o", "name": "Example"}, USER, {"id": "r", "name": "R", "description": ""}, {"name": "p", "level": 1e300},
    None, {"id": "g", "name": "G", "source_type": "scim", "roles": ["r"]}, {"user_id": "user_1", "email": "p@example.com"},
]):
    page = {"data": [element, element, {}], "has_more": True, "next_page": "page_1"}
    if element is None:
        page = {"type": "effective_organization_settings", "settings": [SETTING], "api_keys": [KEY]}
    keep("directory", f"listing-{place}", bytes([8 + place]) + json.dumps(page).encode())
