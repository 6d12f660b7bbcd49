"""HTTP/2 by hand: frames are bytes, so that also those can be sent that no library would."""

import contextlib
import struct

import hpack
from hyperframe.frame import (
    DataFrame, Frame, GoAwayFrame, HeadersFrame, RstStreamFrame, SettingsFrame, WindowUpdateFrame,
)

import http1
from docket import TOKEN

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

# Types of frames and their flags (RFC 9113, section 6).
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
PRIORITIZED = 0x20

# Error codes (RFC 9113, section 7).
(
    NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED, FRAME_SIZE_ERROR,
    REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR, ENHANCE_YOUR_CALM,
) = range(12)


def frame(kind, flags, stream, payload=b"", length=None):
    """A frame; `length` lies about its size."""
    head = struct.pack(">I", len(payload) if length is None else length)[1:]
    return head + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def fields(pairs):
    """Literal fields without indexing, without Huffman's code (RFC 7541, section 6.2.2)."""
    return b"".join(b"\x00" + string(name) + string(value) for name, value in pairs)


def string(text):
    text = text if isinstance(text, bytes) else text.encode()
    return integer(len(text)) + text


def integer(number, bits=7):
    """RFC 7541, section 5.1; the bits before the number are 0."""
    most = (1 << bits) - 1
    if number < most:
        return bytes([number])
    return bytes([most]) + varint(number - most)


def varint(number):
    """Seven bits a byte, the lowest first: the rest of such an integer, and every number of protobuf."""
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def headers(stream, pairs, flags=END_HEADERS | END_STREAM):
    return frame(HEADERS, flags, stream, fields(pairs))


def data(stream, body, flags=END_STREAM):
    return frame(DATA, flags, stream, body)


def request(method, path, *more):
    return [(":method", method), (":scheme", "http"), (":path", path), (":authority", "docket"), *more]


GET = request("GET", "/healthz")
POST = request("POST", "/v1/logs", ("content-type", "application/json"), ("authorization", f"Bearer {TOKEN}"))


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in pairs))


HELLO = PREFACE + settings()


class Conversation:
    """One connection: what was received of it so far, stream by stream."""

    def __init__(self, port, hello=HELLO):
        self.socket = http1.connect(port)
        self.decoder = hpack.Decoder()
        self.rest = b""
        self.heads, self.bodies, self.resets, self.ended = {}, {}, {}, set()
        self.settings = None
        self.room = {0: 65_535}  # windows, without what a stream begins with
        self.goaway = None
        self.is_over = False
        self.send(hello)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *frames):
        http1.send(self.socket, b"".join(frames))

    def read(self, is_enough=lambda: False):
        """Until there is enough, or the server ends the connection."""
        while not is_enough() and not self.is_over:
            piece = b""
            with contextlib.suppress(ConnectionResetError):
                piece = self.socket.recv(1 << 16)
            self.is_over = not piece
            self.rest += piece
            while len(self.rest) >= 9:
                received, length = Frame.parse_frame_header(memoryview(self.rest[:9]))
                if len(self.rest) < 9 + length:
                    break
                received.parse_body(memoryview(self.rest[9 : 9 + length]))
                self.rest = self.rest[9 + length :]
                self.note(received)
        return self

    def note(self, received):
        stream = received.stream_id
        match received:
            case HeadersFrame():
                assert "END_HEADERS" in received.flags, "answers have small heads"
                pairs = self.decoder.decode(received.data, raw=True)
                self.heads.setdefault(stream, []).append([(name.decode(), value) for name, value in pairs])
            case DataFrame():
                self.bodies[stream] = self.bodies.get(stream, b"") + received.data
            case RstStreamFrame():
                self.resets[stream] = received.error_code
            case GoAwayFrame():
                self.goaway = received.error_code
            case SettingsFrame() if "ACK" not in received.flags:
                self.settings = received.settings
                self.send(frame(SETTINGS, ACK, 0))
            case WindowUpdateFrame():
                self.room[stream] = self.room.get(stream, 0) + received.window_increment
        if "END_STREAM" in received.flags and isinstance(received, (HeadersFrame, DataFrame)):
            self.ended.add(stream)

    def upload(self, stream, body, flags=END_STREAM):
        """A body in as many frames as it takes, within the windows, until the server has heard enough."""
        self.read(lambda: self.settings is not None)
        self.room[stream] = self.room.get(stream, 0) + self.settings.get(4, 65_535)
        while body and not self.is_done(stream):
            self.read(lambda: min(self.room[0], self.room[stream]) > 0 or self.is_done(stream))
            piece = body[: min(self.room[0], self.room[stream], 16_000)]
            body = body[len(piece) :]
            self.room[0] -= len(piece)
            self.room[stream] -= len(piece)
            self.send(data(stream, piece, 0))
        if flags and not self.is_done(stream):
            self.send(data(stream, b"", flags))

    def answer(self, stream):
        """Waits for a whole answer: its status, the fields of all its heads, its body."""
        self.read(lambda: stream in self.ended or stream in self.resets)
        assert stream in self.ended, f"no answer; reset: {self.resets}, goaway: {self.goaway}"
        found = {}
        for head in self.heads[stream]:
            found.update(head)
        return int(found[":status"]), found, self.bodies.get(stream, b"")

    def is_done(self, stream):
        return stream in self.ended or stream in self.resets
