"""Frames that are wrong, and the error that RFC 9113 has for each.

A row is a name, the frames behind the preface, and what comes of them: the connection ends with GOAWAY and a code, a
stream ends with RST_STREAM and a code, or there is an answer. Where the RFC leaves a choice (a stream error may always
be taken for a connection error, section 5.4.2; many codes may be PROTOCOL_ERROR instead), the row says what is chosen.
"""

import struct
from dataclasses import dataclass

from http2 import (
    ACK, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, GET,
    GOAWAY, HEADERS, PADDED, PING, POST, PRIORITIZED, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE, RST_STREAM, SETTINGS,
    STREAM_CLOSED, WINDOW_UPDATE, data, fields, frame, headers, request, settings,
)


@dataclass(frozen=True)
class Connection:
    """The whole connection ends, with one of these codes."""
    codes: tuple

    def __init__(self, *codes):
        object.__setattr__(self, "codes", codes)


@dataclass(frozen=True)
class Stream:
    """One stream is reset, and the connection goes on."""
    code: int
    stream: int = 1


@dataclass(frozen=True)
class Answer:
    """The request is answered, and the connection goes on."""
    status: int
    stream: int = 1


@dataclass(frozen=True)
class Row:
    name: str
    frames: bytes
    outcome: object


def rows(outcome, frames):
    return [Row(name, sent, outcome) for name, sent in frames.items()]


OPEN = headers(1, POST, END_HEADERS)  # a request whose body is to come
FULL = headers(1, GET)


def window(stream, size):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", size))


def without(*names):
    return [pair for pair in GET if pair[0] not in names]


def with_length(length, *bodies):
    head = headers(1, [*POST, ("content-length", str(length))], END_HEADERS if bodies else END_HEADERS | END_STREAM)
    return head + b"".join(data(1, body, END_STREAM if i == len(bodies) else 0) for i, body in enumerate(bodies, 1))


def split(*pieces, kind=CONTINUATION, stream=1):
    """A block of fields over several frames, without an end."""
    first, *more = pieces
    return frame(HEADERS, END_STREAM, 1, first) + b"".join(frame(kind, 0, stream, piece) for piece in more)


def extra(*pairs):
    return headers(1, [*GET, *pairs])


ROWS = [
    # 4.1, 4.2 Frames and their sizes.
    *rows(Connection(FRAME_SIZE_ERROR), {
        "a frame of 16,385 bytes": OPEN + data(1, bytes(16_385)),
        "a frame that says 16 MiB": OPEN + frame(DATA, 0, 1, b"", length=(1 << 24) - 1),
        "a head of 16,385 bytes": frame(HEADERS, END_HEADERS, 1, bytes(16_385)),
        "an unknown frame of 16,385 bytes": frame(99, 0, 0, bytes(16_385)),
        "PRIORITY of 4 bytes": frame(PRIORITY, 0, 1, bytes(4)),
        "RST_STREAM of 3 bytes": OPEN + frame(RST_STREAM, 0, 1, bytes(3)),
        "RST_STREAM of 5 bytes": OPEN + frame(RST_STREAM, 0, 1, bytes(5)),
        "SETTINGS of 5 bytes": frame(SETTINGS, 0, 0, bytes(5)),
        "an acknowledgement of settings with settings": frame(SETTINGS, ACK, 0, bytes(6)),
        "PING of 7 bytes": frame(PING, 0, 0, bytes(7)),
        "PING of 9 bytes": frame(PING, 0, 0, bytes(9)),
        "GOAWAY of 7 bytes": frame(GOAWAY, 0, 0, bytes(7)),
        "WINDOW_UPDATE of 3 bytes": frame(WINDOW_UPDATE, 0, 0, bytes(3)),
        "WINDOW_UPDATE of 5 bytes": frame(WINDOW_UPDATE, 0, 0, bytes(5)),
    }),
    *rows(Answer(200), {
        "an unknown frame": frame(99, 0xFF, 0, b"?") + FULL,
        "an unknown frame within a stream": OPEN + frame(99, 0xFF, 1, b"?") + data(1, b"{}"),
        "unknown flags": frame(HEADERS, END_HEADERS | END_STREAM | 0xC2, 1, fields(GET)),
        "a reserved bit before the stream": frame(HEADERS, END_HEADERS | END_STREAM, 1 | 1 << 31, fields(GET)),
        "padding": frame(HEADERS, END_HEADERS | PADDED, 1, b"\x05" + fields(POST) + bytes(5))
        + frame(DATA, END_STREAM | PADDED, 1, b"\x03{}" + bytes(3)),
        "padding of nothing": OPEN + frame(DATA, PADDED, 1, b"\x00") + data(1, b"{}"),
        "a head with a priority": frame(HEADERS, END_HEADERS | END_STREAM | PRIORITIZED, 1, bytes(4) + b"\x10" + fields(GET)),
        "a head in three frames":
            frame(HEADERS, END_STREAM, 1, fields(GET[:1])) + frame(CONTINUATION, 0, 1, fields(GET[1:3]))
            + frame(CONTINUATION, END_HEADERS, 1, fields(GET[3:])),
        "a head in frames of nothing":
            frame(HEADERS, END_STREAM, 1) + frame(CONTINUATION, 0, 1) + frame(CONTINUATION, END_HEADERS, 1, fields(GET)),
        "a body in two frames": OPEN + data(1, b"{", 0) + data(1, b"}"),
        "a body and trailers": OPEN + data(1, b"{}", 0) + headers(1, [("x-sum", "1")]),
    }),
    *rows(Connection(PROTOCOL_ERROR), {
        "padding as long as the frame": OPEN + frame(DATA, PADDED, 1, b"\x03{}"),
        "padding longer than the frame": OPEN + frame(DATA, PADDED, 1, b"\xff{}"),
        "padding of a head longer than the frame": frame(HEADERS, END_HEADERS | PADDED, 1, b"\xff" + fields(GET)),
    }),
    # 5.1 Streams that are idle or closed.
    *rows(Connection(PROTOCOL_ERROR), {
        "DATA on stream 0": frame(DATA, 0, 0, b"x"),
        "HEADERS on stream 0": headers(0, GET),
        "PRIORITY on stream 0": frame(PRIORITY, 0, 0, bytes(5)),
        "RST_STREAM on stream 0": frame(RST_STREAM, 0, 0, bytes(4)),
        "CONTINUATION on stream 0": frame(CONTINUATION, END_HEADERS, 0, b""),
        "SETTINGS on a stream": frame(SETTINGS, 0, 1),
        "PING on a stream": frame(PING, 0, 1, bytes(8)),
        "GOAWAY on a stream": frame(GOAWAY, 0, 1, bytes(8)),
        "DATA on an idle stream": data(1, b"x"),
        "RST_STREAM on an idle stream": frame(RST_STREAM, 0, 1, bytes(4)),
        "WINDOW_UPDATE on an idle stream": window(1, 1),
        "CONTINUATION on an idle stream": frame(CONTINUATION, END_HEADERS, 1, fields(GET)),
        "a stream of even number": headers(2, GET),
        "PUSH_PROMISE from a client": OPEN + frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2) + fields(GET)),
        "CONTINUATION behind a whole head": OPEN + frame(CONTINUATION, END_HEADERS, 1, fields([("x", "y")])),
        "PING with a head in between": split(fields(GET)) + frame(PING, 0, 0, bytes(8)),
        "DATA with a head in between": split(fields(GET)) + data(1, b"x"),
        "an unknown frame with a head in between": split(fields(GET)) + frame(99, 0, 0, b""),
        "CONTINUATION of another stream": split(fields(GET), b"", stream=3),
        "HEADERS of another stream with a head in between": split(fields(GET)) + headers(3, GET),
    }),
    *rows(Connection(PROTOCOL_ERROR, STREAM_CLOSED), {
        "a stream used again": FULL + headers(1, GET),
    }),
    *rows(Connection(STREAM_CLOSED), {
        "DATA behind the end": OPEN + data(1, b"{}") + data(1, b"{}"),
        "HEADERS behind the end": OPEN + data(1, b"{}") + headers(1, [("x", "y")]),
    }),
    # A connection error in the RFC (section 5.1.1); nghttp2 cannot tell it from trailers of a stream that was reset a
    # moment ago, and passes over it.
    *rows(Answer(200, 5), {"a stream of lower number": headers(5, GET) + headers(3, GET)}),
    # 5.3 Priorities, which mean nothing any more.
    *rows(Answer(200), {
        "PRIORITY": frame(PRIORITY, 0, 1, bytes(4) + b"\x10") + FULL,
        "PRIORITY of a stream to come": frame(PRIORITY, 0, 77, bytes(4) + b"\x10") + FULL,
    }),
    *rows(Connection(PROTOCOL_ERROR), {
        "PRIORITY that depends on itself": frame(PRIORITY, 0, 1, struct.pack(">IB", 1, 16)),
        "HEADERS that depend on themselves":
            frame(HEADERS, END_HEADERS | END_STREAM | PRIORITIZED, 1, struct.pack(">IB", 1, 16) + fields(GET)),
    }),
    # 6.5 Settings.
    *rows(Connection(PROTOCOL_ERROR), {
        "ENABLE_PUSH of 2": settings((2, 2)),
        "an acknowledgement of nothing": frame(SETTINGS, ACK, 0) * 2,
        "a frame size of 16,383": settings((5, 16_383)),
        "a frame size of 2^24": settings((5, 1 << 24)),
        "ENABLE_CONNECT_PROTOCOL of 2": settings((8, 2)),
    }),
    *rows(Connection(FLOW_CONTROL_ERROR), {
        "a window of 2^31": settings((4, 1 << 31)),
    }),
    *rows(Answer(200), {
        "an unknown setting": settings((0x7777, 1)) + FULL,
        "a setting twice": settings((4, 0), (4, 65_535)) + FULL,
        "no table of fields": settings((1, 0)) + FULL,
        "a table of 4 GiB": settings((1, (1 << 32) - 1)) + FULL,
        "a smallest list of fields": settings((6, 0)) + FULL,
    }),
    # 6.9 Windows.
    *rows(Connection(PROTOCOL_ERROR), {
        "WINDOW_UPDATE of 0": window(0, 0),
        "WINDOW_UPDATE of 0 on a stream": OPEN + window(1, 0),
    }),
    *rows(Connection(FLOW_CONTROL_ERROR), {"a window over 2^31 - 1": window(0, (1 << 31) - 1)}),
    *rows(Stream(FLOW_CONTROL_ERROR), {
        "a window of a stream over 2^31 - 1": OPEN + window(1, (1 << 31) - 1),
        # A connection error in the RFC (section 6.9.2); nghttp2 ends the stream alone.
        "windows that settings bring over 2^31 - 1": OPEN + window(1, 1 << 30) + settings((4, (1 << 31) - 1)),
    }),
    # 8.1 Messages.
    *rows(Stream(PROTOCOL_ERROR), {
        "two Hosts": headers(1, [*without(":authority"), ("host", "docket"), ("host", "docket")]),
        "a Host that is none": headers(1, [*without(":authority"), ("host", "doc/ket")]),
        "no authority": headers(1, without(":authority")),
        "an absolute target": headers(1, [*without(":path"), (":path", "http://docket/healthz")]),
        "no method": headers(1, without(":method")),
        "no scheme": headers(1, without(":scheme")),
        "no path": headers(1, without(":path")),
        "an empty path": headers(1, [(":path", ""), *without(":path")]),
        "a path without a slash": headers(1, [(":path", "healthz"), *without(":path")]),
        "no pseudo-fields at all": headers(1, [("x", "y")]),
        "the method twice": headers(1, [GET[0], *GET]),
        "the scheme twice": headers(1, [GET[1], *GET]),
        "the path twice": headers(1, [GET[2], *GET]),
        "the authority twice": headers(1, [GET[3], *GET]),
        "an unknown pseudo-field": headers(1, [(":colour", "red"), *GET]),
        "a pseudo-field of answers": headers(1, [(":status", "200"), *GET]),
        "a protocol without CONNECT": headers(1, [(":protocol", "websocket"), *GET]),
        "a pseudo-field behind a field": headers(1, [*GET[:3], ("x", "y"), GET[3]]),
        "a pseudo-field in trailers": OPEN + data(1, b"{}", 0) + headers(1, [(":path", "/")]),
        "a name in upper case": extra(("X-Large", "y")),
        "an empty name": extra(("", "y")),
        "a name with a space": extra(("a b", "y")),
        "a name with a colon": extra(("a:b", "y")),
        "a name with NUL": extra(("a\0b", "y")),
        "a name of 8 bits": extra((b"\xff", b"y")),
        "a value with NUL": extra(("x", "a\0b")),
        "a value with CR": extra(("x", "a\rb")),
        "a value with LF": extra(("x", "a\nb")),
        "a value with a smuggled request": extra(("x", "y\r\n\r\nGET / HTTP/1.1")),
        "a value before a space": extra(("x", "a ")),
        "a value behind a space": extra(("x", " a")),
        "a path with LF": headers(1, [(":path", "/\n"), *without(":path")]),
        "a method with a space": headers(1, [(":method", "GET /x"), *without(":method")]),
        "an authority with a space": headers(1, [*without(":authority"), (":authority", "doc ket")]),
        "connection": extra(("connection", "close")),
        "keep-alive": extra(("keep-alive", "timeout=5")),
        "proxy-connection": extra(("proxy-connection", "close")),
        "transfer-encoding": extra(("transfer-encoding", "chunked")),
        "upgrade": extra(("upgrade", "h2c")),
        "te other than trailers": extra(("te", "gzip")),
        "te of trailers and more": extra(("te", "trailers, gzip")),
        "a length that is no number": extra(("content-length", "2x")),
        "a negative length": extra(("content-length", "-1")),
        "a length beyond 64 bits": extra(("content-length", "18446744073709551618")),
        "two lengths": extra(("content-length", "0"), ("content-length", "0")),
        "a length longer than the body": with_length(3, b"{}"),
        "a length shorter than the body": with_length(1, b"{}"),
        "a length without a body": with_length(2),
        "trailers that do not end the stream": OPEN + headers(1, [("x-sum", "1")], END_HEADERS),
    }),
    *rows(Answer(200), {
        "te of trailers": extra(("te", "trailers")),
        "a length as long as the body": with_length(2, b"{", b"}"),
        "a Host for an authority": headers(1, [*without(":authority"), ("host", "docket")]),
        "the same Host as the authority": extra(("host", "docket")),
        "an empty value": extra(("x", "")),
    }),
    *rows(Answer(400), {
        "a Host other than the authority": extra(("host", "other")),
        "an authority with a user": headers(1, [*without(":authority"), (":authority", "ada@docket")]),
        "an absolute target of another scheme":
            headers(1, [GET[0], (":scheme", "ftp"), (":path", "http://docket/healthz"), GET[3]]),
        "a path with a fragment": headers(1, [*without(":path"), (":path", "/healthz#top")]),
        "a path beyond ASCII": headers(1, [*without(":path"), (":path", "/health\u00e9")]),
    }),
    *rows(Answer(404), {"an asterisk for OPTIONS": headers(1, request("OPTIONS", "*"))}),
    *rows(Answer(501), {"CONNECT": headers(1, [(":method", "CONNECT"), (":authority", "docket:443")])}),
    *rows(Answer(431), {
        "a head of 40,000 bytes": frame(HEADERS, END_STREAM, 1, fields(GET)) + b"".join(
            frame(CONTINUATION, END_HEADERS * (i == 4), 1, fields([("x", "y" * 8_000)])) for i in range(5)),
        "101 fields": extra(*[("x", "y")] * 101),
    }),
    *rows(Answer(414), {"a path of 9,000 bytes": headers(1, [*without(":path"), (":path", "/" + "a" * 9_000)])}),
    *rows(Answer(413), {"a length over the limit": headers(1, [*POST, ("content-length", "1048577")], END_HEADERS)}),
    *rows(Answer(401), {"no credential": headers(1, POST[:5], END_HEADERS) + data(1, b"{}")}),
    # HPACK (RFC 7541).
    *rows(Connection(COMPRESSION_ERROR), {
        "an index of 0": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x80"),
        "an index behind the table": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff\x00"),
        "an index of 2^40": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff\xff\xff\xff\xff\xff\x0f"),
        "a string longer than the block": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x00\x7f\x20x"),
        "a string of 2^35 bytes": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x00\x7f\xff\xff\xff\xff\x7fx"),
        "a block that ends in a field": frame(HEADERS, END_HEADERS | END_STREAM, 1, fields(GET)[:-1]),
        "Huffman's end of string": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x00\x84\xff\xff\xff\xff\x01x"),
        "Huffman's padding of zeros": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x00\x81\x00\x01x"),
        "a table larger than allowed": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x3f\xe1\xff\x03" + fields(GET)),
        "a table resized behind a field": frame(HEADERS, END_HEADERS | END_STREAM, 1, fields(GET) + b"\x20"),
        "bad fields of a refused stream": headers(1, without(":path")) + frame(HEADERS, END_HEADERS | END_STREAM, 3, b"\x80"),
    }),
]
